// How far things are: straight below the camera, and ahead of it. Asked of what is drawn, so answers come a frame or two later.
import * as THREE from 'three';

/** Milliseconds between two questions while the camera moves. */
const INTERVAL = 150;

export class RangeFinder {
  /** Metres above what is drawn below the camera; null when nothing is, or nothing is known yet. @type {number | null} */
  below = null;
  /** Metres to what is drawn in the middle of the picture; null as above. @type {number | null} */
  ahead = null;
  #tiles;
  #frame;
  #onAnswer;
  #asked = -Infinity;
  #asking = false;
  #stale = true;
  /** Rises when the camera is put elsewhere: answers to questions asked before say nothing of where it is now. */
  #place = 0;

  /**
   * @param {import('../lodestream.js').LodestreamTiles} tiles
   * @param {import('./scene-frame.js').SceneFrame} frame
   * @param {() => void} onAnswer called when a distance has changed by more than a twentieth
   */
  constructor(tiles, frame, onAnswer) {
    this.#tiles = tiles;
    this.#frame = frame;
    this.#onAnswer = onAnswer;
  }

  /** Metres to the nearest thing known, for a camera at a point. @param {THREE.Vector3} position */
  nearest(position) {
    // What lies neither below nor ahead may be nearer than both.
    return Math.min(this.guess(position), this.below ?? Infinity, this.ahead ?? Infinity);
  }

  /** Metres to what the camera looks at. @param {THREE.Vector3} position */
  reach(position) {
    return this.ahead ?? Math.max(this.below ?? 0, this.guess(position));
  }

  /** The camera has been put elsewhere: what is known does not hold there. */
  forget() {
    this.below = this.ahead = null;
    this.#place++;
    this.#asked = -Infinity;
    this.#stale = true;
  }

  /** The camera has moved, or what is drawn has changed. */
  touch() {
    this.#stale = true;
  }

  /**
   * Asks anew if something has changed.
   * @param {import('./framing.js').Pose} pose
   * @param {boolean} [isLast] nobody will call again soon
   */
  async update(pose, isLast = false) {
    if (!this.#stale || this.#asking || (!isLast && performance.now() - this.#asked < INTERVAL))
      return;
    this.#asking = true;
    this.#stale = false;
    this.#asked = performance.now();
    const down = this.#frame.upAt(pose.position).negate(), place = this.#place;
    try {
      const [below, ahead] = await Promise.all([this.#ask(pose.position, down), this.#ask(pose.position, pose.direction)]);
      this.#asking = false;
      const before = [this.below, this.ahead], isOfBefore = place !== this.#place;
      if (!isOfBefore)
        [this.below, this.ahead] = [below, ahead];
      // The frame that follows asks again.
      if (isOfBefore || differ(before[0], below) || differ(before[1], ahead))
        this.#onAnswer();
    } finally {
      this.#asking = false;
    }
  }

  /**
   * @param {THREE.Vector3} origin
   * @param {THREE.Vector3} direction
   */
  async #ask(origin, direction) {
    const hit = await this.#tiles.probe(origin.toArray(), direction.toArray());
    return hit && hit.distance;
  }

  /**
   * What can be said of a point without asking: a part of what lies between it and the scene's middle; on the globe, its altitude.
   * @param {THREE.Vector3} position
   */
  guess(position) {
    const { isGlobal, center, radius } = this.#frame, distance = position.distanceTo(center);
    const local = Math.max(distance * 0.05, distance - radius);
    return Math.max(isGlobal ? Math.min(local, Math.abs(this.#frame.altitudeOf(position))) : local, radius * 1e-6);
  }
}

/**
 * @param {number | null} a
 * @param {number | null} b
 */
function differ(a, b) {
  return (a === null) !== (b === null) || (a !== null && b !== null && Math.abs(a - b) > 0.05 * Math.max(a, b));
}
