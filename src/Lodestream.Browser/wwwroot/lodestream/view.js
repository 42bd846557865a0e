// A three.js camera as the core's view, in the frame of the scene's group.
import * as THREE from 'three';

const toScene = new THREE.Matrix4(), inScene = new THREE.Matrix4(), size = new THREE.Vector2();

/**
 * @param {THREE.PerspectiveCamera} camera
 * @param {THREE.Object3D} group
 * @param {THREE.WebGLRenderer} renderer
 * @param {{ targetErrorPx: number, depthRange: { near: number, far: number } | null }} options
 * @returns {import('./protocol.js').View}
 */
export function viewOf(camera, group, renderer, { targetErrorPx, depthRange }) {
  camera.updateWorldMatrix(true, false);
  group.updateWorldMatrix(true, false);
  // three.js's matrices hold doubles: nothing is lost here, however far from the origin the scene lies.
  const e = inScene.multiplyMatrices(toScene.copy(group.matrixWorld).invert(), camera.matrixWorld).elements;
  const scale = Math.hypot(e[8], e[9], e[10]), upScale = Math.hypot(e[4], e[5], e[6]);
  renderer.getSize(size);
  return {
    position: [e[12], e[13], e[14]],
    direction: [-e[8] / scale, -e[9] / scale, -e[10] / scale],
    up: [e[4] / upScale, e[5] / upScale, e[6] / upScale],
    fovY: 2 * Math.atan(Math.tan(camera.fov * Math.PI / 360) / camera.zoom),
    // A canvas that is not laid out yet has no size; the core refuses a viewport without one.
    width: Math.max(1, size.x),
    height: Math.max(1, size.y),
    near: (depthRange ?? camera).near * scale,
    far: (depthRange ?? camera).far * scale,
    targetErrorPx,
  };
}

/**
 * Whether two views are one to the core.
 * @param {import('./protocol.js').View} a
 * @param {import('./protocol.js').View | undefined} b
 */
export function sameView(a, b) {
  return b !== undefined && a.fovY === b.fovY && a.width === b.width && a.height === b.height && a.near === b.near && a.far === b.far
    && a.targetErrorPx === b.targetErrorPx && sameNumbers(a.position, b.position) && sameNumbers(a.direction, b.direction) && sameNumbers(a.up, b.up);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function sameNumbers(a, b) {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}
