// Where a camera must be to show a volume, which way is up, and how near and far it looks.
import * as THREE from 'three';

/** @typedef {NonNullable<ReturnType<import('../lodestream.js').LodestreamTiles['volume']>>} Volume */

/** Scenes farther from their origin than this are on the globe: up is away from the Earth's centre. */
const GLOBAL_DISTANCE = 1e6;

/**
 * Which way is up in a scene.
 * @param {Volume} root
 * @param {string | null} asked for: x, y or z
 */
export function upOf(root, asked) {
  if (asked === 'x' || asked === 'y' || asked === 'z')
    return new THREE.Vector3(Number(asked === 'x'), Number(asked === 'y'), Number(asked === 'z'));
  const center = new THREE.Vector3().fromArray(root.center);
  if (center.length() > GLOBAL_DISTANCE)
    return center.normalize();
  // 3D Tiles says z, but photogrammetry is seen that is y up: terrain is split along the other two axes.
  const unsplit = [6, 5, 3].indexOf(root.splitAxes);
  const axis = unsplit < 0 ? new THREE.Vector3(0, 0, 1) : new THREE.Vector3().fromArray(root.axes, unsplit * 3);
  return axis.x + axis.y + axis.z < 0 ? axis.negate() : axis;
}

/**
 * The pose from which a camera sees a whole volume, from above at an angle.
 * @param {Volume} volume
 * @param {THREE.Vector3} up
 * @param {THREE.PerspectiveCamera} camera
 */
export function poseFor(volume, up, camera) {
  const center = new THREE.Vector3().fromArray(volume.center);
  const forward = new THREE.Vector3(0, 1, 0).addScaledVector(up, -up.y);
  if (forward.lengthSq() < 0.01)
    forward.set(0, 0, -1).addScaledVector(up, up.z);
  const direction = forward.normalize().multiplyScalar(0.82).addScaledVector(up, -0.57).normalize();
  const right = new THREE.Vector3().crossVectors(direction, up).normalize(), above = new THREE.Vector3().crossVectors(right, direction);
  const tanY = Math.tan(camera.fov * Math.PI / 360), tanX = tanY * camera.aspect;
  let distance = 0;
  for (const corner of cornersOf(volume)) {
    const d = corner.sub(center), depth = d.dot(direction);
    distance = Math.max(distance, Math.abs(d.dot(right)) / tanX - depth, Math.abs(d.dot(above)) / tanY - depth);
  }
  distance = Math.max(distance * 1.02, 1e-3);
  return { position: center.clone().addScaledVector(direction, -distance), target: center };
}

/**
 * Sets near and far so that depth stays precise where the camera looks, and the scene's far side is still seen.
 * @param {THREE.PerspectiveCamera} camera
 * @param {number} targetDistance
 * @param {Volume} root
 */
export function setDepthRange(camera, targetDistance, root) {
  const radius = Math.hypot(...root.halfLengths), distance = camera.position.distanceTo(new THREE.Vector3().fromArray(root.center));
  const near = Math.max(targetDistance * 0.005, (distance - radius) * 0.5, radius * 1e-6), far = Math.max(distance + radius * 1.1, near * 10);
  // A step of a tenth: every change makes the core select anew.
  if (near < camera.near * 0.9 || near > camera.near * 1.1 || far > camera.far || far < camera.far * 0.8) {
    camera.near = near;
    camera.far = far * 1.1;
    camera.updateProjectionMatrix();
  }
}

/** @param {Volume} volume */
export function cornersOf({ center, axes, halfLengths }) {
  return [0, 1, 2, 3, 4, 5, 6, 7].map(i => {
    const corner = new THREE.Vector3().fromArray(center);
    for (let a = 0; a < 3; a++)
      corner.addScaledVector(new THREE.Vector3().fromArray(axes, a * 3), (i >> a & 1 ? 1 : -1) * halfLengths[a]);
    return corner;
  });
}
