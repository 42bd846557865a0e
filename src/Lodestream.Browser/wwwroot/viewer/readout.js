// Where the camera is, in words and figures, and which way is north.
import * as THREE from 'three';
import { geodeticOf } from './geodesy.js';

export class Readout {
  #frame;
  #text = /** @type {HTMLElement} */ (document.getElementById('readout'));
  #needle = /** @type {HTMLElement} */ (document.querySelector('#compass svg'));
  #compass = /** @type {HTMLButtonElement} */ (document.getElementById('compass'));

  /** @param {import('./scene-frame.js').SceneFrame} frame @param {() => void} faceNorth */
  constructor(frame, faceNorth) {
    this.#frame = frame;
    // Elsewhere nobody knows where north is.
    this.#compass.hidden = !frame.isGlobal;
    /** @type {HTMLElement} */ (this.#text.parentElement).classList.toggle('local', !frame.isGlobal);
    this.#compass.addEventListener('click', faceNorth);
  }

  /**
   * @param {THREE.Vector3} position in the scene's frame
   * @param {number} heading radians
   * @param {number | null} above metres above what is drawn below
   */
  show(position, heading, above) {
    const ground = above === null ? '' : `${metres(above)} above ground`;
    if (this.#frame.isGlobal) {
      const { latitude, longitude, height } = geodeticOf(position);
      this.#write(`${degrees(latitude, 'N', 'S')}  ${degrees(longitude, 'E', 'W')}\n${metres(height)} high${ground && ` · ${ground}`}`);
      this.#needle.style.rotate = `${-heading * 180 / Math.PI}deg`;
      this.#compass.setAttribute('aria-description', `Heading ${Math.round((heading * 180 / Math.PI + 360) % 360)} degrees`);
    } else {
      this.#write(`${position.toArray().map(c => c.toFixed(Math.abs(c) < 100 ? 1 : 0)).join('  ')}${ground && `\n${ground}`}`);
    }
  }

  /** @param {string} text */
  #write(text) {
    if (this.#text.textContent !== text)
      this.#text.textContent = text;
  }
}

/** @param {number} angle radians @param {string} positive @param {string} negative */
function degrees(angle, positive, negative) {
  return `${(Math.abs(angle) * 180 / Math.PI).toFixed(5)}° ${angle < 0 ? negative : positive}`;
}

/** @param {number} length */
function metres(length) {
  if (Math.abs(length) >= 1e4)
    return `${(length / 1000).toLocaleString('en', { maximumFractionDigits: Math.abs(length) < 1e5 ? 1 : 0 })} km`;
  return `${length.toFixed(Math.abs(length) < 100 ? 1 : 0)} m`;
}
