// The keyboard: what is held moves the camera, what is pressed orders something.

/** Right, ahead, up. @type {Record<string, number[]>} */
const WALKS = {
  KeyW: [0, 1, 0], KeyS: [0, -1, 0], KeyA: [-1, 0, 0], KeyD: [1, 0, 0], KeyE: [0, 0, 1], KeyQ: [0, 0, -1], PageUp: [0, 0, 1], PageDown: [0, 0, -1],
};

/** Pixels of dragging that an arrow key stands for, each time it repeats. @type {Record<string, number[]>} */
const TURNS = { ArrowLeft: [24, 0], ArrowRight: [-24, 0], ArrowUp: [0, 24], ArrowDown: [0, -24] };

/** Times as fast with the shift key. */
const HURRY = 4;

export class Keys {
  /** @type {Set<string>} */
  #held = new Set();
  #hurries = false;
  #navigation;
  #commands;

  /**
   * @param {import('./navigation.js').Navigation} navigation
   * @param {Record<string, () => void>} commands by the key's character
   */
  constructor(navigation, commands) {
    this.#navigation = navigation;
    this.#commands = commands;
    window.addEventListener('keydown', event => this.#down(event));
    window.addEventListener('keyup', event => this.#up(event));
    window.addEventListener('blur', () => this.#letGo());
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target) || document.querySelector('dialog[open]'))
      return;
    this.#hurries = event.shiftKey;
    if (WALKS[event.code]) {
      this.#held.add(event.code);
      this.#walk();
    } else if (TURNS[event.code] && !movesItself(event.target)) {
      const [x, y] = TURNS[event.code];
      if (event.shiftKey)
        this.#navigation.pan(x * 2, y * 2);
      else
        this.#navigation.turn(x, y);
    } else if (event.key === '+' || event.key === '=') {
      this.#navigation.zoom(-0.2);
    } else if (event.key === '-') {
      this.#navigation.zoom(0.2);
    } else if (this.#commands[event.key.toLowerCase()] && !event.repeat) {
      this.#commands[event.key.toLowerCase()]();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #up(event) {
    this.#hurries = event.shiftKey;
    if (this.#held.delete(event.code) || event.key === 'Shift')
      this.#walk();
  }

  #letGo() {
    this.#held.clear();
    this.#walk();
  }

  #walk() {
    const sum = [0, 0, 0];
    for (const code of this.#held)
      WALKS[code].forEach((amount, i) => sum[i] += amount * (this.#hurries ? HURRY : 1));
    this.#navigation.walk(sum);
  }
}

/** @param {EventTarget | null} target */
function takesText(target) {
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)
    || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

// Sliders and lists have arrow keys of their own.
/** @param {EventTarget | null} target */
function movesItself(target) {
  return target instanceof HTMLInputElement || (target instanceof HTMLElement && target.closest('[role="dialog"], .panel') !== null);
}
