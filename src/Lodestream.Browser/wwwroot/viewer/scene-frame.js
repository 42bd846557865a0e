// What up, north and altitude mean in a scene: the same everywhere in a local one, the Earth's on the globe.
import * as THREE from 'three';
import { EQUATORIAL, geodeticOf, normalAt } from './geodesy.js';

/** @typedef {NonNullable<ReturnType<import('../lodestream.js').LodestreamTiles['volume']>>} Volume */

/** No ground lies farther than this from the ellipsoid, metres; what would is a local scene with large coordinates. */
const FARTHEST_FROM_ELLIPSOID = 20e3;

export class SceneFrame {
  #up;
  /** Whether coordinates are Earth-centred. */
  isGlobal;
  /** The scene's bounding volume. */
  root;

  /**
   * @param {Volume} root
   * @param {string | null} asked which axis is up: x, y or z, whatever the coordinates look like
   */
  constructor(root, asked) {
    this.root = root;
    const isAxis = asked === 'x' || asked === 'y' || asked === 'z';
    this.isGlobal = !isAxis && isEarthCentred(root);
    this.#up = isAxis ? new THREE.Vector3(Number(asked === 'x'), Number(asked === 'y'), Number(asked === 'z')) : localUp(root);
  }

  /** Half the scene's diagonal, metres. */
  get radius() {
    return Math.hypot(...this.root.halfLengths);
  }

  /** The scene's middle. */
  get center() {
    return new THREE.Vector3().fromArray(this.root.center);
  }

  /** Whether the scene goes round the globe. */
  get isGlobe() {
    return this.isGlobal && this.center.length() + this.radius > EQUATORIAL && this.center.length() < EQUATORIAL / 2;
  }

  /** @param {THREE.Vector3} point */
  upAt(point) {
    return this.isGlobal ? normalAt(point) : this.#up.clone();
  }

  /** Another up for a local scene. @param {THREE.Vector3} up */
  setUp(up) {
    this.#up.copy(up).normalize();
  }

  /** North on the globe; in local scenes the direction maps show upwards. @param {THREE.Vector3} point */
  northAt(point) {
    const up = this.upAt(point), pole = this.isGlobal || Math.abs(up.z) < 0.9 ? new THREE.Vector3(0, 0, 1) : new THREE.Vector3(0, 1, 0);
    if (!this.isGlobal && Math.abs(up.y) > 0.9)
      pole.set(0, 0, -1);
    const north = pole.addScaledVector(up, -pole.dot(up));
    return north.lengthSq() < 1e-12 ? new THREE.Vector3(1, 0, 0) : north.normalize();
  }

  /** Height above the ellipsoid, or above the scene's lowest point. @param {THREE.Vector3} point */
  altitudeOf(point) {
    if (this.isGlobal)
      return geodeticOf(point).height;
    return point.dot(this.#up) - this.center.dot(this.#up) + extentAlong(this.root, this.#up);
  }
}

/** @param {Volume} root */
function isEarthCentred(root) {
  const radius = Math.hypot(...root.halfLengths), { height } = geodeticOf(new THREE.Vector3().fromArray(root.center));
  return Math.abs(height) <= Math.max(FARTHEST_FROM_ELLIPSOID, radius);
}

// 3D Tiles says z, but photogrammetry is seen that is y up: terrain is split along the other two axes.
/** @param {Volume} root */
function localUp(root) {
  const unsplit = [6, 5, 3].indexOf(root.splitAxes);
  const axis = unsplit < 0 ? new THREE.Vector3(0, 0, 1) : new THREE.Vector3().fromArray(root.axes, unsplit * 3);
  return axis.x + axis.y + axis.z < 0 ? axis.negate() : axis;
}

/**
 * Half of what a volume measures along a direction.
 * @param {Volume} volume
 * @param {THREE.Vector3} direction length 1
 */
export function extentAlong({ axes, halfLengths }, direction) {
  return halfLengths.reduce((sum, half, a) => sum + half * Math.abs(direction.dot(new THREE.Vector3().fromArray(axes, a * 3))), 0);
}
