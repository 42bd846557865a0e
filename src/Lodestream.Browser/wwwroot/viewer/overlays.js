// What can be laid over the tiles to see how they are chosen: bounding volumes, a colour per level.
import * as THREE from 'three';
import { cornersOf } from './framing.js';

const EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 0, 2, 1, 3, 4, 6, 5, 7, 0, 4, 1, 5, 2, 6, 3, 7];

/** Hues a golden angle apart: neighbouring levels never look alike. @param {number} level */
export function levelColor(level) {
  return new THREE.Color().setHSL((0.58 + level * 0.381966) % 1, 0.75, 0.55);
}

export class BoundingVolumes {
  visible = false;
  #lines = new THREE.LineSegments(new THREE.BufferGeometry(), new THREE.LineBasicMaterial({ vertexColors: true, toneMapped: false }));

  /** @param {THREE.Object3D} parent in the scene's frame */
  constructor(parent) {
    this.#lines.frustumCulled = false;
    this.#lines.visible = false;
    parent.add(this.#lines);
  }

  /** Draws the volumes of what is drawn. @param {import('../lodestream.js').LodestreamTiles} tiles */
  update(tiles) {
    this.#lines.visible = this.visible;
    if (!this.visible)
      return;
    /** @type {number[]} */
    const positions = [], colors = [];
    /** @type {THREE.Vector3 | undefined} */
    let anchor;
    for (const { region } of tiles.drawn.values()) {
      const volume = tiles.volume(region);
      if (!volume)
        continue;
      anchor ??= new THREE.Vector3().fromArray(volume.center);
      const corners = cornersOf(volume), color = levelColor(volume.level);
      for (const i of EDGES) {
        positions.push(...corners[i].clone().sub(anchor));
        colors.push(color.r, color.g, color.b);
      }
    }
    this.#lines.geometry.dispose();
    this.#lines.geometry = new THREE.BufferGeometry()
      .setAttribute('position', new THREE.Float32BufferAttribute(positions, 3))
      .setAttribute('color', new THREE.Float32BufferAttribute(colors, 3));
    if (anchor)
      this.#lines.position.copy(anchor);
  }
}
