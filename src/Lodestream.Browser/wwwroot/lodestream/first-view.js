// The promise that the first view is there, kept or broken once by the core's verdict.
import { InitialResidency } from './protocol.js';

export class FirstView {
  /** @type {Promise<void>} */
  ready;
  /** Ends the promise; null once it has ended. @type {((error?: Error) => void) | null} */
  #end = null;

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.#end = error => error ? reject(error) : resolve();
    });
    // A page that does not ask is no error.
    this.ready.catch(() => {});
  }

  /**
   * @param {number} verdict {@link InitialResidency}
   * @param {boolean} isFading what is drawn over the first view while it dissolves is no part of it
   * @param {() => string} why
   */
  judge(verdict, isFading, why) {
    const isThere = verdict === InitialResidency.Resident;
    if (!this.#end || verdict === InitialResidency.Pending || (isThere && isFading))
      return;
    this.#end(isThere ? undefined : new Error(why()));
    this.#end = null;
  }
}
