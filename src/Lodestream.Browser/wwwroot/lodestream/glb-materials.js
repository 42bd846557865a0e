// glTF's materials, textures and samplers as plain data.

/**
 * @typedef {object} DecodedTexture
 * @property {number} image
 * @property {number} magFilter WebGL enum
 * @property {number} minFilter WebGL enum
 * @property {number} wrapS WebGL enum
 * @property {number} wrapT WebGL enum
 */

/**
 * @typedef {object} TextureReference
 * @property {number} texture
 * @property {number} texCoord
 * @property {number} scale a normal map's scale, an occlusion map's strength
 * @property {{ offset: number[], rotation: number, scale: number[] } | null} transform of texture coordinates (KHR_texture_transform)
 */

/**
 * @typedef {object} DecodedMaterial
 * @property {boolean} unlit
 * @property {number[]} baseColor linear, with alpha
 * @property {TextureReference | null} baseColorTexture
 * @property {number} metallic
 * @property {number} roughness
 * @property {TextureReference | null} metallicRoughnessTexture
 * @property {TextureReference | null} normalTexture
 * @property {TextureReference | null} occlusionTexture
 * @property {number[]} emissive linear
 * @property {TextureReference | null} emissiveTexture
 * @property {'OPAQUE' | 'MASK' | 'BLEND'} alphaMode
 * @property {number} alphaCutoff
 * @property {boolean} doubleSided
 * @property {boolean} [vertexColorsAreSrgb] vertex colours are as on a screen, not linear
 */

/**
 * @param {any} material
 * @returns {DecodedMaterial}
 */
export function decodeMaterial(material) {
  const pbr = material.pbrMetallicRoughness ?? {}, technique = readTechnique(material.extensions?.KHR_techniques_webgl);
  return {
    unlit: technique !== null || material.extensions?.KHR_materials_unlit !== undefined,
    baseColor: technique?.baseColor ?? pbr.baseColorFactor ?? [1, 1, 1, 1],
    baseColorTexture: technique?.baseColorTexture ?? reference(pbr.baseColorTexture),
    metallic: pbr.metallicFactor ?? 1,
    roughness: pbr.roughnessFactor ?? 1,
    metallicRoughnessTexture: reference(pbr.metallicRoughnessTexture),
    normalTexture: reference(material.normalTexture),
    occlusionTexture: reference(material.occlusionTexture),
    emissive: (material.emissiveFactor ?? [0, 0, 0]).map((/** @type {number} */ e) => e * (material.extensions?.KHR_materials_emissive_strength?.emissiveStrength ?? 1)),
    emissiveTexture: reference(material.emissiveTexture),
    alphaMode: material.alphaMode ?? 'OPAQUE',
    alphaCutoff: material.alphaCutoff ?? 0.5,
    doubleSided: material.doubleSided ?? false,
  };
}

/**
 * @param {any} json
 * @param {any} texture
 * @returns {DecodedTexture}
 */
export function decodeTexture(json, texture) {
  const sampler = json.samplers?.[texture.sampler] ?? {};
  return {
    image: texture.extensions?.KHR_texture_basisu?.source ?? texture.extensions?.EXT_texture_webp?.source ?? texture.source ?? -1,
    magFilter: sampler.magFilter ?? 9729,
    minFilter: sampler.minFilter ?? 9987,
    wrapS: sampler.wrapS ?? 10497,
    wrapT: sampler.wrapT ?? 10497,
  };
}

/** The textures that a material uses. @param {DecodedMaterial | undefined} material */
export function texturesOf(material) {
  return material ? [material.baseColorTexture, material.metallicRoughnessTexture, material.normalTexture, material.occlusionTexture, material.emissiveTexture]
    .flatMap(used => used ? [used.texture] : []) : [];
}

// A shader of the file's own, from glTF's first version, is not run: its first texture, or its diffuse colour, is what is nearest.
/** @param {any} technique */
function readTechnique(technique) {
  if (!technique)
    return null;
  const values = Object.entries(technique.values ?? {});
  const color = values.find(([name, value]) => name === 'u_diffuse' && Array.isArray(value) && value.length === 4);
  const texture = values.find(([, value]) => /** @type {any} */ (value)?.index !== undefined);
  return { baseColor: /** @type {number[] | undefined} */ (color?.[1]), baseColorTexture: texture ? reference(texture[1]) : null };
}

/**
 * @param {any} info
 * @returns {TextureReference | null}
 */
function reference(info) {
  if (!info)
    return null;
  const moved = info.extensions?.KHR_texture_transform;
  return {
    texture: info.index,
    texCoord: moved?.texCoord ?? info.texCoord ?? 0,
    scale: info.scale ?? info.strength ?? 1,
    transform: moved ? { offset: moved.offset ?? [0, 0], rotation: moved.rotation ?? 0, scale: moved.scale ?? [1, 1] } : null,
  };
}
