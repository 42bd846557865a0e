// A worker's side of the decode pool.
import { CancelledError, decodeGlb, UnsupportedError } from './glb.js';

/** @typedef {import('./decode-pool.js').DecodeJob} DecodeJob */

/** @type {Set<number>} */
const cancelled = new Set();

self.onmessage = async (/** @type {MessageEvent<DecodeJob | { cancel: number }>} */ { data }) => {
  if ('cancel' in data) {
    cancelled.add(data.cancel);
    return;
  }
  const { ticket, buffer, offset, length } = data, began = performance.now();
  try {
    const { content, transfer } = await decodeGlb(new Uint8Array(buffer, offset, length), () => cancelled.has(ticket));
    self.postMessage({ ticket, outcome: 'decoded', content, costMs: performance.now() - began }, { transfer });
  } catch (error) {
    if (error instanceof CancelledError)
      self.postMessage({ ticket, outcome: 'cancelled' });
    else if (error instanceof UnsupportedError)
      self.postMessage({ ticket, outcome: 'unsupported', buffer, error: error.message }, { transfer: [buffer] });
    else
      self.postMessage({ ticket, outcome: 'failed', error: error instanceof Error ? error.message : String(error) });
  } finally {
    cancelled.delete(ticket);
  }
};
