// Draws when there is a reason to: one frame pending at most, none while nothing changes.

/**
 * @typedef {object} FrameResult
 * @property {boolean} again whether the next frame has work already
 * @property {number} delay milliseconds until there is work if nothing happens before; Infinity for never
 */

export class FrameLoop {
  /** Whether no frame is pending. */
  idle = true;
  #frame;
  #requested = 0;
  #timer = 0;
  #suspended = false;
  #halted = false;
  /** @type {number[]} when the frames of the last second began */
  #recent = [];
  #onPark;

  /**
   * @param {(time: number) => FrameResult} frame
   * @param {() => void} onPark called when the loop has nothing more to do for now
   */
  constructor(frame, onPark) {
    this.#frame = frame;
    this.#onPark = onPark;
    document.addEventListener('visibilitychange', () => {
      this.#suspended = document.hidden;
      if (document.hidden)
        this.#cancelTimer();
      else
        this.invalidate();
    });
  }

  /** Frames in the second before the last one. */
  get fps() {
    return this.#recent.length;
  }

  /** Something changed: draw a frame soon. */
  invalidate() {
    if (this.#requested || this.#suspended || this.#halted)
      return;
    this.#cancelTimer();
    this.idle = false;
    this.#requested = requestAnimationFrame(time => this.#run(time));
  }

  /** Draws nothing any more. */
  halt() {
    this.#halted = true;
    cancelAnimationFrame(this.#requested);
    this.#cancelTimer();
    this.idle = true;
  }

  /** @param {number} time */
  #run(time) {
    this.#requested = 0;
    this.#recent = this.#recent.filter(t => t > time - 1000);
    this.#recent.push(time);
    const { again, delay } = this.#frame(time);
    if (again) {
      this.invalidate();
      return;
    }
    // What the frame itself invalidated has been asked for already.
    if (this.#requested)
      return;
    this.idle = true;
    if (delay < Infinity)
      this.#timer = setTimeout(() => this.invalidate(), Math.min(delay, 2 ** 31 - 1));
    this.#onPark();
  }

  #cancelTimer() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }
}
