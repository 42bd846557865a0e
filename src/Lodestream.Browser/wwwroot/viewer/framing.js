// Where a camera must be to show a volume, and how near and far it looks.
import * as THREE from 'three';
import { EQUATORIAL } from './geodesy.js';
import { extentAlong } from './scene-frame.js';

/**
 * @typedef {import('./scene-frame.js').Volume} Volume
 * @typedef {{ position: THREE.Vector3, direction: THREE.Vector3 }} Pose in the scene's frame
 */

/** Something less than so high for its width is looked down upon like a map, else looked at like a house. */
const FLAT = 0.3;

/** Clockwise from north, radians: from the south, and a little from the west, so that two sides of everything are seen. */
const AZIMUTH = 0.45;

/** What the sides of a whole globe's picture leave free. */
const GLOBE_MARGIN = 1.15;

/** The highest mountain's height, metres: so much is seen from beyond the horizon. */
const HIGHEST = 9000;

/**
 * The pose from which a camera sees a whole volume.
 * @param {Volume} volume
 * @param {import('./scene-frame.js').SceneFrame} frame
 * @param {THREE.PerspectiveCamera} camera
 * @returns {Pose}
 */
export function poseFor(volume, frame, camera) {
  const center = new THREE.Vector3().fromArray(volume.center), tanY = Math.tan(camera.fov * Math.PI / 360), tanX = tanY * camera.aspect;
  if (frame.isGlobe && center.length() < EQUATORIAL / 2)
    return wholeGlobe(Math.min(tanX, tanY));
  const up = frame.upAt(center), north = frame.northAt(center), east = new THREE.Vector3().crossVectors(north, up);
  const height = extentAlong(volume, up), width = Math.max(extentAlong(volume, north), extentAlong(volume, east)), isFlat = height < FLAT * width;
  // A tall picture is filled by looking down more.
  const pitch = (isFlat ? 0.62 : 0.36) + 0.35 * Math.max(0, 1 - camera.aspect);
  const ahead = north.multiplyScalar(Math.cos(AZIMUTH)).addScaledVector(east, Math.sin(AZIMUTH));
  const direction = ahead.multiplyScalar(Math.cos(pitch)).addScaledVector(up, -Math.sin(pitch)).normalize();
  // The corners of a map may leave the picture, for its middle to fill it.
  const distance = distanceToFit(volume, center, direction, up, tanX, tanY) * (isFlat ? 0.86 : 1.04);
  return { position: center.addScaledVector(direction, -Math.max(distance, 1e-3)), direction };
}

/** @param {number} tan of half the narrower field of view */
function wholeGlobe(tan) {
  // Over the Atlantic's east side: there is land to see wherever one comes from.
  const outward = new THREE.Vector3(Math.cos(0.35) * Math.cos(0.2), Math.cos(0.35) * Math.sin(0.2), Math.sin(0.35));
  const distance = EQUATORIAL * GLOBE_MARGIN * Math.hypot(1, tan) / tan;
  return { position: outward.clone().multiplyScalar(distance), direction: outward.negate() };
}

/**
 * @param {Volume} volume
 * @param {THREE.Vector3} center
 * @param {THREE.Vector3} direction
 * @param {THREE.Vector3} up
 * @param {number} tanX
 * @param {number} tanY
 */
function distanceToFit(volume, center, direction, up, tanX, tanY) {
  const right = new THREE.Vector3().crossVectors(direction, up).normalize(), above = new THREE.Vector3().crossVectors(right, direction);
  let distance = 0;
  for (const corner of cornersOf(volume)) {
    const d = corner.sub(center), depth = d.dot(direction);
    distance = Math.max(distance, Math.abs(d.dot(right)) / tanX - depth, Math.abs(d.dot(above)) / tanY - depth);
  }
  return distance;
}

/**
 * How near and far a camera looks, so that depth stays precise there, and the scene's far side, or the horizon, is still seen.
 * @param {THREE.Vector3} position in the scene's frame
 * @param {number} nearest metres to the nearest thing that is known
 * @param {import('./scene-frame.js').SceneFrame} frame
 */
export function depthRangeFor(position, nearest, frame) {
  const { radius } = frame, distance = position.distanceTo(frame.center);
  const near = Math.max(nearest * 0.05, (distance - radius) * 0.5, Math.min(0.05, radius * 1e-3));
  const horizon = frame.isGlobal ? horizonFrom(frame.altitudeOf(position)) : Infinity;
  return { near, far: Math.max(Math.min(distance + radius * 1.2, horizon), near * 10) };
}

/** Metres to the farthest mountain that can be seen over the horizon. @param {number} altitude metres */
function horizonFrom(altitude) {
  const height = Math.max(altitude, 0);
  return Math.sqrt(height * (2 * EQUATORIAL + height)) + Math.sqrt(HIGHEST * (2 * EQUATORIAL + HIGHEST));
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
