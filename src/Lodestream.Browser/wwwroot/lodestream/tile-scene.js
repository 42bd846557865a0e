// What is on the GPU and what of it is drawn: C#'s commits as three.js objects in one group.
import * as THREE from 'three';
import { Backdrop } from './backdrop.js';
import { Batches } from './batches.js';
import { makeContent, makeContentOfScene, makeObject } from './contents.js';
import { Fades } from './fades.js';
import { MaskedMaterials, setCells, setFade, setMap, setTint } from './masks.js';
import { Uploader } from './uploader.js';

/**
 * @typedef {object} MapUse A map of regions that colours terrain.
 * @property {number} content that holds it
 * @property {number} terrain bit i: the item's i-th content is terrain
 * @property {number[]} origin of the map, scene frame, metres
 * @property {number[]} u what to multiply a distance from the origin with for the texture's first coordinate
 * @property {number[]} v for its second
 */

/**
 * @typedef {object} DrawItem One region that is drawn, from its own tile's contents or an ancestor's.
 * @property {number} region
 * @property {number} source
 * @property {number} level of the source
 * @property {number} representation what the source shows of a manifest's tile: 0 the full tile, 1 the finest LOD and so on, 5 the HLOD; −1 for what is no manifest's
 * @property {string} key of the region
 * @property {number[]} contents
 * @property {MapUse | null} map
 * @property {number[]} transform of the source's contents, column-major
 * @property {import('./masks.js').Cells} cells
 */

/**
 * @typedef {DrawItem & { drawnContents: import('./contents.js').Content[], objects: DrawnObject[] }} DrawnItem
 * @typedef {THREE.Object3D & { material: THREE.Material, geometry: THREE.BufferGeometry }} DrawnObject
 */

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
  /** What is merged of what is drawn. */
  batches;
  #meshCount = 0;
  #uploader;
  #masked = new MaskedMaterials();
  #backdrop = new Backdrop();
  #fades = new Fades(object => this.#takeOut(object));
  #liftOf;
  #now;
  /** @type {((item: DrawItem) => THREE.Color) | null} */
  #tint = null;

  /**
   * @param {THREE.WebGLRenderer} renderer
   * @param {() => number} now milliseconds on the scene's clock
   * @param {(item: DrawItem) => number} liftOf how much nearer to the eye an item is painted to lie over what takes its place, metres
   */
  constructor(renderer, now, liftOf) {
    this.#uploader = new Uploader(renderer);
    this.batches = new Batches(this.group, new Uploader(renderer), { dress: (mesh, objects) => this.#dressBatch(mesh, objects), undress: mesh => this.#undress(mesh) });
    this.#now = now;
    this.#liftOf = liftOf;
    this.group.name = 'lodestream';
    this.group.add(this.#backdrop.object);
  }

  /**
   * Has a decoded content brought to the GPU.
   * @param {number} content
   * @param {number} ticket
   * @param {string} uri
   * @param {boolean} keeps whether vertices and indices stay in main memory, to be merged
   * @param {import('./decoding.js').Decoded} decoded
   * @param {(made: import('./contents.js').Content, milliseconds: number) => void} done told when all of it is there
   * @param {(error: Error) => void} failed told when it cannot be brought there
   */
  upload(content, ticket, uri, keeps, { content: plain, scene, matrix }, done, failed) {
    const made = plain ? makeContent(plain, uri, ticket, keeps) : makeContentOfScene(/** @type {THREE.Object3D} */ (scene), /** @type {number[]} */ (matrix), uri, ticket);
    this.#uploader.add(made, milliseconds => {
      if (this.contents.has(content))
        this.#newer.set(content, made);
      else
        this.contents.set(content, made);
      done(made, milliseconds);
    }, failed);
  }

  /** Meshes that are drawn, in view or not, and the calls that takes. */
  get calls() {
    return { meshes: this.#meshCount, drawCalls: this.#meshCount - this.batches.saved };
  }

  /** Whether uploads go on with the next frame. */
  get uploading() {
    return this.#uploader.busy || this.batches.busy;
  }

  /** Uploads what waits, a frame's share of it. @param {number} until by performance.now(), milliseconds */
  runUploads(until) {
    this.#uploader.run(until);
    // What is not there yet goes before what is drawn already.
    if (!this.#uploader.busy)
      this.batches.run(until);
  }

  /** Calls an upload off that is not done. @param {number} ticket */
  cancelUpload(ticket) {
    this.#uploader.cancel(ticket);
  }

  /** Milliseconds in which what gives way dissolves; 0 for none. @param {number} milliseconds */
  set fadeDuration(milliseconds) {
    this.#fades.duration = milliseconds;
  }

  /** Whether something is dissolving. */
  get isFading() {
    return this.#fades.isActive;
  }

  /** Brings what dissolves to the present. @returns {boolean} whether there was something */
  advance() {
    return this.#fades.advance(this.#now());
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
      if (item.contents.includes(content) || item.map?.content === content)
        this.show(item);
    }
    this.#backdrop.forget(older);
  }

  /**
   * Frees an upload. The content's number may have been given to another meanwhile; the ticket has not.
   * @param {number} content
   * @param {number} ticket
   * @param {() => void} released called when its memory is free, which is after it has dissolved
   */
  free(content, ticket, released) {
    const older = this.#older.get(ticket), current = this.contents.get(content), newer = this.#newer.get(content);
    const freed = older ?? [newer, current].find(made => made?.ticket === ticket);
    if (!freed) {
      released();
      return;
    }
    this.#older.delete(ticket);
    if (freed === newer)
      this.#newer.delete(content);
    if (freed === current) {
      this.#backdrop.forget(freed);
      this.contents.delete(content);
      this.replace(content);
    }
    this.#fades.whenGone(freed, () => {
      freed.dispose();
      released();
    });
  }

  /** Shows an item in place of the one its region had. @param {DrawItem} item */
  show(item) {
    this.hide(item.region);
    return this.#put(item);
  }

  /** @param {DrawItem} item */
  #put(item) {
    const transform = new THREE.Matrix4().fromArray(item.transform), contents = item.contents.flatMap(content => this.contents.get(content) ?? []);
    const drawn = { ...item, drawnContents: contents, objects: item.contents.flatMap((content, i) => this.#objectsOf(this.contents.get(content), transform, item, isTerrain(item, i))) };
    this.items.set(item.region, drawn);
    if (drawn.objects.length > 0)
      this.group.add(...drawn.objects);
    this.#meshCount += drawn.objects.length;
    if (!isCut(item))
      item.contents.forEach(content => this.batches.offer(content, drawn.objects.filter(({ userData }) => userData.lodestream.content === this.contents.get(content))));
    if (isCut(item))
      this.#backdrop.take(item.region, item.source, transform, contents);
    return drawn;
  }

  /** Hides an item: what is drawn in its place has come with the same commit. @param {number} region */
  hide(region) {
    const item = this.#forget(region);
    if (!item)
      return undefined;
    if (this.#fades.duration > 0 && item.objects.length > 0) {
      const map = item.map && this.contents.get(item.map.content), objects = item.objects.map(object => this.#cut(object, item));
      this.#fades.add({ began: this.#now(), objects, contents: map ? [...item.drawnContents, map] : item.drawnContents, lift: this.#liftOf(item) });
    } else
      item.objects.forEach(object => this.#takeOut(object));
    return item;
  }

  // The item is drawn no more; its objects are left to the caller.
  /** @param {number} region */
  #forget(region) {
    const item = this.items.get(region);
    if (!item)
      return undefined;
    this.#backdrop.give(region, item.source);
    this.items.delete(region);
    this.#meshCount -= item.objects.length;
    this.batches.withdraw(item.contents, item.objects);
    return item;
  }

  /**
   * Lays a colour over every drawn item, or none. A batch of several colours is taken out of sight as long as it has them.
   * @param {((item: DrawItem) => THREE.Color) | null} tint
   */
  setTint(tint) {
    this.#tint = tint;
    this.batches.suspend();
    for (const item of [...this.items.values()]) {
      this.#forget(item.region)?.objects.forEach(object => this.#takeOut(object));
      this.#put(item);
    }
    this.batches.resume();
  }

  /** The GPU lost everything: forget it without a word to the GPU. */
  clear() {
    this.#fades.clear();
    this.batches.clear();
    for (const region of [...this.items.keys()])
      this.#forget(region)?.objects.forEach(object => this.#takeOut(object));
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
    this.batches.dispose();
    this.group.removeFromParent();
  }

  /**
   * @param {import('./contents.js').Content | undefined} content
   * @param {THREE.Matrix4} transform
   * @param {DrawItem} item
   * @param {boolean} isTerrain
   */
  #objectsOf(content, transform, item, isTerrain) {
    const map = isTerrain && item.map ? this.contents.get(item.map.content)?.map ?? null : null, cuts = isCut(item) || this.#tint !== null;
    return content?.parts.map(part => {
      const object = /** @type {DrawnObject} */ (makeObject(part));
      object.matrix.multiplyMatrices(transform, part.matrix);
      object.matrixAutoUpdate = false;
      object.userData.lodestream = { region: item.region, source: item.source, uri: content.uri, content, part, map };
      return cuts || map ? this.#dress(object, item, cuts) : object;
    }) ?? [];
  }

  /**
   * Gives an object a material that can be cut, tinted and dissolved.
   * @param {DrawnObject} object
   * @param {DrawItem} item
   */
  #cut(object, item) {
    return object.userData.masked ? object : this.#dress(object, item, true);
  }

  /**
   * @param {DrawnObject} object
   * @param {DrawItem} item
   * @param {boolean} cuts
   */
  #dress(object, item, cuts) {
    const { part, map } = object.userData.lodestream, isMapped = map !== null && part.topology === 'triangles';
    this.#undress(object);
    const material = this.#masked.take(part.material, cuts, isMapped);
    if (cuts) {
      setCells(material, object.matrix, item.cells);
      setTint(material, this.#tint?.(item) ?? null);
      setFade(material, 0, 0);
    }
    if (isMapped && item.map)
      setMap(material, object.matrix, map, item.map);
    object.material = material;
    object.userData.masked = cuts;
    object.userData.dressed = true;
    return object;
  }

  /**
   * Gives a batch its members' colour, if there are colours.
   * @param {THREE.Mesh<THREE.BufferGeometry, THREE.Material>} mesh
   * @param {DrawnObject[]} objects it is of
   * @returns {boolean} whether it can be drawn: not where its members are of several colours
   */
  #dressBatch(mesh, objects) {
    const tint = this.#tint;
    if (!tint)
      return true;
    const colors = [...new Set(objects.map(({ userData }) => userData.lodestream.region))].flatMap(region => this.items.get(region) ?? []).map(tint);
    if (colors.some(color => !color.equals(colors[0])))
      return false;
    const material = this.#masked.take(mesh.material);
    setCells(material, mesh.matrix, { center: new THREE.Vector3().setFromMatrixPosition(mesh.matrix).toArray(), keep: null, mask: 0, children: null });
    setTint(material, colors[0] ?? null);
    setFade(material, 0, 0);
    mesh.material = material;
    mesh.userData.masked = mesh.userData.dressed = true;
    return true;
  }

  /** @param {DrawnObject | THREE.Mesh<THREE.BufferGeometry, THREE.Material>} object */
  #undress(object) {
    if (object.userData.dressed)
      this.#masked.give(object.material);
    object.userData.dressed = false;
  }

  /** @param {THREE.Object3D} object */
  #takeOut(object) {
    object.removeFromParent();
    this.#undress(/** @type {DrawnObject} */ (object));
  }
}

/**
 * Whether an item's i-th content is terrain.
 * @param {DrawItem} item
 * @param {number} i
 */
function isTerrain({ map }, i) {
  return map !== null && (map.terrain & (1 << i)) !== 0;
}

/** Whether an item shows a part of its source only. @param {DrawItem} item */
function isCut({ cells }) {
  return cells.mask !== 0 || cells.keep !== null;
}
