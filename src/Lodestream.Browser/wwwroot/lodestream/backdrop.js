// What shows through cracks. A coarse tile that is cut around finer ones rarely meets them at the same height, and through the gap one
// would see past the ground. So the whole of every tile that is drawn in parts is drawn once more, before everything else, and its depth
// is forgotten: whatever covers it does so whichever lies nearer, and only a crack lets it through.
import * as THREE from 'three';
import { makeObject } from './contents.js';

/** renderOrder of the backdrop. What must stay behind it, such as a sky that is a mesh, needs a lower one. */
export const BACKDROP_ORDER = -1e6;

/**
 * @typedef {object} Source A tile that is drawn in parts.
 * @property {Set<number>} regions it is drawn in
 * @property {Map<import('./contents.js').Content, THREE.Object3D[]>} contents
 */

export class Backdrop {
  /** In the scene's frame. */
  object = new THREE.Object3D();
  /** @type {Map<number, Source>} by source tile */
  #sources = new Map();
  #forgetDepth = makeDepthClear();

  constructor() {
    this.object.name = 'lodestream-backdrop';
  }

  /**
   * A region is drawn from a part of a source's contents.
   * @param {number} region
   * @param {number} tile the source
   * @param {THREE.Matrix4} transform of the source's contents
   * @param {import('./contents.js').Content[]} contents those of the source's that are on the GPU
   */
  take(region, tile, transform, contents) {
    let source = this.#sources.get(tile);
    if (!source)
      this.#sources.set(tile, source = { regions: new Set(), contents: new Map() });
    source.regions.add(region);
    for (const content of contents) {
      if (!source.contents.has(content))
        source.contents.set(content, this.#add(content, transform));
    }
    this.#arm();
  }

  /**
   * A region is drawn from a part of a source no more.
   * @param {number} region
   * @param {number} tile the source
   */
  give(region, tile) {
    const source = this.#sources.get(tile);
    if (!source?.regions.delete(region) || source.regions.size > 0)
      return;
    this.#sources.delete(tile);
    for (const meshes of source.contents.values())
      this.object.remove(...meshes);
    this.#arm();
  }

  /** A content leaves the GPU. @param {import('./contents.js').Content} content */
  forget(content) {
    for (const { contents } of this.#sources.values()) {
      this.object.remove(...contents.get(content) ?? []);
      contents.delete(content);
    }
    this.#arm();
  }

  dispose() {
    this.#sources.clear();
    this.object.clear();
    this.object.removeFromParent();
    this.#forgetDepth.geometry.dispose();
    this.#forgetDepth.material.dispose();
  }

  // Opaque surfaces only: lines and points have no cracks, and what is translucent hides nothing.
  /**
   * @param {import('./contents.js').Content} content
   * @param {THREE.Matrix4} transform
   */
  #add(content, transform) {
    const meshes = content.parts.filter(({ topology, material }) => topology === 'triangles' && !material.transparent).map(part => {
      const mesh = makeObject(part);
      mesh.matrix.multiplyMatrices(transform, part.matrix);
      mesh.matrixAutoUpdate = false;
      mesh.renderOrder = BACKDROP_ORDER;
      mesh.raycast = () => {};
      return mesh;
    });
    if (meshes.length > 0)
      this.object.add(...meshes);
    return meshes;
  }

  // Without meshes there is no depth to forget either: a world that is all there costs nothing.
  #arm() {
    const armed = this.#forgetDepth.parent !== null, meshes = this.object.children.length - Number(armed);
    if (meshes > 0 && !armed)
      this.object.add(this.#forgetDepth);
    else if (meshes === 0 && armed)
      this.object.remove(this.#forgetDepth);
  }
}

/** An object that draws nothing, and clears the depth of what was drawn before its turn. */
function makeDepthClear() {
  const geometry = new THREE.BufferGeometry();
  geometry.boundingSphere = new THREE.Sphere();
  const object = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial());
  object.frustumCulled = false;
  object.renderOrder = BACKDROP_ORDER + 1;
  object.raycast = () => {};
  object.onBeforeRender = renderer => renderer.clearDepth();
  return object;
}
