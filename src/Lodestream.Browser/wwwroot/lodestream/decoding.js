// From fetched bytes to what can be uploaded: the worker pool first, three.js's own loader for the models it does not know.
import { PageEvent } from './protocol.js';
import { closeImages } from './content-decoder.js';
import { PayloadCopies } from './copies.js';
import { DecodePool } from './decode-pool.js';

/**
 * @typedef {object} Decoded
 * @property {import('./content-decoder.js').DecodedContent} [content]
 * @property {import('three').Object3D} [scene] when three.js's loader made it
 * @property {number[]} [matrix] of the scene, to the content's frame, column-major
 */

export class Decoding {
  /** @type {Map<number, import('./plan.js').Plan[]>} */
  #jobs = new Map();
  /** @type {Map<number, Decoded>} */
  #decoded = new Map();
  /** @type {Set<number>} */
  #cancelled = new Set();
  /** Files of payloads that are being unpacked, but the first. @type {Map<number, ArrayBuffer[]>} */
  #keeping = new Map();
  #copies = new PayloadCopies();
  #events;
  #pool;
  #blocks;

  /**
   * @param {import('./events.js').EventQueue} events
   * @param {import('./glb-images.js').BlockFormat | null} blocks what the GPU takes of Basis textures
   */
  constructor(events, blocks) {
    this.#events = events;
    this.#blocks = blocks;
    this.#pool = new DecodePool(answer => this.#finish(answer));
  }

  /**
   * @param {number} ticket
   * @param {(ArrayBuffer | undefined)[]} files the content, then the files it names
   * @param {import('./plan.js').Plan[]} plan
   */
  start(ticket, files, plan) {
    const there = files.filter(file => file !== undefined);
    if (there.length < files.length) {
      this.#fail(ticket, 'its bytes are gone');
      return;
    }
    this.#jobs.set(ticket, plan);
    this.#pool.decode({ ticket, files: there, plan, blocks: this.#blocks });
  }

  /** Bytes of payloads that are kept in main memory. */
  get copyBytes() {
    return this.#copies.bytes;
  }

  /**
   * Keeps a payload, so that its meshes can be decoded one by one.
   * @param {number} ticket
   * @param {(ArrayBuffer | undefined)[]} files the content, then the files it names
   * @param {import('./copies.js').KeepPlan} chunks
   */
  keep(ticket, files, chunks) {
    const there = files.filter(file => file !== undefined);
    if (there.length < files.length) {
      this.#fail(ticket, 'its bytes are gone');
      return;
    }
    if (chunks.length === 0) {
      this.#kept(ticket, there, 0);
      return;
    }
    const plan = [{ kind: /** @type {const} */ ('unpack'), chunks }];
    this.#jobs.set(ticket, plan);
    this.#keeping.set(ticket, there.slice(1));
    this.#pool.decode({ ticket, files: [there[0]], plan, blocks: null });
  }

  /**
   * Decodes a mesh of a payload that is kept.
   * @param {number} ticket
   * @param {number} copy
   * @param {import('./copies.js').MeshPlan} plan
   */
  startMesh(ticket, copy, { files, parts }) {
    this.start(ticket, this.#copies.pick(copy, files) ?? [undefined], parts);
  }

  /** @param {number} ticket */
  dropCopy(ticket) {
    this.#copies.drop(ticket);
  }

  /**
   * @param {number} ticket
   * @param {ArrayBuffer[]} files
   * @param {number} milliseconds
   */
  #kept(ticket, files, milliseconds) {
    this.#copies.keep(ticket, files);
    this.#events.post([PageEvent.Decoded, ticket, files.reduce((sum, file) => sum + file.byteLength, 0), milliseconds]);
  }

  /**
   * Calls a job off, or drops its result.
   * @param {number} ticket
   * @param {boolean} stuck
   */
  cancel(ticket, stuck) {
    if (this.#jobs.has(ticket)) {
      this.#cancelled.add(ticket);
      this.#pool.cancel(ticket, stuck);
      return;
    }
    this.drop(ticket);
    this.#copies.drop(ticket);
    this.#events.post([PageEvent.Released, ticket]);
  }

  /** Lets a result go that was not taken. @param {number} ticket */
  drop(ticket) {
    this.#close(this.take(ticket));
  }

  /** Hands a result out for good. @param {number} ticket */
  take(ticket) {
    const decoded = this.#decoded.get(ticket);
    this.#decoded.delete(ticket);
    return decoded;
  }

  dispose() {
    this.#pool.dispose();
    this.#decoded.forEach(decoded => this.#close(decoded));
    this.#decoded.clear();
    this.#copies.clear();
  }

  /** @param {import('./decode-pool.js').DecodeAnswer} answer */
  #finish(answer) {
    const { ticket, outcome, content } = answer;
    if (!this.#jobs.has(ticket))
      return;
    if (outcome === 'unsupported' && !this.#cancelled.has(ticket)) {
      this.#loadWithThree(ticket, answer);
      return;
    }
    this.#jobs.delete(ticket);
    const beside = this.#keeping.get(ticket);
    this.#keeping.delete(ticket);
    if (this.#cancelled.delete(ticket)) {
      closeImages(content?.models ?? []);
      this.#events.post([PageEvent.Released, ticket]);
    } else if (outcome === 'decoded' && content?.unpacked && beside) {
      this.#kept(ticket, [content.unpacked, ...beside], answer.costMs ?? 0);
    } else if (outcome === 'decoded' && content) {
      this.#decoded.set(ticket, { content });
      this.#events.post([PageEvent.Decoded, ticket, content.bytes, answer.costMs ?? 0]);
    } else {
      this.#fail(ticket, answer.error ?? 'it cannot be decoded');
    }
  }

  /**
   * The page's own thread does this; contents that need it are rare.
   * @param {number} ticket
   * @param {import('./decode-pool.js').DecodeAnswer} answer
   */
  async #loadWithThree(ticket, { files, error: reason }) {
    const plan = (this.#jobs.get(ticket) ?? []).filter(part => part.kind !== 'regionMap' && part.kind !== 'unpack');
    const began = performance.now();
    try {
      const glb = binaryOf(plan, /** @type {ArrayBuffer[]} */ (files));
      const { GLTFLoader } = await import('three/addons/loaders/GLTFLoader.js');
      const { scene } = await new GLTFLoader().parseAsync(glb, '');
      if (!this.#cancelled.has(ticket)) {
        this.#decoded.set(ticket, { scene, matrix: plan[0].matrix });
        this.#events.post([PageEvent.Decoded, ticket, glb.byteLength, performance.now() - began]);
      }
    } catch (error) {
      if (!this.#cancelled.has(ticket))
        this.#fail(ticket, `not supported yet: ${reason} (${/** @type {Error} */ (error).message})`, true);
    }
    this.#jobs.delete(ticket);
    if (this.#cancelled.delete(ticket))
      this.#events.post([PageEvent.Released, ticket]);
  }

  /**
   * @param {number} ticket
   * @param {string} error
   * @param {boolean} [unsupported]
   */
  #fail(ticket, error, unsupported = error.startsWith('not supported yet')) {
    this.#events.post([PageEvent.DecodeFailed, ticket, this.#events.keepText(error), Number(unsupported)]);
  }

  /** @param {Decoded | undefined} decoded */
  #close(decoded) {
    closeImages(decoded?.content?.models ?? []);
  }
}

/**
 * The binary glTF that a content is, for a loader that reads it from its beginning.
 * @param {import('./plan.js').PartPlan[]} plan
 * @param {ArrayBuffer[]} files
 */
function binaryOf(plan, files) {
  const [part] = plan;
  if (plan.length > 1 || (part.kind === 'model' && part.only !== undefined) || part.kind !== 'model' || part.instances || files.length > 1 || part.buffers.length > 1)
    throw new Error('and it is not a binary glTF of its own');
  const [file, offset, length] = part.json, [, from, bytes] = part.buffers[0] ?? part.json;
  return files[file].slice(Math.max(0, offset - 20), Math.max(offset + length, from + bytes));
}
