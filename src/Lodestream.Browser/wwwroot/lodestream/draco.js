// Draco streams as typed arrays.
import { COMPONENTS } from './glb-accessors.js';

/**
 * @typedef {object} DracoAttribute
 * @property {number} id Draco's unique id of the attribute
 * @property {number} componentType as glTF numbers it
 * @property {number} itemSize
 */

/** glTF's component types as Draco's. @type {Record<number, string>} */
const TYPES = { 5120: 'DT_INT8', 5121: 'DT_UINT8', 5122: 'DT_INT16', 5123: 'DT_UINT16', 5125: 'DT_UINT32', 5126: 'DT_FLOAT32' };

/**
 * Decodes a mesh or a cloud of points.
 * @template {string} Name
 * @param {any} draco the decoder module
 * @param {Uint8Array} bytes
 * @param {number} count vertices there must be
 * @param {Record<Name, DracoAttribute>} wanted
 * @param {'mesh' | 'points'} kind
 */
export function decodeDraco(draco, bytes, count, wanted, kind) {
  const decoder = new draco.Decoder(), geometry = kind === 'mesh' ? new draco.Mesh() : new draco.PointCloud();
  try {
    const status = kind === 'mesh' ? decoder.DecodeArrayToMesh(bytes, bytes.length, geometry) : decoder.DecodeArrayToPointCloud(bytes, bytes.length, geometry);
    if (!status.ok() || geometry.ptr === 0)
      throw new Error(`its Draco stream of ${bytes.length} bytes is broken: ${status.error_msg()}`);
    if (geometry.num_points() !== count)
      throw new Error(`its Draco stream has ${geometry.num_points()} vertices where ${count} are named`);
    const entries = Object.entries(/** @type {Record<string, DracoAttribute>} */ (wanted)).map(([name, attribute]) => [name, readAttribute(draco, decoder, geometry, name, attribute)]);
    return {
      attributes: /** @type {Record<Name, import('./glb-accessors.js').ComponentArray>} */ (Object.fromEntries(entries)),
      indices: kind === 'mesh' ? readIndices(draco, decoder, geometry) : null,
    };
  } finally {
    draco.destroy(geometry);
    draco.destroy(decoder);
  }
}

/**
 * @param {any} draco
 * @param {any} decoder
 * @param {any} geometry
 * @param {string} name
 * @param {DracoAttribute} attribute
 */
function readAttribute(draco, decoder, geometry, name, { id, componentType, itemSize }) {
  const attribute = decoder.GetAttributeByUniqueId(geometry, id), Component = COMPONENTS[componentType];
  if (attribute.ptr === 0 || attribute.num_components() !== itemSize || !Component)
    throw new Error(`its Draco stream has no attribute ${id} of ${itemSize} components for ${name}`);
  const length = geometry.num_points() * itemSize, bytes = length * Component.BYTES_PER_ELEMENT, address = draco._malloc(bytes);
  decoder.GetAttributeDataArrayForAllPoints(geometry, attribute, draco[TYPES[componentType]], bytes, address);
  const array = new Component(length);
  new Uint8Array(array.buffer).set(draco.HEAPU8.subarray(address, address + bytes));
  draco._free(address);
  return array;
}

/**
 * @param {any} draco
 * @param {any} decoder
 * @param {any} mesh
 */
function readIndices(draco, decoder, mesh) {
  const length = mesh.num_faces() * 3, address = draco._malloc(length * 4);
  decoder.GetTrianglesUInt32Array(mesh, length * 4, address);
  const indices = new Uint32Array(length);
  new Uint8Array(indices.buffer).set(draco.HEAPU8.subarray(address, address + length * 4));
  draco._free(address);
  return indices;
}
