// Decodes binary glTF 2.0 into typed arrays and images that can be transferred between threads. No three.js here: workers have no import map.
import { readAccessor, toTriangleList } from './glb-accessors.js';

/**
 * @typedef {object} DecodedAttribute
 * @property {import('./glb-accessors.js').ComponentArray} array
 * @property {number} itemSize
 * @property {boolean} normalized
 */

/**
 * @typedef {object} DecodedPrimitive
 * @property {'triangles' | 'lines' | 'line-strip' | 'line-loop' | 'points'} topology
 * @property {Record<string, DecodedAttribute>} attributes by glTF semantic
 * @property {Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | null} indices
 * @property {number} material index into materials, −1 for the default material
 * @property {{ center: number[], radius: number }} sphere around the positions
 */

/**
 * @typedef {object} DecodedTexture
 * @property {number} image
 * @property {number} magFilter WebGL enum
 * @property {number} minFilter WebGL enum
 * @property {number} wrapS WebGL enum
 * @property {number} wrapT WebGL enum
 */

/**
 * @typedef {object} TextureReference
 * @property {number} texture
 * @property {number} texCoord
 * @property {number} scale a normal map's scale, an occlusion map's strength
 */

/**
 * @typedef {object} DecodedMaterial
 * @property {boolean} unlit
 * @property {number[]} baseColor linear, with alpha
 * @property {TextureReference | null} baseColorTexture
 * @property {number} metallic
 * @property {number} roughness
 * @property {TextureReference | null} metallicRoughnessTexture
 * @property {TextureReference | null} normalTexture
 * @property {TextureReference | null} occlusionTexture
 * @property {number[]} emissive linear
 * @property {TextureReference | null} emissiveTexture
 * @property {'OPAQUE' | 'MASK' | 'BLEND'} alphaMode
 * @property {number} alphaCutoff
 * @property {boolean} doubleSided
 */

/**
 * @typedef {object} DecodedGlb
 * @property {DecodedPrimitive[][]} meshes
 * @property {{ mesh: number, matrix: number[] }[]} instances meshes of the scene's nodes, with their matrices in the glb's frame, column-major
 * @property {DecodedMaterial[]} materials
 * @property {DecodedTexture[]} textures
 * @property {ImageBitmap[]} images
 * @property {number} bytes of main memory that arrays and images hold
 */

/** The glb is fine, but needs a decoder that knows more. */
export class UnsupportedError extends Error {}

/** Nobody wants the result any more. */
export class CancelledError extends Error {}

/** Extensions that need nothing but what is done here. */
const KNOWN_EXTENSIONS = new Set(['KHR_materials_unlit', 'KHR_mesh_quantization']);

/** Extensions that add what can be left out without drawing anything wrong: metadata, and labels on it. */
const IGNORED_EXTENSIONS = new Set(['EXT_mesh_features', 'EXT_structural_metadata', 'KHR_xmp_json_ld', 'CESIUM_primitive_outline', 'CESIUM_RTC']);

/**
 * Decodes a glb.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {() => boolean} isCancelled
 * @returns {Promise<{ content: DecodedGlb, transfer: Transferable[] }>}
 */
export async function decodeGlb(bytes, isCancelled) {
  const { json, binary } = readContainer(bytes);
  refuseWhatIsNotKnown(json);
  const images = await decodeImages(json, binary, isCancelled);
  const meshes = (json.meshes ?? []).map((/** @type {any} */ mesh) => mesh.primitives.map((/** @type {any} */ primitive) => decodePrimitive(json, binary, primitive)));
  const content = {
    meshes,
    instances: collectInstances(json),
    materials: (json.materials ?? []).map(decodeMaterial),
    textures: (json.textures ?? []).map((/** @type {any} */ texture) => decodeTexture(json, texture)),
    images,
    bytes: 0,
  };
  const transfer = collectTransferables(content);
  content.bytes = transfer.reduce((sum, item) => sum + (item instanceof ArrayBuffer ? item.byteLength : item.width * item.height * 4), 0);
  return { content, transfer };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function readContainer(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint32(0, true) !== 0x46546c67 || view.getUint32(16, true) !== 0x4e4f534a)
    throw new Error('the content is not a glb');
  const jsonLength = view.getUint32(12, true);
  if (20 + jsonLength > bytes.length)
    throw new Error(`the glb's JSON ends at byte ${20 + jsonLength} of ${bytes.length}`);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + jsonLength)));
  const at = 20 + jsonLength;
  let binary = new Uint8Array(0);
  if (at + 8 <= bytes.length) {
    const length = view.getUint32(at, true);
    if (at + 8 + length > bytes.length)
      throw new Error(`the glb's binary chunk ends at byte ${at + 8 + length} of ${bytes.length}`);
    binary = bytes.subarray(at + 8, at + 8 + length);
  }
  return { json, binary };
}

/** @param {any} json */
function refuseWhatIsNotKnown(json) {
  const unknown = (json.extensionsUsed ?? []).filter((/** @type {string} */ name) => !KNOWN_EXTENSIONS.has(name) && !IGNORED_EXTENSIONS.has(name));
  if (unknown.length > 0)
    throw new UnsupportedError(unknown.join(', '));
  if (json.skins?.length || json.animations?.length)
    throw new UnsupportedError('skins or animations');
  if (json.meshes?.some((/** @type {any} */ mesh) => mesh.primitives.some((/** @type {any} */ p) => p.targets?.length)))
    throw new UnsupportedError('morph targets');
  if (json.buffers?.some((/** @type {any} */ buffer, /** @type {number} */ i) => buffer.uri || i > 0) || json.images?.some((/** @type {any} */ image) => image.uri))
    throw new Error('not supported yet: buffers or images outside the glb');
}

/**
 * @param {any} json
 * @param {Uint8Array<ArrayBuffer>} binary
 * @param {() => boolean} isCancelled
 */
async function decodeImages(json, binary, isCancelled) {
  /** @type {ImageBitmap[]} */
  const images = [];
  for (const { bufferView, mimeType } of json.images ?? []) {
    // Between two images a cancellation can get through.
    if (isCancelled()) {
      images.forEach(image => image.close());
      throw new CancelledError();
    }
    const view = json.bufferViews[bufferView], offset = view.byteOffset ?? 0;
    const blob = new Blob([binary.subarray(offset, offset + view.byteLength)], { type: mimeType });
    try {
      images.push(await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' }));
    } catch (error) {
      images.forEach(image => image.close());
      throw new Error(`image ${images.length} (${mimeType}, ${view.byteLength} bytes) cannot be decoded`, { cause: error });
    }
  }
  if (isCancelled()) {
    images.forEach(image => image.close());
    throw new CancelledError();
  }
  return images;
}

/**
 * @param {any} json
 * @param {Uint8Array<ArrayBuffer>} binary
 * @param {any} primitive
 * @returns {DecodedPrimitive}
 */
function decodePrimitive(json, binary, primitive) {
  if (primitive.attributes?.POSITION === undefined)
    throw new Error('a primitive has no positions');
  /** @type {Record<string, DecodedAttribute>} */
  const attributes = {};
  for (const [semantic, accessor] of Object.entries(primitive.attributes)) {
    // Feature ids and their like are read by who asks for them, not drawn.
    if (!semantic.startsWith('_'))
      attributes[semantic] = readAccessor(json, binary, accessor);
  }
  const raw = primitive.indices === undefined ? null : readAccessor(json, binary, primitive.indices).array;
  const mode = primitive.mode ?? 4;
  const indices = toTriangleList(mode, raw, attributes.POSITION.array.length / 3);
  return {
    topology: mode >= 4 ? 'triangles' : /** @type {const} */ (['points', 'lines', 'line-loop', 'line-strip'])[mode],
    attributes,
    indices,
    material: primitive.material ?? -1,
    sphere: boundingSphere(json.accessors[primitive.attributes.POSITION], attributes.POSITION),
  };
}

/**
 * @param {any} accessor
 * @param {DecodedAttribute} positions
 */
function boundingSphere(accessor, { array, normalized }) {
  const min = [Infinity, Infinity, Infinity], max = [-Infinity, -Infinity, -Infinity];
  if (accessor.min && accessor.max && !normalized) {
    min.splice(0, 3, ...accessor.min);
    max.splice(0, 3, ...accessor.max);
  } else {
    const scale = normalized ? 1 / normalizedMaximum(array) : 1;
    for (let i = 0; i < array.length; i++) {
      min[i % 3] = Math.min(min[i % 3], array[i] * scale);
      max[i % 3] = Math.max(max[i % 3], array[i] * scale);
    }
  }
  return {
    center: [0, 1, 2].map(i => (min[i] + max[i]) / 2),
    radius: Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2,
  };
}

/** @param {import('./glb-accessors.js').ComponentArray} array */
function normalizedMaximum(array) {
  return array instanceof Int8Array ? 127 : array instanceof Uint8Array ? 255 : array instanceof Int16Array ? 32767 : 65535;
}

/** @param {any} json */
function collectInstances(json) {
  /** @type {{ mesh: number, matrix: number[] }[]} */
  const instances = [];
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const roots = json.scenes?.[json.scene ?? 0]?.nodes ?? (json.scenes ? [] : (json.nodes ?? []).map((/** @type {any} */ _, /** @type {number} */ i) => i));
  const limit = (json.nodes ?? []).length;
  /** @type {(index: number, parent: number[], depth: number) => void} */
  const visit = (index, parent, depth) => {
    if (depth > limit)
      throw new Error(`node ${index} is its own descendant`);
    const node = json.nodes[index], matrix = multiply(parent, node.matrix ?? compose(node));
    if (node.mesh !== undefined)
      instances.push({ mesh: node.mesh, matrix });
    for (const child of node.children ?? [])
      visit(child, matrix, depth + 1);
  };
  for (const root of roots)
    visit(root, identity, 0);
  return instances;
}

/** @param {any} node with translation, rotation (x, y, z, w) and scale */
function compose({ translation: t = [0, 0, 0], rotation: q = [0, 0, 0, 1], scale: s = [1, 1, 1] }) {
  const [x, y, z, w] = q;
  return [
    (1 - 2 * (y * y + z * z)) * s[0], 2 * (x * y + w * z) * s[0], 2 * (x * z - w * y) * s[0], 0,
    2 * (x * y - w * z) * s[1], (1 - 2 * (x * x + z * z)) * s[1], 2 * (y * z + w * x) * s[1], 0,
    2 * (x * z + w * y) * s[2], 2 * (y * z - w * x) * s[2], (1 - 2 * (x * x + y * y)) * s[2], 0,
    t[0], t[1], t[2], 1,
  ];
}

/**
 * Column-major product a·b.
 * @param {number[]} a
 * @param {number[]} b
 */
function multiply(a, b) {
  const m = new Array(16);
  for (let c = 0; c < 4; c++) {
    for (let r = 0; r < 4; r++)
      m[c * 4 + r] = a[r] * b[c * 4] + a[4 + r] * b[c * 4 + 1] + a[8 + r] * b[c * 4 + 2] + a[12 + r] * b[c * 4 + 3];
  }
  return m;
}

/**
 * @param {any} material
 * @returns {DecodedMaterial}
 */
function decodeMaterial(material) {
  const pbr = material.pbrMetallicRoughness ?? {};
  return {
    unlit: material.extensions?.KHR_materials_unlit !== undefined,
    baseColor: pbr.baseColorFactor ?? [1, 1, 1, 1],
    baseColorTexture: reference(pbr.baseColorTexture),
    metallic: pbr.metallicFactor ?? 1,
    roughness: pbr.roughnessFactor ?? 1,
    metallicRoughnessTexture: reference(pbr.metallicRoughnessTexture),
    normalTexture: reference(material.normalTexture),
    occlusionTexture: reference(material.occlusionTexture),
    emissive: material.emissiveFactor ?? [0, 0, 0],
    emissiveTexture: reference(material.emissiveTexture),
    alphaMode: material.alphaMode ?? 'OPAQUE',
    alphaCutoff: material.alphaCutoff ?? 0.5,
    doubleSided: material.doubleSided ?? false,
  };
}

/** @param {any} info */
function reference(info) {
  return info ? { texture: info.index, texCoord: info.texCoord ?? 0, scale: info.scale ?? info.strength ?? 1 } : null;
}

/**
 * @param {any} json
 * @param {any} texture
 * @returns {DecodedTexture}
 */
function decodeTexture(json, texture) {
  const sampler = json.samplers?.[texture.sampler] ?? {};
  return {
    image: texture.source,
    magFilter: sampler.magFilter ?? 9729,
    minFilter: sampler.minFilter ?? 9987,
    wrapS: sampler.wrapS ?? 10497,
    wrapT: sampler.wrapT ?? 10497,
  };
}

/** @param {DecodedGlb} content */
function collectTransferables(content) {
  /** @type {Set<ArrayBuffer | ImageBitmap>} */
  const found = new Set(content.images);
  for (const primitive of content.meshes.flat()) {
    for (const { array } of Object.values(primitive.attributes))
      found.add(array.buffer);
    if (primitive.indices)
      found.add(primitive.indices.buffer);
  }
  return [...found];
}
