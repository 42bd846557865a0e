// Decoded contents as three.js geometries and materials, brought to the GPU once and shared by everything that draws them.
import * as THREE from 'three';
import { makeMaterials } from './materials.js';

/**
 * @typedef {object} Part One primitive of one node.
 * @property {THREE.BufferGeometry} geometry
 * @property {THREE.Material} material
 * @property {THREE.Matrix4} matrix from the primitive to the content's frame
 * @property {import('./glb.js').DecodedPrimitive['topology']} topology
 */

/**
 * @typedef {object} Content
 * @property {string} uri
 * @property {number} ticket
 * @property {Part[]} parts
 * @property {number} geometryBytes
 * @property {number} textureBytes
 * @property {() => void} dispose
 */

/** glTF's semantics as three.js names attributes. @type {Record<string, string>} */
const ATTRIBUTES = {
  POSITION: 'position', NORMAL: 'normal', TANGENT: 'tangent', COLOR_0: 'color',
  TEXCOORD_0: 'uv', TEXCOORD_1: 'uv1', TEXCOORD_2: 'uv2', TEXCOORD_3: 'uv3',
};

/**
 * Makes geometries and materials of a decoded glb.
 * @param {import('./glb.js').DecodedGlb} decoded
 * @param {number[]} origin of the glb in the content's frame
 * @param {string} uri
 * @param {number} ticket
 * @returns {Content}
 */
export function makeContent(decoded, origin, uri, ticket) {
  const materials = makeMaterials(decoded), offset = new THREE.Matrix4().makeTranslation(origin[0], origin[1], origin[2]);
  const meshes = decoded.meshes.map(primitives => primitives.map(primitive => ({
    geometry: makeGeometry(primitive), material: materials.of(primitive), topology: primitive.topology,
  })));
  const geometries = meshes.flat().map(({ geometry }) => geometry);
  return {
    uri,
    ticket,
    parts: decoded.instances.flatMap(({ mesh, matrix }) => meshes[mesh].map(part => ({
      ...part, matrix: new THREE.Matrix4().multiplyMatrices(offset, new THREE.Matrix4().fromArray(matrix)),
    }))),
    geometryBytes: geometries.reduce((sum, geometry) => sum + bytesOf(geometry), 0),
    textureBytes: [...materials.textures.values()].reduce((sum, { image, generateMipmaps }) =>
      sum + image.width * image.height * 4 * (generateMipmaps ? 4 / 3 : 1), 0),
    dispose() {
      geometries.forEach(geometry => geometry.dispose());
      materials.materials.forEach(material => material.dispose());
      materials.textures.forEach(texture => texture.dispose());
      decoded.images.forEach(image => image.close());
    },
  };
}

/**
 * A content of a scene graph that three.js's own loader made.
 * @param {THREE.Object3D} root
 * @param {number[]} origin
 * @param {string} uri
 * @param {number} ticket
 * @returns {Content}
 */
export function makeContentOfScene(root, origin, uri, ticket) {
  const offset = new THREE.Matrix4().makeTranslation(origin[0], origin[1], origin[2]);
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
    parts.push({ geometry: mesh.geometry, material, topology, matrix: new THREE.Matrix4().multiplyMatrices(offset, mesh.matrixWorld) });
  });
  return {
    uri,
    ticket,
    parts,
    geometryBytes: parts.reduce((sum, { geometry }) => sum + bytesOf(geometry), 0),
    textureBytes: [...textures].reduce((sum, { image }) => sum + (image?.width ?? 0) * (image?.height ?? 0) * 16 / 3, 0),
    dispose() {
      for (const { geometry, material } of parts) {
        geometry.dispose();
        material.dispose();
      }
      textures.forEach(texture => texture.dispose());
    },
  };
}

/** Brings contents to the GPU before they are drawn, so that drawing them costs no more than drawing. */
export class Uploader {
  #renderer;
  #scene = new THREE.Scene();
  #camera = new THREE.Camera();
  // three.js uploads what it meets when it renders; an invisible material keeps it from drawing anything.
  #mesh = new THREE.Mesh(undefined, new THREE.MeshBasicMaterial({ visible: false }));
  #target = new THREE.WebGLRenderTarget(1, 1, { depthBuffer: false });

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
    this.#mesh.frustumCulled = false;
    this.#scene.add(this.#mesh);
  }

  /** @param {Content} content */
  upload({ parts }) {
    const renderer = this.#renderer, target = renderer.getRenderTarget();
    for (const { material } of parts) {
      for (const value of Object.values(material)) {
        if (value?.isTexture)
          renderer.initTexture(value);
      }
    }
    renderer.setRenderTarget(this.#target);
    for (const { geometry } of parts) {
      this.#mesh.geometry = geometry;
      renderer.render(this.#scene, this.#camera);
    }
    renderer.setRenderTarget(target);
  }

  dispose() {
    this.#mesh.material.dispose();
    this.#target.dispose();
  }
}

/** @param {import('./glb.js').DecodedPrimitive} primitive */
function makeGeometry({ attributes, indices, sphere }) {
  const geometry = new THREE.BufferGeometry();
  for (const [semantic, { array, itemSize, normalized }] of Object.entries(attributes)) {
    const name = ATTRIBUTES[semantic];
    if (name)
      geometry.setAttribute(name, forget(new THREE.BufferAttribute(array, itemSize, normalized)));
  }
  if (indices)
    geometry.setIndex(forget(new THREE.BufferAttribute(indices, 1)));
  geometry.boundingSphere = new THREE.Sphere(new THREE.Vector3().fromArray(sphere.center), sphere.radius);
  return geometry;
}

/** Once the GPU has an attribute, main memory need not. @param {THREE.BufferAttribute} attribute */
function forget(attribute) {
  return attribute.onUpload(() => {
    /** @type {any} */ (attribute).array = new /** @type {any} */ (attribute.array.constructor)(0);
  });
}

/** @param {THREE.BufferGeometry} geometry */
function bytesOf({ attributes, index }) {
  const all = [...Object.values(attributes), ...(index ? [index] : [])];
  return all.reduce((sum, attribute) => sum + attribute.array.byteLength, 0);
}
