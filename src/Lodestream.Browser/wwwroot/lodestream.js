// Lodestream in any three.js page: streams a tiled world into a group.
//
//   const tiles = await LodestreamTiles.open(url, { renderer, camera });
//   scene.add(tiles.group);
//   renderer.setAnimationLoop(() => { tiles.update(); renderer.render(scene, camera); });
import * as THREE from 'three';
import { BACKDROP_ORDER } from './lodestream/backdrop.js';
import { SceneClock } from './lodestream/clock.js';
import { featuresOf } from './lodestream/features.js';
import { FirstView } from './lodestream/first-view.js';
import { LabelLayer } from './lodestream/labels/label-layer.js';
import { OpenedScene } from './lodestream/opened-scene.js';
import { Picker, readPixel } from './lodestream/picking.js';
import { PageEvent, WakeKind } from './lodestream/protocol.js';
import { packed } from './lodestream/recording.js';
import { boot } from './lodestream/runtime.js';
import { readStatistics } from './lodestream/statistics.js';
import { blockFormatOf } from './lodestream/textures.js';
import { TileScene } from './lodestream/tile-scene.js';
import { sameView, viewOf } from './lodestream/view.js';

/** Milliseconds in which a label comes or goes. */
const LABEL_FADE_MS = 200;

/** @typedef {'error' | 'pyramid' | 'proximity'} Policy What says which tiles are wanted: refinement by screen-space error, one level for what is looked at, or a manifest's distances. */

/**
 * @typedef {object} OpenOptions
 * @property {THREE.WebGLRenderer} renderer draws the group; contents are uploaded through it
 * @property {THREE.PerspectiveCamera} camera what is streamed for
 * @property {number} [targetErrorPx] greatest screen-space error accepted, CSS pixels; 16
 * @property {Policy} [policy] error
 * @property {number} [memoryBudgetBytes] memory the tiles may use, main and GPU together; 512 MiB
 * @property {number} [maximumRequests] requests in flight; 24
 * @property {number} [maximumRequestsPerHost] requests in flight per host; 8
 * @property {number} [frameBudgetMs] milliseconds of update() that measuring, deciding and uploading share; 4
 * @property {number} [fadeMs] milliseconds in which what gives way dissolves; 250, 0 for none: labels come and go at once then, too
 * @property {boolean} [labels] whether names are fetched and drawn, where the scene has some (its family label); true. {@link LodestreamTiles.setLayer} changes it
 * @property {boolean | BatchingOptions} [batching] whether meshes that look the same are merged, so that they take fewer draw calls; by default in manifest scenes, where there are many
 * @property {number} [recordingBytes] memory that may go to keeping what happens in the session from its opening, so that it can be recorded afterwards; 16 MiB, 0 for none
 * @property {string | URL} [frameworkUrl] where the WebAssembly bundle lies; `_framework/` beside this file
 */

/**
 * @typedef {object} BatchingOptions What of it is to differ from the defaults (docs/api.md).
 * @property {number[]} [cellSize] metres along the scene's axes; the manifest's tile size, or a cell for each tile
 * @property {number} [leastMeshes]
 * @property {number} [cellsPerTick]
 * @property {number} [buildsPerTick]
 * @property {number} [swapsPerTick]
 * @property {number} [verticesPerTick]
 * @property {number} [indicesPerTick]
 * @property {number} [bytesPerTick]
 * @property {number} [cellVertices]
 * @property {number} [cellIndices]
 * @property {number} [cellBytes]
 * @property {number} [recentFrames]
 * @property {number} [quiescenceFrames]
 * @property {number} [releaseFrames]
 * @property {number} [memoryBytes] of the memory budget, for batches alone; an eighth of it, 64 MiB at most
 */

/**
 * @typedef {object} TileEvents
 * @property {{ uri: string, key: string, level: number }} tile-shown
 * @property {{ uri: string, key: string, level: number }} tile-hidden
 * @property {{ uri: string, error: string }} tile-error
 * @property {{}} wake something came that a parked loop should call update() for
 */

/**
 * @typedef {object} TileMetadata What a scene's documents say of a tile: names of properties and their values.
 * @property {Record<string, unknown>} [tile]
 * @property {(Record<string, unknown> | null)[]} [contents] in the order of the tile's uris
 * @property {(Record<string, unknown> | null)[]} [groups] that the contents are in, in the same order
 * @property {Record<string, unknown>} [subtree]
 * @property {Record<string, unknown>} [tileset]
 * @property {string} [schemaError] what is wrong with the schema, without which nothing else can be read
 */

/**
 * @typedef {object} Picked What lies on a ray.
 * @property {number[]} point in the scene's frame, metres
 * @property {number} distance metres
 * @property {{ key: string, uri: string, uris: string[], level: number, geometricError: number, reason: string, state: string, metadata?: TileMetadata, [more: string]: any }} tile that is drawn there
 * @property {{ key: string, level: number, geometricError: number, reason: string, state: string, uris: string[], [more: string]: any }} [wanted] the tile that should be drawn there, when it is another
 * @property {import('./lodestream/features.js').Feature[]} features
 * @property {{ id: number, [more: string]: any }} [instance]
 */

/** What a recording that was asked for may take, bytes before it is packed: hours of flight. */
const RECORDING_BYTES = 256 * 2 ** 20;

/** @extends {THREE.EventDispatcher<TileEvents>} */
export class LodestreamTiles extends THREE.EventDispatcher {
  /**
   * While parts of a tile stand in for finer ones the group draws something at this renderOrder that shows through cracks, and clears
   * the depth buffer after it. A sky that is a mesh needs a lower renderOrder; `scene.background` is behind it anyway.
   */
  static backdropOrder = BACKDROP_ORDER;
  /** Absolute URL of the scene's tileset. @type {string} */
  url;
  /**
   * Options that may be changed at any time: the greatest screen-space error in pixels; whether selection stands still while the camera
   * moves; how near and far it looks, metres, where that is not the camera's own range (which may follow what is drawn, as what is
   * wanted must not).
   * @type {{ targetErrorPx: number, frozen: boolean, depthRange: { near: number, far: number } | null }}
   */
  options;
  /** @type {Policy} */
  #policy;
  #fadeMs;
  #frameMs;
  #core;
  #clock = new SceneClock();
  #tileScene;
  #labels;
  #picker;
  #renderer;
  #camera;
  #recordingBytes;
  #open;
  #opened;
  /** @type {import('./lodestream/protocol.js').View | undefined} */
  #view;
  /** @type {number} */
  #wakeKind = WakeKind.Now;
  #wakeAt = 0;
  #statistics = readStatistics(new Float64Array(64));
  #contextLost = false;
  #disposed = false;
  /** @type {AbortController} */
  #listeners = new AbortController();
  #firstView = new FirstView();

  /**
   * Opens a tileset: resolves when its topology is known and the first view can be asked for.
   * @param {string} url of a tileset.json
   * @param {OpenOptions} options
   * @returns {Promise<LodestreamTiles>}
   */
  static async open(url, options) {
    if (!options?.renderer || !options.camera)
      throw new TypeError('LodestreamTiles.open needs { renderer, camera }.');
    const core = await boot(options.frameworkUrl);
    const tiles = new LodestreamTiles(new URL(url, document.baseURI).href, options, core);
    try {
      await tiles.#untilTopologyIsKnown();
    } catch (error) {
      tiles.dispose();
      throw error;
    }
    return tiles;
  }

  /**
   * Use {@link LodestreamTiles.open}.
   * @param {string} url
   * @param {OpenOptions} options
   * @param {Awaited<ReturnType<typeof boot>>} core
   */
  constructor(url, options, core) {
    super();
    this.url = url;
    this.options = { targetErrorPx: options.targetErrorPx ?? 16, frozen: false, depthRange: null };
    this.#policy = policyOf(options.policy ?? 'error');
    this.#fadeMs = options.fadeMs ?? 250;
    this.#frameMs = options.frameBudgetMs ?? 4;
    this.#core = core;
    this.#renderer = options.renderer;
    this.#camera = options.camera;
    const blocks = blockFormatOf(options.renderer);
    this.#tileScene = new TileScene(options.renderer, () => this.#clock.now(), ({ region, source }) => this.#liftOf(region, source));
    this.#tileScene.fadeDuration = this.#fadeMs;
    this.#labels = new LabelLayer(options.renderer, (slot, version, seen) => this.#opened.events.post([PageEvent.LabelSight, slot, version, Number(seen)]));
    this.#tileScene.group.add(this.#labels.object);
    this.#picker = new Picker(options.renderer);
    this.#recordingBytes = options.recordingBytes ?? 16 * 2 ** 20;
    this.#open = () => new OpenedScene(core, url, {
      memoryBudgetBytes: options.memoryBudgetBytes ?? 512 * 2 ** 20, maximumRequests: options.maximumRequests ?? 24, maximumRequestsPerHost: options.maximumRequestsPerHost ?? 8,
      uploadMs: this.#frameMs / 2, labelFadeMs: this.#fadeMs > 0 ? LABEL_FADE_MS : 0, policy: this.#policy, recordingBytes: this.#recordingBytes,
      batching: options.batching === undefined ? '' : JSON.stringify(options.batching), blocks,
    }, this.#tileScene, this.#labels, this, () => this.#wake());
    this.#opened = this.#open();
    if (options.labels === false)
      core.exports.ShowFamily(this.#opened.number, 'label', false);
    this.#watchContext(options.renderer.domElement);
  }

  /** The drawn tiles, in the scene's frame (3D Tiles: z up). Place it anywhere. */
  get group() {
    return this.#tileScene.group;
  }

  /** What is drawn, by region. @returns {ReadonlyMap<number, import('./lodestream/tile-scene.js').DrawnItem>} */
  get drawn() {
    return this.#tileScene.items;
  }

  /** The labels that are drawn: what they say, where, and how strongly. */
  get labels() {
    return this.#labels.shown;
  }

  /** Figures of the last frame. */
  get stats() {
    return this.#statistics;
  }

  /** Milliseconds the C# runtime took to start. */
  get bootMs() {
    return this.#core.bootMs;
  }

  /**
   * Resolves when nothing that the first view lacks can still arrive, and what is here is drawn. Rejects when nothing of it can be drawn, or
   * a family that its tiles must have is absent; a scene that cannot be opened rejects {@link LodestreamTiles.open} already.
   * @returns {Promise<void>}
   */
  get ready() {
    return this.#firstView.ready;
  }

  /** Whether everything the camera wants is drawn, and nothing is under way. */
  get settled() {
    const { pending, wanted } = this.#statistics;
    return wanted > 0 && pending === 0 && this.#opened.events.waiting.length === 0 && !this.#tileScene.isFading && sameView(this.#currentView(), this.#view);
  }

  /** Whether update() has something to do now. */
  get needsUpdate() {
    if (this.#disposed || this.#contextLost || this.#clock.isSuspended)
      return false;
    return this.#tileScene.isFading || this.#labels.isBusy || this.#hasWork;
  }

  get #hasWork() {
    return this.#wakeKind === WakeKind.Now || this.#tileScene.uploading || this.#opened.events.waiting.length > 0
      || (this.#wakeKind === WakeKind.AtTime && this.#clock.now() >= this.#wakeAt) || !sameView(this.#currentView(), this.#view);
  }

  /** Milliseconds until update() has something to do if nothing happens before; Infinity when only an event wakes it. */
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
   * Runs one frame of streaming.
   * @returns {boolean} whether what is drawn has changed
   */
  update() {
    if (!this.needsUpdate)
      return false;
    this.#labels.listen();
    const before = this.#view, dissolved = this.#tileScene.advance();
    const { changed, labelled } = this.#hasWork ? this.#tick([this.#currentView()]) : { changed: false, labelled: false };
    this.#labels.follow(this.#currentView().position, changed || (this.#view !== undefined && !sameView(this.#view, before)));
    this.#firstView.judge(this.#statistics.initialResidency, this.#tileScene.isFading, () => this.debugState().initialResidency.error);
    return dissolved || changed || labelled || this.#labels.wantsPicture;
  }

  /** What says which tiles are wanted. Another one begins streaming anew from nothing, and the picture with it. @type {Policy} */
  get policy() {
    return this.#policy;
  }

  set policy(name) {
    if (policyOf(name) === this.#policy)
      return;
    this.#policy = name;
    this.#reopen();
  }

  /** Milliseconds in which what gives way dissolves; 0 for none. */
  get fadeMs() {
    return this.#fadeMs;
  }

  set fadeMs(milliseconds) {
    this.#fadeMs = this.#tileScene.fadeDuration = milliseconds;
  }

  /**
   * The bounding volume of the scene, or of a drawn region: a box in the scene's frame.
   * @param {number} [region]
   * @returns {{ center: number[], axes: number[], halfLengths: number[], splitAxes: number, isSphere: boolean, level: number, geometricError: number } | null}
   */
  volume(region) {
    const { exports } = this.#core;
    if (!(region === undefined ? exports.Bounds(this.#opened.number) : exports.Volume(this.#opened.number, region)))
      return null;
    const w = Array.from(this.#opened.block.scratch(19));
    return { center: w.slice(0, 3), axes: w.slice(3, 12), halfLengths: w.slice(12, 15), splitAxes: w[15], isSphere: w[16] !== 0, level: w[17], geometricError: w[18] };
  }

  /** What is on the GPU: each content's URI and bytes, in buffers (with what is kept beside them for picking) and in textures. */
  residentContents() {
    return [...this.#tileScene.contents.values()].map(({ uri, geometryBytes, textureBytes }) => ({ uri, geometryBytes, textureBytes }));
  }

  /** Lays a colour over every drawn item, by a function of it; null for none. @param {((item: import('./lodestream/tile-scene.js').DrawItem) => THREE.Color) | null} tint */
  setTint(tint) {
    this.#tileScene.setTint(tint);
  }

  /** All that is known of the last frame, as plain data. @returns {Record<string, any>} */
  debugState() {
    return JSON.parse(this.#core.exports.DebugState(this.#opened.number));
  }

  /** Says that what is behind an absolute URI has changed at its source: drawn tiles change over when the newer version is here. @param {string} uri */
  changed(uri) {
    this.#opened.events.post([PageEvent.Changed, this.#opened.events.keepText(uri)]);
  }

  /** Gives back the memory of everything that is not drawn and not about to be: for pages that are short of it. */
  releaseMemory() {
    this.#opened.events.post([PageEvent.MemoryPressure]);
  }

  /** Why a tile is as it is, by its path key or a part of its content's URI. @param {string} tileKey */
  why(tileKey) {
    return JSON.parse(this.#core.exports.Why(this.#opened.number, tileKey));
  }

  /**
   * What is drawn at a pixel: its tile, and what is known of the feature and the instance there. Null where nothing is.
   * @param {number} x CSS pixels from the canvas's left
   * @param {number} y CSS pixels from its top
   * @returns {Promise<Picked | null>}
   */
  async pick(x, y) {
    const size = this.#renderer.getSize(new THREE.Vector2()), camera = this.#camera;
    camera.updateWorldMatrix(true, false);
    const ray = new THREE.Ray(new THREE.Vector3().setFromMatrixPosition(camera.matrixWorld), new THREE.Vector3(x / size.x * 2 - 1, 1 - y / size.y * 2, 0.5)
      .applyMatrix4(camera.projectionMatrixInverse).applyMatrix4(new THREE.Matrix4().extractRotation(camera.matrixWorld)).normalize());
    this.group.updateWorldMatrix(true, false);
    ray.applyMatrix4(new THREE.Matrix4().copy(this.group.matrixWorld).invert());
    const hit = await this.#cast(ray, camera.near, camera.far, camera.fov * Math.PI / 180 / size.y);
    return hit && this.#describe(hit);
  }

  /**
   * The first thing drawn on a ray of the scene's frame, in view or not; null when there is none.
   * @param {number[]} origin metres
   * @param {number[]} direction length 1
   * @returns {Promise<{ point: number[], distance: number } | null>}
   */
  async probe(origin, direction) {
    const ray = new THREE.Ray(new THREE.Vector3().fromArray(origin), new THREE.Vector3().fromArray(direction));
    const hit = await this.#cast(ray, 0.01, 1e8, 1e-4);
    return hit && { point: hit.point.toArray(), distance: hit.distance };
  }

  /** The families that the known contents belong to. @returns {Record<string, { contents: number, visible: boolean, requested: number, canceled: number, passes: number }>} */
  get layers() {
    return JSON.parse(this.#core.exports.Families(this.#opened.number));
  }

  /**
   * Fetches and draws a family of contents, or stops to.
   * @param {string} family terrain, feature, water, border, route, mesh or label
   * @param {boolean} visible
   */
  setLayer(family, visible) {
    if (!this.#core.exports.ShowFamily(this.#opened.number, family, visible))
      throw new TypeError(`There is no family ${family}: they are terrain, feature, water, border, route, mesh and label.`);
    this.#wakeKind = WakeKind.Now;
    this.#wake();
  }

  /**
   * Records the session: all that enters the core, and what it decides, 256 MiB at most. A session is kept from its opening, as far as
   * `recordingBytes` go; where it took more, streaming begins anew from nothing, and the picture with it.
   * @returns {{ restarted: boolean }} whether it had to begin anew
   */
  startRecording() {
    const restarted = !this.#core.exports.StartRecording(this.#opened.number, RECORDING_BYTES);
    if (restarted) {
      this.#recordingBytes = RECORDING_BYTES;
      this.#reopen();
    }
    return { restarted };
  }

  /**
   * The recording of the session from its opening until now, whether it was asked for before or not: a file that `lodestream replay` runs again.
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async stopRecording() {
    const bytes = this.#core.exports.TakeRecording(this.#opened.number);
    if (bytes.length === 0)
      throw new RangeError('The session is not kept, or has become too long for that: startRecording() begins it anew.');
    return packed(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  /** Ends streaming and frees what it holds. */
  dispose() {
    if (this.#disposed)
      return;
    this.#disposed = true;
    this.#listeners.abort();
    this.#opened.dispose();
    this.#tileScene.dispose();
    this.#labels.dispose();
    this.#picker.dispose();
    this.#clock.dispose();
  }

  // Forgets everything that was streamed; the layers stay as they are switched.
  #reopen() {
    const hidden = Object.entries(this.layers).filter(([, { visible }]) => !visible);
    this.#opened.dispose();
    this.#tileScene.clear();
    this.#labels.forget();
    this.#opened = this.#open();
    for (const [family] of hidden)
      this.#core.exports.ShowFamily(this.#opened.number, family, false);
    this.#wakeKind = WakeKind.Now;
    this.#wake();
  }

  /** @param {import('./lodestream/protocol.js').View[]} views */
  #tick(views) {
    const began = performance.now();
    this.#view = views[0];
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
    this.#tileScene.runUploads(began + this.#frameMs);
    this.#statistics = { ...readStatistics(statistics), coreMs: decided - began, hostMs: performance.now() - decided, ...this.#tileScene.calls };
    performance.clearMarks('lodestream-core');
    return changed;
  }

  /**
   * @param {THREE.Ray} ray
   * @param {number} near
   * @param {number} far
   * @param {number} angle
   */
  async #cast(ray, near, far, angle) {
    if (this.#disposed || this.#contextLost)
      return null;
    try {
      return await this.#picker.cast(this.group, this.#tileScene.items.values(), ray, near, far, angle);
    } catch (error) {
      // So three.js says that the GPU lost what was asked of it.
      if (error === undefined)
        return null;
      throw error;
    }
  }

  /**
   * @param {import('./lodestream/picking.js').Hit} hit
   * @returns {Picked}
   */
  #describe(hit) {
    const { item, content, point, distance, instance } = hit, here = this.why(item.key), tile = here.drawnBy && here.drawnBy !== here.key ? this.why(here.drawnBy) : here;
    const wanted = JSON.parse(this.#core.exports.WhyAt(this.#opened.number, point.x, point.y, point.z));
    return {
      point: point.toArray(),
      distance,
      tile: { ...tile, uri: content.uri },
      // By the time the GPU has answered what was missing may be there.
      ...(wanted.key && wanted.key !== tile.key && wanted.reason !== 'Drawn' ? { wanted } : {}),
      ...(instance < 0 ? {} : { instance: { id: instance } }),
      features: featuresOf(hit, this.#core.features, (image, u, v) => readPixel(this.#renderer, image, u, v)),
    };
  }

  // What takes a tile's place differs from it by its error at most; where that is not known, by a little of its size.
  /**
   * @param {number} region
   * @param {number} source
   */
  #liftOf(region, source) {
    const here = this.volume(region), drawn = this.volume(source);
    return here && drawn ? Math.max(2 * drawn.geometricError, Math.max(...here.halfLengths) / 64) : 0;
  }

  #currentView() {
    if (this.options.frozen && this.#view)
      return this.#view;
    return viewOf(this.#camera, this.group, this.#renderer, this.options);
  }

  // Before the tileset is there nobody calls update(): answers do. Nobody looks yet either: the camera may not stand where it will.
  async #untilTopologyIsKnown() {
    for (;;) {
      if (this.needsUpdate)
        this.#tick([]);
      const { topologyKnown } = this.#statistics;
      if (topologyKnown)
        return;
      const error = this.debugState().openError;
      if (error)
        throw new Error(error);
      await this.#nextWake();
    }
  }

  #nextWake() {
    return new Promise(resolve => {
      const timer = setTimeout(done, Math.min(this.wakeDelay, 1000));
      const self = this;
      function done() {
        clearTimeout(timer);
        self.removeEventListener('wake', done);
        resolve(undefined);
      }
      this.addEventListener('wake', done);
    });
  }

  #wake() {
    if (!this.#disposed)
      this.dispatchEvent({ type: 'wake' });
  }

  /** @param {HTMLCanvasElement} canvas */
  #watchContext(canvas) {
    const { signal } = this.#listeners;
    canvas.addEventListener('webglcontextlost', event => {
      event.preventDefault();
      this.#contextLost = true;
    }, { signal });
    canvas.addEventListener('webglcontextrestored', () => {
      this.#contextLost = false;
      this.#tileScene.clear();
      this.#labels.clear();
      this.#opened.events.post([PageEvent.ContextLost]);
    }, { signal });
    document.addEventListener('visibilitychange', () => this.#wake(), { signal });
  }
}

/** @param {string} name @returns {Policy} */
function policyOf(name) {
  if (name !== 'error' && name !== 'pyramid' && name !== 'proximity')
    throw new TypeError(`There is no policy ${name}: they are error, pyramid and proximity.`);
  return name;
}
