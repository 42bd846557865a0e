// The words C# and JavaScript exchange: the mirror of Interop/Protocol.cs and Interop/SharedBlock.cs.

export const Command = Object.freeze({
  Fetch: 1, AbortFetch: 2, DropPayload: 3, Decode: 4, CancelDecode: 5, Upload: 6, Free: 7, Show: 8, Hide: 9, Report: 10, Replace: 11, Label: 12, Labels: 13,
  BuildBatch: 14, SwapInBatch: 15, DropBatch: 16, ReleaseBatch: 17, KeepCopy: 18, DecodeMesh: 19, DropCopy: 20,
});

export const PageEvent = Object.freeze({
  Headers: 1, Fetched: 2, Progress: 3, Decoded: 4, DecodeFailed: 5, Released: 6, Uploaded: 7, UploadFailed: 8, ContextLost: 9, Changed: 10, MemoryPressure: 11,
  LabelSight: 12, BatchBuilt: 13, BatchFailed: 14,
});

export const FetchStatus = Object.freeze({
  Ok: 0, HttpError: 1, NotFound: 2, NetworkError: 3, Truncated: 4, Corrupt: 5, TimedOut: 6, Refused: 7, ConnectTimedOut: 8, Stalled: 9,
});

/** What became of the first view (src/Lodestream/InitialResidency.cs); the further values are reasons why it is not there. */
export const InitialResidency = Object.freeze({ Pending: 0, Resident: 1 });

export const WakeKind = Object.freeze({ Now: 0, AtTime: 1, OnEvent: 2 });

const Now = 0, PreparingMs = 1, ViewCount = 2, EventCount = 3, Views = 4, ViewWords = 15, MaximumViews = 4;
const Events = Views + MaximumViews * ViewWords, EventWords = 8, MaximumEvents = 256;
const Output = Events + MaximumEvents * EventWords, OutputWords = 64, Scratch = Output + OutputWords;

/**
 * @typedef {object} View A camera in the scene's frame: metres, radians, pixels.
 * @property {number[]} position
 * @property {number[]} direction
 * @property {number[]} up
 * @property {number} fovY
 * @property {number} width
 * @property {number} height
 * @property {number} near
 * @property {number} far
 * @property {number} targetErrorPx
 */

/** The memory a scene shares with its page. Views of the heap are taken anew each time: growing memory detaches them. */
export class SharedBlock {
  #runtime;
  #base;

  /**
   * @param {import('./runtime.js').Runtime} runtime
   * @param {number} address
   */
  constructor(runtime, address) {
    this.#runtime = runtime;
    this.#base = address / 8;
  }

  /**
   * Leaves the frame's inputs.
   * @param {number} now milliseconds
   * @param {number} preparingMs milliseconds for measuring contents and reading topology
   * @param {View[]} views
   * @param {number[][]} events what has happened, oldest first; those that fit are taken out
   */
  write(now, preparingMs, views, events) {
    const heap = this.#runtime.localHeapViewF64(), base = this.#base;
    heap[base + Now] = now;
    heap[base + PreparingMs] = preparingMs;
    heap[base + ViewCount] = Math.min(views.length, MaximumViews);
    for (let i = 0; i < views.length && i < MaximumViews; i++) {
      const v = views[i], at = base + Views + i * ViewWords;
      heap.set(v.position, at);
      heap.set(v.direction, at + 3);
      heap.set(v.up, at + 6);
      heap[at + 9] = v.fovY;
      heap[at + 10] = v.width;
      heap[at + 11] = v.height;
      heap[at + 12] = v.near;
      heap[at + 13] = v.far;
      heap[at + 14] = v.targetErrorPx;
    }
    const taken = events.splice(0, MaximumEvents);
    heap[base + EventCount] = taken.length;
    for (let i = 0; i < taken.length; i++)
      heap.set(taken[i], base + Events + i * EventWords);
  }

  /** Takes the frame's outputs. */
  read() {
    const heap = this.#runtime.localHeapViewF64(), out = this.#base + Output;
    const first = heap[out + 2] / 8;
    return {
      wakeKind: heap[out],
      wakeAt: heap[out + 1],
      commands: new CommandReader(heap.slice(first, first + heap[out + 3]), this.#runtime.localHeapViewU8(), heap[out + 4]),
      statistics: heap.slice(out + 8, out + OutputWords),
    };
  }

  /** Answers to a question outside the frame. @param {number} words */
  scratch(words) {
    const at = this.#base + Scratch;
    return this.#runtime.localHeapViewF64().slice(at, at + words);
  }
}

const utf8 = new TextDecoder();

/** Reads the command stream word by word. Its words are a copy, its texts must be read before C# runs again. */
export class CommandReader {
  #words;
  #bytes;
  #text;
  #next = 0;

  /**
   * @param {Float64Array} words
   * @param {Uint8Array} bytes
   * @param {number} text
   */
  constructor(words, bytes, text) {
    this.#words = words;
    this.#bytes = bytes;
    this.#text = text;
  }

  get done() {
    return this.#next >= this.#words.length;
  }

  word() {
    return this.#words[this.#next++];
  }

  /** @param {number} count */
  words(count) {
    const from = this.#next;
    this.#next += count;
    return this.#words.subarray(from, this.#next);
  }

  text() {
    const from = this.#text + this.word(), length = this.word();
    return utf8.decode(this.#bytes.subarray(from, from + length));
  }
}
