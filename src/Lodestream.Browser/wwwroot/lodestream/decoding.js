// From fetched bytes to what can be uploaded: the worker pool first, three.js's own loader for the glb it does not know.
import { PageEvent } from './protocol.js';
import { DecodePool } from './decode-pool.js';

/**
 * @typedef {object} Decoded
 * @property {import('./glb.js').DecodedGlb} [glb]
 * @property {import('three').Object3D} [scene] when three.js's loader made it
 * @property {number[]} origin of the glb in the content's frame
 */

export class Decoding {
  /** @type {Map<number, { offset: number, length: number, origin: number[] }>} */
  #jobs = new Map();
  /** @type {Map<number, Decoded>} */
  #decoded = new Map();
  /** @type {Set<number>} */
  #cancelled = new Set();
  #events;
  #pool;

  /** @param {import('./events.js').EventQueue} events */
  constructor(events) {
    this.#events = events;
    this.#pool = new DecodePool(answer => this.#finish(answer));
  }

  /**
   * @param {number} ticket
   * @param {ArrayBuffer | undefined} buffer
   * @param {number} offset
   * @param {number} length
   * @param {number[]} origin
   */
  start(ticket, buffer, offset, length, origin) {
    if (!buffer) {
      this.#fail(ticket, 'its bytes are gone');
      return;
    }
    this.#jobs.set(ticket, { offset, length, origin });
    this.#pool.decode({ ticket, buffer, offset, length });
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
  }

  /** @param {import('./decode-pool.js').DecodeAnswer} answer */
  #finish(answer) {
    const { ticket, outcome, content } = answer, job = this.#jobs.get(ticket);
    if (!job)
      return;
    if (outcome === 'unsupported' && !this.#cancelled.has(ticket)) {
      this.#loadWithThree(ticket, answer);
      return;
    }
    this.#jobs.delete(ticket);
    if (this.#cancelled.delete(ticket)) {
      content?.images.forEach(image => image.close());
      this.#events.post([PageEvent.Released, ticket]);
    } else if (outcome === 'decoded' && content) {
      this.#decoded.set(ticket, { glb: content, origin: job.origin });
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
  async #loadWithThree(ticket, { buffer, error: reason }) {
    const job = /** @type {{ offset: number, length: number, origin: number[] }} */ (this.#jobs.get(ticket));
    const began = performance.now();
    try {
      const { GLTFLoader } = await import('three/addons/loaders/GLTFLoader.js');
      const glb = /** @type {ArrayBuffer} */ (buffer).slice(job.offset, job.offset + job.length);
      const { scene } = await new GLTFLoader().parseAsync(glb, '');
      if (!this.#cancelled.has(ticket)) {
        this.#decoded.set(ticket, { scene, origin: job.origin });
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
    decoded?.glb?.images.forEach(image => image.close());
  }
}
