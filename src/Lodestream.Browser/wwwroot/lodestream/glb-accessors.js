// glTF accessors as tight typed arrays of their own: what the GPU takes and what can be transferred.

/** @typedef {Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>} ComponentArray */

/** @type {Record<number, { new (length: number): ComponentArray, BYTES_PER_ELEMENT: number }>} */
export const COMPONENTS = { 5120: Int8Array, 5121: Uint8Array, 5122: Int16Array, 5123: Uint16Array, 5125: Uint32Array, 5126: Float32Array };

/** @type {Record<string, number>} */
export const ITEM_SIZES = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };

/**
 * Reads an accessor: interleaving is undone, sparse values are put in place.
 * @param {import('./glb-source.js').GlbSource} source
 * @param {number} index
 */
export function readAccessor(source, index) {
  const accessor = source.json.accessors?.[index];
  const Component = COMPONENTS[accessor?.componentType], itemSize = ITEM_SIZES[accessor?.type];
  if (!Component || !itemSize)
    throw new Error(`accessor ${index} is missing or of an unknown type`);
  const array = new Component(accessor.count * itemSize);
  if (accessor.bufferView !== undefined)
    copy(source, accessor.bufferView, accessor.byteOffset ?? 0, array, itemSize, index);
  if (accessor.sparse)
    applySparse(source, accessor.sparse, array, itemSize, index);
  return { array, itemSize, normalized: accessor.normalized ?? false };
}

/**
 * The index list of triangles, lists, strips and fans alike; for lines and points the indices as they are.
 * @param {number} mode
 * @param {ComponentArray | null} indices
 * @param {number} vertices
 * @returns {Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | null}
 */
export function toTriangleList(mode, indices, vertices) {
  const list = indices && (indices instanceof Uint32Array || indices instanceof Uint16Array ? indices : Uint16Array.from(indices));
  if (mode !== 5 && mode !== 6)
    return list;
  const count = list ? list.length : vertices, at = (/** @type {number} */ i) => list ? list[i] : i;
  const triangles = new (vertices > 65535 ? Uint32Array : Uint16Array)(Math.max(0, count - 2) * 3);
  for (let i = 0; i + 2 < count; i++) {
    const odd = mode === 5 && i % 2 === 1;
    triangles.set([mode === 6 ? at(0) : at(odd ? i + 1 : i), at(mode === 6 ? i + 1 : odd ? i : i + 1), at(i + 2)], i * 3);
  }
  return triangles;
}

/**
 * @param {import('./glb-source.js').GlbSource} source
 * @param {number} view
 * @param {number} offset
 * @param {ComponentArray} target
 * @param {number} itemSize
 * @param {number} accessor
 */
function copy(source, view, offset, target, itemSize, accessor) {
  const bytes = source.view(view), { byteStride = 0 } = source.json.bufferViews[view];
  const itemBytes = itemSize * target.BYTES_PER_ELEMENT, stride = byteStride || itemBytes, count = target.length / itemSize;
  const end = offset + (count === 0 ? 0 : (count - 1) * stride + itemBytes);
  if (!(end <= bytes.length))
    throw new Error(`accessor ${accessor} reaches beyond buffer view ${view}`);
  const out = new Uint8Array(target.buffer);
  if (stride === itemBytes) {
    out.set(bytes.subarray(offset, offset + out.length));
    return;
  }
  for (let i = 0, from = offset; i < count; i++, from += stride) {
    for (let b = 0; b < itemBytes; b++)
      out[i * itemBytes + b] = bytes[from + b];
  }
}

/**
 * @param {import('./glb-source.js').GlbSource} source
 * @param {any} sparse
 * @param {ComponentArray} array
 * @param {number} itemSize
 * @param {number} accessor
 */
function applySparse(source, sparse, array, itemSize, accessor) {
  const Component = COMPONENTS[sparse.indices.componentType];
  if (!Component)
    throw new Error(`accessor ${accessor} has sparse indices of an unknown type`);
  const at = new Component(sparse.count), values = new /** @type {any} */ (array.constructor)(sparse.count * itemSize);
  copy(source, sparse.indices.bufferView, sparse.indices.byteOffset ?? 0, at, 1, accessor);
  copy(source, sparse.values.bufferView, sparse.values.byteOffset ?? 0, values, itemSize, accessor);
  for (let i = 0; i < sparse.count; i++) {
    if (at[i] * itemSize >= array.length)
      throw new Error(`accessor ${accessor} has a sparse value for element ${at[i]} of ${array.length / itemSize}`);
    array.set(values.subarray(i * itemSize, (i + 1) * itemSize), at[i] * itemSize);
  }
}
