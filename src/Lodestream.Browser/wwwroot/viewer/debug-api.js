// window.lodestream: what tests, tools and the curious may ask and order.

/**
 * @typedef {object} Viewer
 * @property {import('../lodestream.js').LodestreamTiles} tiles
 * @property {import('./loop.js').FrameLoop} loop
 * @property {import('./navigation.js').Navigation} navigation
 * @property {import('./hud.js').Hud} hud
 * @property {import('./stage.js').Stage} stage
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
    const { navigation, loop } = this.#open();
    navigation.frameWorld(Array.isArray(point) ? point : [point.x, point.y, point.z], distance);
    loop.invalidate();
  }

  frameScene() {
    const { navigation, loop } = this.#open();
    navigation.frameScene();
    loop.invalidate();
  }

  /** @param {{ position: number[], direction: number[], up?: number[] }} pose scene frame */
  setCamera(pose) {
    const { navigation, loop } = this.#open();
    navigation.setCamera(pose);
    loop.invalidate();
  }

  /** @param {{ targetErrorPx?: number, boundingVolumes?: boolean, colourByLevel?: boolean, freeze?: boolean }} options */
  setOptions(options) {
    const { tiles, hud, loop } = this.#open();
    for (const [name, value] of Object.entries(options)) {
      if (name === 'targetErrorPx')
        tiles.options.targetErrorPx = Number(value);
      else if (name === 'boundingVolumes')
        hud.setToggle('volumes', Boolean(value));
      else if (name === 'colourByLevel')
        hud.setToggle('levels', Boolean(value));
      else if (name === 'freeze')
        hud.setToggle('freeze', Boolean(value));
      else
        throw new TypeError(`lodestream.setOptions knows targetErrorPx, boundingVolumes, colourByLevel and freeze, not ${name}.`);
    }
    loop.invalidate();
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
