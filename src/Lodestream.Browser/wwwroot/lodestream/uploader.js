// Brings contents to the GPU before they are drawn, so that drawing them costs no more than drawing.
import * as THREE from 'three';
import { holdInstances, makeObject } from './contents.js';

/** A frame takes no more than this of the contents that are larger: some milliseconds of copying. */
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
  #bytes = 0;

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
  }

  /** Whether something is left for the next frame. */
  get busy() {
    return this.#waiting.length > 0;
  }

  /**
   * Uploads a content: at once where it is small and nothing waits, else over the next frames.
   * @param {import('./contents.js').Content} content
   * @param {(milliseconds: number) => void} done
   * @param {(error: Error) => void} failed
   */
  add(content, done, failed) {
    this.#waiting.push({ content, steps: this.#stepsOf(content), milliseconds: 0, done, failed });
    this.#continue();
  }

  /** Begins a frame's share, with what the last frame left. */
  run() {
    this.#bytes = 0;
    this.#continue();
  }

  /** @param {number} ticket */
  cancel(ticket) {
    const index = this.#waiting.findIndex(({ content }) => content.ticket === ticket);
    if (index >= 0)
      this.#waiting.splice(index, 1)[0].content.dispose();
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

  #continue() {
    while (this.#waiting.length > 0 && this.#bytes < BYTES_PER_FRAME) {
      const upload = this.#waiting[0], began = performance.now();
      try {
        while (upload.steps.length > 0 && this.#bytes < BYTES_PER_FRAME)
          this.#bytes += /** @type {() => number} */ (upload.steps.shift())();
      } catch (error) {
        this.#waiting.shift();
        upload.content.dispose();
        upload.failed(/** @type {Error} */ (error));
        continue;
      }
      upload.milliseconds += performance.now() - began;
      if (upload.steps.length > 0)
        return;
      this.#waiting.shift();
      upload.content.uploaded();
      upload.done(upload.milliseconds);
    }
  }

  /** @param {import('./contents.js').Content} content */
  #stepsOf({ parts }) {
    /** @type {Set<THREE.Texture>} */
    const textures = new Set();
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
