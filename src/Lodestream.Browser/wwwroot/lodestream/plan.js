// What C# found in a content and where (DecodePlan.cs): a worker decodes by it, and need not look for anything.

/** @typedef {[file: number, offset: number, length: number]} Source Bytes of a file; file −1 is a data URI in the glTF's JSON. */

/**
 * @typedef {object} BatchTablePlan
 * @property {[number, number]} json
 * @property {[number, number]} binary
 * @property {number} length number of rows
 */

/** @typedef {{ offset: number[], scale: number[] }} Volume What quantized positions divide, metres. */

/** @typedef {{ offset: number, type: number }} BatchIdPlan Where ids are, and their component type as glTF numbers it. */

/**
 * @typedef {object} InstancesPlan Offsets are in file 0.
 * @property {number} count
 * @property {number[]} rtc on the tile's axes, metres
 * @property {number} positions
 * @property {Volume} [quantized]
 * @property {number} [up]
 * @property {number} [right]
 * @property {boolean} octahedral
 * @property {boolean} eastNorthUp
 * @property {number} [scale]
 * @property {number} [scaleNonUniform]
 * @property {BatchIdPlan} [batchIds]
 * @property {number[]} toTile from the model's axes to the tile's, column-major
 */

/**
 * @typedef {object} ModelPlan
 * @property {'model'} kind
 * @property {number[]} matrix from the part's frame to the content's, column-major
 * @property {BatchTablePlan} [batchTable]
 * @property {Source} json
 * @property {Source[]} buffers
 * @property {Source[]} images
 * @property {(string | null)[]} imageNames of each that is in a file: the file as the content names it, and where in it
 * @property {Source} [metadata] JSON of EXT_structural_metadata
 * @property {number[]} [tableViews] buffer views of property tables
 * @property {Source} [schema]
 * @property {InstancesPlan} [instances]
 * @property {number} [only] the mesh to decode; all that the scene reaches where it is missing
 */

/**
 * @typedef {object} PointsPlan Offsets are in file 0; what Draco holds has none.
 * @property {'points'} kind
 * @property {number[]} matrix from the part's frame to the content's, column-major
 * @property {BatchTablePlan} [batchTable]
 * @property {number} count
 * @property {number} [positions]
 * @property {Volume} [quantized]
 * @property {'None' | 'Rgb' | 'Rgba' | 'Rgb565'} color
 * @property {number} [colors]
 * @property {number[]} [constantColor] sRGB, 0 … 255, with alpha
 * @property {boolean} hasNormals
 * @property {number} [normals]
 * @property {boolean} octahedral
 * @property {BatchIdPlan} [batchIds]
 * @property {number} [batchIdType]
 * @property {{ bytes: [number, number], ids: Record<string, number> }} [draco]
 */

/** @typedef {{ bytes: [number, number], lz4: boolean, decoded: number }} UntoldChunk Bytes of file 0, and how many they are decompressed. */

/**
 * @typedef {object} UntoldMesh Offsets are into the decompressed chunks, bytes.
 * @property {number} vertices
 * @property {number} count of vertices
 * @property {number} indices
 * @property {number} indexCount
 * @property {number} indexBytes 2 or 4
 * @property {number} material −1 for none
 * @property {boolean} tangents whether a normal map asks for them
 * @property {boolean} keepsIdentity whether its name says that it is to be told from others
 */

/**
 * @typedef {object} UntoldPlan A payload of a manifest scene.
 * @property {'untold'} kind
 * @property {number[]} matrix from the part's frame to the content's, column-major
 * @property {BatchTablePlan} [batchTable] none
 * @property {UntoldChunk} vertices
 * @property {UntoldChunk} indices
 * @property {UntoldMesh[][]} meshes
 * @property {{ mesh: number, matrix: number[] }[]} draws
 * @property {import('./glb-materials.js').DecodedMaterial[]} materials
 * @property {number[]} textures the image of each; −1 for none
 * @property {Source[]} images
 * @property {(string | null)[]} imageNames of each that is in a file: the file as the content names it, and where in it
 * @property {[roughness: number, roughnessChannel: number, metallic: number, metallicChannel: number][]} packed images made of others, behind those
 */

/**
 * @typedef {object} RegionMapPlan A map of regions in an image.
 * @property {'regionMap'} kind
 * @property {Source} image
 * @property {number} channel with the numbers of regions
 * @property {string} colors red, green and blue of each region, base 64
 */

/**
 * @typedef {object} UnpackPlan A payload that is kept: its chunks are to be unpacked, one behind the other.
 * @property {'unpack'} kind
 * @property {UntoldChunk[]} chunks
 */

/** @typedef {ModelPlan | PointsPlan | UntoldPlan} PartPlan */

/** @typedef {PartPlan | RegionMapPlan | UnpackPlan} Plan */

/** Whether a name says that what it names is to be told from others, and so stays a mesh of its own. @param {string | undefined} name */
export function keepsIdentity(name) {
  return name?.startsWith('NM_') ?? false;
}

/** The content is fine, but needs a decoder that knows more. */
export class UnsupportedError extends Error {}

/** Nobody wants the result any more. */
export class CancelledError extends Error {}

/**
 * The bytes of a source.
 * @param {ArrayBuffer[]} files
 * @param {Source} source
 * @param {string} [uri] the data URI, where it is one
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(files, [file, offset, length], uri) {
  return file < 0 ? decodeDataUri(uri ?? '') : new Uint8Array(files[file], offset, length);
}

/** @param {string} uri */
function decodeDataUri(uri) {
  const comma = uri.indexOf(','), data = uri.slice(comma + 1);
  const text = uri.slice(0, comma).endsWith(';base64') ? atob(data) : decodeURIComponent(data);
  return Uint8Array.from(text, character => character.charCodeAt(0));
}
