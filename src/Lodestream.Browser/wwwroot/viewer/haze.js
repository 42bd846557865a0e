// Haze that thickens with nearness to the ground: from high above a land lies clear, from among its hills the far ones fade into the sky.
import * as THREE from 'three';

/** The sky's colour above the horizon (sky.js), linear. */
const HORIZON = /** @type {const} */ ([0.58, 0.74, 0.9]);

/** How far one sees at the ground, metres, and how much farther for every metre above it: ours, by looking at it. */
const AT_GROUND = 9000, PER_METRE = 22;

export class Haze {
  /** For {@link THREE.Scene.fog}. */
  fog = new THREE.FogExp2(0, 0);
  /** Whether there is any. */
  visible = true;

  constructor() {
    this.fog.color.setRGB(...HORIZON, THREE.LinearSRGBColorSpace);
  }

  /** @param {number} height of the camera above the ground, metres */
  follow(height) {
    // At this distance 63 % of what is seen is haze.
    const reach = AT_GROUND + PER_METRE * Math.max(0, height);
    this.fog.density = this.visible ? 1 / reach : 0;
  }
}
