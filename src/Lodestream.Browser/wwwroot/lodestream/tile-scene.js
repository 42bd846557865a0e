// What is on the GPU and what of it is drawn: C#'s commits as three.js objects in one group.
import * as THREE from 'three';
import { Backdrop } from './backdrop.js';
import { makeContent, makeContentOfScene, makeObject } from './contents.js';
import { Uploader } from './uploader.js';
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
  /** Newer versions of contents that are drawn, until a commit puts them in their places. @type {Map<number, import('./contents.js').Content>} */
  #newer = new Map();
  /** Versions that are drawn no more and wait to be freed, by ticket. @type {Map<number, import('./contents.js').Content>} */
  #older = new Map();
  #uploader;
  #masked = new MaskedMaterials();
  #backdrop = new Backdrop();
  /** @type {((item: DrawItem) => THREE.Color) | null} */
  #tint = null;

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#uploader = new Uploader(renderer);
    this.group.name = 'lodestream';
    this.group.add(this.#backdrop.object);
  }

  /**
   * Brings a decoded content to the GPU; a large one over several frames.
   * @param {number} content
   * @param {number} ticket
   * @param {string} uri
   * @param {import('./decoding.js').Decoded} decoded
   * @param {(made: import('./contents.js').Content, milliseconds: number) => void} done told when all of it is there
   * @param {(error: Error) => void} failed told when it cannot be brought there
   */
  upload(content, ticket, uri, { content: plain, scene, matrix }, done, failed) {
    const made = plain ? makeContent(plain, uri, ticket) : makeContentOfScene(/** @type {THREE.Object3D} */ (scene), /** @type {number[]} */ (matrix), uri, ticket);
    this.#uploader.add(made, milliseconds => {
      if (this.contents.has(content))
        this.#newer.set(content, made);
      else
        this.contents.set(content, made);
      done(made, milliseconds);
    }, failed);
  }

  /** Whether uploads go on with the next frame. */
  get uploading() {
    return this.#uploader.busy;
  }

  /** Goes on with uploads that were more than a frame's. */
  continueUploads() {
    this.#uploader.run();
  }

  /** Calls an upload off that is not done. @param {number} ticket */
  cancelUpload(ticket) {
    this.#uploader.cancel(ticket);
  }

  /** Draws a content from its newest upload from now on; the one before is freed later. @param {number} content */
  replace(content) {
    const newer = this.#newer.get(content), older = this.contents.get(content);
    if (!newer)
      return;
    this.#newer.delete(content);
    this.contents.set(content, newer);
    if (!older)
      return;
    this.#older.set(older.ticket, older);
    for (const item of [...this.items.values()]) {
      if (item.contents.includes(content))
        this.show(item);
    }
    this.#backdrop.forget(older);
  }

  /**
   * Frees an upload. The content's number may have been given to another meanwhile; the ticket has not.
   * @param {number} content
   * @param {number} ticket
   */
  free(content, ticket) {
    const older = this.#older.get(ticket), current = this.contents.get(content), newer = this.#newer.get(content);
    if (older) {
      this.#older.delete(ticket);
      older.dispose();
    } else if (newer?.ticket === ticket) {
      this.#newer.delete(content);
      newer.dispose();
    } else if (current?.ticket === ticket) {
      this.#backdrop.forget(current);
      current.dispose();
      this.contents.delete(content);
      if (newer)
        this.replace(content);
    }
  }

  /** Shows an item in place of the one its region had. @param {DrawItem} item */
  show(item) {
    this.hide(item.region);
    const contents = item.contents.flatMap(content => this.contents.get(content) ?? []), transform = new THREE.Matrix4().fromArray(item.transform);
    const drawn = { ...item, objects: contents.flatMap(content => this.#objectsOf(content, transform, item)) };
    this.items.set(item.region, drawn);
    if (drawn.objects.length > 0)
      this.group.add(...drawn.objects);
    if (isCut(item))
      this.#backdrop.take(item.region, item.source, transform, contents);
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
    this.#backdrop.give(region, item.source);
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
    for (const made of [...this.contents.values(), ...this.#newer.values(), ...this.#older.values()]) {
      this.#backdrop.forget(made);
      made.dispose();
    }
    for (const held of [this.contents, this.#newer, this.#older])
      held.clear();
    this.#uploader.clear();
  }

  dispose() {
    this.clear();
    this.#backdrop.dispose();
    this.#masked.dispose();
    this.#uploader.dispose();
    this.group.removeFromParent();
  }

  /**
   * @param {import('./contents.js').Content} content
   * @param {THREE.Matrix4} transform
   * @param {DrawItem} item
   */
  #objectsOf(content, transform, item) {
    const plain = !isCut(item) && !this.#tint;
    return content.parts.map(part => {
      const object = makeObject(part);
      object.matrix.multiplyMatrices(transform, part.matrix);
      object.matrixAutoUpdate = false;
      object.userData.lodestream = { region: item.region, source: item.source, uri: content.uri, part };
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

/** Whether an item shows a part of its source only. @param {DrawItem} item */
function isCut({ cells }) {
  return cells.mask !== 0 || cells.keep !== null;
}
