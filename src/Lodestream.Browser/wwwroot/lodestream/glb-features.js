// What tells a model's features apart, and the bytes their properties are in: kept beside what is drawn until someone asks.
import { bytesOf } from './plan.js';

/**
 * @typedef {object} FeatureIds A set of feature ids: of an attribute, of a texture, or the vertex's or instance's own number.
 * @property {string | null} attribute
 * @property {{ texture: number, texCoord: number, channels: number[] } | null} texture
 * @property {number} propertyTable −1 for none
 * @property {number} nullFeatureId −1 for none
 * @property {string | null} label
 */

/**
 * @typedef {object} ModelFeatures
 * @property {{ json: Uint8Array<ArrayBuffer>, binary: Uint8Array<ArrayBuffer>, length: number } | null} batchTable
 * @property {{ extension: Uint8Array<ArrayBuffer>, schema: Uint8Array<ArrayBuffer> | null, viewNumbers: number[], views: Uint8Array<ArrayBuffer>[] } | null} metadata
 * @property {{ texture: number, texCoord: number, channels: number[] }[][]} propertyTextures what each property texture reads
 */

/**
 * @typedef {object} PrimitiveFeatures
 * @property {FeatureIds[]} ids
 * @property {number[]} propertyTextures
 * @property {number[]} propertyAttributes
 */

/** @type {PrimitiveFeatures} */
export const NO_FEATURES = { ids: [], propertyTextures: [], propertyAttributes: [] };

/**
 * Copies what is kept of a part.
 * @param {import('./plan.js').PartPlan} plan
 * @param {ArrayBuffer[]} files
 * @param {import('./glb-source.js').GlbSource} [source] of a model
 * @returns {ModelFeatures}
 */
export function decodeFeatures(plan, files, source) {
  const table = plan.batchTable, model = plan.kind === 'model' ? plan : null;
  /** @type {{ properties?: Record<string, any> }[]} */
  const textures = source?.json.extensions?.EXT_structural_metadata?.propertyTextures ?? [];
  return {
    batchTable: table ? { json: new Uint8Array(files[0], ...table.json).slice(), binary: new Uint8Array(files[0], ...table.binary).slice(), length: table.length } : null,
    metadata: model?.metadata && source ? {
      extension: bytesOf(files, model.metadata).slice(),
      schema: model.schema ? bytesOf(files, model.schema).slice() : null,
      viewNumbers: model.tableViews ?? [],
      views: (model.tableViews ?? []).map(view => source.view(view).slice()),
    } : null,
    propertyTextures: textures.map(({ properties }) => Object.values(properties ?? {}).map(readTexture)),
  };
}

/** Bytes that are kept of a part beside its vertices. @param {ModelFeatures} features */
export function bytesOfFeatures({ batchTable, metadata }) {
  return (batchTable ? batchTable.json.length + batchTable.binary.length : 0)
    + (metadata ? metadata.extension.length + (metadata.schema?.length ?? 0) + metadata.views.reduce((sum, view) => sum + view.length, 0) : 0);
}

/**
 * @param {any} extensions of a primitive
 * @returns {PrimitiveFeatures}
 */
export function decodePrimitiveFeatures(extensions) {
  const metadata = extensions?.EXT_structural_metadata;
  return {
    ids: (extensions?.EXT_mesh_features?.featureIds ?? []).map(decodeFeatureIds),
    propertyTextures: metadata?.propertyTextures ?? [],
    propertyAttributes: metadata?.propertyAttributes ?? [],
  };
}

/**
 * @param {any} set of EXT_mesh_features or EXT_instance_features
 * @returns {FeatureIds}
 */
export function decodeFeatureIds(set) {
  return {
    attribute: set.attribute === undefined ? null : `_FEATURE_ID_${set.attribute}`,
    texture: set.texture ? readTexture(set.texture) : null,
    propertyTable: set.propertyTable ?? -1,
    nullFeatureId: set.nullFeatureId ?? -1,
    label: set.label ?? null,
  };
}

/**
 * Names of the vertex attributes that are kept of a primitive.
 * @param {any} json
 * @param {PrimitiveFeatures} features
 */
export function keptAttributes(json, { ids, propertyAttributes }) {
  const read = propertyAttributes.flatMap(number => Object.values(json.extensions?.EXT_structural_metadata?.propertyAttributes?.[number]?.properties ?? {}));
  return new Set(['_BATCHID', ...ids.flatMap(({ attribute }) => attribute ?? []), ...read.map(property => String(/** @type {any} */ (property).attribute))]);
}

/**
 * The images that are looked into, pixel by pixel.
 * @param {PrimitiveFeatures} features
 * @param {ModelFeatures} model
 * @param {import('./glb-materials.js').DecodedTexture[]} textures
 */
export function dataImages({ ids, propertyTextures }, model, textures) {
  const read = [...ids.flatMap(({ texture }) => texture ?? []), ...propertyTextures.flatMap(number => model.propertyTextures[number] ?? [])];
  return read.flatMap(({ texture }) => textures[texture]?.image >= 0 ? [textures[texture].image] : []);
}

/** @param {any} info */
function readTexture({ index, texCoord = 0, channels = [0] }) {
  return { texture: index, texCoord, channels };
}
