// What a model's nodes draw, and where its instances stand. The arithmetic of i3dm is that of Legacy/I3dmPlacement.cs.
import { readAccessor } from './glb-accessors.js';
import { decodeFeatureIds } from './glb-features.js';
import { compose, IDENTITY, multiply } from './matrices.js';
import { keepsIdentity } from './plan.js';

/**
 * @typedef {object} DecodedInstances
 * @property {Float32Array<ArrayBuffer>} matrices 16 numbers each, column-major
 * @property {Record<string, import('./glb.js').DecodedAttribute>} kept feature ids of the instances; `_BATCHID` for batch ids
 * @property {import('./glb-features.js').FeatureIds[]} ids
 */

/**
 * @typedef {object} DecodedDraw A mesh of one of the scene's nodes.
 * @property {number} mesh
 * @property {number[]} matrix from the mesh, or its instances, to the model's frame, column-major
 * @property {DecodedInstances | null} instances
 * @property {boolean} [keepsIdentity] whether the node's name says that it is to be told from others
 */

/** Semi-axes of WGS 84, metres. */
const A = 6378137, B = 6356752.3142451793;

/**
 * @param {import('./glb-source.js').GlbSource} source
 * @param {import('./plan.js').ModelPlan} plan
 * @param {ArrayBuffer[]} files
 */
export function collectDraws(source, plan, files) {
  const { json } = source;
  /** @type {DecodedDraw[]} */
  const draws = [];
  /** @type {Map<number, import('./glb.js').DecodedAttribute>} */
  const kept = new Map();
  const places = plan.instances ? placeInstances(plan.instances, files[0]) : null;
  const children = new Set((json.nodes ?? []).flatMap((/** @type {any} */ node) => node.children ?? []));
  const scene = json.scenes?.[json.scene ?? 0];
  const roots = scene ? scene.nodes ?? [] : (json.nodes ?? []).map((/** @type {any} */ _, /** @type {number} */ i) => i).filter((/** @type {number} */ i) => !children.has(i));
  const limit = (json.nodes ?? []).length;
  /** @type {(index: number, parent: ArrayLike<number>, depth: number) => void} */
  const visit = (index, parent, depth) => {
    if (depth > limit)
      throw new Error(`node ${index} is its own descendant`);
    const node = json.nodes[index], matrix = multiply(parent, node.matrix ?? compose(node));
    if (node.mesh !== undefined) {
      const own = readInstances(source, node, kept);
      draws.push({ ...places ? placed(node.mesh, matrix, places, own) : { mesh: node.mesh, matrix, instances: own }, keepsIdentity: keepsIdentity(node.name) });
    }
    for (const child of node.children ?? [])
      visit(child, matrix, depth + 1);
  };
  for (const root of roots)
    visit(root, IDENTITY, 0);
  return draws;
}

/**
 * Instances of EXT_mesh_gpu_instancing.
 * @param {import('./glb-source.js').GlbSource} source
 * @param {any} node
 * @param {Map<number, import('./glb.js').DecodedAttribute>} shared feature ids by accessor
 * @returns {DecodedInstances | null}
 */
function readInstances(source, node, shared) {
  const attributes = node.extensions?.EXT_mesh_gpu_instancing?.attributes;
  if (!attributes || Object.keys(attributes).length === 0)
    return null;
  const read = (/** @type {string} */ name) => attributes[name] === undefined ? null : toFloats(readAccessor(source, attributes[name]));
  const translations = read('TRANSLATION'), rotations = read('ROTATION'), scales = read('SCALE');
  const count = source.json.accessors[/** @type {number} */ (Object.values(attributes)[0])].count, matrices = new Float32Array(count * 16);
  for (let i = 0; i < count; i++) {
    matrices.set(compose({
      translation: translations?.subarray(i * 3, i * 3 + 3), rotation: rotations?.subarray(i * 4, i * 4 + 4), scale: scales?.subarray(i * 3, i * 3 + 3),
    }), i * 16);
  }
  const ids = (node.extensions.EXT_instance_features?.featureIds ?? []).map(decodeFeatureIds);
  /** @type {DecodedInstances['kept']} */
  const kept = {};
  for (const { attribute } of ids) {
    if (attribute === null || attributes[attribute] === undefined)
      continue;
    const accessor = attributes[attribute];
    if (!shared.has(accessor))
      shared.set(accessor, readAccessor(source, accessor));
    kept[attribute] = /** @type {import('./glb.js').DecodedAttribute} */ (shared.get(accessor));
  }
  return { matrices, kept, ids };
}

/** @param {import('./glb.js').DecodedAttribute} attribute */
function toFloats({ array, normalized }) {
  if (array instanceof Float32Array)
    return array;
  const scale = !normalized ? 1 : array instanceof Int8Array ? 127 : array instanceof Uint8Array ? 255 : array instanceof Int16Array ? 32767 : 65535;
  return Float32Array.from(array, value => Math.max(-1, value / scale));
}

/**
 * An i3dm's instances of a mesh: each of those its node makes of itself, in every place.
 * @param {number} mesh
 * @param {number[]} node matrix of the mesh in the model
 * @param {ReturnType<typeof placeInstances>} places
 * @param {DecodedInstances | null} own
 * @returns {DecodedDraw}
 */
function placed(mesh, node, { center, matrices, kept }, own) {
  const copies = own ? own.matrices.length / 16 : 1, all = new Float32Array(matrices.length * copies * 16);
  for (let i = 0; i < matrices.length; i++) {
    const inPlace = multiply(matrices[i], node);
    for (let copy = 0; copy < copies; copy++)
      all.set(own ? multiply(inPlace, own.matrices.subarray(copy * 16, copy * 16 + 16)) : inPlace, (i * copies + copy) * 16);
  }
  const matrix = [...IDENTITY.slice(0, 12), ...center, 1];
  return { mesh, matrix, instances: { matrices: all, kept, ids: [] } };
}

/**
 * Where an i3dm's instances stand, relative to the first: floats must hold what is left.
 * @param {import('./plan.js').InstancesPlan} plan
 * @param {ArrayBuffer} file
 */
function placeInstances(plan, file) {
  const view = new DataView(file);
  const floats = (/** @type {number} */ offset, /** @type {number} */ index) => [0, 4, 8].map(b => view.getFloat32(offset + index * 12 + b, true));
  const positionOf = (/** @type {number} */ i) => (plan.quantized ? quantized(view, plan.positions + i * 6, plan.quantized) : floats(plan.positions, i)).map((p, axis) => p + plan.rtc[axis]);
  const directionOf = (/** @type {number} */ offset, /** @type {number} */ i) => plan.octahedral
    ? octahedral(view.getUint16(offset + i * 4, true) / 65535 * 2 - 1, view.getUint16(offset + i * 4 + 2, true) / 65535 * 2 - 1) : floats(offset, i);
  const center = plan.count > 0 ? positionOf(0) : [0, 0, 0], matrices = [];
  for (let i = 0; i < plan.count; i++) {
    const position = positionOf(i);
    const [x, y, z] = plan.up !== undefined && plan.right !== undefined ? axesOf(directionOf(plan.right, i), directionOf(plan.up, i))
      : plan.eastNorthUp ? eastNorthUp(position) : [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    const size = plan.scale === undefined ? 1 : view.getFloat32(plan.scale + i * 4, true);
    const along = plan.scaleNonUniform === undefined ? [1, 1, 1] : floats(plan.scaleNonUniform, i);
    const frame = [
      ...x.map(v => v * size * along[0]), 0, ...y.map(v => v * size * along[1]), 0, ...z.map(v => v * size * along[2]), 0,
      ...position.map((p, axis) => p - center[axis]), 1,
    ];
    matrices.push(multiply(frame, plan.toTile));
  }
  return { center, matrices, kept: readBatchIds(view, plan.batchIds, plan.count) };
}

/**
 * @param {DataView<ArrayBuffer>} view
 * @param {import('./plan.js').BatchIdPlan | undefined} plan
 * @param {number} count
 * @returns {Record<string, import('./glb.js').DecodedAttribute>}
 */
export function readBatchIds(view, plan, count) {
  if (!plan)
    return {};
  const size = plan.type === 5121 ? 1 : plan.type === 5125 ? 4 : 2, bytes = view.buffer.slice(plan.offset, plan.offset + count * size);
  return { _BATCHID: { array: size === 1 ? new Uint8Array(bytes) : size === 4 ? new Uint32Array(bytes) : new Uint16Array(bytes), itemSize: 1, normalized: false } };
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {import('./plan.js').Volume} volume
 */
function quantized(view, at, { offset, scale }) {
  return [0, 1, 2].map(axis => offset[axis] + view.getUint16(at + axis * 2, true) / 65535 * scale[axis]);
}

/**
 * A unit vector of two coordinates on an unfolded octahedron.
 * @param {number} x −1 … 1
 * @param {number} y −1 … 1
 */
export function octahedral(x, y) {
  const z = 1 - Math.abs(x) - Math.abs(y);
  if (z < 0)
    [x, y] = [(1 - Math.abs(y)) * (x < 0 ? -1 : 1), (1 - Math.abs(x)) * (y < 0 ? -1 : 1)];
  return normalize([x, y, z]);
}

/**
 * @param {number[]} right
 * @param {number[]} up
 */
function axesOf(right, up) {
  return [right, up, normalize(cross(right, up))];
}

/** @param {number[]} position on the ellipsoid or above it, earth-centred, metres */
function eastNorthUp([px, py, pz]) {
  const up = normalize([px / (A * A), py / (A * A), pz / (B * B)]);
  if (!up.some(Boolean))
    return [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  const east = Math.hypot(up[0], up[1]) > 1e-12 ? normalize([-up[1], up[0], 0]) : [0, 1, 0];
  return [east, cross(up, east), up];
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** @param {number[]} v */
function normalize(v) {
  const length = Math.hypot(...v);
  return length > 0 ? v.map(c => c / length) : [0, 0, 0];
}
