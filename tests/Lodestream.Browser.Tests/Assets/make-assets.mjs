// Makes the compressed files of this folder: a hill of 17 × 17 vertices, 10 m wide, with a chequered texture, encoded in several ways.
//   npm install draco3d@1.5.9 gltfpack@1.3.0 ktx2-encoder@0.6.0   (anywhere; they are not part of the project)
//   NODE_PATH=…/node_modules node make-assets.mjs
// They are kept because encoders are large and their results small.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const require = createRequire(import.meta.url), here = import.meta.dirname;
const find = name => require.resolve(name, { paths: (process.env.NODE_PATH ?? '').split(path.delimiter) });
const SIDE = 17, positions = [], normals = [], uvs = [], indices = [];
for (let z = 0; z < SIDE; z++) {
  for (let x = 0; x < SIDE; x++) {
    const u = x / (SIDE - 1), v = z / (SIDE - 1), px = u * 10 - 5, pz = v * 10 - 5, r = Math.hypot(px, pz);
    positions.push(px, 2 * Math.exp(-r * r / 8), pz);
    const slope = -r / 2 * Math.exp(-r * r / 8), n = Math.hypot(slope, 1);
    normals.push(r ? -slope * px / r / n : 0, 1 / n, r ? -slope * pz / r / n : 0);
    uvs.push(u, v);
    if (x && z) {
      const i = z * SIDE + x;
      indices.push(i - SIDE - 1, i - 1, i, i - SIDE - 1, i, i - SIDE);
    }
  }
}

/** Chequers: as pixels, and as the rows of a PNG, each behind its filter's number. */
function chequers(size) {
  const rows = Buffer.alloc(size * (1 + size * 4)), rgba = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const color = (x >> 3) + (y >> 3) & 1 ? [230, 120, 40, 255] : [40, 90, 200, 255];
      rows.set(color, y * (1 + size * 4) + 1 + x * 4);
      rgba.set(color, (y * size + x) * 4);
    }
  }
  return { rows, rgba };
}

function png(size) {
  const { rows } = chequers(size);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(zlib.crc32(body), out.length - 4);
    return out;
  };
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

const pad = (bytes, fill = 0) => Buffer.concat([bytes, Buffer.alloc((4 - bytes.length % 4) % 4, fill)]);

/** @param {number[]} [strides] bytes from vertex to vertex by view, where they are not packed */
function glb(json, views, strides = []) {
  let offset = 0;
  json.bufferViews = views.map((bytes, i) => {
    const view = { buffer: 0, byteOffset: offset, byteLength: bytes.length, ...(strides[i] ? { byteStride: strides[i] } : {}) };
    offset += pad(bytes).length;
    return view;
  });
  json.buffers = [{ byteLength: offset }];
  const text = pad(Buffer.from(JSON.stringify({ asset: { version: '2.0' }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ mesh: 0 }], ...json })), 0x20), binary = Buffer.concat(views.map(v => pad(v)));
  const out = Buffer.alloc(28 + text.length + binary.length);
  [0x46546c67, 2, out.length, text.length, 0x4e4f534a].forEach((word, i) => out.writeUInt32LE(word, i * 4));
  text.copy(out, 20);
  out.writeUInt32LE(binary.length, 20 + text.length);
  out.writeUInt32LE(0x004e4942, 24 + text.length);
  binary.copy(out, 28 + text.length);
  return out;
}

const count = SIDE * SIDE, image = png(64);
const surface = {
  materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 }, metallicFactor: 0, roughnessFactor: 1 } }],
  textures: [{ source: 0, sampler: 0 }], samplers: [{}],
};
const attribute = (type, componentType = 5126, extra = {}) => ({ componentType, count, type, ...extra });
const range = { min: [-5, 0, -5], max: [5, 2, 5] };
const floats = array => Buffer.from(new Float32Array(array).buffer);

const plain = glb({
  ...surface, images: [{ bufferView: 4, mimeType: 'image/png' }],
  meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, indices: 3, material: 0 }] }],
  accessors: [
    attribute('VEC3', 5126, { bufferView: 0, ...range }), attribute('VEC3', 5126, { bufferView: 1 }), attribute('VEC2', 5126, { bufferView: 2 }),
    { bufferView: 3, componentType: 5123, count: indices.length, type: 'SCALAR' },
  ],
}, [floats(positions), floats(normals), floats(uvs), Buffer.from(new Uint16Array(indices).buffer), image]);
writeFileSync(path.join(here, 'hill.glb'), plain);

// KHR_mesh_quantization: shares of the node's scale, each vertex on four bytes. Normals are stretched as the inverse of positions are.
const SCALE = [5, 2, 5];
const quantize = (Type, values, components, padded) => {
  const greatest = { Int8Array: 127, Int16Array: 32767, Uint16Array: 65535 }[Type.name], array = new Type(values.length / components * padded);
  values.forEach((value, i) => array[Math.floor(i / components) * padded + i % components] = Math.round(value * greatest));
  return Buffer.from(array.buffer);
};
const lowest = Math.round(Math.min(...positions.filter((_, i) => i % 3 === 1)) / SCALE[1] * 32767);
const squashed = normals.map((_, i) => {
  const [x, y, z] = SCALE.map((scale, c) => normals[i - i % 3 + c] * scale);
  return [x, y, z][i % 3] / Math.hypot(x, y, z);
});
writeFileSync(path.join(here, 'hill-quantized.glb'), glb({
  ...surface, images: [{ bufferView: 4, mimeType: 'image/png' }], extensionsUsed: ['KHR_mesh_quantization'], extensionsRequired: ['KHR_mesh_quantization'],
  nodes: [{ mesh: 0, scale: SCALE }],
  meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, indices: 3, material: 0 }] }],
  accessors: [
    attribute('VEC3', 5122, { bufferView: 0, normalized: true, min: [-32767, lowest, -32767], max: [32767, 32767, 32767] }), attribute('VEC3', 5120, { bufferView: 1, normalized: true }),
    attribute('VEC2', 5123, { bufferView: 2, normalized: true }), { bufferView: 3, componentType: 5123, count: indices.length, type: 'SCALAR' },
  ],
}, [
  quantize(Int16Array, positions.map((p, i) => p / SCALE[i % 3]), 3, 4), quantize(Int8Array, squashed, 3, 4), quantize(Uint16Array, uvs, 2, 2),
  Buffer.from(new Uint16Array(indices).buffer), image,
], [8, 4, 4]));

const temporary = mkdtempSync(path.join(os.tmpdir(), 'assets-'));
const pack = (name, ...options) => {
  execFileSync(process.execPath, [path.join(path.dirname(find('gltfpack/package.json')), 'cli.js'), '-i', path.join(here, 'hill.glb'), '-o', path.join(temporary, name), ...options], { stdio: 'inherit' });
  writeFileSync(path.join(here, name), readFileSync(path.join(temporary, name)));
};
pack('hill-meshopt.glb', '-c');

// ETC1S, with the mip levels in the file.
const { encodeToKTX2 } = await import(path.join(process.env.NODE_PATH, 'ktx2-encoder/dist/node/index.js'));
const pixels = { data: chequers(64).rgba, width: 64, height: 64 };
const ktx2 = Buffer.from(await encodeToKTX2(new Uint8Array(image), { isUASTC: false, generateMipmap: true, isKTX2File: true, imageDecoder: async () => pixels }));
writeFileSync(path.join(here, 'hill-ktx2.glb'), glb({
  ...surface, textures: [{ sampler: 0, extensions: { KHR_texture_basisu: { source: 0 } } }], images: [{ bufferView: 4, mimeType: 'image/ktx2' }],
  extensionsUsed: ['KHR_texture_basisu'], extensionsRequired: ['KHR_texture_basisu'],
  meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, indices: 3, material: 0 }] }],
  accessors: [
    attribute('VEC3', 5126, { bufferView: 0, ...range }), attribute('VEC3', 5126, { bufferView: 1 }), attribute('VEC2', 5126, { bufferView: 2 }),
    { bufferView: 3, componentType: 5123, count: indices.length, type: 'SCALAR' },
  ],
}, [floats(positions), floats(normals), floats(uvs), Buffer.from(new Uint16Array(indices).buffer), ktx2]));

const draco = await require(find('draco3d')).createEncoderModule({});

/** A Draco stream of attributes, as a mesh or a cloud of points. */
function encode(kind, n, attributes, faces) {
  const encoder = new draco.Encoder(), mesh = kind === 'mesh', builder = mesh ? new draco.MeshBuilder() : new draco.PointCloudBuilder(), geometry = mesh ? new draco.Mesh() : new draco.PointCloud();
  if (mesh)
    builder.AddFacesToMesh(geometry, faces.length / 3, new Uint32Array(faces));
  const ids = attributes.map(({ type, size, array }) => array instanceof Uint8Array
    ? builder.AddUInt8Attribute(geometry, draco[type], n, size, array) : builder.AddFloatAttribute(geometry, draco[type], n, size, array));
  encoder.SetSpeedOptions(5, 5);
  encoder.SetAttributeQuantization(draco.POSITION, 14);
  if (mesh)
    encoder.SetEncodingMethod(draco.MESH_EDGEBREAKER_ENCODING);
  const out = new draco.DracoInt8Array(), length = mesh ? encoder.EncodeMeshToDracoBuffer(geometry, out) : encoder.EncodePointCloudToDracoBuffer(geometry, false, out);
  return { bytes: Buffer.from(Array.from({ length }, (_, i) => out.GetValue(i) & 255)), ids, points: mesh ? encoder.GetNumberOfEncodedPoints() : n };
}

const stream = encode('mesh', count, [
  { type: 'POSITION', size: 3, array: new Float32Array(positions) }, { type: 'NORMAL', size: 3, array: new Float32Array(normals) }, { type: 'TEX_COORD', size: 2, array: new Float32Array(uvs) },
], indices);
writeFileSync(path.join(here, 'hill-draco.glb'), glb({
  ...surface, images: [{ bufferView: 1, mimeType: 'image/png' }], extensionsUsed: ['KHR_draco_mesh_compression'], extensionsRequired: ['KHR_draco_mesh_compression'],
  meshes: [{ primitives: [{
    attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, indices: 3, material: 0,
    extensions: { KHR_draco_mesh_compression: { bufferView: 0, attributes: { POSITION: stream.ids[0], NORMAL: stream.ids[1], TEXCOORD_0: stream.ids[2] } } },
  }] }],
  accessors: [attribute('VEC3', 5126, range), attribute('VEC3'), attribute('VEC2'), { componentType: 5123, count: indices.length, type: 'SCALAR' }],
}, [stream.bytes, image]));

const colors = Uint8Array.from({ length: count * 3 }, (_, i) => [220, 180, 40][i % 3]), upright = [];
for (let i = 0; i < count; i++)
  upright.push(positions[i * 3], positions[i * 3 + 2], positions[i * 3 + 1]);
const cloud = encode('points', count, [{ type: 'POSITION', size: 3, array: new Float32Array(upright) }, { type: 'COLOR', size: 3, array: colors }]);
let table = JSON.stringify({
  POINTS_LENGTH: count, POSITION: { byteOffset: 0 }, RGB: { byteOffset: 0 },
  extensions: { '3DTILES_draco_point_compression': { byteOffset: 0, byteLength: cloud.bytes.length, properties: { POSITION: cloud.ids[0], RGB: cloud.ids[1] } } },
});
table += ' '.repeat((8 - (28 + table.length) % 8) % 8);
const header = Buffer.alloc(28), body = Buffer.concat([cloud.bytes, Buffer.alloc((8 - cloud.bytes.length % 8) % 8)]);
header.write('pnts');
[1, 28 + table.length + body.length, table.length, body.length, 0, 0].forEach((word, i) => header.writeUInt32LE(word, 4 + i * 4));
writeFileSync(path.join(here, 'hill-draco.pnts'), Buffer.concat([header, Buffer.from(table), body]));
