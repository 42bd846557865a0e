// One open scene on the page: its frame loop, and what the panels and keys do to it.
import * as THREE from 'three';
import { CameraEvents } from './camera-events.js';
import { Colouring } from './colouring.js';
import { Gestures } from './gestures.js';
import { copy, Inspector, summaryOf } from './inspector.js';
import { Keys } from './keys.js';
import { fragmentOf, shownIn } from './link.js';
import { FrameLoop } from './loop.js';
import { Navigation } from './navigation.js';
import { BoundingVolumes } from './overlays.js';
import { RangeFinder } from './range-finder.js';
import { Readout } from './readout.js';
import { SceneFrame } from './scene-frame.js';
import { SessionRecording } from './session-recording.js';
import { Settings } from './settings.js';
import { ViewMenu } from './view-menu.js';
import { Walk } from './walk.js';

/** Where the sliders are when nobody has moved them. */
const DEFAULTS = { hour: 15, exposure: 0 };

/** Switches that a link names when they are on, and when they are off. */
const OFF_BY_DEFAULT = /** @type {const} */ (['volumes', 'lods', 'levels', 'freeze', 'shadows']), ON_BY_DEFAULT = /** @type {const} */ (['haze']);

/** @typedef {{ position: number[], direction: number[] }} CameraChange in the scene's frame: metres; length 1 */

export class Viewer {
  /** Called with where the camera is, not more often than ten times a second, and last where it came to rest. @type {(camera: CameraChange) => void} */
  onCameraChange = () => {};
  stage;
  tiles;
  hud;
  settings = new Settings();
  frame;
  ranges;
  navigation;
  loop;
  inspector;
  walk;
  #volumes;
  #colouring;
  #readout;
  #views;
  #cameraEvents = new CameraEvents(() => this.#tellCamera());
  #contextLost = false;
  #defaultSse;
  /** Set by whatever changes the picture without the tiles or the camera doing so. */
  #repaint = true;
  /** @type {{ x: number, y: number } | null} where the pointer rests */
  #pointer = null;

  /**
   * @param {import('./stage.js').Stage} stage
   * @param {import('../lodestream.js').LodestreamTiles} tiles
   * @param {import('./hud.js').Hud} hud
   * @param {{ views: import('./views.js').SuggestedView[], walk: import('./walk.js').WalkPath | null }} suggestions
   * @param {string | null} up the axis asked for
   */
  constructor(stage, tiles, hud, { views, walk }, up) {
    const root = tiles.volume();
    if (!root)
      throw new Error(`${tiles.url}: the tileset has no root.`);
    this.stage = stage;
    this.tiles = tiles;
    this.hud = hud;
    this.#defaultSse = tiles.options.targetErrorPx;
    this.frame = new SceneFrame(root, up);
    this.loop = new FrameLoop(time => this.#run(time), () => this.#park());
    this.ranges = new RangeFinder(tiles, this.frame, () => this.#refresh());
    this.navigation = new Navigation(stage, this.frame, this.ranges, () => this.loop.invalidate());
    this.inspector = new Inspector(() => this.frameSelection());
    this.walk = new Walk(walk, this.navigation, this.frame, text => this.#sayFor(text, 4000));
    this.#volumes = new BoundingVolumes(stage.world);
    this.#colouring = new Colouring(tiles, this.settings, () => this.redraw());
    this.#readout = new Readout(this.frame, () => this.navigation.faceNorth());
    this.#views = new ViewMenu(views, pose => this.navigation.flyTo(pose));
    this.navigation.setHome(views[0]?.pose ?? null);
    stage.world.add(tiles.group);
    hud.readHosts = () => this.#restingHosts();
    this.#listen();
    this.#wireSettings();
    this.#wireButtons();
  }

  /** Shows the first view, or the one the address names. */
  start() {
    this.settings.showSlider('sse', this.tiles.options.targetErrorPx);
    this.navigation.frameScene();
    this.#restore();
    this.loop.invalidate();
  }

  /** Begins the scene's walk once the first view is here, unless by then the user has moved, or the address names a view. */
  async walkWhenReady() {
    const { navigation, tiles } = this, isLink = shownIn(location.hash).pose !== undefined, before = navigation.pose;
    await tiles.ready.catch(() => {});
    if (!isLink && !navigation.isMoving && navigation.pose.position.equals(before.position) && navigation.pose.direction.equals(before.direction))
      this.walk.begin();
  }

  /** Draws a frame though neither camera nor tiles have changed. */
  redraw() {
    this.#repaint = true;
    this.loop.invalidate();
  }

  /** Flies to see what was picked, or the whole scene. */
  frameSelection() {
    const { picked } = this.inspector, region = picked && [...this.tiles.drawn.values()].find(({ key }) => key === picked.tile.key)?.region, volume = region ? this.tiles.volume(region) : null;
    if (picked && volume)
      this.navigation.frameVolume({ ...volume, center: volume.center });
    else if (picked)
      this.navigation.approach(new THREE.Vector3().fromArray(picked.point));
    else
      this.navigation.flyHome();
  }

  /** @param {string} family @param {boolean} visible */
  setLayer(family, visible) {
    this.tiles.setLayer(family, visible);
    this.#offerLayers();
    this.redraw();
  }

  /** @param {number} pixels */
  setTargetError(pixels) {
    this.tiles.options.targetErrorPx = pixels;
    this.settings.showSlider('sse', pixels);
    this.loop.invalidate();
  }

  /** Streams anew by another policy; links keep it. @param {import('../lodestream.js').Policy} policy */
  setPolicy(policy) {
    this.tiles.policy = policy;
    const link = new URL(this.link);
    link.searchParams.set('policy', policy);
    history.replaceState(history.state, '', link);
    this.redraw();
  }

  /** What a link to what is shown now says. */
  get link() {
    const link = new URL(location.href);
    link.hash = this.#fragment();
    return link.href;
  }

  #listen() {
    const canvas = this.stage.renderer.domElement;
    new ResizeObserver(() => this.redraw()).observe(canvas);
    canvas.addEventListener('webglcontextlost', () => this.#loseContext(true));
    canvas.addEventListener('webglcontextrestored', () => this.#loseContext(false));
    this.tiles.addEventListener('wake', () => this.loop.invalidate());
    window.addEventListener('hashchange', () => this.#restore());
    // Where the picture itself is touched somebody wants it still.
    canvas.addEventListener('pointerdown', () => this.walk.stop());
    new Gestures(canvas, this.navigation, (x, y) => this.tiles.pick(x, y), {
      click: (x, y) => this.#inspect(x, y),
      doubleClick: async (x, y) => {
        const hit = await this.tiles.pick(x, y);
        if (hit)
          this.navigation.approach(new THREE.Vector3().fromArray(hit.point));
      },
      hover: (x, y) => {
        this.#pointer = { x, y };
        this.#point();
      },
      speed: factor => this.hud.pointed = `speed × ${factor.toFixed(factor < 1 ? 2 : 1)}`,
    });
  }

  #wireSettings() {
    const { settings, stage } = this;
    settings.onOpen = () => this.#offerLayers();
    settings.onToggle('volumes', on => {
      this.#volumes.visible = on;
      this.#volumes.update(this.tiles);
      this.redraw();
    });
    settings.onToggle('freeze', on => {
      this.tiles.options.frozen = on;
      this.redraw();
    });
    settings.onToggle('shadows', on => {
      stage.light.shadows = on;
      stage.light.cast(this.tiles.group);
      this.redraw();
    });
    settings.onToggle('haze', on => {
      if (stage.haze)
        stage.haze.visible = on;
      this.redraw();
    });
    settings.onSlide('sse', pixels => this.setTargetError(pixels));
    settings.onSlide('hour', hour => {
      stage.light.hour = hour;
      this.redraw();
    });
    settings.onSlide('exposure', stops => {
      stage.exposure = stops;
      this.redraw();
    });
  }

  #wireButtons() {
    const { navigation, settings } = this, recording = new SessionRecording(this.tiles, text => this.#sayFor(text, 4000)), help = /** @type {HTMLDialogElement} */ (document.getElementById('help'));
    const commands = {
      h: () => navigation.flyHome(), v: () => this.#views.next(), f: () => this.#toggleFlight(), o: () => settings.toggle(), c: () => this.#copyLink(),
      '?': () => help.open ? help.close() : help.showModal(), n: () => navigation.faceNorth(), r: () => this.frameSelection(), i: () => this.hud.toggle(),
      b: () => settings.setToggle('volumes'), l: () => settings.setToggle('levels'), k: () => settings.setToggle('lods'), p: () => settings.setToggle('freeze'),
      g: () => this.walk.toggle(), t: () => recording.save(), escape: () => this.#close(),
    };
    new Keys(navigation, commands);
    on('home', commands.h);
    on('fly', commands.f);
    on('copy-link', commands.c);
    on('help-button', commands['?']);
  }

  /** @param {number} time */
  #run(time) {
    performance.mark('lodestream-frame');
    const { stage, tiles, navigation } = this, resized = stage.resize(), moved = navigation.update(time);
    if (moved)
      tiles.options.depthRange = navigation.depthRange;
    const changed = tiles.update();
    if (changed)
      this.#show();
    performance.measure('lodestream-frame', 'lodestream-frame');
    performance.clearMarks('lodestream-frame');
    const began = performance.now();
    if (resized || moved || changed || this.#repaint)
      this.#draw();
    const { coreMs, hostMs } = tiles.stats;
    this.hud.frame({ core: coreMs, host: hostMs, draw: performance.now() - began }, tiles.stats, this.loop.fps, this.#state);
    this.ranges.update(navigation.pose);
    this.walk.update();
    if (moved)
      this.#cameraEvents.moved();
    return { again: tiles.needsUpdate || navigation.isMoving, delay: tiles.wakeDelay };
  }

  // What is drawn has changed.
  #show() {
    this.#volumes.update(this.tiles);
    this.#colouring.update();
    this.ranges.touch();
    if (this.stage.light.shadows)
      this.stage.light.cast(this.tiles.group);
  }

  #draw() {
    this.#repaint = false;
    if (this.#contextLost)
      return;
    if (this.stage.light.shadows) {
      const { position, direction } = this.navigation.pose, reach = this.ranges.reach(position);
      this.stage.light.fit(position.addScaledVector(direction, reach).add(this.stage.world.position), reach);
    }
    this.stage.haze?.follow(this.ranges.below ?? this.frame.altitudeOf(this.navigation.pose.position));
    this.stage.render();
  }

  // Nothing more happens for now: what is dear can be done.
  #park() {
    const { hud, tiles, loop, navigation } = this;
    hud.show(tiles.stats, loop.fps, this.#state, true);
    this.#offerLayers();
    this.ranges.update(navigation.pose, true);
    if (this.#pointer)
      this.#point();
    const fragment = this.#fragment();
    if (fragment !== location.hash)
      history.replaceState(history.state, '', fragment);
  }

  #tellCamera() {
    const { position, direction } = this.navigation.pose;
    this.#readout.show(position, this.navigation.heading, this.ranges.below);
    this.onCameraChange({ position: position.toArray(), direction: direction.toArray() });
  }

  // How far things are has changed.
  #refresh() {
    const { navigation } = this;
    navigation.refreshDepth();
    this.#readout.show(navigation.pose.position, navigation.heading, this.ranges.below);
    this.loop.invalidate();
  }

  /** @returns {import('./hud.js').State} */
  get #state() {
    const { wanted, pending } = this.tiles.stats;
    if (this.#contextLost)
      return 'lost';
    if (this.tiles.options.frozen)
      return 'frozen';
    return pending > 0 || wanted === 0 ? 'streaming' : 'settled';
  }

  #fragment() {
    const { settings } = this, toggles = OFF_BY_DEFAULT.filter(id => settings.isOn(id)), hidden = ON_BY_DEFAULT.filter(id => !settings.isOn(id));
    /** @type {Record<string, number>} */
    const sliders = {};
    if (this.tiles.options.targetErrorPx !== this.#defaultSse)
      sliders.sse = this.tiles.options.targetErrorPx;
    for (const id of /** @type {const} */ (['hour', 'exposure'])) {
      if (settings.valueOf(id) !== DEFAULTS[id])
        sliders[id] = settings.valueOf(id);
    }
    return fragmentOf({ pose: this.navigation.pose, toggles, hidden, sliders });
  }

  #restore() {
    if (location.hash === '' || location.hash === this.#fragment())
      return;
    const { pose, toggles, hidden, sliders } = shownIn(location.hash);
    for (const id of OFF_BY_DEFAULT)
      this.settings.setToggle(id, toggles?.includes(id) ?? false);
    for (const id of ON_BY_DEFAULT)
      this.settings.setToggle(id, !hidden?.includes(id));
    if (sliders?.sse)
      this.setTargetError(sliders.sse);
    for (const id of /** @type {const} */ (['hour', 'exposure']))
      this.settings.setSlider(id, sliders?.[id] ?? DEFAULTS[id]);
    if (pose)
      this.navigation.place(pose);
    this.redraw();
  }

  async #copyLink() {
    const copied = await copy(this.link);
    this.#sayFor(copied ? 'The link is on the clipboard.' : this.link, copied ? 1500 : 15000);
  }

  /** @param {string} text @param {number} milliseconds */
  #sayFor(text, milliseconds) {
    this.hud.say(text);
    setTimeout(() => this.hud.say(''), milliseconds);
  }

  /** @param {number} x @param {number} y */
  async #inspect(x, y) {
    const picked = await this.tiles.pick(x, y);
    this.settings.toggle(false);
    if (picked)
      this.inspector.show(picked);
    else
      this.inspector.close();
  }

  async #point() {
    if (!this.#pointer)
      return;
    this.hud.pointed = summaryOf(await this.tiles.pick(this.#pointer.x, this.#pointer.y));
  }

  #offerLayers() {
    this.settings.offerLayers(this.tiles.layers, (family, visible) => this.setLayer(family, visible));
  }

  #toggleFlight() {
    const { navigation } = this;
    navigation.mode = navigation.mode === 'fly' ? 'orbit' : 'fly';
    document.getElementById('fly')?.setAttribute('aria-pressed', String(navigation.mode === 'fly'));
  }

  #close() {
    this.navigation.stop();
    this.settings.toggle(false);
    this.#views.close();
    this.inspector.close();
  }

  /** @param {boolean} lost */
  #loseContext(lost) {
    this.#contextLost = lost;
    this.hud.state = this.#state;
    this.hud.say(lost ? 'The GPU has dropped the picture. It comes back when the browser gives it one again.' : '');
    this.redraw();
  }

  #restingHosts() {
    const { hosts } = this.tiles.debugState();
    return hosts.filter((/** @type {any} */ host) => host.breaker !== 'Closed').map((/** @type {any} */ { name, breaker }) => `${name} ${breaker === 'Open' ? 'resting' : 'tried again'}`).join(', ');
  }
}

/** @param {string} id @param {() => void} click */
function on(id, click) {
  document.getElementById(id)?.addEventListener('click', click);
}
