// What happened since the last frame, in order, waiting for C#.

export class EventQueue {
  /** @type {number[][]} */
  waiting = [];
  /** @type {Map<number, string>} */
  #texts = new Map();
  #nextText = 1;
  /** @type {Map<number, number[]>} */
  #numbers = new Map();
  #nextNumbers = 1;
  #wake;

  /** @param {() => void} wake called when something came that the next frame should not wait for */
  constructor(wake) {
    this.#wake = wake;
  }

  /**
   * @param {number[]} event its kind, then its words
   * @param {boolean} [wake] false for what can wait for the next frame, whenever that is
   */
  post(event, wake = true) {
    this.waiting.push(event);
    if (wake)
      this.#wake();
  }

  /** Keeps a text for C# to take; 0 for none. @param {string} text */
  keepText(text) {
    if (!text)
      return 0;
    this.#texts.set(this.#nextText, text);
    return this.#nextText++;
  }

  /** @param {number} number */
  takeText(number) {
    const text = this.#texts.get(number) ?? '';
    this.#texts.delete(number);
    return text;
  }

  /** Keeps numbers for C# to take; 0 for none. @param {number[]} numbers */
  keepNumbers(numbers) {
    if (numbers.length === 0)
      return 0;
    this.#numbers.set(this.#nextNumbers, numbers);
    return this.#nextNumbers++;
  }

  /** @param {number} number */
  takeNumbers(number) {
    const numbers = this.#numbers.get(number) ?? [];
    this.#numbers.delete(number);
    return numbers;
  }
}
