// Materials with what a tile's drawing adds to its own: fragments outside a keep cell, and those inside the cells of children that draw
// themselves, are discarded; what gives way dissolves; a colour lies over it; terrain takes the colours of a map of regions.
import * as THREE from 'three';

/**
 * @typedef {object} Cells What bounds a draw item: cells as least and greatest coordinates along axes, relative to a centre.
 * @property {number[]} center scene frame, metres
 * @property {{ axes: number[], bounds: number[] } | null} keep
 * @property {number} mask bit i: child i draws itself
 * @property {{ axes: number[], bounds: number[] } | null} children six numbers per child
 */

/** An infinite bound as the shader can hold it. */
const UNBOUNDED = 1e30;

const MAXIMUM_CHILDREN = 8;

/** How much of a region's colour terrain takes. */
const REGION_STRENGTH = 0.38;

const MAP_VERTEX = /* glsl */`
uniform vec4 lsMapU;
uniform vec4 lsMapV;
varying vec2 vLsMap;
`;

const MAP_FRAGMENT = /* glsl */`
uniform sampler2D lsMap;
varying vec2 vLsMap;

// A region's hue with most of the ground's own light and dark: fields and rock stay what they are.
vec3 lsTinted(vec3 ground) {
  const vec3 brightness = vec3(0.2126, 0.7152, 0.0722);
  vec4 region = texture2D(lsMap, vLsMap);
  vec3 hue = region.rgb * mix(1.0, dot(ground, brightness) / max(dot(region.rgb, brightness), 0.04), 0.7);
  return mix(ground, hue, region.a * ${REGION_STRENGTH});
}
`;

const CELLS_VERTEX = /* glsl */`
uniform mat4 lsToCells;
uniform vec2 lsFade;
varying vec3 vLsCells;

// The depth of the same point, some metres nearer to the eye.
void lsLift(vec4 seen) {
  if (lsFade.y <= 0.0)
    return;
  vec4 nearer = projectionMatrix * vec4(seen.xyz * max(0.5, 1.0 - lsFade.y / length(seen.xyz)), 1.0);
  gl_Position.z = nearer.z / nearer.w * gl_Position.w;
}
`;

/** What a fragment shader needs to tell whether it is cut away: `lsIsMasked()`. */
export const cellDefinitions = /* glsl */`
uniform mat3 lsKeepAxes;
uniform vec3 lsKeep[2];
uniform mat3 lsChildAxes;
uniform vec3 lsChildren[${MAXIMUM_CHILDREN * 2}];
uniform int lsMask;
varying vec3 vLsCells;

bool lsInside(vec3 p, vec3 least, vec3 greatest) {
  return all(greaterThanEqual(p, least)) && all(lessThan(p, greatest));
}

bool lsIsMasked() {
  if (!lsInside(lsKeepAxes * vLsCells, lsKeep[0], lsKeep[1]))
    return true;
  vec3 p = lsChildAxes * vLsCells;
  for (int i = 0; i < ${MAXIMUM_CHILDREN}; i++) {
    if ((lsMask & (1 << i)) != 0 && lsInside(p, lsChildren[i * 2], lsChildren[i * 2 + 1]))
      return true;
  }
  return false;
}
`;

const CELLS_FRAGMENT = /* glsl */`
${cellDefinitions}
uniform vec4 lsTint;
uniform vec2 lsFade;

// Interleaved gradient noise (Jimenez, SIGGRAPH 2014): neighbouring pixels go at well spread times.
float lsTurn(vec2 pixel) {
  return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
}

void lsDiscardMasked() {
  if (lsFade.x > 0.0 && lsTurn(gl_FragCoord.xy) < lsFade.x)
    discard;
  if (lsIsMasked())
    discard;
}
`;

/**
 * Materials that discard. They are kept when nothing needs them any more: making one costs little, but three.js drops a shader
 * program with its last material, and compiling it again costs a frame.
 */
export class MaskedMaterials {
  /** @type {Map<string, THREE.Material[]>} */
  #idle = new Map();
  /** @type {Set<THREE.Material>} */
  #all = new Set();

  /**
   * A material that looks like another.
   * @param {THREE.Material} base
   * @param {boolean} [cuts] whether it discards, dissolves and takes a colour laid over it
   * @param {boolean} [isMapped] whether it takes colours of a map
   */
  take(base, cuts = true, isMapped = false) {
    const made = this.#idle.get(`${kindOf(base)}${suffixOf(cuts, isMapped)}`)?.pop() ?? this.#make(base, cuts, isMapped);
    const { lodestream, kind } = made.userData;
    made.copy(base);
    made.userData = { ...made.userData, lodestream, kind };
    made.needsUpdate = true;
    return made;
  }

  /** @param {THREE.Material} material */
  give(material) {
    let idle = this.#idle.get(material.userData.kind);
    if (!idle)
      this.#idle.set(material.userData.kind, idle = []);
    idle.push(material);
  }

  dispose() {
    this.#all.forEach(material => material.dispose());
    this.#all.clear();
    this.#idle.clear();
  }

  /**
   * @param {THREE.Material} base
   * @param {boolean} cuts
   * @param {boolean} isMapped
   */
  #make(base, cuts, isMapped) {
    const material = base.clone(), uniforms = { ...(cuts ? makeUniforms() : {}), ...(isMapped ? makeMapUniforms() : {}) };
    const kind = `${kindOf(base)}${suffixOf(cuts, isMapped)}`, key = `lodestream ${kind}`;
    material.userData = { lodestream: uniforms, kind };
    material.onBeforeCompile = (shader, renderer) => {
      base.onBeforeCompile(shader, renderer);
      Object.assign(shader.uniforms, uniforms);
      shader.vertexShader = (cuts ? CELLS_VERTEX : '') + (isMapped ? MAP_VERTEX : '') + shader.vertexShader.replace('#include <project_vertex>', `
        #include <project_vertex>
        vec4 lsPosition = vec4(transformed, 1.0);
        #ifdef USE_INSTANCING
        lsPosition = instanceMatrix * lsPosition;
        #endif
        ${cuts ? 'vLsCells = (lsToCells * lsPosition).xyz; lsLift(mvPosition);' : ''}
        ${isMapped ? 'vLsMap = vec2(dot(lsMapU, lsPosition), dot(lsMapV, lsPosition));' : ''}`);
      shader.fragmentShader = (cuts ? CELLS_FRAGMENT : '') + (isMapped ? MAP_FRAGMENT : '') + shader.fragmentShader;
      if (cuts)
        shader.fragmentShader = shader.fragmentShader
          .replace('#include <clipping_planes_fragment>', 'lsDiscardMasked();\n#include <clipping_planes_fragment>')
          .replace('#include <opaque_fragment>', '#include <opaque_fragment>\ngl_FragColor.rgb = mix(gl_FragColor.rgb, lsTint.rgb, lsTint.a);');
      if (isMapped)
        shader.fragmentShader = shader.fragmentShader.replace('#include <color_fragment>', '#include <color_fragment>\ndiffuseColor.rgb = lsTinted(diffuseColor.rgb);');
    };
    material.customProgramCacheKey = () => key;
    this.#all.add(material);
    return material;
  }
}

/**
 * @param {boolean} cuts
 * @param {boolean} isMapped
 */
function suffixOf(cuts, isMapped) {
  return `${cuts ? ' cut' : ''}${isMapped ? ' mapped' : ''}`;
}

/** What of a material is code: materials of a kind can stand in for each other. @param {THREE.Material} material */
function kindOf(material) {
  return `${material.type} ${material.userData.shader ?? ''}`;
}

/** The values of what {@link cellDefinitions} and the vertex shader's `lsToCells` declare. */
export function makeCellUniforms() {
  return {
    lsToCells: { value: new THREE.Matrix4() },
    lsKeepAxes: { value: new THREE.Matrix3() },
    lsKeep: { value: [new THREE.Vector3(), new THREE.Vector3()] },
    lsChildAxes: { value: new THREE.Matrix3() },
    lsChildren: { value: Array.from({ length: MAXIMUM_CHILDREN * 2 }, () => new THREE.Vector3()) },
    lsMask: { value: 0 },
  };
}

function makeUniforms() {
  return {
    ...makeCellUniforms(),
    lsTint: { value: new THREE.Vector4() },
    lsFade: { value: new THREE.Vector2() },
  };
}

function makeMapUniforms() {
  return { lsMap: { value: /** @type {THREE.Texture | null} */ (null) }, lsMapU: { value: new THREE.Vector4() }, lsMapV: { value: new THREE.Vector4() } };
}

/**
 * Sets the map that a mapped material takes colours of.
 * @param {THREE.Material} material
 * @param {THREE.Matrix4} matrix from the mesh to the scene's frame
 * @param {THREE.Texture} texture
 * @param {{ origin: number[], u: number[], v: number[] }} place where the map's first pixel is, and what to multiply a distance from it with for texture coordinates
 */
export function setMap(material, matrix, texture, { origin, u, v }) {
  /** @type {ReturnType<typeof makeMapUniforms>} */
  const uniforms = material.userData.lodestream;
  uniforms.lsMap.value = texture;
  setRow(uniforms.lsMapU.value, matrix, origin, u);
  setRow(uniforms.lsMapV.value, matrix, origin, v);
}

// In doubles as well: one row of (coordinates of the map) × (mesh to scene).
/**
 * @param {THREE.Vector4} row
 * @param {THREE.Matrix4} matrix
 * @param {number[]} origin
 * @param {number[]} axis
 */
function setRow(row, { elements: e }, origin, axis) {
  const along = (/** @type {number} */ column, /** @type {number[]} */ from = [0, 0, 0]) =>
    axis[0] * (e[column] - from[0]) + axis[1] * (e[column + 1] - from[1]) + axis[2] * (e[column + 2] - from[2]);
  row.set(along(0), along(4), along(8), along(12, origin));
}

/**
 * Sets what a masked material discards.
 * @param {THREE.Material} material
 * @param {THREE.Matrix4} matrix from the mesh to the scene's frame
 * @param {Cells} cells
 */
export function setCells(material, matrix, { center, keep, mask, children }) {
  /** @type {ReturnType<typeof makeCellUniforms>} */
  const uniforms = material.userData.lodestream;
  // The subtraction is done here in doubles, so that the shader's floats are as fine as the tile is small.
  uniforms.lsToCells.value.makeTranslation(-center[0], -center[1], -center[2]).multiply(matrix);
  setAxes(uniforms.lsKeepAxes.value, keep?.axes);
  setBounds(uniforms.lsKeep.value, keep?.bounds ?? [-UNBOUNDED, -UNBOUNDED, -UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED]);
  setAxes(uniforms.lsChildAxes.value, children?.axes);
  setBounds(uniforms.lsChildren.value, children?.bounds ?? []);
  uniforms.lsMask.value = mask;
}

/**
 * Sets the colour that lies over a masked material.
 * @param {THREE.Material} material
 * @param {THREE.Color | null} color
 */
export function setTint(material, color) {
  material.userData.lodestream.lsTint.value.set(color?.r ?? 0, color?.g ?? 0, color?.b ?? 0, color ? 0.55 : 0);
}

/**
 * Sets how far a masked material has dissolved.
 * @param {THREE.Material} material
 * @param {number} share of its pixels that are gone, 0 to 1
 * @param {number} lift metres it is drawn nearer to the eye than it is
 */
export function setFade(material, share, lift) {
  material.userData.lodestream.lsFade.value.set(share, lift);
}

/**
 * @param {THREE.Matrix3} matrix
 * @param {number[] | undefined} axes three unit vectors: the matrix' rows
 */
function setAxes(matrix, axes) {
  if (axes)
    matrix.set(axes[0], axes[1], axes[2], axes[3], axes[4], axes[5], axes[6], axes[7], axes[8]);
  else
    matrix.identity();
}

/**
 * @param {THREE.Vector3[]} vectors
 * @param {number[]} numbers
 */
function setBounds(vectors, numbers) {
  for (let i = 0; i * 3 < numbers.length; i++)
    vectors[i].fromArray(numbers.slice(i * 3, i * 3 + 3).map(n => Math.max(-UNBOUNDED, Math.min(UNBOUNDED, n))));
}
