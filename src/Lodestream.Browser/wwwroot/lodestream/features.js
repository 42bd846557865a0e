// The features under a pixel and their properties, of what was kept of a content when it was decoded.

/**
 * @typedef {object} Feature
 * @property {string} set what tells it apart: a set's label, "batch table", "property texture 0", …
 * @property {number} id −1 where the set has no ids
 * @property {Record<string, unknown>} properties
 */

/** @typedef {(image: ImageBitmap, u: number, v: number) => number[]} PixelReader Red, green, blue and alpha at texture coordinates. */

const NOTHING = new Uint8Array(0);

/**
 * @param {import('./picking.js').Hit} hit
 * @param {import('./runtime.js').FeatureExports} exports
 * @param {PixelReader} readPixel
 * @returns {Feature[]}
 */
export function featuresOf(hit, exports, readPixel) {
  const { part } = hit;
  if (!part.model)
    return [];
  const reader = new FeatureReader(hit, part.model, exports, readPixel);
  return [
    ...reader.batch(),
    ...(part.instances?.ids ?? []).flatMap(set => reader.ofSet(set, hit.instance, part.instances?.kept ?? {})),
    ...part.features.ids.flatMap(set => reader.ofSet(set, hit.vertex, part.kept)),
    ...part.features.propertyTextures.map(number => reader.ofTexture(number)),
    ...part.features.propertyAttributes.map(number => reader.ofAttributes(number)),
  ];
}

class FeatureReader {
  #hit;
  #model;
  #exports;
  #readPixel;

  /**
   * @param {import('./picking.js').Hit} hit
   * @param {import('./glb.js').DecodedModel} model
   * @param {import('./runtime.js').FeatureExports} exports
   * @param {PixelReader} readPixel
   */
  constructor(hit, model, exports, readPixel) {
    this.#hit = hit;
    this.#model = model;
    this.#exports = exports;
    this.#readPixel = readPixel;
  }

  /** The row of the batch table. @returns {Feature[]} */
  batch() {
    const { batchTable } = this.#model.features, { part, instance, vertex } = this.#hit;
    if (!batchTable)
      return [];
    const ids = part.instances?.kept._BATCHID ?? part.kept._BATCHID, index = part.instances ? instance : vertex;
    if (!ids && !part.instances && part.topology !== 'points')
      return [];
    const id = ids ? ids.array[index] : index;
    return [{ set: 'batch table', id, properties: JSON.parse(this.#exports.BatchRow(batchTable.json, batchTable.binary, batchTable.length, id)) }];
  }

  /**
   * @param {import('./glb-features.js').FeatureIds} set
   * @param {number} index of the vertex or the instance
   * @param {Record<string, import('./glb.js').DecodedAttribute>} kept
   * @returns {Feature[]}
   */
  ofSet(set, index, kept) {
    const id = set.texture ? this.#idOf(set.texture) : set.attribute !== null ? kept[set.attribute]?.array[index] ?? -1 : index;
    if (id < 0 || id === set.nullFeatureId)
      return [];
    return [{ set: set.label ?? 'feature', id, properties: this.#rowOf(set.propertyTable, id) }];
  }

  /**
   * @param {number} number of a property texture
   * @returns {Feature}
   */
  ofTexture(number) {
    const stored = Object.fromEntries(this.#model.features.propertyTextures[number].map(texture => [`${texture.texture} ${texture.texCoord}`, this.#pixelOf(texture)]));
    return { set: `property texture ${number}`, id: -1, properties: this.#valuesOf(number, true, stored) };
  }

  /**
   * @param {number} number of a property attribute
   * @returns {Feature}
   */
  ofAttributes(number) {
    const { part, vertex } = this.#hit;
    const stored = Object.fromEntries(Object.entries(part.kept).map(([name, { array, itemSize }]) => {
      const { buffer, byteOffset, BYTES_PER_ELEMENT } = array, size = itemSize * BYTES_PER_ELEMENT;
      return [name, Array.from(new Uint8Array(buffer, byteOffset + vertex * size, size))];
    }));
    return { set: `property attribute ${number}`, id: -1, properties: this.#valuesOf(number, false, stored) };
  }

  /** @param {{ texture: number, texCoord: number, channels: number[] }} texture */
  #idOf(texture) {
    const pixel = this.#pixelOf(texture);
    return pixel.length === 0 ? -1 : texture.channels.reduce((id, channel, i) => id + pixel[channel] * 256 ** i, 0);
  }

  /** @param {{ texture: number, texCoord: number }} texture */
  #pixelOf({ texture, texCoord }) {
    const image = this.#model.images[this.#model.textures[texture]?.image], uv = this.#hit.uvs[texCoord];
    return image instanceof ImageBitmap && uv ? this.#readPixel(image, uv[0], uv[1]) : [];
  }

  /**
   * @param {number} table
   * @param {number} id
   */
  #rowOf(table, id) {
    const { metadata } = this.#model.features;
    if (!metadata || table < 0)
      return {};
    const bytes = new Uint8Array(metadata.views.reduce((sum, view) => sum + view.length, 0));
    metadata.views.reduce((at, view) => (bytes.set(view, at), at + view.length), 0);
    const views = metadata.viewNumbers.flatMap((number, i) => [number, metadata.views[i].length]);
    return JSON.parse(this.#exports.PropertyRow(metadata.extension, metadata.schema ?? NOTHING, views, bytes, table, id));
  }

  /**
   * @param {number} number
   * @param {boolean} isTexture
   * @param {Record<string, number[]>} stored
   */
  #valuesOf(number, isTexture, stored) {
    const { metadata } = this.#model.features;
    return metadata ? JSON.parse(this.#exports.PropertyValues(metadata.extension, metadata.schema ?? NOTHING, number, isTexture, JSON.stringify(stored))) : {};
  }
}
