// Decodes a content, by its plan, into typed arrays and images that can be transferred between threads. No three.js here: workers have
// no import map.
import { decodeModel } from './glb.js';
import { bytesOf } from './plan.js';
import { decodePoints } from './points.js';
import { decodeRegionMap } from './region-map.js';
import { decodeUntold, unpackChunks } from './untold.js';

/** @typedef {{ models: import('./glb.js').DecodedModel[], map: import('./region-map.js').DecodedRegionMap | null, unpacked: ArrayBuffer | null, bytes: number }} DecodedContent What can be drawn, or what a payload that is kept holds; bytes of main memory it takes. */

/**
 * Decodes a content.
 * @param {import('./plan.js').Plan[]} plan
 * @param {ArrayBuffer[]} files the content, then the files it names
 * @param {import('./glb-images.js').BlockFormat | null} blocks what the GPU takes of Basis textures
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 * @returns {Promise<{ content: DecodedContent, transfer: Transferable[] }>}
 */
export async function decodeContent(plan, files, blocks, checkpoint) {
  /** @type {import('./glb.js').DecodedModel[]} */
  const models = [];
  let map = null, unpacked = null;
  try {
    for (const part of plan) {
      if (part.kind === 'regionMap')
        map = await decodeRegionMap(part, bytesOf(files, part.image));
      else if (part.kind === 'unpack')
        unpacked = unpackChunks(part.chunks, files[0]);
      else if (part.kind === 'points')
        models.push(await decodePoints(part, files));
      else if (part.kind === 'untold')
        models.push(await decodeUntold(part, files, blocks, checkpoint));
      else
        models.push(await decodeModel(part, files, blocks, checkpoint));
      await checkpoint();
    }
  } catch (error) {
    closeImages(models);
    throw error;
  }
  const transfer = [...collectTransferables(models), ...(map ? [map.data.buffer] : []), ...(unpacked ? [unpacked] : [])];
  const bytes = transfer.reduce((sum, item) => sum + (item instanceof ArrayBuffer ? item.byteLength : item.width * item.height * 4), 0);
  return { content: { models, map, unpacked, bytes }, transfer };
}

/** @param {import('./glb.js').DecodedModel[]} models */
export function closeImages(models) {
  for (const { images } of models) {
    for (const image of images) {
      if (image instanceof ImageBitmap)
        image.close();
    }
  }
}

/** @param {import('./glb.js').DecodedModel[]} models */
function collectTransferables(models) {
  /** @type {Set<ArrayBuffer | ImageBitmap>} */
  const found = new Set();
  const add = (/** @type {ArrayBufferView<ArrayBuffer> | null | undefined} */ array) => array && found.add(array.buffer);
  for (const { meshes, draws, images, features } of models) {
    for (const primitive of meshes.flatMap(mesh => mesh ?? [])) {
      Object.values(primitive.attributes).forEach(({ array }) => add(array));
      Object.values(primitive.kept).forEach(({ array }) => add(array));
      add(primitive.indices);
    }
    for (const { instances } of draws) {
      add(instances?.matrices);
      Object.values(instances?.kept ?? {}).forEach(({ array }) => add(array));
    }
    for (const image of images) {
      if (image instanceof ImageBitmap)
        found.add(image);
      else
        image?.levels.forEach(level => add(level.data));
    }
    add(features.batchTable?.json);
    add(features.batchTable?.binary);
    add(features.metadata?.extension);
    add(features.metadata?.schema);
    features.metadata?.views.forEach(view => add(view));
  }
  return [...found];
}
