// window.lodestream: what tests, tools and the curious may ask and order.

import * as THREE from 'three';

/** @typedef {import('./viewer.js').Viewer} Viewer */

/** Options that are switches of the settings panel. */
const TOGGLES = /** @type {const} */ ({ boundingVolumes: 'volumes', colourByLevel: 'levels', freeze: 'freeze', shadows: 'shadows' });

/**
 * @typedef {Partial<Record<keyof typeof TOGGLES, boolean>> & { targetErrorPx?: number, fadeMs?: number, hour?: number, exposure?: number }} Options
 * pixels; milliseconds; hours; stops
 */

/** @param {string[]} errors grows as things fail */
export function publish(errors) {
  const api = new DebugApi(errors);
  /** @type {any} */ (window).lodestream = api;
  return api;
}

class DebugApi {
  /** Resolves when everything the first view wants and can get is drawn; rejects when the scene cannot open or nothing of it can be drawn. @type {Promise<void>} */
  ready;
  /** @type {string[]} */
  errors;
  /** three.js, as the page uses it. @type {any} */
  three;
  /** @type {Viewer | undefined} */
  #viewer;
  /** @type {() => void} */
  #resolve = () => {};
  /** @type {(reason: unknown) => void} */
  #reject = () => {};
  #isReady = false;

  /** @param {string[]} errors */
  constructor(errors) {
    this.errors = errors;
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A page that nobody asks is no error.
    this.ready.catch(() => {});
  }

  /** @param {Viewer} viewer */
  attach(viewer) {
    this.#viewer = viewer;
  }

  /** @param {unknown} error */
  fail(error) {
    this.#reject(error);
  }

  /** A frame was run. */
  framed() {
    if (this.#isReady || !this.#viewer)
      return;
    const { tiles } = this.#viewer, { wanted, drawn, pending } = tiles.stats;
    if (pending > 0 || tiles.needsUpdate)
      return;
    this.#isReady = true;
    if (drawn > 0 || wanted === 0)
      this.#resolve();
    else
      this.#reject(new Error(`nothing of the first view can be drawn: ${this.errors.join('; ')}`));
  }

  /** The viewer's parts, for tools. */
  get viewer() {
    return this.#open();
  }

  debugState() {
    const { tiles, loop } = this.#open();
    return { ...tiles.debugState(), settled: tiles.settled, fps: loop.fps, idle: loop.idle, bootMs: tiles.bootMs, coreMs: tiles.stats.coreMs, hostMs: tiles.stats.hostMs, errors: [...this.errors] };
  }

  /**
   * @param {number[] | { x: number, y: number, z: number }} point scene frame, metres
   * @param {number} distance metres
   */
  frameWorld(point, distance) {
    const { x, y, z } = Array.isArray(point) ? { x: point[0], y: point[1], z: point[2] } : point, { navigation, loop } = this.#open();
    navigation.frameWorld(new THREE.Vector3(x, y, z), distance);
    loop.invalidate();
  }

  frameScene() {
    const { navigation, loop } = this.#open();
    navigation.frameScene();
    loop.invalidate();
  }

  /** Flies to see what was clicked. */
  frameSelection() {
    this.#open().frameSelection();
  }

  /** @param {{ position: number[], direction: number[], up?: number[] }} pose scene frame */
  setCamera({ position, direction, up }) {
    const { navigation, loop } = this.#open();
    navigation.place({
      position: new THREE.Vector3().fromArray(position), direction: new THREE.Vector3().fromArray(direction), up: up ? new THREE.Vector3().fromArray(up) : undefined,
    });
    loop.invalidate();
  }

  /**
   * Fetches and draws a family of contents, or stops to.
   * @param {string} family
   * @param {boolean} visible
   */
  setLayer(family, visible) {
    this.#open().setLayer(family, visible);
  }

  /**
   * What is drawn at a pixel.
   * @param {number} x CSS pixels of the canvas
   * @param {number} y
   */
  pick(x, y) {
    return this.#open().tiles.pick(x, y);
  }

  /** @param {Options} options */
  setOptions(options) {
    const viewer = this.#open(), { tiles, settings, loop } = viewer;
    for (const [name, value] of Object.entries(options)) {
      if (name === 'targetErrorPx')
        viewer.setTargetError(Number(value));
      else if (name === 'fadeMs')
        tiles.fadeMs = Number(value);
      else if (name === 'hour' || name === 'exposure')
        settings.setSlider(name, Number(value));
      else if (Object.hasOwn(TOGGLES, name))
        settings.setToggle(TOGGLES[/** @type {keyof typeof TOGGLES} */ (name)], Boolean(value));
      else
        throw new TypeError(`lodestream.setOptions knows targetErrorPx, fadeMs, hour, exposure, ${Object.keys(TOGGLES).join(', ')}, not ${name}.`);
    }
    loop.invalidate();
  }

  /** Records the session: {@link import('../lodestream.js').LodestreamTiles.startRecording}. */
  startRecording() {
    return this.#open().tiles.startRecording();
  }

  /** The session's recording until now, which `lodestream replay` runs again. */
  stopRecording() {
    return this.#open().tiles.stopRecording();
  }

  /** @param {string} tileKey */
  why(tileKey) {
    return this.#open().tiles.why(tileKey);
  }

  #open() {
    if (!this.#viewer)
      throw new Error('No scene is open yet: await lodestream.ready, or see lodestream.errors.');
    return this.#viewer;
  }
}
