// Brings contents to the GPU before they are drawn, so that drawing them costs no more than drawing.
import * as THREE from 'three';
import { holdInstances, makeObject } from './contents.js';

/** A frame takes no more than this, however fast it goes here: the GPU's process copies it once more. */
const BYTES_PER_FRAME = 8 * 2 ** 20;

/**
 * @typedef {object} Upload
 * @property {import('./contents.js').Content} content
 * @property {(() => number)[]} steps what is left; each brings something and tells how many bytes
 * @property {number} milliseconds that it took so far
 * @property {(milliseconds: number) => void} done
 * @property {(error: Error) => void} failed
 */

export class Uploader {
  #renderer;
  #scene = new THREE.Scene();
  #camera = new THREE.Camera();
  // three.js uploads what it meets when it renders; an invisible material keeps it from drawing anything.
  #material = new THREE.MeshBasicMaterial({ visible: false });
  #target = new THREE.WebGLRenderTarget(1, 1, { depthBuffer: false });
  /** @type {Upload[]} */
  #waiting = [];
  /** Whether the last frame left nothing for uploads. */
  #hasYielded = false;

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
  }

  /** Whether something is left for the next frame. */
  get busy() {
    return this.#waiting.length > 0;
  }

  /**
   * Queues a content; it is uploaded step by step.
   * @param {import('./contents.js').Content} content
   * @param {(milliseconds: number) => void} done
   * @param {(error: Error) => void} failed
   * @param {(() => number)[]} [before] what is to be done first, step by step
   */
  add(content, done, failed, before = []) {
    this.#waiting.push({ content, steps: [...before, ...this.#stepsOf(content)], milliseconds: 0, done, failed });
  }

  /** Runs a frame's share: one step at least, every other frame at least. @param {number} until by performance.now(), milliseconds */
  run(until) {
    let bytes = 0, now = performance.now();
    this.#hasYielded = now > until && !this.#hasYielded;
    if (this.#hasYielded)
      return;
    while (this.#waiting.length > 0 && (bytes === 0 || (bytes < BYTES_PER_FRAME && now < until))) {
      const upload = this.#waiting[0], began = now;
      try {
        // What has no bytes counts as some: every step is one.
        bytes += Math.max(1, upload.steps.shift()?.() ?? 0);
      } catch (error) {
        this.#waiting.shift();
        upload.content.dispose();
        upload.failed(/** @type {Error} */ (error));
        continue;
      } finally {
        now = performance.now();
      }
      upload.milliseconds += now - began;
      if (upload.steps.length > 0)
        continue;
      this.#waiting.shift();
      upload.content.uploaded();
      upload.done(upload.milliseconds);
    }
  }

  /** @param {number} ticket @returns {boolean} whether it was waiting */
  cancel(ticket) {
    const index = this.#waiting.findIndex(({ content }) => content.ticket === ticket);
    if (index >= 0)
      this.#waiting.splice(index, 1)[0].content.dispose();
    return index >= 0;
  }

  /** Drops what waits. */
  clear() {
    this.#waiting.splice(0).forEach(({ content }) => content.dispose());
  }

  dispose() {
    this.clear();
    this.#material.dispose();
    this.#target.dispose();
  }

  /** @param {import('./contents.js').Content} content */
  #stepsOf({ parts, map }) {
    /** @type {Set<THREE.Texture>} */
    const textures = new Set(map ? [map] : []);
    for (const { material } of parts) {
      for (const value of Object.values(material)) {
        if (value?.isTexture)
          textures.add(value);
      }
    }
    return [
      ...[...textures].map(texture => () => {
        this.#renderer.initTexture(texture);
        return texture.image.width * texture.image.height * 4;
      }),
      ...parts.map(part => () => this.#uploadPart(part)),
    ];
  }

  /** @param {import('./contents.js').Part} part */
  #uploadPart(part) {
    const renderer = this.#renderer, target = renderer.getRenderTarget(), { attributes, index } = part.geometry;
    const arrays = [...Object.values(attributes), ...(index ? [index] : []), ...(part.instances ? [part.instances.matrices] : [])];
    const bytes = arrays.reduce((sum, attribute) => sum + attribute.array.byteLength, 0);
    const object = makeObject(part, this.#material);
    object.frustumCulled = false;
    holdInstances(part, object);
    this.#scene.add(object);
    renderer.setRenderTarget(this.#target);
    renderer.render(this.#scene, this.#camera);
    renderer.setRenderTarget(target);
    this.#scene.clear();
    return bytes;
  }
}
