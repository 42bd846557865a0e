// The viewer: a page around lodestream.js.
import * as THREE from 'three';
import { LodestreamTiles } from '../lodestream.js';
import { chooseScene, fetchUrl, readCatalogue } from './catalogue.js';
import { publish } from './debug-api.js';
import { upOf } from './framing.js';
import { Hud } from './hud.js';
import { FrameLoop } from './loop.js';
import { Navigation } from './navigation.js';
import { BoundingVolumes, levelColor } from './overlays.js';
import { Stage } from './stage.js';

const hud = new Hud();
/** @type {string[]} */
const errors = [];
const api = publish(errors);

try {
  await view(new URLSearchParams(location.search));
} catch (error) {
  const message = /** @type {Error} */ (error).message;
  errors.push(message);
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
  hud.offerScenes(catalogue, url);
  hud.say('Opening…');
  const tiles = await LodestreamTiles.open(fetchUrl(url, catalogue), {
    renderer: stage.renderer,
    camera: stage.camera,
    targetErrorPx: number(parameters, 'sse', 16),
    memoryBudgetBytes: number(parameters, 'memory', 512) * 2 ** 20,
  });
  hud.say('');
  tiles.addEventListener('tile-error', ({ uri, error }) => errors.push(error.includes(uri) ? error : `${uri}: ${error}`));
  show(stage, tiles, parameters);
}

/**
 * @param {Stage} stage
 * @param {LodestreamTiles} tiles
 * @param {URLSearchParams} parameters
 */
function show(stage, tiles, parameters) {
  const root = tiles.volume();
  if (!root)
    throw new Error(`${tiles.url}: the tileset has no root.`);
  stage.scene.add(tiles.group);
  stage.setUp(upOf(root, parameters.get('up')));
  const volumes = new BoundingVolumes(stage.scene);
  const loop = new FrameLoop(frame, () => hud.show(tiles.stats, loop.fps));
  const navigation = new Navigation(stage.camera, stage.renderer.domElement, root, () => loop.invalidate());
  // Set by whatever changes the picture without the tiles or the camera doing so.
  let repaint = true;

  const redraw = () => {
    repaint = true;
    loop.invalidate();
  };
  new ResizeObserver(redraw).observe(stage.renderer.domElement);
  stage.renderer.domElement.addEventListener('webglcontextrestored', redraw);
  tiles.addEventListener('wake', () => loop.invalidate());
  hud.onToggle('volumes', on => {
    volumes.visible = on;
    volumes.update(tiles);
    redraw();
  });
  hud.onToggle('levels', on => {
    tiles.setTint(on ? ({ level }) => levelColor(level) : null);
    redraw();
  });
  hud.onToggle('freeze', on => {
    tiles.options.frozen = on;
    loop.invalidate();
  });
  hud.onHome(() => {
    navigation.frameScene();
    loop.invalidate();
  });
  navigation.frameScene();
  api.attach({ tiles, loop, navigation, hud, stage });
  loop.invalidate();

  function frame() {
    performance.mark('lodestream-frame');
    const resized = stage.resize(), moved = navigation.update(), changed = tiles.update();
    if (changed)
      volumes.update(tiles);
    performance.measure('lodestream-frame', 'lodestream-frame');
    performance.clearMarks('lodestream-frame');
    const began = performance.now();
    if (resized || moved || changed || repaint) {
      stage.render();
      repaint = false;
    }
    const { coreMs, hostMs } = tiles.stats;
    hud.frame({ core: coreMs, host: hostMs, draw: performance.now() - began }, tiles.stats, loop.fps);
    api.framed();
    return { again: tiles.needsUpdate, delay: tiles.wakeDelay };
  }
}

/**
 * @param {URLSearchParams} parameters
 * @param {string} name
 * @param {number} otherwise
 */
function number(parameters, name, otherwise) {
  const value = Number(parameters.get(name) ?? otherwise);
  if (!(value > 0))
    throw new RangeError(`?${name}=${parameters.get(name)}: it takes a number above 0.`);
  return value;
}

// For the console: window.lodestream.three.
api.three = THREE;
