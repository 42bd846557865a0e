// What C# has merged: batches are put together aside, step by step, and take the place of the meshes they are of when C# says so. The meshes
// stay as they are, out of sight: a ray still meets them, and they are back in the frame in which their batch is dropped.
import * as THREE from 'three';
import { forget } from './contents.js';
import { merge } from './merging.js';

/** @typedef {{ content: number, mesh: number }} Member */

/**
 * @typedef {object} Batch
 * @property {Member[]} members
 * @property {THREE.Mesh<THREE.BufferGeometry, THREE.Material>} mesh
 * @property {number} ticket in the uploads, where contents have positive ones
 * @property {THREE.Material} material
 * @property {boolean} isDrawn as C# wants it
 * @property {boolean} isSeen it is drawn indeed
 * @property {() => void} failed
 */

/**
 * @typedef {object} Wardrobe
 * @property {(mesh: THREE.Mesh<THREE.BufferGeometry, THREE.Material>, objects: import('./tile-scene.js').DrawnObject[]) => boolean} dress gives a batch another material than
 *   its own, where its meshes have one; tells whether it can be drawn
 * @property {(mesh: THREE.Mesh<THREE.BufferGeometry, THREE.Material>) => void} undress takes that back
 */

export class Batches {
  /** Draw calls that batches make needless. */
  saved = 0;
  #group;
  #uploader;
  // Never drawn, whatever camera looks.
  #aside = new THREE.Group();
  /** @type {Map<number, import('./tile-scene.js').DrawnObject[]>} what can be merged, by content */
  #offered = new Map();
  /** @type {Map<number, Batch>} */
  #batches = new Map();
  #lastTicket = 0;
  #suspended = false;
  #wardrobe;

  /**
   * @param {THREE.Group} group what is drawn
   * @param {import('./uploader.js').Uploader} uploader for batches alone
   * @param {Wardrobe} wardrobe
   */
  constructor(group, uploader, wardrobe) {
    this.#group = group;
    this.#uploader = uploader;
    this.#wardrobe = wardrobe;
    this.#aside.name = 'lodestream-batched';
    this.#aside.visible = false;
    group.add(this.#aside);
  }

  /** Whether something is being merged. */
  get busy() {
    return this.#uploader.busy;
  }

  /** Merges and uploads, a frame's share. @param {number} until by performance.now(), milliseconds */
  run(until) {
    this.#uploader.run(until);
  }

  /**
   * A content is drawn whole.
   * @param {number} content
   * @param {import('./tile-scene.js').DrawnObject[]} objects one for each of its meshes
   */
  offer(content, objects) {
    this.#offered.set(content, objects);
  }

  /**
   * Contents are drawn no more, or by other objects.
   * @param {number[]} contents
   * @param {import('./tile-scene.js').DrawnObject[]} objects
   */
  withdraw(contents, objects) {
    for (const content of contents) {
      if (this.#offered.get(content)?.some(object => objects.includes(object)))
        this.#offered.delete(content);
    }
    // What leaves may dissolve first.
    this.#show(objects);
  }

  /**
   * Merges meshes, aside.
   * @param {number} number
   * @param {number[]} bounds of the batch in the scene's frame: least and greatest coordinates
   * @param {Member[]} members
   * @param {() => void} built told when it can be swapped in
   * @param {() => void} failed told when it cannot be merged, or was called off
   */
  build(number, bounds, members, built, failed) {
    const objects = this.#objectsOf(members);
    if (objects.length < members.length) {
      failed();
      return;
    }
    const box = new THREE.Box3(new THREE.Vector3().fromArray(bounds), new THREE.Vector3().fromArray(bounds, 3)), center = box.getCenter(new THREE.Vector3());
    const { geometry, steps } = merge(objects.map(object => ({ geometry: object.geometry, matrix: object.matrix })), center);
    geometry.boundingBox = box.translate(center.clone().negate());
    geometry.boundingSphere = geometry.boundingBox.getBoundingSphere(new THREE.Sphere());
    const { part } = objects[0].userData.lodestream, mesh = makeMesh(geometry, part.material, center), ticket = --this.#lastTicket;
    this.#batches.set(number, { members, mesh, material: part.material, ticket, isDrawn: false, isSeen: false, failed });
    const content = { uri: '', ticket, parts: [{ ...part, geometry }], geometryBytes: 0, textureBytes: 0, map: null, uploaded() {}, dispose: () => geometry.dispose() };
    steps.push(() => {
      [...Object.values(geometry.attributes), geometry.index].forEach(attribute => forget(/** @type {THREE.BufferAttribute} */ (attribute)));
      return 0;
    });
    this.#uploader.add(content, built, failed, steps);
  }

  /** Draws a batch in place of its meshes. @param {number} number */
  swapIn(number) {
    const batch = this.#batches.get(number);
    if (!batch)
      return;
    batch.isDrawn = true;
    if (!this.#suspended)
      this.#draw(batch);
  }

  /**
   * Draws the meshes themselves again, or stops merging.
   * @param {number} number
   * @returns {boolean} whether what is drawn has changed
   */
  drop(number) {
    const batch = this.#batches.get(number);
    if (!batch)
      return false;
    if (!batch.isDrawn) {
      if (this.#uploader.cancel(batch.ticket))
        batch.failed();
      return false;
    }
    batch.isDrawn = false;
    this.#undraw(batch);
    return true;
  }

  /** Frees a batch that is not drawn. @param {number} number */
  release(number) {
    this.#batches.get(number)?.mesh.geometry.dispose();
    this.#batches.delete(number);
  }

  /** Draws meshes themselves for the time being: they are going to be dressed anew. */
  suspend() {
    this.#suspended = true;
    this.#batches.forEach(batch => batch.isDrawn && this.#undraw(batch));
  }

  /** Draws batches again. */
  resume() {
    this.#suspended = false;
    this.#batches.forEach(batch => batch.isDrawn && this.#draw(batch));
  }

  /** Forgets all batches, and what can be merged. */
  clear() {
    this.#uploader.clear();
    for (const batch of this.#batches.values()) {
      this.#undraw(batch);
      batch.mesh.geometry.dispose();
    }
    this.#batches.clear();
    this.#offered.clear();
    this.saved = 0;
  }

  dispose() {
    this.clear();
    this.#uploader.dispose();
    this.#aside.removeFromParent();
  }

  /** @param {Batch} batch */
  #draw(batch) {
    const { mesh, members } = batch, objects = this.#objectsOf(members);
    if (objects.length === 0 || !this.#wardrobe.dress(mesh, objects))
      return;
    const { castShadow, receiveShadow } = objects[0];
    Object.assign(mesh, { castShadow, receiveShadow });
    batch.isSeen = true;
    this.saved += members.length - 1;
    this.#group.add(mesh);
    this.#aside.add(...objects);
  }

  /** @param {Batch} batch */
  #undraw(batch) {
    const { mesh, members, material } = batch;
    if (!batch.isSeen)
      return;
    batch.isSeen = false;
    this.saved -= members.length - 1;
    mesh.removeFromParent();
    this.#wardrobe.undress(mesh);
    mesh.material = material;
    mesh.userData.masked = false;
    this.#show(this.#objectsOf(members));
  }

  /** @param {import('./tile-scene.js').DrawnObject[]} objects */
  #show(objects) {
    for (const object of objects) {
      if (object.parent === this.#aside)
        this.#group.add(object);
    }
  }

  /** Those of a batch's meshes that are drawn. @param {Member[]} members */
  #objectsOf(members) {
    return members.flatMap(({ content, mesh }) => this.#offered.get(content)?.[mesh] ?? []);
  }
}

/**
 * @param {THREE.BufferGeometry} geometry
 * @param {THREE.Material} material
 * @param {THREE.Vector3} center
 */
function makeMesh(geometry, material, center) {
  const mesh = new THREE.Mesh(geometry, material);
  mesh.name = 'lodestream-batch';
  mesh.matrix.makeTranslation(center);
  mesh.matrixAutoUpdate = false;
  // Rays meet the meshes it is of.
  mesh.raycast = () => {};
  return mesh;
}
