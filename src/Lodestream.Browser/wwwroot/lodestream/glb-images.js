// Images as bitmaps, or as blocks that the GPU takes as they are.
import { loadBasis } from './decoders.js';

/** @typedef {'bc7' | 'astc' | 'etc2' | 'bc3'} BlockFormat Formats of 16 bytes for each 4 × 4 pixels. */

/**
 * @typedef {object} BlockImage
 * @property {number} width
 * @property {number} height
 * @property {BlockFormat | 'rgba'} format
 * @property {{ data: Uint8Array<ArrayBuffer>, width: number, height: number }[]} levels
 */

/** @typedef {ImageBitmap | BlockImage} DecodedImage */

/** Basis Universal's numbers of its targets. */
const TARGETS = { bc7: 7, astc: 10, etc2: 1, bc3: 3, rgba: 13 };

/**
 * Decodes the images that something needs.
 * @param {import('./glb-source.js').GlbSource} source
 * @param {Set<number>} needed
 * @param {BlockFormat | null} blocks
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 */
export async function decodeImages(source, needed, blocks, checkpoint) {
  /** @type {(DecodedImage | null)[]} */
  const images = (source.json.images ?? []).map(() => null);
  try {
    for (const index of needed) {
      await checkpoint();
      images[index] = await decodeImage(source.image(index), source.json.images[index].mimeType, index, blocks);
    }
    await checkpoint();
  } catch (error) {
    images.forEach(image => image instanceof ImageBitmap && image.close());
    throw error;
  }
  return images;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string | undefined} type
 * @param {number} index
 * @param {BlockFormat | null} blocks
 */
export async function decodeImage(bytes, type, index, blocks) {
  // What the bytes are is what counts: files tell wrong types, or none.
  if (bytes[0] === 0xab && bytes[1] === 0x4b && bytes[2] === 0x54 && bytes[3] === 0x58)
    return transcode(await loadBasis(), bytes, index, blocks ?? 'rgba');
  try {
    return await createImageBitmap(new Blob([bytes], { type }), { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch (error) {
    throw new Error(`image ${index} (${type ?? 'of no named type'}, ${bytes.length} bytes) cannot be decoded`, { cause: error });
  }
}

/**
 * @param {any} basis
 * @param {Uint8Array} bytes
 * @param {number} index
 * @param {BlockFormat | 'rgba'} format
 * @returns {BlockImage}
 */
function transcode(basis, bytes, index, format) {
  const file = new basis.KTX2File(bytes);
  try {
    if (!file.isValid() || (file.getLayers() || 1) !== 1 || file.getFaces() !== 1 || !file.startTranscoding())
      throw new Error(`image ${index} is no KTX2 file with a single Basis image`);
    /** @type {BlockImage['levels']} */
    const levels = [];
    for (let level = 0; level < Math.max(1, file.getLevels()); level++) {
      const { origWidth: width, origHeight: height } = file.getImageLevelInfo(level, 0, 0);
      const data = new Uint8Array(file.getImageTranscodedSizeInBytes(level, 0, 0, TARGETS[format]));
      if (!file.transcodeImage(data, level, 0, 0, TARGETS[format], 0, -1, -1))
        throw new Error(`image ${index} cannot be transcoded to ${format}, at level ${level}`);
      levels.push({ data, width, height });
    }
    return { width: file.getWidth(), height: file.getHeight(), format, levels };
  } finally {
    file.close();
    file.delete();
  }
}
