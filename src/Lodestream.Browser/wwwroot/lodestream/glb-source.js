// A glTF's JSON, and the bytes of its buffers and buffer views.
import { loadMeshopt } from './decoders.js';
import { bytesOf } from './plan.js';

export class GlbSource {
  /** The parsed JSON. @type {any} */
  json;
  #plan;
  #files;
  /** @type {Map<number, Uint8Array<ArrayBuffer>>} */
  #views = new Map();
  /** @type {Map<number, Uint8Array<ArrayBuffer>>} */
  #buffers = new Map();
  /** @type {any} */
  #meshopt;

  /**
   * @param {import('./plan.js').ModelPlan} plan
   * @param {ArrayBuffer[]} files
   */
  constructor(plan, files) {
    this.#plan = plan;
    this.#files = files;
    this.json = JSON.parse(new TextDecoder().decode(bytesOf(files, plan.json)));
  }

  /** Fetches what views need to be read. */
  async open() {
    if (this.json.bufferViews?.some((/** @type {any} */ view) => meshoptOf(view)))
      this.#meshopt = await loadMeshopt();
  }

  /** The bytes of a buffer view, decompressed. @param {number} index */
  view(index) {
    const known = this.#views.get(index);
    if (known)
      return known;
    const view = this.json.bufferViews?.[index];
    if (!view)
      throw new Error(`there is no buffer view ${index}`);
    const compressed = meshoptOf(view);
    const bytes = compressed ? this.#decompress(index, compressed) : this.#range(index, view);
    this.#views.set(index, bytes);
    return bytes;
  }

  /** An encoded image. @param {number} index */
  image(index) {
    const { uri, bufferView } = this.json.images[index];
    return uri === undefined ? this.view(bufferView) : bytesOf(this.#files, this.#plan.images[index], uri);
  }

  /**
   * @param {number} index
   * @param {any} compressed
   */
  #decompress(index, compressed) {
    const { count, byteStride, mode, filter = 'NONE' } = compressed, target = new Uint8Array(count * byteStride);
    try {
      this.#meshopt.decodeGltfBuffer(target, count, byteStride, this.#range(index, compressed), mode, filter);
    } catch (error) {
      throw new Error(`buffer view ${index} cannot be decompressed: ${/** @type {Error} */ (error).message}`);
    }
    return target;
  }

  /**
   * @param {number} index
   * @param {{ buffer: number, byteOffset?: number, byteLength: number }} range
   */
  #range(index, { buffer, byteOffset = 0, byteLength }) {
    const bytes = this.#buffer(buffer);
    if (!(byteOffset + byteLength <= bytes.length))
      throw new Error(`buffer view ${index} reaches beyond buffer ${buffer}`);
    return bytes.subarray(byteOffset, byteOffset + byteLength);
  }

  /** @param {number} index */
  #buffer(index) {
    let bytes = this.#buffers.get(index);
    if (!bytes)
      this.#buffers.set(index, bytes = bytesOf(this.#files, this.#plan.buffers[index], this.json.buffers[index].uri));
    return bytes;
  }
}

/** @param {any} view */
function meshoptOf({ extensions }) {
  return extensions?.EXT_meshopt_compression ?? extensions?.KHR_meshopt_compression;
}
