// Workers that decode contents, one job each at a time, first come first served.

/**
 * @typedef {object} DecodeJob
 * @property {number} ticket
 * @property {ArrayBuffer[]} files the content, then the files it names
 * @property {import('./plan.js').Plan[]} plan
 * @property {import('./glb-images.js').BlockFormat | null} blocks what the GPU takes of Basis textures
 */

/**
 * @typedef {object} DecodeAnswer
 * @property {number} ticket
 * @property {'decoded' | 'unsupported' | 'failed' | 'cancelled'} outcome
 * @property {import('./content-decoder.js').DecodedContent} [content]
 * @property {ArrayBuffer[]} [files] given back for another decoder when the content is unsupported here
 * @property {string} [error]
 * @property {number} [costMs]
 */

/** Decoding is a burst beside rendering: more workers than this only fight the page for cores. */
const MAXIMUM_WORKERS = 4;

export class DecodePool {
  /** @type {{ worker: Worker, ticket: number }[]} */
  #workers = [];
  /** @type {DecodeJob[]} */
  #queue = [];
  #answer;

  /** @param {(answer: DecodeAnswer) => void} answer */
  constructor(answer) {
    this.#answer = answer;
    const count = Math.min(MAXIMUM_WORKERS, Math.max(1, (navigator.hardwareConcurrency || 2) - 1));
    for (let i = 0; i < count; i++)
      this.#workers.push(this.#hire());
  }

  /** @param {DecodeJob} job */
  decode(job) {
    this.#queue.push(job);
    this.#assign();
  }

  /**
   * Calls a job off; it is answered 'cancelled' when it holds no memory any more.
   * @param {number} ticket
   * @param {boolean} stuck replace the worker that has it
   * @returns {boolean} whether the job was here
   */
  cancel(ticket, stuck) {
    const waiting = this.#queue.findIndex(job => job.ticket === ticket);
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
      this.#answer({ ticket, outcome: 'cancelled' });
      return true;
    }
    const slot = this.#workers.find(worker => worker.ticket === ticket);
    if (!slot)
      return false;
    if (!stuck) {
      slot.worker.postMessage({ cancel: ticket });
      return true;
    }
    slot.worker.terminate();
    Object.assign(slot, this.#hire());
    this.#answer({ ticket, outcome: 'cancelled' });
    this.#assign();
    return true;
  }

  dispose() {
    for (const { worker } of this.#workers)
      worker.terminate();
    this.#workers.length = this.#queue.length = 0;
  }

  #assign() {
    for (const slot of this.#workers) {
      if (slot.ticket !== 0)
        continue;
      const job = this.#queue.shift();
      if (!job)
        return;
      slot.ticket = job.ticket;
      slot.worker.postMessage(job, job.files);
    }
  }

  #hire() {
    const worker = new Worker(new URL('./decode-worker.js', import.meta.url), { type: 'module', name: 'lodestream-decode' });
    worker.onmessage = ({ data }) => this.#finish(worker, data);
    worker.onerror = event => {
      event.preventDefault();
      const ticket = this.#workers.find(s => s.worker === worker)?.ticket ?? 0;
      this.#finish(worker, { ticket, outcome: 'failed', error: `the decoder broke: ${event.message ?? 'it could not be loaded'}` });
    };
    return { worker, ticket: 0 };
  }

  /**
   * @param {Worker} worker
   * @param {DecodeAnswer} answer
   */
  #finish(worker, answer) {
    const slot = this.#workers.find(s => s.worker === worker);
    if (!slot || slot.ticket !== answer.ticket || answer.ticket === 0)
      return;
    slot.ticket = 0;
    this.#answer(answer);
    this.#assign();
  }
}
