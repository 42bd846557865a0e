// A worker's side of the decode pool.
import { checkpointOf } from './checkpoint.js';
import { decodeContent } from './content-decoder.js';
import { CancelledError, UnsupportedError } from './plan.js';

/** @typedef {import('./decode-pool.js').DecodeJob} DecodeJob */

/** @type {Set<number>} */
const cancelled = new Set();

self.onmessage = async (/** @type {MessageEvent<DecodeJob | { cancel: number }>} */ { data }) => {
  if ('cancel' in data) {
    cancelled.add(data.cancel);
    return;
  }
  const { ticket, files, plan, blocks } = data, began = performance.now();
  try {
    const { content, transfer } = await decodeContent(plan, files, blocks, checkpointOf(() => cancelled.has(ticket)));
    self.postMessage({ ticket, outcome: 'decoded', content, costMs: performance.now() - began }, { transfer });
  } catch (error) {
    if (error instanceof CancelledError)
      self.postMessage({ ticket, outcome: 'cancelled' });
    else if (error instanceof UnsupportedError)
      self.postMessage({ ticket, outcome: 'unsupported', files, error: error.message }, { transfer: files });
    else
      self.postMessage({ ticket, outcome: 'failed', error: error instanceof Error ? error.message : String(error) });
  } finally {
    cancelled.delete(ticket);
  }
};
