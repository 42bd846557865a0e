// window.lodestream: what tests, tools and the curious may ask and order.

import * as THREE from 'three';

/** @typedef {import('./viewer.js').Viewer} Viewer */

/** Options that are switches of the settings panel. */
const TOGGLES = /** @type {const} */ ({ boundingVolumes: 'volumes', colourByRepresentation: 'lods', colourByLevel: 'levels', freeze: 'freeze', shadows: 'shadows', haze: 'haze' });

/**
 * @typedef {Partial<Record<keyof typeof TOGGLES, boolean>> & { targetErrorPx?: number, policy?: import('../lodestream.js').Policy, fadeMs?: number, hour?: number, exposure?: number }} Options
 * pixels; milliseconds; hours; stops
 */

/** @param {string[]} errors grows as things fail */
export function publish(errors) {
  const api = new DebugApi(errors);
  /** @type {any} */ (window).lodestream = api;
  return api;
}

/** Also tells, as a `camera-changed` event whose detail is a {@link import('./viewer.js').CameraChange}, where the camera is. */
class DebugApi extends EventTarget {
  /**
   * Resolves when nothing that the first view lacks can still arrive; rejects when the scene cannot open, a required family is absent, or
   * nothing of the first view can be drawn. Then `errors` lists what failed. @type {Promise<void>}
   */
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

  /** @param {string[]} errors */
  constructor(errors) {
    super();
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
    viewer.onCameraChange = detail => this.dispatchEvent(new CustomEvent('camera-changed', { detail }));
    const { tiles } = viewer;
    tiles.ready.finally(() => this.#listFailures(tiles)).then(this.#resolve, this.#reject);
  }

  /** @param {unknown} error */
  fail(error) {
    this.#reject(error);
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
    const { navigation, loop } = this.#open(), at = vectorOf('frameWorld', 'point', Array.isArray(point) ? point : [point.x, point.y, point.z]);
    if (!(distance > 0 && distance < Infinity))
      throw new TypeError(`lodestream.frameWorld: distance is ${distance}; it takes metres, more than 0.`);
    navigation.frameWorld(at, distance);
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
      position: vectorOf('setCamera', 'position', position),
      direction: directionOf('setCamera', 'direction', direction),
      up: up ? directionOf('setCamera', 'up', up) : undefined,
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
      else if (name === 'policy')
        viewer.setPolicy(/** @type {import('../lodestream.js').Policy} */ (value));
      else if (name === 'fadeMs')
        tiles.fadeMs = Number(value);
      else if (name === 'hour' || name === 'exposure')
        settings.setSlider(name, Number(value));
      else if (Object.hasOwn(TOGGLES, name))
        settings.setToggle(TOGGLES[/** @type {keyof typeof TOGGLES} */ (name)], Boolean(value));
      else
        throw new TypeError(`lodestream.setOptions knows targetErrorPx, policy, fadeMs, hour, exposure, ${Object.keys(TOGGLES).join(', ')}, not ${name}.`);
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

  // Most failures were told as they happened; what the core gave up by itself, because it took too long or too much memory, was not.
  /** @param {import('../lodestream.js').LodestreamTiles} tiles */
  #listFailures(tiles) {
    /** @type {{ error: string | null, failures: { uri: string, reason: string, error: string | null }[] }} */
    const { error: verdict, failures } = tiles.debugState().initialResidency;
    for (const { uri, reason, error } of failures) {
      if (!this.errors.some(told => told.includes(uri)))
        this.errors.push(error?.includes(uri) ? error : `${uri}: ${error ?? reason}`);
    }
    if (verdict)
      this.errors.push(verdict);
  }

  #open() {
    if (!this.#viewer)
      throw new Error('No scene is open yet: await lodestream.ready, or see lodestream.errors.');
    return this.#viewer;
  }
}

/**
 * @param {string} order
 * @param {string} name
 * @param {number[]} numbers
 */
function vectorOf(order, name, numbers) {
  if (!Array.isArray(numbers) || numbers.length !== 3 || !numbers.every(Number.isFinite))
    throw new TypeError(`lodestream.${order}: ${name} is ${JSON.stringify(numbers)}; it takes three finite numbers.`);
  return new THREE.Vector3().fromArray(numbers);
}

/**
 * @param {string} order
 * @param {string} name
 * @param {number[]} numbers
 */
function directionOf(order, name, numbers) {
  const direction = vectorOf(order, name, numbers);
  if (direction.lengthSq() === 0)
    throw new TypeError(`lodestream.${order}: ${name} is ${JSON.stringify(numbers)}, which is no direction.`);
  return direction;
}
