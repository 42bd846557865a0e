// The viewer: a page around lodestream.js.
import * as THREE from 'three';
import { LodestreamTiles } from '../lodestream.js';
import { chooseScene, fetchUrl, offerScenes, readCatalogue } from './catalogue.js';
import { publish } from './debug-api.js';
import { Hud } from './hud.js';
import { Stage } from './stage.js';
import { Viewer } from './viewer.js';
import { readSuggestions } from './views.js';
import { readWalk } from './walk.js';

const hud = new Hud();
/** @type {string[]} */
const errors = [];
const api = publish(errors);

try {
  await view(new URLSearchParams(location.search));
} catch (error) {
  const message = /** @type {Error} */ (error).message;
  errors.push(message);
  hud.state = 'failed';
  hud.say(message, true);
  api.fail(error);
}

/** @param {URLSearchParams} parameters */
async function view(parameters) {
  const stage = new Stage(/** @type {HTMLCanvasElement} */ (document.getElementById('stage')), parameters.get('clear'));
  const catalogue = await readCatalogue(), url = chooseScene(parameters, catalogue);
  if (!url) {
    hud.say('Nothing is served here. Start `lodestream serve FOLDER`, or name a tileset: ?scene=URL');
    api.fail(new Error('no scene is served or named'));
    return;
  }
  offerScenes(catalogue, url);
  const fetched = fetchUrl(url, catalogue), suggestions = readSuggestions(fetched), tiles = await LodestreamTiles.open(fetched, {
    renderer: stage.renderer,
    camera: stage.camera,
    targetErrorPx: number(parameters, 'sse', 16),
    policy: policy(parameters) ?? (catalogue.find(entry => entry.url === url)?.format.startsWith('Manifest') ? 'proximity' : 'error'),
    memoryBudgetBytes: number(parameters, 'memory', 512) * 2 ** 20,
    fadeMs: fade(parameters),
    batching: batching(parameters),
    admission: admission(parameters),
    recordingBytes: number(parameters, 'record', 16, 0) * 2 ** 20,
  });
  tiles.addEventListener('tile-error', ({ uri, error }) => errors.push(error.includes(uri) ? error : `${uri}: ${error}`));
  const { views, walk } = await suggestions, path = walk ? await readWalk(walk) : null;
  const viewer = new Viewer(stage, tiles, hud, { views, walk: path }, parameters.get('up'));
  api.attach(viewer);
  tiles.ready.catch(error => hud.say(error.message, true));
  viewer.start();
  if (parameters.get('walk') === '1')
    viewer.walkWhenReady();
}

/** Those who don't want motion don't want dissolves, unless they ask for one. @param {URLSearchParams} parameters */
function fade(parameters) {
  if (!parameters.has('fade'))
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 250;
  const value = Number(parameters.get('fade'));
  if (!(value >= 0 && value <= 5000))
    throw new RangeError(`?fade=${parameters.get('fade')}: it takes milliseconds, 0 to 5000.`);
  return value;
}

/** @param {URLSearchParams} parameters @returns {import('../lodestream.js').Policy | undefined} */
function policy(parameters) {
  const name = parameters.get('policy');
  if (name !== null && name !== 'error' && name !== 'pyramid' && name !== 'proximity')
    throw new RangeError(`?policy=${name}: it takes error, pyramid or proximity.`);
  return name ?? undefined;
}

/** @param {URLSearchParams} parameters @returns {import('../lodestream.js').Admission | undefined} */
function admission(parameters) {
  const name = parameters.get('admission');
  if (name !== null && name !== 'auto' && name !== 'whole' && name !== 'out-of-core')
    throw new RangeError(`?admission=${name}: it takes auto, whole or out-of-core.`);
  return name ?? undefined;
}

/** 0 and 1, or a JSON object of options. @param {URLSearchParams} parameters */
function batching(parameters) {
  const value = parameters.get('batching');
  return value === null ? undefined : value.startsWith('{') ? JSON.parse(value) : value !== '0';
}

/**
 * @param {URLSearchParams} parameters
 * @param {string} name
 * @param {number} otherwise
 * @param {number} [least] where 0 is not too little
 */
function number(parameters, name, otherwise, least) {
  const value = Number(parameters.get(name) ?? otherwise);
  if (!(value > 0 || value === least))
    throw new RangeError(`?${name}=${parameters.get(name)}: it takes a number above 0.`);
  return value;
}

// For the console: window.lodestream.three.
api.three = THREE;
