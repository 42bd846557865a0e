// glTF materials as three.js materials.
import * as THREE from 'three';

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
 * Makes a content's materials and textures, the latter shared between materials.
 * @param {import('./glb.js').DecodedGlb} content
 */
export function makeMaterials(content) {
  /** @type {Map<string, THREE.Texture>} */
  const textures = new Map();
  /** @type {Map<string, THREE.Material>} */
  const materials = new Map();
  return {
    textures,
    materials,
    /**
     * The material of a primitive; the same for primitives that need the same.
     * @param {import('./glb.js').DecodedPrimitive} primitive
     */
    of(primitive) {
      const { attributes, topology } = primitive;
      const key = `${primitive.material},${topology},${Boolean(attributes.COLOR_0)},${Boolean(attributes.NORMAL)}`;
      let material = materials.get(key);
      if (!material)
        materials.set(key, material = makeMaterial(content, primitive, textures));
      return material;
    },
  };
}

/**
 * @param {import('./glb.js').DecodedGlb} content
 * @param {import('./glb.js').DecodedPrimitive} primitive
 * @param {Map<string, THREE.Texture>} textures
 */
function makeMaterial(content, { material: index, topology, attributes }, textures) {
  const source = content.materials[index] ?? DEFAULT_MATERIAL;
  const map = texture(content, textures, source.baseColorTexture, THREE.SRGBColorSpace);
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
    return new THREE.PointsMaterial({ ...common, size: 2, sizeAttenuation: false });
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
    emissiveMap: texture(content, textures, source.emissiveTexture, THREE.SRGBColorSpace),
    aoMap: texture(content, textures, source.occlusionTexture, THREE.NoColorSpace),
    aoMapIntensity: source.occlusionTexture?.scale ?? 1,
  };
  // Fully rough and not metallic is Lambert's surface but for a sheen of four percent, at a third of the cost per pixel.
  if (source.metallic === 0 && source.roughness >= 0.95 && !source.metallicRoughnessTexture && !source.normalTexture)
    return new THREE.MeshLambertMaterial(surface);
  const metallicRoughness = texture(content, textures, source.metallicRoughnessTexture, THREE.NoColorSpace);
  const scale = source.normalTexture?.scale ?? 1;
  return new THREE.MeshStandardMaterial({
    ...surface,
    metalness: source.metallic,
    roughness: source.roughness,
    metalnessMap: metallicRoughness,
    roughnessMap: metallicRoughness,
    normalMap: texture(content, textures, source.normalTexture, THREE.NoColorSpace),
    normalScale: new THREE.Vector2(scale, scale),
  });
}

/** @type {import('./glb.js').DecodedMaterial} */
const DEFAULT_MATERIAL = {
  unlit: false, baseColor: [1, 1, 1, 1], baseColorTexture: null, metallic: 1, roughness: 1, metallicRoughnessTexture: null, normalTexture: null,
  occlusionTexture: null, emissive: [0, 0, 0], emissiveTexture: null, alphaMode: 'OPAQUE', alphaCutoff: 0.5, doubleSided: false,
};

/**
 * @param {import('./glb.js').DecodedGlb} content
 * @param {Map<string, THREE.Texture>} textures
 * @param {import('./glb.js').TextureReference | null} reference
 * @param {THREE.ColorSpace} colorSpace
 */
function texture(content, textures, reference, colorSpace) {
  const source = reference && content.textures[reference.texture];
  const image = source && content.images[source.image];
  if (!source || !image)
    return null;
  const key = `${reference.texture},${reference.texCoord},${colorSpace}`;
  let made = textures.get(key);
  if (made)
    return made;
  made = new THREE.Texture(image);
  made.flipY = false;
  made.colorSpace = colorSpace;
  made.channel = reference.texCoord;
  made.magFilter = source.magFilter === 9728 ? THREE.NearestFilter : THREE.LinearFilter;
  made.minFilter = FILTERS[source.minFilter] ?? THREE.LinearMipmapLinearFilter;
  made.generateMipmaps = made.minFilter !== THREE.NearestFilter && made.minFilter !== THREE.LinearFilter;
  made.anisotropy = made.generateMipmaps ? ANISOTROPY : 1;
  made.wrapS = WRAPPINGS[source.wrapS] ?? THREE.RepeatWrapping;
  made.wrapT = WRAPPINGS[source.wrapT] ?? THREE.RepeatWrapping;
  made.needsUpdate = true;
  textures.set(key, made);
  return made;
}
