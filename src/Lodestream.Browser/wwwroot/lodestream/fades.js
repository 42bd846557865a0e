// What gives way to something else leaves by a dissolve. What comes is drawn whole from its first frame, so nothing is ever covered by
// something transparent; what goes is painted over it, a little nearer to the eye than it is, and loses one pixel after the other.
// Until it has gone its contents stay on the GPU, and the core counts them: they are reported as released only then.
import { setFade } from './masks.js';

/**
 * @typedef {object} Leaving
 * @property {number} began milliseconds on the scene's clock
 * @property {(import('three').Object3D & { material: import('three').Material })[]} objects with masked materials
 * @property {import('./contents.js').Content[]} contents
 * @property {number} lift metres nearer to the eye
 */

export class Fades {
  /** Milliseconds a dissolve takes; 0 for none. */
  duration = 0;
  /** @type {Leaving[]} oldest first */
  #leaving = [];
  /** @type {Map<import('./contents.js').Content, number>} how many of what leaves needs it */
  #needed = new Map();
  /** @type {Map<import('./contents.js').Content, () => void>} what to do when nothing needs it any more */
  #waiting = new Map();
  #remove;

  /** @param {(object: import('three').Object3D) => void} remove takes an object that has gone out of the scene */
  constructor(remove) {
    this.#remove = remove;
  }

  get isActive() {
    return this.#leaving.length > 0;
  }

  /** @param {Leaving} leaving */
  add(leaving) {
    this.#leaving.push(leaving);
    leaving.contents.forEach(content => this.#needed.set(content, (this.#needed.get(content) ?? 0) + 1));
    leaving.objects.forEach(({ material }) => setFade(material, 0, leaving.lift));
  }

  /**
   * Calls back when nothing that leaves needs a content any more: at once, or when its dissolve ends.
   * @param {import('./contents.js').Content} content
   * @param {() => void} then
   */
  whenGone(content, then) {
    if (this.#needed.has(content))
      this.#waiting.set(content, then);
    else
      then();
  }

  /**
   * @param {number} now milliseconds on the scene's clock
   * @returns {boolean} whether something is dissolving
   */
  advance(now) {
    if (this.#leaving.length === 0)
      return false;
    const gone = this.#leaving.filter(({ began }) => now - began >= this.duration);
    this.#leaving = this.#leaving.filter(({ began }) => now - began < this.duration);
    gone.forEach(leaving => this.#end(leaving));
    for (const { began, objects, lift } of this.#leaving)
      objects.forEach(({ material }) => setFade(material, (now - began) / this.duration, lift));
    return true;
  }

  /** Ends all at once. */
  clear() {
    const all = this.#leaving;
    this.#leaving = [];
    all.forEach(leaving => this.#end(leaving));
  }

  /** @param {Leaving} leaving */
  #end({ objects, contents }) {
    objects.forEach(object => this.#remove(object));
    for (const content of contents) {
      const others = /** @type {number} */ (this.#needed.get(content)) - 1;
      if (others > 0) {
        this.#needed.set(content, others);
        continue;
      }
      this.#needed.delete(content);
      this.#waiting.get(content)?.();
      this.#waiting.delete(content);
    }
  }
}
