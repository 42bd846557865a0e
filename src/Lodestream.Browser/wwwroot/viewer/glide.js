// Input that is worked off over a few frames: all of it arrives, none of it jerks.

/** Seconds in which two thirds of what is left are worked off. */
const TIME_CONSTANT = 0.07;

export class Glide {
  #left = [0, 0, 0];
  #least;

  /** @param {number} least what an update takes off at least, so that motion ends: radians, shares of the distance to what the camera is about */
  constructor(least) {
    this.#least = least;
  }

  get isMoving() {
    return this.#left.some(amount => amount !== 0);
  }

  /** @param {number[]} amounts three of them */
  push(amounts) {
    this.#left = this.#left.map((left, i) => left + amounts[i]);
  }

  /**
   * What is due now.
   * @param {number} seconds since the last time
   * @param {boolean} atOnce everything, for those who don't want motion
   */
  take(seconds, atOnce) {
    const share = atOnce ? 1 : 1 - Math.exp(-seconds / TIME_CONSTANT);
    // Less and less, then evenly to the end: no step is longer than the one before.
    const due = this.#left.map(left => Math.sign(left) * Math.min(Math.abs(left), Math.max(Math.abs(left) * share, this.#least)));
    this.#left = this.#left.map((left, i) => left - due[i]);
    return due;
  }

  stop() {
    this.#left = [0, 0, 0];
  }
}
