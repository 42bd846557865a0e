// What is under a pixel. Main memory has no vertices any more, so the GPU is asked: it draws the pixel once more, and instead of a colour
// writes which object it is of, which vertex, which instance, how deep, and the texture coordinates.
import * as THREE from 'three';
import { featuresOf } from './features.js';

/**
 * @typedef {object} Hit
 * @property {import('./tile-scene.js').DrawnItem} item
 * @property {import('./contents.js').Content} content
 * @property {import('./contents.js').Part} part
 * @property {THREE.Vector3} point in the world's frame
 * @property {number} vertex the triangle's last vertex, or the point
 * @property {number} instance −1 where the part is not instanced
 * @property {number[][]} uvs by TEXCOORD
 */

/**
 * @typedef {object} Picked
 * @property {string} uri of the content
 * @property {string} key of the tile
 * @property {number} level
 * @property {number} instance −1 where the part is not instanced
 * @property {THREE.Vector3} point in the world's frame
 * @property {import('./features.js').Feature[]} features
 */

const VERTEX = /* glsl */`
flat out uvec2 vIds;
out vec4 vUvs;
out vec3 vLsCells;
uniform mat4 lsToCells;
uniform vec4 pickUvs;
#ifdef HAS_UV
in vec2 uv;
#endif
#ifdef HAS_UV1
in vec2 uv1;
#endif
in vec3 position;
#ifdef USE_INSTANCING
in mat4 instanceMatrix;
#endif
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;

void main() {
  vIds = uvec2(gl_VertexID, gl_InstanceID);
  vUvs = vec4(0.0);
#ifdef HAS_UV
  vUvs.xy = uv;
#endif
#ifdef HAS_UV1
  vUvs.zw = uv1;
#endif
  vec4 p = vec4(position, 1.0);
#ifdef USE_INSTANCING
  p = instanceMatrix * p;
#endif
  vLsCells = (lsToCells * p).xyz;
  gl_Position = projectionMatrix * modelViewMatrix * p;
  gl_PointSize = 4.0;
}
`;

const FRAGMENT = /* glsl */`
precision highp float;
precision highp int;
flat in uvec2 vIds;
in vec4 vUvs;
in vec3 vLsCells;
uniform uint pickObject;
uniform mat3 lsKeepAxes;
uniform vec3 lsKeep[2];
uniform mat3 lsChildAxes;
uniform vec3 lsChildren[16];
uniform int lsMask;
uniform bool pickMasked;
layout(location = 0) out uvec4 outIds;
layout(location = 1) out uvec4 outUvs;

bool inside(vec3 p, vec3 least, vec3 greatest) {
  return all(greaterThanEqual(p, least)) && all(lessThan(p, greatest));
}

void main() {
  if (pickMasked) {
    if (!inside(lsKeepAxes * vLsCells, lsKeep[0], lsKeep[1]))
      discard;
    vec3 p = lsChildAxes * vLsCells;
    for (int i = 0; i < 8; i++) {
      if ((lsMask & (1 << i)) != 0 && inside(p, lsChildren[i * 2], lsChildren[i * 2 + 1]))
        discard;
    }
  }
  outIds = uvec4(pickObject, vIds, floatBitsToUint(gl_FragCoord.z));
  outUvs = floatBitsToUint(vUvs);
}
`;

export class Picker {
  #renderer;
  #target = makeTarget();
  /** @type {Map<string, THREE.RawShaderMaterial>} */
  #materials = new Map();
  #scene = new THREE.Scene();

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
    this.#scene.matrixWorldAutoUpdate = false;
  }

  /**
   * What is drawn at a place of the canvas; null for nothing.
   * @param {import('./tile-scene.js').TileScene} tiles
   * @param {THREE.PerspectiveCamera} camera
   * @param {number} x CSS pixels from the canvas's left edge
   * @param {number} y CSS pixels from its upper edge
   * @returns {Hit | null}
   */
  hit(tiles, camera, x, y) {
    const objects = [...tiles.items.values()].flatMap(item => item.objects.map(object => ({ item, object })));
    const size = this.#renderer.getSize(new THREE.Vector2()), lens = camera.clone();
    lens.setViewOffset(size.x, size.y, Math.floor(x), Math.floor(y), 1, 1);
    camera.updateMatrixWorld();
    lens.matrixWorld.copy(camera.matrixWorld);
    lens.matrixWorldInverse.copy(camera.matrixWorld).invert();
    lens.matrixWorldAutoUpdate = false;
    tiles.group.updateMatrixWorld();
    const originals = objects.map(({ object }) => /** @type {THREE.Mesh} */ (object).material);
    const parents = objects.map(({ object }) => object.parent);
    let ids, coordinates;
    try {
      objects.forEach(({ object }, i) => this.#dress(/** @type {THREE.Mesh} */ (object), i + 1));
      this.#scene.children = objects.map(({ object }) => object);
      [ids, coordinates] = this.#render(lens);
    } finally {
      this.#scene.children = [];
      objects.forEach(({ object }, i) => {
        /** @type {THREE.Mesh} */ (object).material = originals[i];
        object.parent = parents[i];
        object.onBeforeRender = THREE.Object3D.prototype.onBeforeRender;
      });
    }
    const found = objects[ids[0] - 1];
    if (!found)
      return null;
    const { uri, part } = found.object.userData.lodestream;
    const content = [...tiles.contents.values()].find(known => known.uri === uri && known.parts.includes(part));
    if (!content)
      return null;
    const depth = new Float32Array(ids.buffer)[3], uvs = new Float32Array(coordinates.buffer);
    const point = new THREE.Vector3((Math.floor(x) + 0.5) / size.x * 2 - 1, 1 - (Math.floor(y) + 0.5) / size.y * 2, depth * 2 - 1).unproject(camera);
    return { item: found.item, content, part, point, vertex: ids[1], instance: part.instances ? ids[2] : -1, uvs: [[uvs[0], uvs[1]], [uvs[2], uvs[3]]] };
  }

  /**
   * What is known of what is drawn at a place of the canvas.
   * @param {import('./tile-scene.js').TileScene} tiles
   * @param {THREE.PerspectiveCamera} camera
   * @param {number} x
   * @param {number} y
   * @param {import('./runtime.js').FeatureExports} exports
   * @returns {Picked | null}
   */
  pick(tiles, camera, x, y, exports) {
    const hit = this.hit(tiles, camera, x, y);
    return hit && {
      uri: hit.content.uri, key: hit.item.key, level: hit.item.level, instance: hit.instance, point: hit.point,
      features: featuresOf(hit, exports, (image, u, v) => readPixel(this.#renderer, image, u, v)),
    };
  }

  dispose() {
    this.#target.dispose();
    this.#materials.forEach(material => material.dispose());
  }

  /**
   * @param {THREE.Mesh} object
   * @param {number} number
   */
  #dress(object, number) {
    const own = /** @type {THREE.Material} */ (object.material), cells = object.userData.masked ? own.userData.lodestream : null;
    const material = this.#materialFor(object.geometry, own.side, /** @type {any} */ (object).isInstancedMesh === true);
    object.material = material;
    // Uniforms differ from object to object: they are set as each is drawn.
    object.onBeforeRender = () => {
      material.uniforms.pickObject.value = number;
      material.uniforms.pickMasked.value = cells !== null;
      if (cells) {
        for (const name of ['lsToCells', 'lsKeepAxes', 'lsKeep', 'lsChildAxes', 'lsChildren', 'lsMask'])
          material.uniforms[name].value = cells[name].value;
      }
      material.uniformsNeedUpdate = true;
    };
  }

  /**
   * @param {THREE.BufferGeometry} geometry
   * @param {THREE.Side} side
   * @param {boolean} instanced
   */
  #materialFor({ attributes }, side, instanced) {
    const key = `${Boolean(attributes.uv)} ${Boolean(attributes.uv1)} ${side} ${instanced}`;
    let material = this.#materials.get(key);
    if (!material) {
      this.#materials.set(key, material = new THREE.RawShaderMaterial({
        glslVersion: THREE.GLSL3, vertexShader: VERTEX, fragmentShader: FRAGMENT, side, blending: THREE.NoBlending,
        defines: { ...(attributes.uv ? { HAS_UV: 1 } : {}), ...(attributes.uv1 ? { HAS_UV1: 1 } : {}), ...(instanced ? { USE_INSTANCING: 1 } : {}) },
        uniforms: {
          pickObject: { value: 0 }, pickMasked: { value: false }, lsToCells: { value: new THREE.Matrix4() }, lsKeepAxes: { value: new THREE.Matrix3() },
          lsKeep: { value: [new THREE.Vector3(), new THREE.Vector3()] }, lsChildAxes: { value: new THREE.Matrix3() },
          lsChildren: { value: Array.from({ length: 16 }, () => new THREE.Vector3()) }, lsMask: { value: 0 },
        },
      }));
    }
    return material;
  }

  /** @param {THREE.Camera} camera */
  #render(camera) {
    const renderer = this.#renderer, gl = /** @type {WebGL2RenderingContext} */ (renderer.getContext()), target = renderer.getRenderTarget(), { autoClear } = renderer;
    const background = this.#scene.background;
    renderer.autoClear = false;
    renderer.setRenderTarget(this.#target);
    gl.clearBufferuiv(gl.COLOR, 0, new Uint32Array(4));
    gl.clearBufferuiv(gl.COLOR, 1, new Uint32Array(4));
    renderer.clearDepth();
    renderer.render(this.#scene, camera);
    renderer.setRenderTarget(this.#target);
    const read = [0, 1].map(attachment => {
      const words = new Uint32Array(4);
      gl.readBuffer(gl.COLOR_ATTACHMENT0 + attachment);
      gl.readPixels(0, 0, 1, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, words);
      return words;
    });
    gl.readBuffer(gl.COLOR_ATTACHMENT0);
    this.#scene.background = background;
    renderer.autoClear = autoClear;
    renderer.setRenderTarget(target);
    return read;
  }
}

function makeTarget() {
  const target = new THREE.WebGLRenderTarget(1, 1, {
    count: 2, format: THREE.RGBAIntegerFormat, type: THREE.UnsignedIntType, minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter, generateMipmaps: false,
  });
  for (const texture of target.textures)
    texture.internalFormat = 'RGBA32UI';
  return target;
}

/**
 * A pixel of an image as it was decoded: canvases would multiply its colours by its alpha.
 * @param {THREE.WebGLRenderer} renderer
 * @param {ImageBitmap} image
 * @param {number} u
 * @param {number} v
 */
function readPixel(renderer, image, u, v) {
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
