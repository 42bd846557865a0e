// Places in a decoding at which it can be called off.
import { CancelledError } from './plan.js';

/** Milliseconds a worker decodes before it lets messages in: short beside a decoding, long beside what letting them in costs. */
const INTERVAL = 8;

/** Throws {@link CancelledError} where nobody wants the result any more. @typedef {() => Promise<void>} Checkpoint */

/**
 * Makes the checkpoint of one job. A cancellation is a message, and a worker that decodes hears none: so it stops for them now and then.
 * @param {() => boolean} isCancelled
 * @returns {Checkpoint}
 */
export function checkpointOf(isCancelled) {
  let heard = performance.now();
  return async () => {
    if (performance.now() - heard > INTERVAL) {
      await hearMessages();
      heard = performance.now();
    }
    if (isCancelled())
      throw new CancelledError();
  };
}

// A message to oneself comes after those that wait already; a timer would be held up by milliseconds.
function hearMessages() {
  const { port1, port2 } = new MessageChannel();
  return new Promise(resolve => {
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}
