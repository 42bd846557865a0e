// Mouse, pen and fingers on the canvas.
import * as THREE from 'three';

/** Pixels a pointer may wander and still have clicked. */
const CLICK_SLOP = 5;

/** Milliseconds within which a second tap belongs to the first. */
const DOUBLE_TAP = 350;

/** Milliseconds after which a turn of the wheel looks anew for what is under the pointer. */
const WHEEL_REST = 350;

/** Share of the distance that a pixel of the wheel zooms. */
const ZOOM_PER_PIXEL = 0.0016;

/**
 * @typedef {object} GestureHandlers
 * @property {(x: number, y: number) => void} click CSS pixels of the canvas
 * @property {(x: number, y: number) => void} doubleClick
 * @property {(x: number, y: number) => void} hover the pointer rests there
 * @property {(factor: number) => void} speed the wheel was turned in flight
 */

export class Gestures {
  #element;
  #navigation;
  #pick;
  #handlers;
  /** @type {Map<number, { x: number, y: number, button: number }>} */
  #pointers = new Map();
  #wandered = 0;
  #lastTap = { time: -Infinity, x: 0, y: 0 };
  #wheeled = -Infinity;
  #grips = 0;
  #gripping = Promise.resolve();
  #hover = 0;

  /**
   * @param {HTMLElement} element
   * @param {import('./navigation.js').Navigation} navigation
   * @param {(x: number, y: number) => Promise<{ point: number[] } | null>} pick what is drawn at a pixel
   * @param {GestureHandlers} handlers
   */
  constructor(element, navigation, pick, handlers) {
    this.#element = element;
    this.#navigation = navigation;
    this.#pick = pick;
    this.#handlers = handlers;
    element.addEventListener('pointerdown', event => this.#down(event));
    element.addEventListener('pointermove', event => this.#move(event));
    element.addEventListener('pointerup', event => this.#up(event));
    element.addEventListener('pointercancel', event => this.#release(event));
    element.addEventListener('pointerleave', () => clearTimeout(this.#hover));
    element.addEventListener('wheel', event => this.#wheel(event), { passive: false });
    element.addEventListener('contextmenu', event => event.preventDefault());
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#element.focus({ preventScroll: true });
    this.#element.setPointerCapture(event.pointerId);
    if (this.#pointers.size === 0)
      this.#wandered = 0;
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY, button: event.button });
    const { x, y } = this.#middle();
    this.#grip(x, y);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const known = this.#pointers.get(event.pointerId);
    if (!known) {
      this.#watch(event);
      return;
    }
    const before = this.#middle(), spread = this.#spread(), dx = event.offsetX - known.x, dy = event.offsetY - known.y;
    this.#wandered += Math.abs(dx) + Math.abs(dy);
    known.x = event.offsetX;
    known.y = event.offsetY;
    if (this.#wandered <= CLICK_SLOP)
      return;
    if (this.#pointers.size > 1) {
      const after = this.#middle();
      this.#navigation.pan(after.x - before.x, after.y - before.y);
      if (spread > 0 && this.#spread() > 0)
        this.#navigation.zoom(Math.log(spread / this.#spread()));
    } else if (known.button === 0 && !event.shiftKey && !event.ctrlKey) {
      this.#navigation.turn(dx, dy);
    } else {
      this.#navigation.pan(dx, dy);
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const known = this.#pointers.get(event.pointerId), isClick = known?.button === 0 && this.#wandered <= CLICK_SLOP && this.#pointers.size === 1;
    this.#release(event);
    if (!isClick)
      return;
    const { offsetX: x, offsetY: y, timeStamp: time } = event, { x: lastX, y: lastY, time: lastTime } = this.#lastTap;
    const isSecond = time - lastTime < DOUBLE_TAP && Math.hypot(x - lastX, y - lastY) < 4 * CLICK_SLOP;
    this.#lastTap = isSecond ? { time: -Infinity, x, y } : { time, x, y };
    if (isSecond)
      this.#handlers.doubleClick(x, y);
    else
      this.#handlers.click(x, y);
  }

  /** @param {PointerEvent} event */
  #release(event) {
    this.#pointers.delete(event.pointerId);
    // A finger that stays goes on from where it is.
    if (this.#pointers.size > 0)
      this.#grip(this.#middle().x, this.#middle().y);
  }

  /** @param {WheelEvent} event */
  async #wheel(event) {
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with the control key, in small steps.
    const pixels = event.deltaY * [1, 18, 300][event.deltaMode] * (event.ctrlKey ? 6 : 1), clamped = THREE.MathUtils.clamp(pixels, -300, 300);
    if (this.#navigation.mode === 'fly') {
      this.#handlers.speed(this.#navigation.changeSpeed(Math.exp(-clamped * 0.002)));
      return;
    }
    if (event.timeStamp - this.#wheeled > WHEEL_REST)
      this.#gripping = this.#grip(event.offsetX, event.offsetY);
    this.#wheeled = event.timeStamp;
    await this.#gripping;
    this.#navigation.zoom(clamped * ZOOM_PER_PIXEL);
  }

  /** @param {PointerEvent} event */
  #watch({ offsetX, offsetY, pointerType }) {
    clearTimeout(this.#hover);
    if (pointerType === 'mouse')
      this.#hover = setTimeout(() => this.#handlers.hover(offsetX, offsetY), 120);
  }

  // Takes hold of what is at a pixel, when that is known; until then, of what lies in the middle.
  /** @param {number} x @param {number} y */
  async #grip(x, y) {
    const number = ++this.#grips;
    this.#navigation.grip(null);
    const hit = await this.#pick(x, y);
    if (hit && number === this.#grips)
      this.#navigation.grip(new THREE.Vector3().fromArray(hit.point));
  }

  #middle() {
    const all = [...this.#pointers.values()];
    return { x: all.reduce((sum, { x }) => sum + x, 0) / all.length, y: all.reduce((sum, { y }) => sum + y, 0) / all.length };
  }

  #spread() {
    const [a, b] = this.#pointers.values();
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }
}
