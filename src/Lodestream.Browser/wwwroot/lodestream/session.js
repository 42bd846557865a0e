// A scene that streams: ticked, asked, recorded, and opened anew where something cannot be had of it as it is.
import { OpenedScene } from './opened-scene.js';
import { PageEvent, WakeKind } from './protocol.js';
import { packed } from './recording.js';
import { readStatistics } from './statistics.js';

/** Milliseconds in which a label comes or goes. */
const LABEL_FADE_MS = 200;

/** What a recording that was asked for may take, bytes before it is packed: hours of flight. */
const RECORDING_BYTES = 256 * 2 ** 20;

/** Milliseconds of a frame of sixty a second, for which the budget is meant, and what uploads of a slow frame have at most. */
const USUAL_FRAME = 1000 / 60, LONGEST_UPLOADS = 25;

/** @typedef {import('../lodestream.js').Policy} Policy */

export class Session {
  /** Figures of the last frame; nothing before the first. */
  statistics = readStatistics(new Float64Array(64));
  /** The camera of the last frame. @type {import('./protocol.js').View | undefined} */
  view;
  #core;
  #clock;
  #tileScene;
  #labels;
  #wake;
  #frameMs;
  #open;
  #opened;
  /** @type {Policy} */
  #policy;
  #recordingBytes;
  /** Families that are switched off, known in the scene or not. @type {Set<string>} */
  #hidden;
  /** @type {number} */
  #wakeKind = WakeKind.Now;
  #wakeAt = 0;
  #lastTick = 0;

  /**
   * @param {Awaited<ReturnType<typeof import('./runtime.js').boot>>} core
   * @param {string} url
   * @param {import('../lodestream.js').OpenOptions} options
   * @param {import('./glb-images.js').BlockFormat | null} blocks what the GPU takes of Basis textures
   * @param {import('./clock.js').SceneClock} clock
   * @param {import('./tile-scene.js').TileScene} tileScene
   * @param {import('./labels/label-layer.js').LabelLayer} labels
   * @param {import('../lodestream.js').LodestreamTiles} tiles told what is shown, hidden and failed
   * @param {() => void} wake called when something came that the next frame should not wait for
   */
  constructor(core, url, { memoryBudgetBytes, maximumRequests, maximumRequestsPerHost, frameBudgetMs = 4, fadeMs = 250, policy = 'error', recordingBytes, batching, admission, labels: names }, blocks, clock, tileScene, labels, tiles, wake) {
    this.#core = core;
    this.#clock = clock;
    this.#tileScene = tileScene;
    this.#labels = labels;
    this.#wake = wake;
    this.#frameMs = frameBudgetMs;
    this.#policy = policyOf(policy);
    this.#recordingBytes = recordingBytes;
    this.#hidden = new Set(names === false ? ['label'] : []);
    this.#open = () => new OpenedScene(core, url, {
      memoryBudgetBytes, maximumRequests, maximumRequestsPerHost, batching, admission, policy: this.#policy, recordingBytes: this.#recordingBytes, hiddenFamilies: [...this.#hidden],
      uploadBudgetMs: frameBudgetMs / 2, labelFadeMs: fadeMs > 0 ? LABEL_FADE_MS : 0,
    }, blocks, tileScene, labels, tiles, wake);
    this.#opened = this.#open();
  }

  /** Whether something has come since the last frame. */
  get hasNews() {
    return this.#opened.events.waiting.length > 0;
  }

  /** Whether there is something to do now, wherever the camera is. */
  get isDue() {
    return this.hasNews || this.wakeDelay === 0;
  }

  /** Milliseconds until there is something to do if nothing happens before; Infinity when only an event wakes it. */
  get wakeDelay() {
    if (this.#tileScene.uploading)
      return 0;
    switch (this.#wakeKind) {
      case WakeKind.Now: return 0;
      case WakeKind.AtTime: return Math.max(0, this.#wakeAt - this.#clock.now());
      default: return Infinity;
    }
  }

  /**
   * Runs one frame: has C# decide, does what it decided, uploads.
   * @param {import('./protocol.js').View[]} views
   */
  tick(views) {
    const began = performance.now();
    this.view = views[0];
    // One budget for all: measuring has half of it at most, uploads what is left then.
    this.#opened.block.write(this.#clock.now(), this.#frameMs / 2, views, this.#opened.events.waiting);
    performance.mark('lodestream-core');
    this.#core.exports.Tick(this.#opened.number);
    const decided = performance.now();
    performance.measure('lodestream-core', 'lodestream-core');
    const { wakeKind, wakeAt, commands, statistics } = this.#opened.block.read();
    this.#wakeKind = wakeKind;
    this.#wakeAt = wakeAt;
    const changed = this.#opened.executor.run(commands);
    this.#tileScene.runUploads(Math.max(began + this.#frameMs, performance.now() + this.#uploadsShare(began)));
    this.statistics = { ...readStatistics(statistics), coreMs: decided - began, hostMs: performance.now() - decided, ...this.#tileScene.calls };
    performance.clearMarks('lodestream-core');
    return changed;
  }

  // What uploads and batches have however long deciding took: half the budget, and as much more as the frames are slower than sixty a
  // second. Where drawing takes half a second it would take minutes else until there is less to draw.
  /** @param {number} began milliseconds */
  #uploadsShare(began) {
    const interval = began - this.#lastTick;
    this.#lastTick = began;
    return Math.min(this.#frameMs / 2 * Math.max(1, interval / USUAL_FRAME), Math.max(this.#frameMs / 2, LONGEST_UPLOADS));
  }

  /** Tells C# of something, with the next frame. @param {number[]} event its kind, then its words */
  post(event) {
    this.#opened.events.post(event);
  }

  /** What is behind an absolute URI has changed at its source. @param {string} uri */
  postChanged(uri) {
    this.post([PageEvent.Changed, this.#opened.events.keepText(uri)]);
  }

  get policy() {
    return this.#policy;
  }

  set policy(name) {
    if (policyOf(name) === this.#policy)
      return;
    this.#policy = name;
    this.#reopen();
  }

  /** @returns {Record<string, { contents: number, visible: boolean, requested: number, canceled: number, passes: number }>} */
  get layers() {
    return JSON.parse(this.#core.exports.Families(this.#opened.number));
  }

  /**
   * @param {string} family
   * @param {boolean} visible
   */
  setLayer(family, visible) {
    if (!this.#core.exports.ShowFamily(this.#opened.number, family, visible))
      throw new TypeError(`There is no family ${family}: they are terrain, feature, water, border, route, mesh and label.`);
    if (visible)
      this.#hidden.delete(family.toLowerCase());
    else
      this.#hidden.add(family.toLowerCase());
    this.#wakeKind = WakeKind.Now;
    this.#wake();
  }

  /** Keeps the session from its opening on; where that is not so any more, opens it anew. @returns {boolean} whether it had to */
  startRecording() {
    if (this.#core.exports.StartRecording(this.#opened.number, RECORDING_BYTES))
      return false;
    this.#recordingBytes = RECORDING_BYTES;
    this.#reopen();
    return true;
  }

  /** @returns {Promise<Uint8Array<ArrayBuffer>>} */
  async stopRecording() {
    const bytes = this.#core.exports.TakeRecording(this.#opened.number);
    if (bytes.length === 0)
      throw new RangeError('The session is not kept, or has become too long for that: startRecording() begins it anew.');
    return packed(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  /** The volume of a tile; of the scene's root without one. @param {number} [tile] */
  volume(tile) {
    const { exports } = this.#core;
    if (!(tile === undefined ? exports.Bounds(this.#opened.number) : exports.Volume(this.#opened.number, tile)))
      return null;
    const w = Array.from(this.#opened.block.scratch(19));
    return { center: w.slice(0, 3), axes: w.slice(3, 12), halfLengths: w.slice(12, 15), splitAxes: w[15], isSphere: w[16] !== 0, level: w[17], geometricError: w[18] };
  }

  /** @returns {Record<string, any>} */
  debugState() {
    return { ...JSON.parse(this.#core.exports.DebugState(this.#opened.number)), keptBytes: this.#opened.decoding.copyBytes };
  }

  /** Why a tile is as it is. @param {string} tileKey */
  why(tileKey) {
    return JSON.parse(this.#core.exports.Why(this.#opened.number, tileKey));
  }

  /** The same for the finest tile that is wanted at a point; an empty object where nothing is. @param {{ x: number, y: number, z: number }} point scene frame, metres */
  whyAt({ x, y, z }) {
    return JSON.parse(this.#core.exports.WhyAt(this.#opened.number, x, y, z));
  }

  dispose() {
    this.#opened.dispose();
  }

  // Forgets everything that was streamed; what was asked of it (policy, layers, recording) holds on.
  #reopen() {
    this.#opened.dispose();
    this.#tileScene.clear();
    this.#labels.forget();
    this.#opened = this.#open();
    this.statistics = readStatistics(new Float64Array(64));
    this.#wakeKind = WakeKind.Now;
    this.#wake();
  }
}

/** @param {string} name @returns {Policy} */
function policyOf(name) {
  if (name !== 'error' && name !== 'pyramid' && name !== 'proximity')
    throw new TypeError(`There is no policy ${name}: they are error, pyramid and proximity.`);
  return name;
}
