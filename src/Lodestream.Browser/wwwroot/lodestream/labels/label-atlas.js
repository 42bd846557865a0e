// Labels as pictures in one texture, drawn by the browser's own text engine at the size of the screen's pixels: the texture's red is how
// much of a pixel the halo covers, its green how much the letters do.
import * as THREE from 'three';
import { drawLabel } from './label-style.js';

/** Side of the texture to begin with, and at most, pixels. */
const SIDE = 1024, GREATEST_SIDE = 4096;

/** Transparent pixels between pictures: none of its neighbour's colour gets into one. */
const GUTTER = 1;

/**
 * @typedef {object} Sprite A label's picture: pixels of the texture, and of the screen around its place.
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} offsetX from the place to the picture's left edge
 * @property {number} offsetY to its top
 */

export class LabelAtlas {
  #renderer;
  #side = SIDE;
  #texture = makeTexture(SIDE);
  #canvas = new OffscreenCanvas(256, 64);
  #context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#canvas.getContext('2d', { willReadFrequently: true }));
  /** Rows of pictures: where each begins, how high it is, and how far it is full. @type {{ y: number, height: number, x: number }[]} */
  #rows = [];
  #scale = 1;

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
  }

  get texture() {
    return this.#texture;
  }

  get context() {
    return this.#context;
  }

  /** Forgets all pictures; they are made anew, at another scale. @param {number} scale device pixels to a CSS pixel */
  clear(scale) {
    this.#scale = scale;
    this.#rows = [];
  }

  /** Takes twice the room, unless that is all there can be. The pictures are lost. @returns {boolean} whether it could */
  grow() {
    if (this.#side >= GREATEST_SIDE)
      return false;
    this.#texture.dispose();
    this.#texture = makeTexture(this.#side *= 2);
    this.#rows = [];
    return true;
  }

  /**
   * Draws a label; null when there is no room.
   * @param {string} name
   * @param {import('./label-style.js').LabelStyle} style
   * @param {import('./label-style.js').LabelMetrics} metrics
   * @returns {Sprite | null}
   */
  add(name, style, metrics) {
    const scale = this.#scale, offsetX = Math.floor(metrics.left * scale), offsetY = Math.floor(metrics.top * scale);
    const width = Math.ceil(metrics.right * scale) - offsetX, height = Math.ceil(metrics.bottom * scale) - offsetY;
    const place = this.#findPlace(width + GUTTER, height + GUTTER);
    if (!place)
      return null;
    const pixels = this.#draw(name, style, metrics, width, height, offsetX, offsetY);
    const picture = new THREE.DataTexture(pixels, width, height, THREE.RGFormat);
    this.#renderer.copyTextureToTexture(picture, this.#texture, null, new THREE.Vector2(place.x, place.y));
    return { ...place, width, height, offsetX, offsetY };
  }

  dispose() {
    this.#texture.dispose();
  }

  /**
   * @param {string} name
   * @param {import('./label-style.js').LabelStyle} style
   * @param {import('./label-style.js').LabelMetrics} metrics
   * @param {number} width
   * @param {number} height
   * @param {number} offsetX
   * @param {number} offsetY
   */
  #draw(name, style, metrics, width, height, offsetX, offsetY) {
    const canvas = this.#canvas, context = this.#context;
    if (canvas.width < width || canvas.height < height) {
      canvas.width = Math.max(canvas.width, width);
      canvas.height = Math.max(canvas.height, height);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = 'source-over';
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    context.setTransform(1, 0, 0, 1, -offsetX, -offsetY);
    context.globalCompositeOperation = 'lighten';
    context.strokeStyle = context.fillStyle = '#f00';
    drawLabel(context, name, style, metrics, this.#scale, true);
    context.strokeStyle = context.fillStyle = '#0f0';
    drawLabel(context, name, style, metrics, this.#scale, false);
    const { data } = context.getImageData(0, 0, width, height), pixels = new Uint8Array(width * height * 2);
    for (let i = 0; i < width * height; i++) {
      pixels[2 * i] = data[4 * i];
      pixels[2 * i + 1] = data[4 * i + 1];
    }
    return pixels;
  }

  /**
   * In the row that it fills best, or in a new one.
   * @param {number} width
   * @param {number} height
   */
  #findPlace(width, height) {
    if (width > this.#side)
      return null;
    const fitting = this.#rows.filter(row => row.height >= height && row.height <= height * 1.3 && row.x + width <= this.#side);
    let row = fitting.reduce((best, r) => best && best.height <= r.height ? best : r, fitting[0]);
    if (!row) {
      const last = this.#rows.at(-1), y = last ? last.y + last.height : 0;
      if (y + height > this.#side)
        return null;
      this.#rows.push(row = { y, height, x: 0 });
    }
    const x = row.x;
    row.x += width;
    return { x, y: row.y };
  }
}

/** @param {number} side */
function makeTexture(side) {
  const texture = new THREE.DataTexture(new Uint8Array(side * side * 2), side, side, THREE.RGFormat);
  // Pictures lie pixel on pixel; nothing is to be mixed.
  texture.minFilter = texture.magFilter = THREE.NearestFilter;
  texture.needsUpdate = true;
  return texture;
}
