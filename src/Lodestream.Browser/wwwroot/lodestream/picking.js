// What lies on a ray, asked of the GPU: it has the vertices, main memory has let them go. What the ray may meet is drawn once more into
// one pixel, which holds a number for the object, the distance, and the ids of feature and instance.
import * as THREE from 'three';
import { cellDefinitions, makeCellUniforms, setCells } from './masks.js';

/**
 * @typedef {object} Hit
 * @property {import('./tile-scene.js').DrawnItem} item
 * @property {import('./tile-scene.js').DrawnObject} object
 * @property {number} distance from the ray's origin, metres
 * @property {THREE.Vector3} point in the group's frame
 * @property {number | null} featureId of the first feature id set, where the object has one per vertex
 * @property {number | null} instanceId
 */

/** Vertex attributes that hold a feature's id, as three.js spells glTF's. */
const FEATURE_ATTRIBUTES = ['_feature_id_0', '_batchid'];

const VERTEX = /* glsl */`
varying vec3 vSeen;
flat varying float vFeature;
flat varying float vInstance;
varying vec3 vLsCells;
uniform mat4 lsToCells;
#ifdef FEATURE
attribute float FEATURE;
#endif
void main() {
  #include <begin_vertex>
  #include <project_vertex>
  vLsCells = (lsToCells * vec4(transformed, 1.0)).xyz;
  vSeen = mvPosition.xyz;
  vFeature = -1.0;
  #ifdef FEATURE
  vFeature = FEATURE;
  #endif
  vInstance = -1.0;
  #ifdef USE_INSTANCING
  vInstance = float(gl_InstanceID);
  #endif
  gl_PointSize = 3.0;
}
`;

const FRAGMENT = /* glsl */`
${cellDefinitions}
uniform float number;
varying vec3 vSeen;
flat varying float vFeature;
flat varying float vInstance;
void main() {
  if (lsIsMasked())
    discard;
  gl_FragColor = vec4(number, length(vSeen), vFeature, vInstance);
}
`;

export class Picker {
  #renderer;
  #target = new THREE.WebGLRenderTarget(1, 1, { type: THREE.FloatType, minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter });
  #camera = new THREE.PerspectiveCamera();
  #scene = new THREE.Scene();
  /** @type {Map<string, THREE.ShaderMaterial[]>} */
  #materials = new Map();

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
    this.#scene.matrixWorldAutoUpdate = false;
  }

  /**
   * The nearest thing on a ray.
   * @param {THREE.Object3D} group
   * @param {Iterable<import('./tile-scene.js').DrawnItem>} items
   * @param {THREE.Ray} ray in the group's frame
   * @param {number} near metres
   * @param {number} far metres
   * @param {number} angle the ray's width, radians
   * @returns {Promise<Hit | null>}
   */
  async cast(group, items, ray, near, far, angle) {
    const candidates = onRay(group, items, ray);
    if (candidates.length === 0)
      return null;
    const pixel = new Float32Array(4), answer = this.#render(group, candidates, ray, near, far, angle, pixel);
    await answer;
    const found = candidates[pixel[0] - 1];
    if (!found)
      return null;
    return {
      ...found, distance: pixel[1], point: ray.at(pixel[1], new THREE.Vector3()),
      featureId: pixel[2] >= 0 ? pixel[2] : null, instanceId: pixel[3] >= 0 ? pixel[3] : null,
    };
  }

  dispose() {
    this.#target.dispose();
    for (const materials of this.#materials.values())
      materials.forEach(material => material.dispose());
    this.#materials.clear();
  }

  /**
   * @param {THREE.Object3D} group
   * @param {Candidate[]} candidates
   * @param {THREE.Ray} ray
   * @param {number} near
   * @param {number} far
   * @param {number} angle
   * @param {Float32Array} pixel
   */
  #render(group, candidates, ray, near, far, angle, pixel) {
    const renderer = this.#renderer, target = renderer.getRenderTarget(), alpha = renderer.getClearAlpha(), { shadowMap } = renderer;
    const color = renderer.getClearColor(new THREE.Color()), shadows = shadowMap.autoUpdate;
    const materials = candidates.map(({ object }) => object.material);
    this.#aim(group, ray, near, far, angle);
    /** @type {Map<string, number>} */
    const used = new Map();
    candidates.forEach(({ object, item }, i) => object.material = this.#materialFor(object, item, i + 1, used));
    // They stay children of the group; this scene only lists them.
    this.#scene.children = candidates.map(({ object }) => object);
    try {
      shadowMap.autoUpdate = false;
      renderer.setClearColor(0, 0);
      renderer.setRenderTarget(this.#target);
      renderer.clear();
      renderer.render(this.#scene, this.#camera);
    } finally {
      this.#scene.children = [];
      candidates.forEach(({ object }, i) => object.material = materials[i]);
      shadowMap.autoUpdate = shadows;
      renderer.setClearColor(color, alpha);
      renderer.setRenderTarget(target);
    }
    return renderer.readRenderTargetPixelsAsync(this.#target, 0, 0, 1, 1, pixel);
  }

  /**
   * @param {THREE.Object3D} group
   * @param {THREE.Ray} ray
   * @param {number} near
   * @param {number} far
   * @param {number} angle
   */
  #aim(group, ray, near, far, angle) {
    const camera = this.#camera, up = Math.abs(ray.direction.z) < 0.9 ? new THREE.Vector3(0, 0, 1) : new THREE.Vector3(1, 0, 0);
    const pose = new THREE.Matrix4().lookAt(new THREE.Vector3(), ray.direction, up).setPosition(ray.origin);
    camera.matrixAutoUpdate = camera.matrixWorldAutoUpdate = false;
    camera.matrixWorld.multiplyMatrices(group.matrixWorld, pose);
    camera.matrixWorldInverse.copy(camera.matrixWorld).invert();
    camera.near = near;
    camera.far = far;
    camera.fov = angle * 180 / Math.PI;
    camera.updateProjectionMatrix();
  }

  /**
   * @param {import('./tile-scene.js').DrawnObject} object
   * @param {import('./tile-scene.js').DrawnItem} item
   * @param {number} number
   * @param {Map<string, number>} used how many of each kind this picture has taken
   */
  #materialFor(object, item, number, used) {
    const attribute = FEATURE_ATTRIBUTES.find(name => object.geometry.attributes[name]) ?? '', index = used.get(attribute) ?? 0;
    used.set(attribute, index + 1);
    let kind = this.#materials.get(attribute);
    if (!kind)
      this.#materials.set(attribute, kind = []);
    const material = kind[index] ??= new THREE.ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { ...makeCellUniforms(), number: { value: 0 } },
      defines: attribute ? { FEATURE: attribute } : {}, blending: THREE.NoBlending, toneMapped: false,
    });
    material.userData.lodestream = material.uniforms;
    material.uniforms.number.value = number;
    material.side = object.material.side;
    setCells(material, object.matrix, item.cells);
    return material;
  }
}

/** @typedef {{ item: import('./tile-scene.js').DrawnItem, object: import('./tile-scene.js').DrawnObject }} Candidate */

/**
 * What a ray may meet, by bounding sphere.
 * @param {THREE.Object3D} group
 * @param {Iterable<import('./tile-scene.js').DrawnItem>} items
 * @param {THREE.Ray} ray
 * @returns {Candidate[]}
 */
function onRay(group, items, ray) {
  const found = [], sphere = new THREE.Sphere();
  group.updateMatrixWorld();
  for (const item of items) {
    for (const object of item.objects) {
      // An instanced mesh's sphere says nothing of where its instances are.
      if (/** @type {any} */ (object).isInstancedMesh || !object.geometry.boundingSphere || ray.intersectsSphere(sphere.copy(object.geometry.boundingSphere).applyMatrix4(object.matrix)))
        found.push({ item, object });
    }
  }
  return found;
}
