// Decoded contents as three.js geometries and materials, brought to the GPU once and shared by everything that draws them.
import * as THREE from 'three';
import { Looks } from './batch-report.js';
import { closeImages } from './content-decoder.js';
import { bytesOfFeatures, NO_FEATURES } from './glb-features.js';
import { makeMaterials } from './materials.js';
import { bytesOfTexture } from './textures.js';

/**
 * @typedef {object} PartInstances
 * @property {THREE.InstancedBufferAttribute} matrices
 * @property {number} count
 * @property {THREE.Sphere} sphere around all of them, before the part's matrix
 * @property {Record<string, import('./glb.js').DecodedAttribute>} kept
 * @property {import('./glb-features.js').FeatureIds[]} ids
 */

/**
 * @typedef {object} Part One primitive of one node.
 * @property {THREE.BufferGeometry} geometry
 * @property {THREE.Material} material
 * @property {THREE.Matrix4} matrix from the primitive, or its instances, to the content's frame
 * @property {import('./glb.js').DecodedPrimitive['topology']} topology
 * @property {PartInstances | null} instances
 * @property {Record<string, import('./glb.js').DecodedAttribute>} kept
 * @property {import('./glb-features.js').PrimitiveFeatures} features
 * @property {import('./glb.js').DecodedModel | null} model
 * @property {BatchFacts | null} batch null where it cannot be merged with others
 */

/**
 * @typedef {object} BatchFacts What merging needs to know.
 * @property {string} look the same for parts that look the same and whose vertices are alike
 * @property {THREE.Box3} box in the content's frame
 * @property {boolean} keepsIdentity
 */

/**
 * @typedef {object} Content
 * @property {string} uri
 * @property {number} ticket
 * @property {Part[]} parts
 * @property {THREE.DataTexture | null} map colours of regions, for the terrain below it
 * @property {number} geometryBytes with what is kept beside it
 * @property {number} textureBytes
 * @property {() => void} uploaded lets go of what only the upload needed
 * @property {() => void} dispose
 */

/** glTF's semantics as three.js names attributes. @type {Record<string, string>} */
const ATTRIBUTES = {
  POSITION: 'position', NORMAL: 'normal', TANGENT: 'tangent', COLOR_0: 'color',
  TEXCOORD_0: 'uv', TEXCOORD_1: 'uv1', TEXCOORD_2: 'uv2', TEXCOORD_3: 'uv3',
};

/**
 * Makes geometries and materials of a decoded content.
 * @param {import('./content-decoder.js').DecodedContent} decoded
 * @param {string} uri
 * @param {number} ticket
 * @param {boolean} keeps whether vertices and indices stay in main memory, to be merged
 * @returns {Content}
 */
export function makeContent(decoded, uri, ticket, keeps) {
  const made = decoded.models.map((model, i) => makeModel(model, keeps ? new Looks(model, uri, `${uri} ${ticket} ${i}`) : null)), parts = made.flatMap(model => model.parts), map = decoded.map && makeMap(decoded.map);
  return {
    uri,
    ticket,
    parts,
    map,
    geometryBytes: made.reduce((sum, model) => sum + model.geometryBytes, 0),
    textureBytes: made.reduce((sum, model) => sum + model.textureBytes, 0) + (map ? map.image.width * map.image.height * 4 : 0),
    uploaded() {
      if (map)
        /** @type {any} */ (map.image).data = null;
      for (const { images, dataImages } of decoded.models) {
        images.forEach((image, i) => image instanceof ImageBitmap && !dataImages.includes(i) && image.close());
        for (const image of images) {
          if (image && !(image instanceof ImageBitmap))
            image.levels.length = 0;
        }
      }
    },
    dispose() {
      made.forEach(model => model.dispose());
      map?.dispose();
      closeImages(decoded.models);
    },
  };
}

/** @param {import('./region-map.js').DecodedRegionMap} map */
function makeMap({ data, width, height }) {
  const texture = new THREE.DataTexture(data, width, height);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.minFilter = texture.magFilter = THREE.LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/**
 * @param {import('./glb.js').DecodedModel} model
 * @param {Looks | null} looks where it is kept to be merged; null where it is not
 */
function makeModel(model, looks) {
  const materials = makeMaterials(model), frame = new THREE.Matrix4().fromArray(model.matrix);
  /** @type {Map<ArrayBufferView, THREE.BufferAttribute>} */
  const attributes = new Map();
  const meshes = model.meshes.map(mesh => mesh?.map(primitive => ({
    geometry: makeGeometry(primitive, attributes, looks !== null), material: materials.of(primitive), topology: primitive.topology, kept: primitive.kept, features: primitive.features, model, primitive,
  })) ?? []);
  const geometries = meshes.flat().map(({ geometry }) => geometry);
  /** @type {Part[]} */
  const parts = model.draws.flatMap(({ mesh, matrix, instances, keepsIdentity }) => {
    const matrices = instances && forget(new THREE.InstancedBufferAttribute(instances.matrices, 16));
    const toContent = new THREE.Matrix4().multiplyMatrices(frame, new THREE.Matrix4().fromArray(matrix));
    return meshes[mesh].map(({ primitive, ...part }) => ({
      ...part,
      matrix: toContent,
      batch: looks && {
        look: looks.of(primitive), keepsIdentity: primitive.keepsIdentity || Boolean(keepsIdentity),
        box: new THREE.Box3(new THREE.Vector3().fromArray(primitive.sphere.min), new THREE.Vector3().fromArray(primitive.sphere.max)).applyMatrix4(toContent),
      },
      instances: instances && matrices && {
        matrices, count: matrices.count, sphere: sphereOf(instances.matrices, /** @type {THREE.Sphere} */ (part.geometry.boundingSphere)), kept: instances.kept, ids: instances.ids,
      },
    }));
  });
  return {
    parts,
    geometryBytes: bytesOfArrays(model) * (looks ? 2 : 1) + bytesOfFeatures(model.features),
    textureBytes: materials.textureBytes() + model.dataImages.reduce((sum, image) => sum + bytesOfTexture(/** @type {ImageBitmap} */ (model.images[image]), false), 0),
    dispose() {
      geometries.forEach(geometry => geometry.dispose());
      // three.js lets go of an instance buffer with an object that was drawn with it.
      for (const { instances } of parts)
        holders.get(instances?.matrices ?? frame)?.dispatchEvent({ type: /** @type {any} */ ('dispose') });
      materials.dispose();
    },
  };
}

/**
 * The object through which three.js knows of an instance buffer.
 * @type {WeakMap<object, THREE.Object3D>}
 */
const holders = new WeakMap();

/**
 * A content of a scene graph that three.js's own loader made.
 * @param {THREE.Object3D} root
 * @param {number[]} matrix to the content's frame, column-major
 * @param {string} uri
 * @param {number} ticket
 * @returns {Content}
 */
export function makeContentOfScene(root, matrix, uri, ticket) {
  const frame = new THREE.Matrix4().fromArray(matrix);
  /** @type {Part[]} */
  const parts = [];
  /** @type {Set<THREE.Texture>} */
  const textures = new Set();
  root.updateMatrixWorld(true);
  root.traverse(node => {
    const mesh = /** @type {THREE.Mesh} */ (node);
    if (!mesh.geometry)
      return;
    const topology = mesh.isMesh ? 'triangles' : /** @type {any} */ (node).isPoints ? 'points' : 'lines';
    const material = Array.isArray(mesh.material) ? mesh.material[0] : mesh.material;
    for (const value of Object.values(material)) {
      if (value?.isTexture)
        textures.add(value);
    }
    if (!mesh.geometry.boundingSphere)
      mesh.geometry.computeBoundingSphere();
    parts.push({
      geometry: mesh.geometry, material, topology, matrix: new THREE.Matrix4().multiplyMatrices(frame, mesh.matrixWorld), instances: null, kept: {}, features: NO_FEATURES, model: null, batch: null,
    });
  });
  return {
    uri,
    ticket,
    parts,
    map: null,
    geometryBytes: parts.reduce((sum, { geometry: { attributes, index } }) =>
      sum + [...Object.values(attributes), ...(index ? [index] : [])].reduce((bytes, attribute) => bytes + attribute.array.byteLength, 0), 0),
    textureBytes: [...textures].reduce((sum, { image }) => sum + (image?.width ?? 0) * (image?.height ?? 0) * 16 / 3, 0),
    uploaded() {},
    dispose() {
      for (const { geometry, material } of parts) {
        geometry.dispose();
        material.dispose();
      }
      textures.forEach(texture => texture.dispose());
    },
  };
}

/**
 * An object that draws a part.
 * @param {Part} part
 * @param {THREE.Material} [material] in place of its own
 * @returns {THREE.Object3D & { material: THREE.Material }}
 */
export function makeObject({ geometry, material: own, topology, instances }, material = own) {
  const object = topology === 'triangles' ? new THREE.Mesh(geometry, material) : topology === 'points' ? new THREE.Points(geometry, material)
    : topology === 'lines' ? new THREE.LineSegments(geometry, material) : topology === 'line-strip' ? new THREE.Line(geometry, material) : new THREE.LineLoop(geometry, material);
  // What THREE.InstancedMesh adds to a mesh, and what the renderer asks for; points and lines can be instanced so as well.
  if (instances)
    Object.assign(object, { isInstancedMesh: true, instanceMatrix: instances.matrices, count: instances.count, instanceColor: null, morphTexture: null, boundingSphere: instances.sphere });
  return object;
}

/**
 * Remembers an object by which three.js knows of a part's instances.
 * @param {Part} part
 * @param {THREE.Object3D} object
 */
export function holdInstances({ instances }, object) {
  if (instances && !holders.has(instances.matrices))
    holders.set(instances.matrices, object);
}

/**
 * @param {import('./glb.js').DecodedPrimitive} primitive
 * @param {Map<ArrayBufferView, THREE.BufferAttribute>} shared attributes by their arrays
 * @param {boolean} keeps
 */
function makeGeometry({ attributes, indices, sphere }, shared, keeps) {
  const geometry = new THREE.BufferGeometry();
  const attributeOf = (/** @type {import('./glb-accessors.js').ComponentArray} */ array, /** @type {number} */ itemSize, /** @type {boolean} */ normalized) => {
    let made = shared.get(array);
    if (!made)
      shared.set(array, made = keeps ? new THREE.BufferAttribute(array, itemSize, normalized) : forget(new THREE.BufferAttribute(array, itemSize, normalized)));
    return made;
  };
  for (const [semantic, { array, itemSize, normalized }] of Object.entries(attributes)) {
    const name = ATTRIBUTES[semantic];
    if (name)
      geometry.setAttribute(name, attributeOf(array, itemSize, normalized));
  }
  if (indices)
    geometry.setIndex(attributeOf(indices, 1, false));
  geometry.boundingSphere = new THREE.Sphere(new THREE.Vector3().fromArray(sphere.center), sphere.radius);
  return geometry;
}

/**
 * Once the GPU has an attribute, main memory need not.
 * @template {THREE.BufferAttribute} A
 * @param {A} attribute
 */
export function forget(attribute) {
  attribute.onUpload(() => {
    /** @type {any} */ (attribute).array = new /** @type {any} */ (attribute.array.constructor)(0);
  });
  return attribute;
}

/**
 * @param {Float32Array} matrices
 * @param {THREE.Sphere} sphere of one
 */
function sphereOf(matrices, sphere) {
  const matrix = new THREE.Matrix4(), moved = new THREE.Sphere(), all = new THREE.Sphere();
  all.makeEmpty();
  for (let i = 0; i < matrices.length; i += 16)
    all.union(moved.copy(sphere).applyMatrix4(matrix.fromArray(matrices, i)));
  return all;
}

/** Bytes of every buffer, however many share it. @param {import('./glb.js').DecodedModel} model */
function bytesOfArrays({ meshes, draws }) {
  /** @type {Set<ArrayBufferView>} */
  const arrays = new Set();
  for (const { attributes, kept, indices } of meshes.flatMap(mesh => mesh ?? [])) {
    [...Object.values(attributes), ...Object.values(kept)].forEach(({ array }) => arrays.add(array));
    if (indices)
      arrays.add(indices);
  }
  for (const { instances } of draws) {
    if (instances)
      [instances.matrices, ...Object.values(instances.kept).map(({ array }) => array)].forEach(array => arrays.add(array));
  }
  return [...arrays].reduce((sum, array) => sum + array.byteLength, 0);
}
