// Decodes a payload of a manifest scene into typed arrays and images, the same that UntoldGeometry.cs makes.
import { boundingSphere } from './glb.js';
import { decodeFeatures, NO_FEATURES } from './glb-features.js';
import { decodeImage } from './glb-images.js';
import { decodeLz4 } from './lz4.js';
import { bytesOf } from './plan.js';

/** Bytes of a vertex: position, normal, tangent, two texture coordinates, colour. */
const STRIDE = 32;

/**
 * @param {import('./plan.js').UntoldPlan} plan
 * @param {ArrayBuffer[]} files
 * @param {import('./glb-images.js').BlockFormat | null} blocks
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 * @returns {Promise<import('./glb.js').DecodedModel>}
 */
export async function decodeUntold(plan, files, blocks, checkpoint) {
  const vertices = open(plan.vertices, files[0]), indices = open(plan.indices, files[0]);
  return {
    matrix: plan.matrix,
    meshes: plan.meshes.map(mesh => mesh.map(primitive => decodePrimitive(primitive, vertices, indices))),
    draws: plan.draws.map(({ mesh, matrix }) => ({ mesh, matrix, instances: null })),
    materials: plan.materials,
    textures: plan.textures.map(image => ({ image, magFilter: 9729, minFilter: 9987, wrapS: 10497, wrapT: 10497 })),
    images: await decodeUntoldImages(plan, files, blocks, checkpoint),
    imageNames: namesOf(plan),
    dataImages: [],
    features: decodeFeatures(plan, files),
  };
}

// Those that are made of others are named by them.
/** @param {import('./plan.js').UntoldPlan} plan */
function namesOf({ images, imageNames, packed }) {
  return [...imageNames.slice(0, images.length), ...packed.map(([roughness, roughnessChannel, metallic, metallicChannel]) =>
    `${imageNames[roughness]}/${roughnessChannel}/${imageNames[metallic]}/${metallicChannel}`)];
}

/**
 * @param {import('./plan.js').UntoldChunk} chunk
 * @param {ArrayBuffer} file
 */
function open({ bytes: [offset, length], lz4, decoded }, file) {
  const stored = new Uint8Array(file, offset, length);
  return lz4 ? decodeLz4(stored, decoded) : stored;
}

/**
 * Chunks of a payload one behind the other, unpacked, each from a multiple of 16 bytes on.
 * @param {import('./plan.js').UntoldChunk[]} chunks
 * @param {ArrayBuffer} file
 */
export function unpackChunks(chunks, file) {
  const aligned = (/** @type {number} */ bytes) => Math.ceil(bytes / 16) * 16;
  const unpacked = new Uint8Array(chunks.reduce((sum, { decoded }) => sum + aligned(decoded), 0));
  let at = 0;
  for (const chunk of chunks) {
    unpacked.set(open(chunk, file), at);
    at += aligned(chunk.decoded);
  }
  return unpacked.buffer;
}

/**
 * @param {import('./plan.js').UntoldMesh} mesh
 * @param {Uint8Array<ArrayBuffer>} vertices
 * @param {Uint8Array<ArrayBuffer>} allIndices
 * @returns {import('./glb.js').DecodedPrimitive}
 */
function decodePrimitive(mesh, vertices, allIndices) {
  const { count } = mesh, view = new DataView(vertices.buffer, vertices.byteOffset + mesh.vertices, count * STRIDE);
  const positions = new Float32Array(count * 3), normals = new Int16Array(count * 4), uvs = new Float32Array(count * 2), colors = new Uint8Array(count * 4);
  const tangents = mesh.tangents ? new Int16Array(count * 4) : null;
  for (let i = 0, at = 0; i < count; i++, at += STRIDE) {
    for (let c = 0; c < 3; c++)
      positions[i * 3 + c] = view.getFloat32(at + c * 4, true);
    writeDirection(normals, i * 4, view.getUint32(at + 12, true), 0);
    if (tangents) {
      const packed = view.getInt32(at + 16, true);
      writeDirection(tangents, i * 4, packed, packed >> 30 < 0 ? -32767 : 32767);
    }
    uvs[i * 2] = halfFloat(view.getUint16(at + 20, true));
    uvs[i * 2 + 1] = halfFloat(view.getUint16(at + 22, true));
    for (let c = 0; c < 4; c++)
      colors[i * 4 + c] = view.getUint8(at + 28 + c);
  }
  const attribute = (/** @type {import('./glb-accessors.js').ComponentArray} */ array, /** @type {number} */ itemSize, /** @type {boolean} */ normalized) => ({ array, itemSize, normalized });
  /** @type {Record<string, import('./glb.js').DecodedAttribute>} */
  const attributes = { POSITION: attribute(positions, 3, false), NORMAL: attribute(normals, 4, true), TEXCOORD_0: attribute(uvs, 2, false), COLOR_0: attribute(colors, 4, true) };
  if (tangents)
    attributes.TANGENT = attribute(tangents, 4, true);
  return {
    topology: 'triangles', attributes, kept: {}, indices: readIndices(mesh, allIndices), material: mesh.material,
    sphere: boundingSphere(null, attributes.POSITION), features: NO_FEATURES, keepsIdentity: mesh.keepsIdentity,
  };
}

/**
 * @param {import('./plan.js').UntoldMesh} mesh
 * @param {Uint8Array<ArrayBuffer>} all
 */
function readIndices({ indices: from, indexCount, indexBytes, count }, all) {
  const bytes = all.slice(from, from + indexCount * indexBytes);
  const indices = indexBytes === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  for (let i = 0; i < indexCount; i++) {
    if (indices[i] >= count)
      throw new Error(`a mesh has index ${indices[i]} at ${i}, of ${count} vertices`);
  }
  return indices;
}

/**
 * Three components of ten bits as normalized 16-bit ones: 511 becomes 32767.
 * @param {Int16Array} into
 * @param {number} at
 * @param {number} packed
 * @param {number} fourth
 */
function writeDirection(into, at, packed, fourth) {
  for (let c = 0; c < 3; c++) {
    const steps = Math.max(-511, packed << (22 - c * 10) >> 22), scaled = Math.abs(steps) * 32767 / 511;
    into[at + c] = Math.sign(steps) * Math.floor(scaled + 0.5);
  }
  into[at + 3] = fourth;
}

/** @param {number} bits */
function halfFloat(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent === 0)
    return sign * fraction * 2 ** -24;
  return exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * @param {import('./plan.js').UntoldPlan} plan
 * @param {ArrayBuffer[]} files
 * @param {import('./glb-images.js').BlockFormat | null} blocks
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 */
async function decodeUntoldImages({ images: sources, packed, textures, materials }, files, blocks, checkpoint) {
  /** @type {(import('./glb-images.js').DecodedImage | null)[]} */
  const images = [];
  const drawn = new Set(materials.flatMap(material => [material.baseColorTexture, material.normalTexture, material.metallicRoughnessTexture, material.emissiveTexture, material.occlusionTexture]
    .flatMap(used => used ? [textures[used.texture]] : [])));
  try {
    for (const [index, source] of sources.entries()) {
      // Between two images a cancellation can get through.
      await checkpoint();
      images.push(await decodeOrLeave(bytesOf(files, source), index, blocks));
    }
    for (const channels of packed)
      images.push(await pack(images, channels));
    return images.map((image, index) => {
      if (drawn.has(index))
        return image;

      // Only looked into for another.
      if (image instanceof ImageBitmap)
        image.close();
      return null;
    });
  } catch (error) {
    images.forEach(image => image instanceof ImageBitmap && image.close());
    throw error;
  }
}

/**
 * A texture that cannot be decoded never keeps geometry from being drawn.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} index
 * @param {import('./glb-images.js').BlockFormat | null} blocks
 */
async function decodeOrLeave(bytes, index, blocks) {
  try {
    return await decodeImage(bytes, undefined, index, blocks);
  } catch {
    return null;
  }
}

/**
 * An image with the roughness in green and the metalness in blue; 255 where there is none.
 * @param {(import('./glb-images.js').DecodedImage | null)[]} images
 * @param {[number, number, number, number]} channels
 */
async function pack(images, [roughness, roughnessChannel, metallic, metallicChannel]) {
  const from = (/** @type {number} */ index) => images[index] instanceof ImageBitmap ? /** @type {ImageBitmap} */ (images[index]) : null;
  const rough = from(roughness), metal = from(metallic);
  const width = Math.max(rough?.width ?? 0, metal?.width ?? 0), height = Math.max(rough?.height ?? 0, metal?.height ?? 0);
  if (width === 0)
    return null;
  const packed = new ImageData(width, height);
  packed.data.fill(255);
  const take = (/** @type {ImageBitmap | null} */ image, /** @type {number} */ channel, /** @type {number} */ into) => {
    if (!image)
      return;
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true }));
    context.drawImage(image, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    for (let i = 0; i < data.length; i += 4)
      packed.data[i + into] = data[i + channel];
  };
  take(rough, roughnessChannel, 1);
  take(metal, metallicChannel, 2);
  return createImageBitmap(packed, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
}
