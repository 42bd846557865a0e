// What is on the GPU and what of it is drawn: C#'s commits as three.js objects in one group.
import * as THREE from 'three';
import { makeContent, makeContentOfScene, Uploader } from './contents.js';
import { MaskedMaterials, setCells, setTint } from './masks.js';

/**
 * @typedef {object} DrawItem One region that is drawn, from its own tile's contents or an ancestor's.
 * @property {number} region
 * @property {number} source
 * @property {number} level of the source
 * @property {string} key of the region
 * @property {number[]} contents
 * @property {number[]} transform of the source's contents, column-major
 * @property {import('./masks.js').Cells} cells
 */

/** @typedef {DrawItem & { objects: THREE.Object3D[] }} DrawnItem */

export class TileScene {
  /** Every drawn tile, in the scene's frame. */
  group = new THREE.Group();
  /** @type {Map<number, DrawnItem>} by region */
  items = new Map();
  /** @type {Map<number, import('./contents.js').Content>} */
  contents = new Map();
  #uploader;
  #masked = new MaskedMaterials();
  /** @type {((item: DrawItem) => THREE.Color) | null} */
  #tint = null;

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#uploader = new Uploader(renderer);
    this.group.name = 'lodestream';
  }

  /**
   * Brings a decoded content to the GPU.
   * @param {number} content
   * @param {number} ticket
   * @param {string} uri
   * @param {import('./decoding.js').Decoded} decoded
   */
  upload(content, ticket, uri, { glb, scene, origin }) {
    const made = glb ? makeContent(glb, origin, uri, ticket) : makeContentOfScene(/** @type {THREE.Object3D} */ (scene), origin, uri, ticket);
    try {
      this.#uploader.upload(made);
    } catch (error) {
      made.dispose();
      throw error;
    }
    this.contents.get(content)?.dispose();
    this.contents.set(content, made);
    return made;
  }

  /** @param {number} content */
  free(content) {
    this.contents.get(content)?.dispose();
    this.contents.delete(content);
  }

  /** Shows an item in place of the one its region had. @param {DrawItem} item */
  show(item) {
    this.hide(item.region);
    const drawn = { ...item, objects: item.contents.flatMap(content => this.#objectsOf(content, item)) };
    this.items.set(item.region, drawn);
    if (drawn.objects.length > 0)
      this.group.add(...drawn.objects);
    return drawn;
  }

  /** @param {number} region */
  hide(region) {
    const item = this.items.get(region);
    if (!item)
      return undefined;
    for (const object of item.objects) {
      this.group.remove(object);
      this.#giveBack(object);
    }
    this.items.delete(region);
    return item;
  }

  /**
   * Lays a colour over every drawn item, or none.
   * @param {((item: DrawItem) => THREE.Color) | null} tint
   */
  setTint(tint) {
    this.#tint = tint;
    for (const item of [...this.items.values()])
      this.show(item);
  }

  /** The GPU lost everything: forget it without a word to the GPU. */
  clear() {
    for (const region of [...this.items.keys()])
      this.hide(region);
    for (const content of [...this.contents.keys()])
      this.free(content);
  }

  dispose() {
    this.clear();
    this.#masked.dispose();
    this.#uploader.dispose();
    this.group.removeFromParent();
  }

  /**
   * @param {number} index
   * @param {DrawItem} item
   */
  #objectsOf(index, item) {
    const content = this.contents.get(index);
    if (!content)
      return [];
    const transform = new THREE.Matrix4().fromArray(item.transform);
    const plain = item.cells.mask === 0 && !item.cells.keep && !this.#tint;
    return content.parts.map(part => {
      const object = makeObject(part);
      object.matrix.multiplyMatrices(transform, part.matrix);
      object.matrixAutoUpdate = false;
      object.userData.lodestream = { region: item.region, source: item.source, uri: content.uri };
      if (!plain) {
        const material = this.#masked.take(part.material);
        setCells(material, object.matrix, item.cells);
        setTint(material, this.#tint?.(item) ?? null);
        object.material = material;
        object.userData.masked = true;
      }
      return object;
    });
  }

  /** @param {THREE.Object3D} object */
  #giveBack(object) {
    if (object.userData.masked)
      this.#masked.give(/** @type {THREE.Mesh<THREE.BufferGeometry, THREE.Material>} */ (object).material);
  }
}

/**
 * @param {import('./contents.js').Part} part
 * @returns {THREE.Object3D & { material: THREE.Material }}
 */
function makeObject({ geometry, material, topology }) {
  switch (topology) {
    case 'points': return new THREE.Points(geometry, material);
    case 'lines': return new THREE.LineSegments(geometry, material);
    case 'line-strip': return new THREE.Line(geometry, material);
    case 'line-loop': return new THREE.LineLoop(geometry, material);
    default: return new THREE.Mesh(geometry, material);
  }
}
