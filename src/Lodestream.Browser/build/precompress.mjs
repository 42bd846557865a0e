// Writes FILE.br and FILE.gz beside every file of a web root that shrinks by it. Usage: node precompress.mjs DIR
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress), gzip = promisify(zlib.gzip);
const compressible = new Set(['.js', '.mjs', '.wasm', '.dll', '.json', '.html', '.css', '.svg', '.txt', '']);

const root = process.argv[2];
if (!root) {
  console.error('Usage: node precompress.mjs DIR');
  process.exit(2);
}

const entries = await readdir(root, { recursive: true, withFileTypes: true });
const files = entries.filter(e => e.isFile() && compressible.has(path.extname(e.name))).map(e => path.join(e.parentPath ?? e.path, e.name));

// zlib works in libuv's threads: waiting for all at once is what uses the cores.
const sizes = await Promise.all(files.map(compress));
const inFramework = sizes.filter((_, i) => files[i].includes(`${path.sep}_framework${path.sep}`));
console.log(`Precompressed ${files.length} files; _framework is ${megabytes(inFramework, 'raw')} MB, ${megabytes(inFramework, 'gz')} MB gzip, ${megabytes(inFramework, 'br')} MB brotli.`);

async function compress(file) {
  const source = await stat(file);
  const size = source.size;
  const result = { raw: size, br: size, gz: size };
  result.br = await variant(file, source, '.br', bytes => brotli(bytes, {
    params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 22, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: size },
  }));
  result.gz = await variant(file, source, '.gz', bytes => gzip(bytes, { level: 9 }));
  return result;
}

// A variant bears its file's time, by which the next publish knows that it is still good.
async function variant(file, { mtime, size }, extension, encode) {
  const known = await stat(file + extension).catch(() => null);
  if (known && Math.abs(known.mtimeMs - mtime.getTime()) < 2)
    return known.size;
  const encoded = await encode(await readFile(file));
  if (encoded.length >= size) {
    await rm(file + extension, { force: true });
    return size;
  }
  await writeFile(file + extension, encoded);
  await utimes(file + extension, mtime, mtime);
  return encoded.length;
}

function megabytes(list, key) {
  return (list.reduce((sum, s) => sum + s[key], 0) / 1e6).toFixed(2);
}
