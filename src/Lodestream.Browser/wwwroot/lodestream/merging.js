// Merges geometries into one: what each is drawn with is turned into the batch's frame, vertex by vertex.
import * as THREE from 'three';

/**
 * @typedef {object} Source
 * @property {THREE.BufferGeometry} geometry whose arrays are in main memory
 * @property {THREE.Matrix4} matrix to the scene's frame
 */

/**
 * @typedef {object} Layout An attribute of a merged geometry. Directions take 16 bits a component and are padded to eight bytes: GPUs like vertices of whole words.
 * @property {'position' | 'direction' | 'uv' | 'color'} kind
 * @property {new (length: number) => Float32Array | Int16Array | Uint8Array} type
 * @property {number} itemSize
 */

/**
 * Bytes that a geometry adds to a batch: at most, since few vertices do with shorter indices.
 * @param {THREE.BufferGeometry} geometry
 * @param {number} vertices
 * @param {number} indices
 */
export function bytesOf({ attributes }, vertices, indices) {
  return Object.keys(attributes).reduce((sum, name) => {
    const { type, itemSize } = layoutOf(name, /** @type {THREE.BufferAttribute} */ (attributes[name]));
    return sum + vertices * itemSize * /** @type {any} */ (type).BYTES_PER_ELEMENT;
  }, indices * 4);
}

/**
 * A geometry that is filled step by step.
 * @param {Source[]} sources of like attributes
 * @param {THREE.Vector3} center of the merged geometry's frame, in the scene's: positions relative to it are small enough for floats
 * @returns {{ geometry: THREE.BufferGeometry, steps: (() => number)[] }} each step merges a source and tells its bytes
 */
export function merge(sources, center) {
  const vertices = sources.reduce((sum, { geometry }) => sum + geometry.attributes.position.count, 0);
  const indices = sources.reduce((sum, { geometry }) => sum + indicesOf(geometry), 0);
  const geometry = new THREE.BufferGeometry();
  for (const [name, attribute] of Object.entries(sources[0].geometry.attributes)) {
    const { type, itemSize } = layoutOf(name, /** @type {THREE.BufferAttribute} */ (attribute));
    geometry.setAttribute(name, new THREE.BufferAttribute(new type(vertices * itemSize), itemSize, type !== Float32Array));
  }
  const index = vertices > 65535 ? new Uint32Array(indices) : new Uint16Array(indices);
  geometry.setIndex(new THREE.BufferAttribute(index, 1));
  let firstVertex = 0, firstIndex = 0;
  const steps = sources.map(source => {
    const vertex = firstVertex, at = firstIndex;
    firstVertex += source.geometry.attributes.position.count;
    firstIndex += indicesOf(source.geometry);
    return () => {
      const matrix = new THREE.Matrix4().makeTranslation(-center.x, -center.y, -center.z).multiply(source.matrix);
      for (const [name, attribute] of Object.entries(source.geometry.attributes))
        copy(name, /** @type {THREE.BufferAttribute} */ (attribute), /** @type {THREE.BufferAttribute} */ (geometry.attributes[name]), vertex, matrix);
      copyIndices(source.geometry, index, at, vertex, matrix.determinant() < 0);
      return bytesOf(source.geometry, source.geometry.attributes.position.count, indicesOf(source.geometry));
    };
  });
  return { geometry, steps };
}

/** @param {THREE.BufferGeometry} geometry */
function indicesOf({ index, attributes }) {
  return index ? index.count : attributes.position.count;
}

/**
 * @param {string} name as three.js names it
 * @param {THREE.BufferAttribute} attribute
 * @returns {Layout}
 */
function layoutOf(name, { array, itemSize }) {
  if (name === 'position')
    return { kind: 'position', type: Float32Array, itemSize: 3 };
  if (name === 'normal' || name === 'tangent')
    return { kind: 'direction', type: Int16Array, itemSize: 4 };
  if (name === 'color')
    return { kind: 'color', type: array instanceof Uint8Array ? Uint8Array : Float32Array, itemSize };
  return { kind: 'uv', type: Float32Array, itemSize: 2 };
}

/**
 * @param {string} name
 * @param {THREE.BufferAttribute} from
 * @param {THREE.BufferAttribute} to
 * @param {number} vertex the first in the merged geometry
 * @param {THREE.Matrix4} matrix
 */
function copy(name, from, to, vertex, matrix) {
  switch (layoutOf(name, from).kind) {
    case 'position':
      copyPositions(from, /** @type {Float32Array} */ (to.array), vertex * 3, matrix);
      break;
    case 'direction':
      // Tangents lie in the surface, normals stand on it.
      copyDirections(from, /** @type {Int16Array} */ (to.array), vertex * 4,
        name === 'tangent' ? new THREE.Matrix3().setFromMatrix4(matrix) : new THREE.Matrix3().getNormalMatrix(matrix));
      break;
    default:
      copyValues(from, to, vertex * to.itemSize);
  }
}

/**
 * @param {THREE.BufferAttribute} from
 * @param {Float32Array} to
 * @param {number} at
 * @param {THREE.Matrix4} matrix
 */
function copyPositions({ array, itemSize, count, normalized }, to, at, { elements: m }) {
  const scale = scaleOf(array, normalized);
  for (let i = 0, from = 0; i < count; i++, from += itemSize, at += 3) {
    const x = array[from] * scale, y = array[from + 1] * scale, z = array[from + 2] * scale;
    to[at] = m[0] * x + m[4] * y + m[8] * z + m[12];
    to[at + 1] = m[1] * x + m[5] * y + m[9] * z + m[13];
    to[at + 2] = m[2] * x + m[6] * y + m[10] * z + m[14];
  }
}

/**
 * @param {THREE.BufferAttribute} from
 * @param {Int16Array} to
 * @param {number} at
 * @param {THREE.Matrix3} matrix
 */
function copyDirections({ array, itemSize, count, normalized }, to, at, { elements: m }) {
  const scale = scaleOf(array, normalized);
  for (let i = 0, from = 0; i < count; i++, from += itemSize, at += 4) {
    const x = array[from], y = array[from + 1], z = array[from + 2];
    const u = m[0] * x + m[3] * y + m[6] * z, v = m[1] * x + m[4] * y + m[7] * z, w = m[2] * x + m[5] * y + m[8] * z;
    const length = 32767 / (Math.sqrt(u * u + v * v + w * w) || 1);
    to[at] = Math.round(u * length);
    to[at + 1] = Math.round(v * length);
    to[at + 2] = Math.round(w * length);
    to[at + 3] = itemSize < 4 ? 0 : Math.round(array[from + 3] * scale * 32767);
  }
}

/**
 * @param {THREE.BufferAttribute} from
 * @param {THREE.BufferAttribute} into
 * @param {number} at
 */
function copyValues({ array, itemSize, count, normalized }, { array: to }, at) {
  if (array.constructor === to.constructor) {
    to.set(array.subarray(0, count * itemSize), at);
    return;
  }
  const scale = scaleOf(array, normalized);
  for (let i = 0; i < count * itemSize; i++)
    to[at + i] = array[i] * scale;
}

/**
 * @param {THREE.BufferGeometry} geometry
 * @param {Uint16Array | Uint32Array} to
 * @param {number} at
 * @param {number} vertex
 * @param {boolean} mirrored whether what was counter-clockwise is clockwise now
 */
function copyIndices({ index, attributes }, to, at, vertex, mirrored) {
  const count = index ? index.count : attributes.position.count, [second, third] = mirrored ? [2, 1] : [1, 2];
  for (let i = 0; i < count; i += 3, at += 3) {
    to[at] = vertex + (index ? index.array[i] : i);
    to[at + second] = vertex + (index ? index.array[i + 1] : i + 1);
    to[at + third] = vertex + (index ? index.array[i + 2] : i + 2);
  }
}

/**
 * @param {THREE.TypedArray} array
 * @param {boolean} normalized
 */
function scaleOf(array, normalized) {
  if (!normalized)
    return 1;
  return 1 / (array instanceof Int8Array ? 127 : array instanceof Uint8Array ? 255 : array instanceof Int16Array ? 32767 : array instanceof Uint16Array ? 65535 : 1);
}
