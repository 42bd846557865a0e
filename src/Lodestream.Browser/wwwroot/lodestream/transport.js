// Carries bytes: one attempt per request, its outcome told as an event. Payloads stay here as ArrayBuffers; C# knows their numbers.
import { FetchStatus, PageEvent } from './protocol.js';

/** Milliseconds between two reports of a download's progress: fine enough for a stall watch measured in seconds. */
const PROGRESS_INTERVAL = 250;

/** Bytes of an answer that are read at most, and those that are reserved for one before any of it came, whatever it announces. */
const MAXIMUM_BYTES = 2 ** 30, FIRST_BYTES = 2 ** 20;

export class Transport {
  /** @type {Map<number, AbortController>} */
  #attempts = new Map();
  /** @type {Map<number, ArrayBuffer>} */
  #payloads = new Map();
  #events;

  /** @param {import('./events.js').EventQueue} events */
  constructor(events) {
    this.#events = events;
  }

  /**
   * Starts an attempt.
   * @param {number} id
   * @param {string} uri
   * @param {boolean} fresh whether caches are to ask the source
   */
  start(id, uri, fresh) {
    const scheme = uri.slice(0, uri.indexOf(':'));
    if (!['http', 'https', 'blob', 'data'].includes(scheme)) {
      this.#fail(id, FetchStatus.Refused, { error: `a page cannot fetch ${scheme || 'relative'} addresses: ${uri}` });
      return;
    }
    const attempt = new AbortController();
    this.#attempts.set(id, attempt);
    this.#run(id, uri, fresh, attempt.signal).catch(error => {
      if (!attempt.signal.aborted)
        this.#fail(id, FetchStatus.NetworkError, { error: `${uri}: ${error.message}` });
    }).finally(() => this.#attempts.delete(id));
  }

  /** Calls an attempt off. @param {number} id */
  abort(id) {
    this.#attempts.get(id)?.abort();
    this.#payloads.delete(id);
  }

  /** @param {number} payload */
  drop(payload) {
    this.#payloads.delete(payload);
  }

  /** Hands a payload out for good. @param {number} payload */
  take(payload) {
    const buffer = this.#payloads.get(payload);
    this.#payloads.delete(payload);
    return buffer;
  }

  /**
   * @param {number} payload
   * @param {number} offset
   * @param {number} length
   */
  range(payload, offset, length) {
    const buffer = this.#payloads.get(payload);
    if (!buffer)
      throw new Error(`Payload ${payload} was dropped.`);
    return new Uint8Array(buffer, offset, length);
  }

  dispose() {
    for (const attempt of this.#attempts.values())
      attempt.abort();
    this.#payloads.clear();
  }

  /**
   * @param {number} id
   * @param {string} uri
   * @param {boolean} fresh
   * @param {AbortSignal} signal
   */
  async #run(id, uri, fresh, signal) {
    const began = performance.now();
    const response = await fetch(uri, { signal, cache: fresh ? 'no-cache' : 'default' });
    if (!response.ok) {
      response.body?.cancel();
      const status = response.status === 404 || response.status === 410 ? FetchStatus.NotFound : FetchStatus.HttpError;
      this.#fail(id, status, { httpStatus: response.status, retryAfter: secondsToWait(response), costMs: performance.now() - began });
      return;
    }
    // What is announced for a compressed answer is its compressed length, which says nothing about what will be read.
    const announced = response.headers.get('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
    if (announced > MAXIMUM_BYTES) {
      response.body?.cancel();
      this.#fail(id, FetchStatus.Refused, { error: `${uri}: has ${announced} bytes; at most ${MAXIMUM_BYTES} are accepted` });
      return;
    }
    if (announced > 0)
      this.#events.post([PageEvent.Headers, id, announced]);
    const buffer = await this.#read(id, response, announced);
    if (signal.aborted)
      return;
    if (announced > buffer.byteLength) {
      this.#fail(id, FetchStatus.Truncated, { error: `${uri}: ${buffer.byteLength} of ${announced} bytes came` });
      return;
    }
    const costMs = performance.now() - began, [first, second] = await digestOf(buffer);
    if (signal.aborted)
      return;
    this.#payloads.set(id, buffer);
    this.#events.post([PageEvent.Fetched, id, FetchStatus.Ok, response.status, buffer.byteLength, first, costMs, second]);
  }

  /**
   * @param {number} id
   * @param {Response} response
   * @param {number} announced
   */
  async #read(id, response, announced) {
    if (!response.body)
      return response.arrayBuffer();
    const reader = response.body.getReader();
    let bytes = new Uint8Array(Math.min(announced || 65536, FIRST_BYTES)), length = 0, reported = performance.now();
    for (;;) {
      const { done, value } = await reader.read();
      if (done)
        break;
      if (length + value.length > bytes.length)
        bytes = grown(bytes, length, length + value.length);
      bytes.set(value, length);
      length += value.length;
      if (performance.now() - reported > PROGRESS_INTERVAL) {
        reported = performance.now();
        this.#events.post([PageEvent.Progress, id, length], false);
      }
    }
    return length === bytes.length ? bytes.buffer : bytes.buffer.slice(0, length);
  }

  /**
   * An attempt has failed.
   * @param {number} id
   * @param {number} status
   * @param {{ httpStatus?: number, retryAfter?: number, costMs?: number, error?: string }} outcome
   */
  #fail(id, status, { httpStatus = 0, retryAfter = 0, costMs = 0, error = '' }) {
    this.#events.post([PageEvent.Fetched, id, status, httpStatus, 0, retryAfter, costMs, this.#events.keepText(error)]);
  }
}

/**
 * The first eight bytes of the SHA-256, in two halves, for recordings; zeros where the page may not: browsers keep it to secure origins.
 * @param {ArrayBuffer} buffer
 */
async function digestOf(buffer) {
  if (!globalThis.crypto?.subtle)
    return [0, 0];
  const digest = new DataView(await crypto.subtle.digest('SHA-256', buffer));
  return [digest.getUint32(0), digest.getUint32(4)];
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} length
 * @param {number} needed
 */
function grown(bytes, length, needed) {
  const larger = new Uint8Array(Math.max(bytes.length * 2, needed));
  larger.set(bytes.subarray(0, length));
  return larger;
}

/** Retry-After, in seconds or as a date (RFC 9110 §10.2.3). @param {Response} response */
function secondsToWait(response) {
  const value = response.headers.get('retry-after');
  if (!value)
    return 0;
  const seconds = Number(value);
  return Math.max(0, Number.isNaN(seconds) ? (Date.parse(value) - Date.now()) / 1000 || 0 : seconds);
}
