// Lodestream in any three.js page: streams a tiled world into a group.
//
//   const tiles = await LodestreamTiles.open(url, { renderer, camera });
//   scene.add(tiles.group);
//   renderer.setAnimationLoop(() => { tiles.update(); renderer.render(scene, camera); });
import * as THREE from 'three';
import { BACKDROP_ORDER } from './lodestream/backdrop.js';
import { SceneClock } from './lodestream/clock.js';
import { FirstView } from './lodestream/first-view.js';
import { LabelLayer } from './lodestream/labels/label-layer.js';
import { Pointing } from './lodestream/pointing.js';
import { PageEvent } from './lodestream/protocol.js';
import { boot } from './lodestream/runtime.js';
import { Session } from './lodestream/session.js';
import { blockFormatOf } from './lodestream/textures.js';
import { TileScene } from './lodestream/tile-scene.js';
import { sameView, viewOf } from './lodestream/view.js';

/** @typedef {'error' | 'pyramid' | 'proximity'} Policy What says which tiles are wanted: refinement by screen-space error, one level for what is looked at, or a manifest's distances. */

/** @typedef {'auto' | 'whole' | 'out-of-core'} Admission How full tiles of a manifest are admitted, by policy proximity: large ones mesh by mesh, none, or all. */

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
 * @property {Admission} [admission] auto
 * @property {number} [recordingBytes] memory that may go to keeping what happens in the session from its opening, so that it can be recorded afterwards; 16 MiB, 0 for none
 * @property {string | URL} [frameworkUrl] where the WebAssembly bundle lies; `_framework/` beside this file
 */

/**
 * @typedef {object} BatchingOptions What of it is to differ from the defaults (docs/api.md).
 * @property {number[]} [cellSize] metres along the scene's axes; the manifest's tile size, or a cell for each tile
 * @property {number} [coarseCellScale] times which the cells of LOD1 are as long, and those of what is coarser times that; 2
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

/** @typedef {import('./lodestream/pointing.js').TileMetadata} TileMetadata What a scene's documents say of a tile. */

/** @typedef {import('./lodestream/pointing.js').Picked} Picked What lies on a ray. */

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
  #fadeMs;
  #bootMs;
  #clock = new SceneClock();
  #tileScene;
  #labels;
  #session;
  #pointing;
  #renderer;
  #camera;
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
    this.#fadeMs = options.fadeMs ?? 250;
    this.#bootMs = core.bootMs;
    this.#renderer = options.renderer;
    this.#camera = options.camera;
    this.#tileScene = new TileScene(options.renderer, () => this.#clock.now(), ({ region, source }) => this.#liftOf(region, source));
    this.#tileScene.fadeDuration = this.#fadeMs;
    this.#labels = new LabelLayer(options.renderer, (slot, version, seen) => this.#session.post([PageEvent.LabelSight, slot, version, Number(seen)]));
    this.#tileScene.group.add(this.#labels.object);
    this.#session = new Session(core, url, options, blockFormatOf(options.renderer), this.#clock, this.#tileScene, this.#labels, this, () => this.#wake());
    this.#pointing = new Pointing(options.renderer, options.camera, this.#tileScene, this.#session, core.features);
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
    return this.#session.statistics;
  }

  /** Milliseconds the C# runtime took to start. */
  get bootMs() {
    return this.#bootMs;
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
    const { statistics: { pending, wanted }, hasNews, view } = this.#session;
    return wanted > 0 && pending === 0 && !hasNews && !this.#tileScene.isFading && sameView(this.#currentView(), view);
  }

  /** Whether update() has something to do now. */
  get needsUpdate() {
    if (this.#isGone || this.#clock.isSuspended)
      return false;
    return this.#tileScene.isFading || this.#labels.isBusy || this.#session.isDue || !sameView(this.#currentView(), this.#session.view);
  }

  /** Milliseconds until update() has something to do if nothing happens before; Infinity when only an event wakes it. */
  get wakeDelay() {
    return this.#session.wakeDelay;
  }

  /**
   * Runs one frame of streaming.
   * @returns {boolean} whether what is drawn has changed
   */
  update() {
    if (!this.needsUpdate)
      return false;
    this.#labels.listen();
    const view = this.#currentView(), moved = !sameView(view, this.#session.view), dissolved = this.#tileScene.advance();
    const { changed, labelled } = moved || this.#session.isDue ? this.#session.tick([view]) : { changed: false, labelled: false };
    this.#labels.follow(view.position, changed || moved);
    this.#firstView.judge(this.stats.initialResidency, this.#tileScene.isFading, () => this.debugState().initialResidency.error);
    return dissolved || changed || labelled || this.#labels.wantsPicture;
  }

  /** What says which tiles are wanted. Another one begins streaming anew from nothing, and the picture with it. @type {Policy} */
  get policy() {
    return this.#session.policy;
  }

  set policy(name) {
    this.#session.policy = name;
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
    return this.#session.volume(region);
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
    return this.#session.debugState();
  }

  /** Says that what is behind an absolute URI has changed at its source: drawn tiles change over when the newer version is here. @param {string} uri */
  changed(uri) {
    this.#session.postChanged(uri);
  }

  /** Gives back the memory of everything that is not drawn and not about to be: for pages that are short of it. */
  releaseMemory() {
    this.#session.post([PageEvent.MemoryPressure]);
  }

  /** Why a tile is as it is, by its path key or a part of its content's URI. @param {string} tileKey */
  why(tileKey) {
    return this.#session.why(tileKey);
  }

  /**
   * What is drawn at a pixel: its tile, and what is known of the feature and the instance there. Null where nothing is.
   * @param {number} x CSS pixels from the canvas's left
   * @param {number} y CSS pixels from its top
   * @returns {Promise<Picked | null>}
   */
  async pick(x, y) {
    return this.#isGone ? null : this.#pointing.pick(x, y);
  }

  /**
   * The first thing drawn on a ray of the scene's frame, in view or not; null when there is none.
   * @param {number[]} origin metres
   * @param {number[]} direction length 1
   * @returns {Promise<{ point: number[], distance: number } | null>}
   */
  async probe(origin, direction) {
    return this.#isGone ? null : this.#pointing.probe(origin, direction);
  }

  /** The families that the known contents belong to. @returns {Record<string, { contents: number, visible: boolean, requested: number, canceled: number, passes: number }>} */
  get layers() {
    return this.#session.layers;
  }

  /**
   * Fetches and draws a family of contents, or stops to.
   * @param {string} family terrain, feature, water, border, route, mesh or label
   * @param {boolean} visible
   */
  setLayer(family, visible) {
    this.#session.setLayer(family, visible);
  }

  /**
   * Records the session: all that enters the core, and what it decides, 256 MiB at most. A session is kept from its opening, as far as
   * `recordingBytes` go; where it took more, streaming begins anew from nothing, and the picture with it.
   * @returns {{ restarted: boolean }} whether it had to begin anew
   */
  startRecording() {
    return { restarted: this.#session.startRecording() };
  }

  /**
   * The recording of the session from its opening until now, whether it was asked for before or not: a file that `lodestream replay` runs again.
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async stopRecording() {
    return this.#session.stopRecording();
  }

  /** Ends streaming and frees what it holds. */
  dispose() {
    if (this.#disposed)
      return;
    this.#disposed = true;
    this.#listeners.abort();
    this.#session.dispose();
    this.#tileScene.dispose();
    this.#labels.dispose();
    this.#pointing.dispose();
    this.#clock.dispose();
  }

  // Nothing can be asked of the GPU.
  get #isGone() {
    return this.#disposed || this.#contextLost;
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
    if (this.options.frozen && this.#session.view)
      return this.#session.view;
    return viewOf(this.#camera, this.group, this.#renderer, this.options);
  }

  // Before the tileset is there nobody calls update(): answers do. Nobody looks yet either: the camera may not stand where it will.
  async #untilTopologyIsKnown() {
    for (;;) {
      if (this.needsUpdate)
        this.#session.tick([]);
      if (this.stats.topologyKnown)
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
      this.#session.post([PageEvent.ContextLost]);
    }, { signal });
    document.addEventListener('visibilitychange', () => this.#wake(), { signal });
  }
}
