// glTF materials as three.js materials.
import * as THREE from 'three';
import { bytesOfTexture, makeTexture } from './textures.js';

/** glTF's WebGL enums as three.js's constants. @type {Record<number, THREE.MinificationTextureFilter>} */
const FILTERS = {
  9728: THREE.NearestFilter, 9729: THREE.LinearFilter, 9984: THREE.NearestMipmapNearestFilter,
  9985: THREE.LinearMipmapNearestFilter, 9986: THREE.NearestMipmapLinearFilter, 9987: THREE.LinearMipmapLinearFilter,
};

/** @type {Record<number, THREE.Wrapping>} */
const WRAPPINGS = { 33071: THREE.ClampToEdgeWrapping, 33648: THREE.MirroredRepeatWrapping, 10497: THREE.RepeatWrapping };

/** Ground seen at a grazing angle blurs without; more than this is not seen. */
const ANISOTROPY = 8;

/**
 * Makes a model's materials and textures, the latter shared between materials.
 * @param {import('./glb.js').DecodedModel} model
 */
export function makeMaterials(model) {
  const textures = new Textures(model);
  /** @type {Map<string, THREE.Material>} */
  const materials = new Map();
  return {
    /**
     * The material of a primitive; the same for primitives that need the same.
     * @param {import('./glb.js').DecodedPrimitive} primitive
     */
    of(primitive) {
      const { attributes, topology } = primitive;
      const key = `${primitive.material},${topology},${attributes.COLOR_0?.itemSize},${Boolean(attributes.NORMAL)}`;
      let material = materials.get(key);
      if (!material)
        materials.set(key, material = makeMaterial(model, primitive, textures));
      return material;
    },
    textureBytes: () => textures.bytes,
    dispose() {
      materials.forEach(material => material.dispose());
      textures.dispose();
    },
  };
}

/** A model's textures: an image once for each way in which it is sampled. */
class Textures {
  /** Bytes on the GPU. */
  bytes = 0;
  #model;
  /** Textures as samplers make them; others share their memory. @type {Map<string, THREE.Texture>} */
  #sampled = new Map();
  /** @type {Map<string, THREE.Texture>} */
  #used = new Map();

  /** @param {import('./glb.js').DecodedModel} model */
  constructor(model) {
    this.#model = model;
  }

  /**
   * @param {import('./glb-materials.js').TextureReference | null} reference
   * @param {THREE.ColorSpace} colorSpace
   */
  get(reference, colorSpace) {
    const sampler = reference && this.#model.textures[reference.texture], image = sampler && this.#model.images[sampler.image];
    if (!sampler || !image)
      return null;
    const { texCoord, transform } = reference, key = `${reference.texture},${texCoord},${colorSpace},${JSON.stringify(transform)}`;
    let made = this.#used.get(key);
    if (made)
      return made;
    made = this.#sample(sampler, image, colorSpace).clone();
    made.needsUpdate = true;
    made.channel = texCoord;
    if (transform) {
      made.offset.fromArray(transform.offset);
      made.rotation = transform.rotation;
      made.repeat.fromArray(transform.scale);
    }
    this.#used.set(key, made);
    return made;
  }

  dispose() {
    this.#used.forEach(texture => texture.dispose());
  }

  /**
   * @param {import('./glb-materials.js').DecodedTexture} sampler
   * @param {import('./glb-images.js').DecodedImage} image
   * @param {THREE.ColorSpace} colorSpace
   */
  #sample(sampler, image, colorSpace) {
    const key = `${JSON.stringify(sampler)} ${colorSpace}`;
    let made = this.#sampled.get(key);
    if (made)
      return made;
    made = makeTexture(image);
    const isBitmap = image instanceof ImageBitmap;
    made.flipY = false;
    made.colorSpace = colorSpace;
    made.magFilter = sampler.magFilter === 9728 ? THREE.NearestFilter : THREE.LinearFilter;
    if (isBitmap || image.levels.length > 1)
      made.minFilter = FILTERS[sampler.minFilter] ?? THREE.LinearMipmapLinearFilter;
    made.generateMipmaps = isBitmap && made.minFilter !== THREE.NearestFilter && made.minFilter !== THREE.LinearFilter;
    made.anisotropy = made.minFilter !== THREE.NearestFilter && made.minFilter !== THREE.LinearFilter ? ANISOTROPY : 1;
    made.wrapS = WRAPPINGS[sampler.wrapS] ?? THREE.RepeatWrapping;
    made.wrapT = WRAPPINGS[sampler.wrapT] ?? THREE.RepeatWrapping;
    this.bytes += bytesOfTexture(image, made.generateMipmaps);
    this.#sampled.set(key, made);
    return made;
  }
}

/**
 * @param {import('./glb.js').DecodedModel} model
 * @param {import('./glb.js').DecodedPrimitive} primitive
 * @param {Textures} textures
 */
function makeMaterial(model, { material: index, topology, attributes }, textures) {
  const source = model.materials[index] ?? DEFAULT_MATERIAL;
  const map = textures.get(source.baseColorTexture, THREE.SRGBColorSpace);
  const common = {
    color: new THREE.Color().setRGB(source.baseColor[0], source.baseColor[1], source.baseColor[2], THREE.LinearSRGBColorSpace),
    opacity: source.alphaMode === 'BLEND' ? source.baseColor[3] : 1,
    transparent: source.alphaMode === 'BLEND',
    depthWrite: source.alphaMode !== 'BLEND',
    alphaTest: source.alphaMode === 'MASK' ? source.alphaCutoff : 0,
    side: source.doubleSided ? THREE.DoubleSide : THREE.FrontSide,
    vertexColors: Boolean(attributes.COLOR_0),
    map,
  };
  if (topology === 'points')
    return makePointsMaterial(common, source, Boolean(attributes.NORMAL));
  if (topology !== 'triangles')
    return new THREE.LineBasicMaterial({ ...common, toneMapped: !source.unlit });
  // Unlit colours are final, photographs mostly: tone mapping would only dull them.
  if (source.unlit)
    return new THREE.MeshBasicMaterial({ ...common, toneMapped: false });
  const flatShading = !attributes.NORMAL;
  const surface = {
    ...common,
    flatShading,
    emissive: new THREE.Color().setRGB(source.emissive[0], source.emissive[1], source.emissive[2], THREE.LinearSRGBColorSpace),
    emissiveMap: textures.get(source.emissiveTexture, THREE.SRGBColorSpace),
    aoMap: textures.get(source.occlusionTexture, THREE.NoColorSpace),
    aoMapIntensity: source.occlusionTexture?.scale ?? 1,
  };
  // What is fully rough and not metallic is Lambert's surface but for a sheen of four percent, at a third of the cost per pixel. A fully
  // rough metal, such as glTF's default material, mirrors all around it as evenly; with nothing to mirror it would be black.
  if (source.roughness >= 0.95 && !source.metallicRoughnessTexture && !source.normalTexture)
    return new THREE.MeshLambertMaterial(surface);
  const metallicRoughness = textures.get(source.metallicRoughnessTexture, THREE.NoColorSpace);
  const scale = source.normalTexture?.scale ?? 1;
  return new THREE.MeshStandardMaterial({
    ...surface,
    metalness: source.metallic,
    roughness: source.roughness,
    metalnessMap: metallicRoughness,
    roughnessMap: metallicRoughness,
    normalMap: textures.get(source.normalTexture, THREE.NoColorSpace),
    normalScale: new THREE.Vector2(scale, scale),
  });
}

/** Size of points, pixels. */
const POINT_SIZE = 2;

/**
 * Points with normals are lit like surfaces.
 * @param {THREE.MeshLambertMaterialParameters} common
 * @param {import('./glb-materials.js').DecodedMaterial} source
 * @param {boolean} lit
 */
function makePointsMaterial(common, source, lit) {
  const material = lit ? new THREE.MeshLambertMaterial({ ...common, side: THREE.DoubleSide })
    : new THREE.PointsMaterial({ color: common.color, opacity: common.opacity, transparent: common.transparent, vertexColors: common.vertexColors, size: POINT_SIZE, sizeAttenuation: false });
  material.toneMapped = !source.unlit;
  const srgb = Boolean(source.vertexColorsAreSrgb && common.vertexColors);
  if (!lit && !srgb)
    return material;
  // Masked materials are made of others of the same kind: what the shader is like must be told by a name.
  material.userData.shader = `points${lit ? ' lit' : ''}${srgb ? ' srgb' : ''}`;
  material.onBeforeCompile = shader => {
    if (lit)
      shader.vertexShader = shader.vertexShader.replace('#include <project_vertex>', `#include <project_vertex>\ngl_PointSize = ${POINT_SIZE.toFixed(1)};`);
    if (srgb)
      shader.vertexShader = shader.vertexShader.replace('#include <color_vertex>',
        '#include <color_vertex>\nvColor.rgb = mix(pow(vColor.rgb * 0.9478672986 + 0.0521327014, vec3(2.4)), vColor.rgb * 0.0773993808, vec3(lessThanEqual(vColor.rgb, vec3(0.04045))));');
  };
  const key = material.userData.shader;
  material.customProgramCacheKey = () => key;
  return material;
}

/** @type {import('./glb-materials.js').DecodedMaterial} */
const DEFAULT_MATERIAL = {
  unlit: false, baseColor: [1, 1, 1, 1], baseColorTexture: null, metallic: 1, roughness: 1, metallicRoughnessTexture: null, normalTexture: null,
  occlusionTexture: null, emissive: [0, 0, 0], emissiveTexture: null, alphaMode: 'OPAQUE', alphaCutoff: 0.5, doubleSided: false,
};
