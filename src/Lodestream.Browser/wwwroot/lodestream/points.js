// Decodes point clouds (pnts) into what a model with one primitive of points is. Preparing/ContentLayoutReader.cs counts the same buffers.
import { loadDraco } from './decoders.js';
import { decodeDraco } from './draco.js';
import { boundingSphere } from './glb.js';
import { decodeFeatures, NO_FEATURES } from './glb-features.js';
import { octahedral, readBatchIds } from './instances.js';
import { IDENTITY, multiply } from './matrices.js';

/** Batch ids' component types. @type {Record<number, 5121 | 5123 | 5125>} */
const ID_TYPES = { 5121: 5121, 5123: 5123, 5125: 5125 };

/**
 * @param {import('./plan.js').PointsPlan} plan
 * @param {ArrayBuffer[]} files
 * @returns {Promise<import('./glb.js').DecodedModel>}
 */
export async function decodePoints(plan, files) {
  const view = new DataView(files[0]), stream = plan.draco ? await decompress(plan, files[0]) : null;
  const isQuantized = plan.quantized !== undefined && !stream?.POSITION;
  /** @type {import('./glb.js').DecodedPrimitive['attributes']} */
  const attributes = { POSITION: readPositions(plan, files[0], stream?.POSITION) };
  if (plan.color !== 'None')
    attributes.COLOR_0 = { array: readColors(plan, view, stream), itemSize: 4, normalized: true };
  if (plan.hasNormals)
    attributes.NORMAL = readNormals(plan, view, stream?.NORMAL, isQuantized ? plan.quantized?.scale : undefined);
  const kept = stream?.BATCH_ID ? { _BATCHID: { array: stream.BATCH_ID, itemSize: 1, normalized: false } } : readBatchIds(view, plan.batchIds, plan.count);
  const { sphere, matrix } = placeVolume(attributes.POSITION, isQuantized ? plan.quantized : undefined);
  return {
    matrix: plan.matrix,
    meshes: [[{ topology: 'points', attributes, kept, indices: null, material: 0, sphere, features: NO_FEATURES, keepsIdentity: false }]],
    draws: [{ mesh: 0, matrix: [...matrix], instances: null }],
    materials: [makeMaterial(plan)],
    textures: [],
    images: [],
    imageNames: [],
    dataImages: [],
    features: decodeFeatures(plan, files),
  };
}

/**
 * @param {import('./plan.js').PointsPlan} plan
 * @param {ArrayBuffer} file
 * @returns {Promise<Record<string, import('./glb-accessors.js').ComponentArray>>}
 */
async function decompress({ draco, count, color, hasNormals, batchIdType }, file) {
  const { bytes, ids } = /** @type {NonNullable<import('./plan.js').PointsPlan['draco']>} */ (draco);
  /** @type {Record<string, import('./draco.js').DracoAttribute>} */
  const wanted = { POSITION: { id: ids.POSITION, componentType: 5126, itemSize: 3 } };
  if (color === 'Rgb' && ids.RGB !== undefined)
    wanted.RGB = { id: ids.RGB, componentType: 5121, itemSize: 3 };
  if (color === 'Rgba' && ids.RGBA !== undefined)
    wanted.RGBA = { id: ids.RGBA, componentType: 5121, itemSize: 4 };
  if (hasNormals && ids.NORMAL !== undefined)
    wanted.NORMAL = { id: ids.NORMAL, componentType: 5126, itemSize: 3 };
  if (batchIdType !== undefined && ids.BATCH_ID !== undefined)
    wanted.BATCH_ID = { id: ids.BATCH_ID, componentType: ID_TYPES[batchIdType], itemSize: 1 };
  return decodeDraco(await loadDraco(), new Uint8Array(file, ...bytes), count, wanted, 'points').attributes;
}

/**
 * @param {import('./plan.js').PointsPlan} plan
 * @param {ArrayBuffer} file
 * @param {import('./glb-accessors.js').ComponentArray | undefined} decompressed
 * @returns {import('./glb.js').DecodedAttribute}
 */
function readPositions({ positions = 0, quantized, count }, file, decompressed) {
  if (decompressed)
    return { array: decompressed, itemSize: 3, normalized: false };
  return quantized
    ? { array: new Uint16Array(file.slice(positions, positions + count * 6)), itemSize: 3, normalized: true }
    : { array: new Float32Array(file.slice(positions, positions + count * 12)), itemSize: 3, normalized: false };
}

/**
 * Red, green, blue and alpha, a byte each.
 * @param {import('./plan.js').PointsPlan} plan
 * @param {DataView} view
 * @param {Record<string, import('./glb-accessors.js').ComponentArray> | null} stream
 */
function readColors({ color, colors = 0, count }, view, stream) {
  const out = new Uint8Array(count * 4), packed = stream?.RGB ?? stream?.RGBA;
  const size = color === 'Rgba' ? 4 : 3, from = packed ?? new Uint8Array(view.buffer, colors, color === 'Rgb565' ? 0 : count * size);
  for (let i = 0; i < count; i++) {
    if (color === 'Rgb565') {
      const bits = view.getUint16(colors + i * 2, true);
      out.set([(bits >> 11) * 255 / 31, (bits >> 5 & 63) * 255 / 63, (bits & 31) * 255 / 31, 255], i * 4);
    } else {
      out[i * 4] = from[i * size];
      out[i * 4 + 1] = from[i * size + 1];
      out[i * 4 + 2] = from[i * size + 2];
      out[i * 4 + 3] = size === 4 ? from[i * 4 + 3] : 255;
    }
  }
  return out;
}

/**
 * Normals as the GPU takes them. It divides them by the scale of a quantized volume, as it must for surfaces that are stretched; points
 * are not, so they are multiplied by it first.
 * @param {import('./plan.js').PointsPlan} plan
 * @param {DataView} view
 * @param {import('./glb-accessors.js').ComponentArray | undefined} decompressed
 * @param {number[]} [scale]
 * @returns {import('./glb.js').DecodedAttribute}
 */
function readNormals({ normals = 0, octahedral: isOctahedral, count }, view, decompressed, [sx, sy, sz] = [1, 1, 1]) {
  const packed = isOctahedral && !decompressed, size = packed ? 4 : 3;
  const array = packed ? new Int8Array(count * 4) : new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const [x, y, z] = decompressed ? decompressed.subarray(i * 3, i * 3 + 3)
      : packed ? octahedral(view.getUint8(normals + i * 2) / 255 * 2 - 1, view.getUint8(normals + i * 2 + 1) / 255 * 2 - 1)
        : [0, 4, 8].map(b => view.getFloat32(normals + i * 12 + b, true));
    const length = Math.hypot(x * sx, y * sy, z * sz) || 1, scaled = [x * sx / length, y * sy / length, z * sz / length];
    array.set(packed ? scaled.map(c => Math.round(c * 127)) : scaled, i * size);
  }
  return { array, itemSize: size, normalized: packed };
}

/**
 * Quantized points lie in a unit cube that their matrix stretches.
 * @param {import('./glb.js').DecodedAttribute} positions
 * @param {import('./plan.js').Volume} [volume]
 */
function placeVolume(positions, volume) {
  const sphere = boundingSphere(null, positions);
  if (!volume)
    return { sphere, matrix: IDENTITY };
  const [x, y, z] = volume.scale;
  return { sphere, matrix: multiply([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...volume.offset, 1], [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1]) };
}

/**
 * @param {import('./plan.js').PointsPlan} plan
 * @returns {import('./glb-materials.js').DecodedMaterial}
 */
function makeMaterial({ color, constantColor = [255, 255, 255, 255] }) {
  const [r, g, b, a] = constantColor.map(c => c / 255), linear = (/** @type {number} */ c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  return {
    unlit: true, baseColor: [linear(r), linear(g), linear(b), a], baseColorTexture: null, metallic: 0, roughness: 1, metallicRoughnessTexture: null, normalTexture: null,
    occlusionTexture: null, emissive: [0, 0, 0], emissiveTexture: null, alphaMode: color === 'Rgba' || a < 1 ? 'BLEND' : 'OPAQUE', alphaCutoff: 0.5, doubleSided: false,
    vertexColorsAreSrgb: true,
  };
}
