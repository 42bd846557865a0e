// The address says where the camera is and what is shown: a link that brings one back here.
import * as THREE from 'three';

/**
 * @typedef {object} Shown What a link restores.
 * @property {import('./framing.js').Pose} pose
 * @property {string[]} toggles that are on
 * @property {string[]} hidden toggles that are off
 * @property {Record<string, number>} sliders that are not where they were
 */

/** @param {Shown} shown @returns {string} an address's fragment */
export function fragmentOf({ pose, toggles, hidden, sliders }) {
  const parts = [`eye=${numbers(pose.position, 3)}`, `look=${numbers(pose.direction, 6)}`];
  if (toggles.length > 0)
    parts.push(`show=${toggles.join(',')}`);
  if (hidden.length > 0)
    parts.push(`hide=${hidden.join(',')}`);
  for (const [name, value] of Object.entries(sliders))
    parts.push(`${name}=${Number(value.toFixed(3))}`);
  return `#${parts.join('&')}`;
}

/**
 * Reads a fragment; what is not a link of ours says nothing.
 * @param {string} fragment
 * @returns {Partial<Shown>}
 */
export function shownIn(fragment) {
  const words = new URLSearchParams(fragment.replace(/^#/, '')), position = vector(words.get('eye')), direction = vector(words.get('look'));
  /** @type {Record<string, number>} */
  const sliders = {};
  for (const name of ['sse', 'hour', 'exposure']) {
    const value = Number(words.get(name) ?? NaN);
    if (Number.isFinite(value))
      sliders[name] = value;
  }
  return {
    pose: position && direction && direction.lengthSq() > 0 ? { position, direction: direction.normalize() } : undefined,
    toggles: words.get('show')?.split(',').filter(Boolean),
    hidden: words.get('hide')?.split(',').filter(Boolean),
    sliders,
  };
}

/** @param {THREE.Vector3} vector @param {number} digits */
function numbers(vector, digits) {
  return vector.toArray().map(n => Number(n.toFixed(digits))).join(',');
}

/** @param {string | null} text */
function vector(text) {
  const coordinates = text?.split(',').map(Number) ?? [];
  return coordinates.length === 3 && coordinates.every(Number.isFinite) ? new THREE.Vector3().fromArray(coordinates) : null;
}
