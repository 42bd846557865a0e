// The Earth's ellipsoid (WGS 84): Earth-centred coordinates, metres, and longitude, latitude, height.
import * as THREE from 'three';

/** Half the equatorial and half the polar axis, metres (WGS 84). */
export const EQUATORIAL = 6378137, POLAR = 6356752.314245179;

/** First eccentricity, squared. */
const E2 = 1 - POLAR ** 2 / EQUATORIAL ** 2;

/** @typedef {{ longitude: number, latitude: number, height: number }} Geodetic radians, metres above the ellipsoid */

/**
 * Longitude, latitude and height of a point, by fixed-point iteration on the latitude: four steps reach a nanometre above ground.
 * @param {THREE.Vector3} point Earth-centred
 * @returns {Geodetic}
 */
export function geodeticOf({ x, y, z }) {
  const fromAxis = Math.hypot(x, y);
  let latitude = Math.atan2(z, fromAxis * (1 - E2)), primeVertical = EQUATORIAL;
  for (let i = 0; i < 5; i++) {
    const sine = Math.sin(latitude);
    primeVertical = EQUATORIAL / Math.sqrt(1 - E2 * sine * sine);
    latitude = Math.atan2(z + E2 * primeVertical * sine, fromAxis);
  }
  const cosine = Math.cos(latitude), sine = Math.sin(latitude);
  // Along the normal, so that it holds at the poles as well.
  const height = fromAxis * cosine + z * sine - primeVertical * (1 - E2 * sine * sine);
  return { longitude: Math.atan2(y, x), latitude, height };
}

/** @param {Geodetic} place */
export function pointOf({ longitude, latitude, height }) {
  const sine = Math.sin(latitude), cosine = Math.cos(latitude), primeVertical = EQUATORIAL / Math.sqrt(1 - E2 * sine * sine);
  return new THREE.Vector3(
    (primeVertical + height) * cosine * Math.cos(longitude), (primeVertical + height) * cosine * Math.sin(longitude), (primeVertical * (1 - E2) + height) * sine);
}

/** The ellipsoid's outward normal through a point. @param {THREE.Vector3} point Earth-centred */
export function normalAt(point) {
  const { longitude, latitude } = geodeticOf(point);
  return new THREE.Vector3(Math.cos(latitude) * Math.cos(longitude), Math.cos(latitude) * Math.sin(longitude), Math.sin(latitude));
}
