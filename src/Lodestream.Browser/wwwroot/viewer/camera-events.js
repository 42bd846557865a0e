// Tells who listens where the camera is: at once when it begins to move, then every so often, and always where it came to rest.

/** Milliseconds between two tellings: what reads along (a label, a link, a minimap) need not do so every frame. */
const INTERVAL = 100;

export class CameraEvents {
  #tell;
  #told = -Infinity;
  #timer = 0;

  /** @param {() => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** The camera has moved. */
  moved() {
    if (this.#timer)
      return;
    const wait = this.#told + INTERVAL - performance.now();
    if (wait <= 0)
      this.#fire();
    else
      this.#timer = setTimeout(() => this.#fire(), wait);
  }

  #fire() {
    this.#timer = 0;
    // Before, for who moves it on being told; after, since telling may take its time.
    this.#told = performance.now();
    this.#tell();
    this.#told = performance.now();
  }
}
