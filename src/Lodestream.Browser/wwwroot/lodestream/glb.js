// Decodes a glTF 2.0 model into typed arrays and images.
import { decodeDraco } from './draco.js';
import { COMPONENTS, ITEM_SIZES, readAccessor, toTriangleList } from './glb-accessors.js';
import { dataImages, decodeFeatures, decodePrimitiveFeatures, keptAttributes } from './glb-features.js';
import { decodeImages } from './glb-images.js';
import { decodeMaterial, decodeTexture, texturesOf } from './glb-materials.js';
import { GlbSource } from './glb-source.js';
import { loadDraco } from './decoders.js';
import { collectDraws } from './instances.js';
import { keepsIdentity, UnsupportedError } from './plan.js';

/**
 * @typedef {object} DecodedAttribute
 * @property {import('./glb-accessors.js').ComponentArray} array
 * @property {number} itemSize
 * @property {boolean} normalized
 */

/**
 * @typedef {object} DecodedPrimitive
 * @property {'triangles' | 'lines' | 'line-strip' | 'line-loop' | 'points'} topology
 * @property {Record<string, DecodedAttribute>} attributes what is drawn, by glTF semantic
 * @property {Record<string, DecodedAttribute>} kept what is only asked for: feature ids and the like
 * @property {Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | null} indices
 * @property {number} material index into materials, −1 for the default material
 * @property {{ center: number[], radius: number, min: number[], max: number[] }} sphere around the positions, and their box
 * @property {boolean} keepsIdentity whether its name says that it is to be told from others
 * @property {import('./glb-features.js').PrimitiveFeatures} features
 */

/**
 * @typedef {object} DecodedModel
 * @property {number[]} matrix from the model's frame to the content's, column-major
 * @property {(DecodedPrimitive[] | null)[]} meshes those that the scene reaches
 * @property {import('./instances.js').DecodedDraw[]} draws
 * @property {import('./glb-materials.js').DecodedMaterial[]} materials
 * @property {import('./glb-materials.js').DecodedTexture[]} textures
 * @property {(import('./glb-images.js').DecodedImage | null)[]} images those that something needs
 * @property {(string | null)[]} imageNames of each that is in a file of its own, the same wherever that is named
 * @property {number[]} dataImages of the images, those that are looked into
 * @property {import('./glb-features.js').ModelFeatures} features
 */

/** What is drawn of a primitive's attributes. */
const DRAWN = new Set(['POSITION', 'NORMAL', 'TANGENT', 'COLOR_0', 'TEXCOORD_0', 'TEXCOORD_1', 'TEXCOORD_2', 'TEXCOORD_3']);

/**
 * Decodes a model.
 * @param {import('./plan.js').ModelPlan} plan
 * @param {ArrayBuffer[]} files
 * @param {import('./glb-images.js').BlockFormat | null} blocks
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 * @returns {Promise<DecodedModel>}
 */
export async function decodeModel(plan, files, blocks, checkpoint) {
  const source = new GlbSource(plan, files), { json } = source;
  refuseWhatMoves(json);
  await source.open();
  const draws = collectDraws(source, plan, files).filter(draw => plan.only === undefined || draw.mesh === plan.only), used = new Set(draws.map(draw => draw.mesh));
  const decoder = new PrimitiveDecoder(source, usesDraco(json) ? await loadDraco() : null);
  const meshes = await decodeMeshes(json, used, decoder, checkpoint), primitives = meshes.flatMap(mesh => mesh ?? []);
  const materials = (json.materials ?? []).map(decodeMaterial), textures = (json.textures ?? []).map((/** @type {any} */ texture) => decodeTexture(json, texture));
  const features = decodeFeatures(plan, files, source);
  const looked = new Set(primitives.flatMap(primitive => dataImages(primitive.features, features, textures)));
  const drawn = primitives.flatMap(({ material }) => texturesOf(materials[material])).map(texture => textures[texture]?.image ?? -1).filter(image => image >= 0);
  return {
    matrix: plan.matrix,
    meshes,
    draws,
    materials,
    textures,
    images: await decodeImages(source, new Set([...drawn, ...looked]), blocks, checkpoint),
    imageNames: plan.imageNames,
    dataImages: [...looked],
    features,
  };
}

/**
 * @param {any} json
 * @param {Set<number>} used meshes that the scene reaches
 * @param {PrimitiveDecoder} decoder
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 */
async function decodeMeshes(json, used, decoder, checkpoint) {
  /** @type {DecodedModel['meshes']} */
  const meshes = (json.meshes ?? []).map(() => null);
  for (const [i, { name, primitives: found }] of (json.meshes ?? []).entries()) {
    if (!used.has(i))
      continue;
    /** @type {DecodedPrimitive[]} */
    const primitives = meshes[i] = [];
    for (const primitive of found) {
      await checkpoint();
      primitives.push(decoder.decode(primitive, keepsIdentity(name)));
    }
  }
  return meshes;
}

/** @param {any} json */
function refuseWhatMoves(json) {
  if (json.skins?.length || json.animations?.length)
    throw new UnsupportedError('skins or animations');
  if (json.meshes?.some((/** @type {any} */ mesh) => mesh.primitives.some((/** @type {any} */ p) => p.targets?.length)))
    throw new UnsupportedError('morph targets');
}

/** @param {any} json */
function usesDraco(json) {
  return json.meshes?.some((/** @type {any} */ mesh) => mesh.primitives.some((/** @type {any} */ p) => p.extensions?.KHR_draco_mesh_compression));
}

/** Decodes primitives; what they share is decoded once, and stays shared. */
class PrimitiveDecoder {
  #source;
  #draco;
  /** @type {Map<string, any>} */
  #shared = new Map();

  /**
   * @param {GlbSource} source
   * @param {any} draco
   */
  constructor(source, draco) {
    this.#source = source;
    this.#draco = draco;
  }

  /**
   * @param {any} primitive
   * @param {boolean} keepsIdentity
   * @returns {DecodedPrimitive}
   */
  decode(primitive, keepsIdentity) {
    if (primitive.attributes?.POSITION === undefined)
      throw new Error('a primitive has no positions');
    const { json } = this.#source, features = decodePrimitiveFeatures(primitive.extensions), keep = keptAttributes(json, features);
    const compressed = this.#decompress(primitive, keep);
    /** @type {Record<string, DecodedAttribute>} */
    const attributes = {};
    /** @type {Record<string, DecodedAttribute>} */
    const kept = {};
    for (const [semantic, accessor] of Object.entries(primitive.attributes)) {
      if (DRAWN.has(semantic))
        attributes[semantic] = compressed?.attributes[semantic] ?? this.#accessor(accessor);
      else if (keep.has(semantic))
        kept[semantic] = compressed?.attributes[semantic] ?? this.#accessor(accessor);
    }
    const mode = primitive.mode ?? 4;
    return {
      topology: mode >= 4 ? 'triangles' : /** @type {const} */ (['points', 'lines', 'line-loop', 'line-strip'])[mode],
      attributes,
      kept,
      indices: compressed ? compressed.indices : this.#indices(primitive, mode, attributes.POSITION.array.length / 3),
      material: primitive.material ?? -1,
      sphere: boundingSphere(json.accessors[primitive.attributes.POSITION], attributes.POSITION),
      features,
      keepsIdentity,
    };
  }

  /** @param {number} index */
  #accessor(index) {
    return this.#once(`accessor ${index}`, () => readAccessor(this.#source, index));
  }

  /**
   * @param {any} primitive
   * @param {number} mode
   * @param {number} vertices
   */
  #indices({ indices }, mode, vertices) {
    const key = mode === 5 || mode === 6 ? mode : 4;
    const make = () => toTriangleList(mode, indices === undefined ? null : readAccessor(this.#source, indices).array, vertices);
    return indices === undefined ? make() : this.#once(`indices ${indices} ${key}`, make);
  }

  /**
   * The geometry of a Draco stream; null where there is none.
   * @param {any} primitive
   * @param {Set<string>} keep
   */
  #decompress(primitive, keep) {
    const stream = primitive.extensions?.KHR_draco_mesh_compression;
    if (!stream)
      return null;
    const { json } = this.#source, count = json.accessors[primitive.attributes.POSITION].count;
    const names = Object.keys(stream.attributes).filter(name => primitive.attributes[name] !== undefined && (DRAWN.has(name) || keep.has(name)));
    return this.#once(`draco ${stream.bufferView} ${primitive.indices} ${names.map(name => primitive.attributes[name])}`, () => {
      const wanted = Object.fromEntries(names.map(name => {
        const { componentType, type } = json.accessors[primitive.attributes[name]];
        return [name, { id: stream.attributes[name], componentType, itemSize: ITEM_SIZES[type] }];
      }));
      const { attributes, indices } = decodeDraco(this.#draco, this.#source.view(stream.bufferView), count, wanted, 'mesh');
      return {
        attributes: Object.fromEntries(names.map(name =>
          [name, { array: attributes[name], itemSize: wanted[name].itemSize, normalized: json.accessors[primitive.attributes[name]].normalized ?? false }])),
        indices: narrow(/** @type {Uint32Array<ArrayBuffer>} */ (indices), json.accessors[primitive.indices]?.componentType),
      };
    });
  }

  /**
   * @template T
   * @param {string} key
   * @param {() => T} make
   * @returns {T}
   */
  #once(key, make) {
    let made = this.#shared.get(key);
    if (made === undefined)
      this.#shared.set(key, made = make());
    return made;
  }
}

/**
 * Indices of the width that the file names, of 16 bits at least.
 * @param {Uint32Array<ArrayBuffer>} indices
 * @param {number | undefined} componentType
 */
function narrow(indices, componentType) {
  return COMPONENTS[componentType ?? 5125] === Uint32Array ? indices : Uint16Array.from(indices);
}

/**
 * @param {any} accessor
 * @param {DecodedAttribute} positions
 */
export function boundingSphere(accessor, { array, normalized }) {
  const min = [Infinity, Infinity, Infinity], max = [-Infinity, -Infinity, -Infinity];
  if (accessor?.min && accessor.max && !normalized && !accessor.sparse) {
    min.splice(0, 3, ...accessor.min);
    max.splice(0, 3, ...accessor.max);
  } else {
    const scale = normalized ? 1 / normalizedMaximum(array) : 1;
    for (let i = 0; i < array.length; i++) {
      min[i % 3] = Math.min(min[i % 3], array[i] * scale);
      max[i % 3] = Math.max(max[i % 3], array[i] * scale);
    }
  }
  if (array.length === 0)
    return { center: [0, 0, 0], radius: 0, min: [0, 0, 0], max: [0, 0, 0] };
  return {
    center: [0, 1, 2].map(i => (min[i] + max[i]) / 2),
    radius: Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2,
    min,
    max,
  };
}

/** @param {import('./glb-accessors.js').ComponentArray} array */
function normalizedMaximum(array) {
  return array instanceof Int8Array ? 127 : array instanceof Uint8Array ? 255 : array instanceof Int16Array ? 32767 : 65535;
}
