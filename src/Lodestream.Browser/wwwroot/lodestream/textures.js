// Textures of bitmaps and of compressed blocks, and the bytes they take on the GPU.
import * as THREE from 'three';

/** @typedef {import('./glb-images.js').DecodedImage} DecodedImage */
/** @typedef {import('./glb-images.js').BlockFormat} BlockFormat */

/** Block formats by what they show best, with the WebGL extension that brings them. @type {[BlockFormat, string][]} */
const EXTENSIONS = [
  ['bc7', 'EXT_texture_compression_bptc'], ['astc', 'WEBGL_compressed_texture_astc'], ['etc2', 'WEBGL_compressed_texture_etc'], ['bc3', 'WEBGL_compressed_texture_s3tc'],
];

/** @type {Record<BlockFormat | 'rgba', THREE.CompressedPixelFormat | typeof THREE.RGBAFormat>} */
const FORMATS = {
  bc7: THREE.RGBA_BPTC_Format, astc: THREE.RGBA_ASTC_4x4_Format, etc2: THREE.RGBA_ETC2_EAC_Format, bc3: THREE.RGBA_S3TC_DXT5_Format, rgba: THREE.RGBAFormat,
};

/**
 * What the GPU takes of Basis textures, of 16 bytes per block; null where it takes pixels only.
 * @param {THREE.WebGLRenderer} renderer
 */
export function blockFormatOf(renderer) {
  return EXTENSIONS.find(([, extension]) => renderer.extensions.has(extension))?.[0] ?? null;
}

/** @param {DecodedImage} image */
export function makeTexture(image) {
  if (image instanceof ImageBitmap)
    return new THREE.Texture(image);
  const texture = new THREE.CompressedTexture(image.levels, image.width, image.height, /** @type {THREE.CompressedPixelFormat} */ (FORMATS[image.format]));
  if (image.levels.length === 1)
    texture.minFilter = THREE.LinearFilter;
  return texture;
}

/**
 * Bytes of a texture; of GltfTextureCount.cs's arithmetic.
 * @param {DecodedImage} image
 * @param {boolean} mipLevels whether levels down to one pixel are made
 */
export function bytesOfTexture(image, mipLevels) {
  if (!(image instanceof ImageBitmap))
    return image.levels.reduce((sum, { data }) => sum + data.length, 0);
  let bytes = 0;
  for (let { width, height } = image; ; width = Math.max(1, width >> 1), height = Math.max(1, height >> 1)) {
    bytes += width * height * 4;
    if (!mipLevels || (width === 1 && height === 1))
      return bytes;
  }
}
