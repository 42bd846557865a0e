// A walk through a scene: keyframes as the simulator's camera files have them, played on the camera until the user takes it.
import * as THREE from 'three';
import { Flight, turned } from './flight.js';

/** Seconds between two frames that count at most: a page that was hidden, or drew for long, goes on where it was. */
const LONGEST_FRAME = 1;

/** Metres from which a walk is joined where it passes, instead of from its beginning. */
const NEARBY = 3;

/** Seconds of the walk between two stops, for those who don't want motion. */
const STOP_INTERVAL = 8;

/** @typedef {import('./framing.js').Pose} Pose */
/** @typedef {Pose & { t: number }} Keyframe */
/** @typedef {'off' | 'playing' | 'paused'} WalkState */

/** Poses at times: positions linear, directions spherical. */
export class WalkPath {
  #frames;

  /** @param {Keyframe[]} frames one at least, in the order of their times */
  constructor(frames) {
    this.#frames = frames;
  }

  /** Seconds. */
  get duration() {
    return /** @type {Keyframe} */ (this.#frames.at(-1)).t;
  }

  /** When it passes a place first; 0 where it comes nowhere near. @param {THREE.Vector3} place */
  timeNear(place) {
    for (let i = 1; i < this.#frames.length; i++) {
      const a = this.#frames[i - 1], b = this.#frames[i], line = new THREE.Line3(a.position, b.position);
      const share = a.position.equals(b.position) ? 0 : line.closestPointToPointParameter(place, true);
      if (line.at(share, new THREE.Vector3()).distanceTo(place) < NEARBY)
        return THREE.MathUtils.lerp(a.t, b.t, share);
    }
    return 0;
  }

  /** @param {number} seconds @returns {Pose} */
  at(seconds) {
    const next = this.#frames.findIndex(({ t }) => t > seconds);
    if (next <= 0)
      return copyOf(next < 0 ? /** @type {Keyframe} */ (this.#frames.at(-1)) : this.#frames[0]);
    const a = this.#frames[next - 1], b = this.#frames[next], share = (seconds - a.t) / (b.t - a.t);
    return { position: new THREE.Vector3().lerpVectors(a.position, b.position, share), direction: turned(a.direction, b.direction, share) };
  }
}

/**
 * Reads a camera file: a list of `{ t, position, direction }`, seconds and the scene's frame.
 * @param {string} url
 * @returns {Promise<WalkPath | null>} null where there is none, or it says nothing: the scene is whole without
 */
export async function readWalk(url) {
  try {
    const response = await fetch(url), list = response.ok ? await response.json() : null;
    if (!Array.isArray(list) || list.length === 0)
      return null;
    const frames = list.map(keyframeOf);
    return frames.every((frame, i) => frame.t >= (frames[i - 1]?.t ?? 0)) ? new WalkPath(frames) : null;
  } catch {
    return null;
  }
}

export class Walk {
  #path;
  #navigation;
  #frame;
  #say;
  #button = /** @type {HTMLElement} */ (document.getElementById('walk'));
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
  /** Seconds of it that are behind. */
  #time = 0;
  /** What moves the camera while it plays. @type {{ at: (now: number) => Pose & { arrived: boolean } } | null} */
  #playing = null;

  /**
   * @param {WalkPath | null} path null where the scene offers none
   * @param {import('./navigation.js').Navigation} navigation
   * @param {import('./scene-frame.js').SceneFrame} frame
   * @param {(text: string) => void} say
   */
  constructor(path, navigation, frame, say) {
    this.#path = path;
    this.#navigation = navigation;
    this.#frame = frame;
    this.#say = say;
    this.#button.hidden = path === null;
    this.#button.addEventListener('click', () => this.toggle());
  }

  /** @returns {WalkState} */
  get state() {
    return this.#isPlaying ? 'playing' : this.#time > 0 ? 'paused' : 'off';
  }

  /** Seconds of it that are behind, and how many it has; null where there is none. */
  get progress() {
    return this.#path && { time: this.#time, duration: this.#path.duration };
  }

  /** Plays it from where it stopped, from its beginning after its end, or stops it. Those who don't want motion go from stop to stop. */
  toggle() {
    if (!this.#path)
      return;
    if (this.#isPlaying)
      this.stop();
    else if (this.#reducedMotion.matches)
      this.#step(this.#path);
    else
      this.#play(this.#path);
  }

  /** Plays it, unless the user doesn't want motion that was not asked for. */
  begin() {
    if (this.#path && !this.#isPlaying && !this.#reducedMotion.matches)
      this.#play(this.#path);
  }

  /** Stops it where it is. */
  stop() {
    if (this.#isPlaying)
      this.#navigation.stop();
    this.update();
  }

  /** Sees whether it still plays: whatever else moves the camera ends it. */
  update() {
    this.#button.setAttribute('aria-pressed', String(this.#isPlaying));
  }

  get #isPlaying() {
    return this.#playing !== null && this.#navigation.path === this.#playing;
  }

  /** @param {WalkPath} path */
  #play(path) {
    if (this.#time >= path.duration)
      this.#time = 0;
    else if (this.#time === 0)
      this.#time = path.timeNear(this.#navigation.pose.position);
    const now = performance.now() / 1000, approach = new Flight(this.#navigation.pose, path.at(this.#time), this.#frame, now);
    let last = now, arrived = isAt(this.#navigation.pose, path.at(this.#time));
    this.#playing = {
      at: time => {
        const passed = Math.min(time - last, LONGEST_FRAME);
        last = time;
        if (!arrived) {
          const pose = approach.at(time);
          arrived = pose.arrived;
          return { ...pose, arrived: false };
        }
        this.#time = Math.min(path.duration, this.#time + passed);
        return { ...path.at(this.#time), arrived: this.#time >= path.duration };
      },
    };
    this.#navigation.follow(this.#playing);
    this.update();
    this.#say('Walking. Drag, scroll or move to stop; G goes on.');
  }

  // Without a frame between two places.
  /** @param {WalkPath} path */
  #step(path) {
    const stops = Math.ceil(path.duration / STOP_INTERVAL), stop = this.#time >= path.duration ? 0 : Math.floor(this.#time / STOP_INTERVAL) + (isAt(this.#navigation.pose, path.at(this.#time)) ? 1 : 0);
    this.#time = Math.min(path.duration, stop * STOP_INTERVAL);
    this.#navigation.place(path.at(this.#time));
    this.#say(`Stop ${stop + 1} of ${stops + 1}. G goes to the next.`);
  }
}

/** @param {any} value @returns {Keyframe} */
function keyframeOf(value) {
  const [position, direction] = [value.position, value.direction].map(v => Array.isArray(v) && v.length === 3 && v.every(Number.isFinite) ? new THREE.Vector3().fromArray(v) : null);
  if (!position || !direction || direction.lengthSq() === 0 || !Number.isFinite(value.t))
    throw new TypeError('A keyframe has a time, a position and a direction.');
  return { t: value.t, position, direction: direction.normalize() };
}

/** @param {Pose} pose @returns {Pose} */
function copyOf({ position, direction }) {
  return { position: position.clone(), direction: direction.clone() };
}

/** @param {Pose} a @param {Pose} b */
function isAt(a, b) {
  return a.position.distanceTo(b.position) < 0.01 && a.direction.distanceTo(b.direction) < 0.001;
}
