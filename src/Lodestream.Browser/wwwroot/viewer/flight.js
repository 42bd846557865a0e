// A smooth way from one pose to another.
import * as THREE from 'three';

/** Seconds: the shortest flight, and the longest. */
const SHORTEST = 0.5, LONGEST = 2.2;

export class Flight {
  #from;
  #to;
  #frame;
  #began;
  #seconds;
  #rise;

  /**
   * @param {import('./framing.js').Pose} from
   * @param {import('./framing.js').Pose} to
   * @param {import('./scene-frame.js').SceneFrame} frame
   * @param {number} now seconds
   */
  constructor(from, to, frame, now) {
    const distance = from.position.distanceTo(to.position), height = Math.max(frame.altitudeOf(from.position), frame.altitudeOf(to.position), 1);
    this.#from = { position: from.position.clone(), direction: from.direction.clone() };
    this.#to = { position: to.position.clone(), direction: to.direction.clone() };
    this.#frame = frame;
    this.#began = now;
    this.#seconds = THREE.MathUtils.clamp(0.7 + 0.35 * Math.log10(1 + distance / height), SHORTEST, LONGEST);
    // Over what lies between.
    this.#rise = Math.max(0, distance - 3 * height) * 0.12;
  }

  /**
   * Where the camera is at a time.
   * @param {number} now seconds
   * @returns {import('./framing.js').Pose & { arrived: boolean }}
   */
  at(now) {
    const t = Math.min(1, (now - this.#began) / this.#seconds), eased = t * t * t * (t * (6 * t - 15) + 10);
    if (t >= 1)
      return { position: this.#to.position.clone(), direction: this.#to.direction.clone(), arrived: true };
    return { position: this.#positionAt(eased), direction: turned(this.#from.direction, this.#to.direction, eased), arrived: false };
  }

  /** @param {number} share */
  #positionAt(share) {
    const { position: a } = this.#from, { position: b } = this.#to, rise = this.#rise * 4 * share * (1 - share);
    if (!this.#frame.isGlobal) {
      const position = new THREE.Vector3().lerpVectors(a, b, share);
      return position.addScaledVector(this.#frame.upAt(position), rise);
    }
    // Round the globe, not through it.
    const outward = turned(a.clone().normalize(), b.clone().normalize(), share);
    return outward.multiplyScalar(THREE.MathUtils.lerp(a.length(), b.length(), share) + rise);
  }
}

/**
 * From one direction to another, at even speed.
 * @param {THREE.Vector3} from
 * @param {THREE.Vector3} to
 * @param {number} share
 */
export function turned(from, to, share) {
  const half = new THREE.Quaternion().slerp(new THREE.Quaternion().setFromUnitVectors(from, to), share);
  return from.clone().applyQuaternion(half).normalize();
}
