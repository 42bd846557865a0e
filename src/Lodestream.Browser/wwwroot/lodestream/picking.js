// What lies on a ray, asked of the GPU: it has the vertices, main memory has let them go. What the ray may meet is drawn once more into
// one pixel, which holds a number for the object, the distance, the vertex, the instance, and the texture coordinates.
import * as THREE from 'three';
import { cellDefinitions, makeCellUniforms, setCells } from './masks.js';

/**
 * @typedef {object} Hit
 * @property {import('./tile-scene.js').DrawnItem} item
 * @property {import('./tile-scene.js').DrawnObject} object
 * @property {number} distance from the ray's origin, metres
 * @property {THREE.Vector3} point in the group's frame
 * @property {import('./contents.js').Content} content
 * @property {import('./contents.js').Part} part
 * @property {number} vertex the triangle's last vertex, or the point
 * @property {number} instance −1 where the part is not instanced
 * @property {number[][]} uvs by TEXCOORD
 */

const VERTEX = /* glsl */`
out vec3 vSeen;
out vec4 vUvs;
flat out vec2 vIds;
out vec3 vLsCells;
uniform mat4 lsToCells;
#ifdef HAS_UV1
in vec2 uv1;
#endif
void main() {
  vec4 p = vec4(position, 1.0);
  #ifdef USE_INSTANCING
  p = instanceMatrix * p;
  #endif
  vec4 seen = modelViewMatrix * p;
  gl_Position = projectionMatrix * seen;
  gl_PointSize = 3.0;
  vSeen = seen.xyz;
  vLsCells = (lsToCells * p).xyz;
  vIds = vec2(gl_VertexID, gl_InstanceID);
  vUvs = vec4(0.0);
  #ifdef HAS_UV
  vUvs.xy = uv;
  #endif
  #ifdef HAS_UV1
  vUvs.zw = uv1;
  #endif
}
`;

const FRAGMENT = /* glsl */`
${cellDefinitions}
uniform float number;
in vec3 vSeen;
in vec4 vUvs;
flat in vec2 vIds;
layout(location = 0) out vec4 outFound;
layout(location = 1) out vec4 outUvs;
void main() {
  if (lsIsMasked())
    discard;
  outFound = vec4(number, length(vSeen), vIds);
  outUvs = vUvs;
}
`;

export class Picker {
  #renderer;
  #target = new THREE.WebGLRenderTarget(1, 1, { count: 2, type: THREE.FloatType, generateMipmaps: false, minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter });
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
    const pixel = new Float32Array(4), uvs = new Float32Array(4);
    await this.#render(group, candidates, ray, near, far, angle, pixel, uvs);
    const found = candidates[pixel[0] - 1];
    if (!found)
      return null;
    const { content, part } = found.object.userData.lodestream;
    return {
      ...found, content, part, distance: pixel[1], point: ray.at(pixel[1], new THREE.Vector3()),
      vertex: pixel[2], instance: part.instances ? pixel[3] : -1, uvs: [[uvs[0], uvs[1]], [uvs[2], uvs[3]]],
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
   * @param {Float32Array} uvs
   */
  #render(group, candidates, ray, near, far, angle, pixel, uvs) {
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
    return Promise.all([pixel, uvs].map((words, i) => renderer.readRenderTargetPixelsAsync(this.#target, 0, 0, 1, 1, words, undefined, i)));
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
    const { uv, uv1 } = object.geometry.attributes, key = `${Boolean(uv)} ${Boolean(uv1)}`, index = used.get(key) ?? 0;
    used.set(key, index + 1);
    let kind = this.#materials.get(key);
    if (!kind)
      this.#materials.set(key, kind = []);
    const material = kind[index] ??= new THREE.ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { ...makeCellUniforms(), number: { value: 0 } }, glslVersion: THREE.GLSL3,
      defines: { ...(uv ? { HAS_UV: 1 } : {}), ...(uv1 ? { HAS_UV1: 1 } : {}) }, blending: THREE.NoBlending, toneMapped: false,
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
      const bounds = /** @type {any} */ (object).boundingSphere ?? object.geometry.boundingSphere;
      if (!bounds || ray.intersectsSphere(sphere.copy(bounds).applyMatrix4(object.matrix)))
        found.push({ item, object });
    }
  }
  return found;
}

/**
 * A pixel of an image as it was decoded: canvases would multiply its colours by its alpha.
 * @param {THREE.WebGLRenderer} renderer
 * @param {ImageBitmap} image
 * @param {number} u
 * @param {number} v
 */
export function readPixel(renderer, image, u, v) {
  const gl = /** @type {WebGL2RenderingContext} */ (renderer.getContext()), texture = gl.createTexture(), frame = gl.createFramebuffer(), pixel = new Uint8Array(4);
  const at = (/** @type {number} */ share, /** @type {number} */ size) => Math.min(size - 1, Math.max(0, Math.floor((share - Math.floor(share)) * size)));
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.readPixels(at(u, image.width), at(v, image.height), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  gl.deleteFramebuffer(frame);
  gl.deleteTexture(texture);
  renderer.resetState();
  return Array.from(pixel);
}
