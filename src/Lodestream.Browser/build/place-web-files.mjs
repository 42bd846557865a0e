// Lays the viewer's files and what it takes from npm packages into a web root, and takes away what an earlier build left there.
// Usage: node place-web-files.mjs WEBROOT
//
// The sources import 'three' by its package's name, as an embedding page with a bundler or an import map would. A page under a strict
// content security policy cannot have an import map, so here the name becomes the path of the file.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const root = path.resolve(process.argv[2] ?? '');
if (!process.argv[2]) {
  console.error('Usage: node place-web-files.mjs WEBROOT');
  process.exit(2);
}

/** Files of packages, by their path in the web root. */
const packages = {
  'vendor/three/three.module.js': 'three/build/three.module.js',
  'vendor/three/three.core.js': 'three/build/three.core.js',
  'vendor/three/LICENSE': 'three/LICENSE',
  'vendor/three/addons/controls/OrbitControls.js': 'three/examples/jsm/controls/OrbitControls.js',
  'vendor/three/addons/loaders/GLTFLoader.js': 'three/examples/jsm/loaders/GLTFLoader.js',
  'vendor/three/addons/utils/BufferGeometryUtils.js': 'three/examples/jsm/utils/BufferGeometryUtils.js',
  'vendor/three/addons/utils/SkeletonUtils.js': 'three/examples/jsm/utils/SkeletonUtils.js',
};

const own = (await filesBelow(path.join(project, 'wwwroot'))).map(file => [file, path.join(project, 'wwwroot', file)]);
const taken = Object.entries(packages).map(([file, source]) => [file, path.join(project, 'node_modules', source)]);
const placed = new Map([...own, ...taken]);
await Promise.all([...placed].map(([file, source]) => place(file, source)));
await removeLeftovers();

async function place(file, source) {
  let bytes = await readFile(source);
  if (file.endsWith('.js'))
    bytes = Buffer.from(linkPackages(file, bytes.toString('utf8')));
  const target = path.join(root, file), known = await readFile(target).catch(() => null);
  if (known?.equals(bytes))
    return;
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
}

function linkPackages(file, text) {
  return text.replace(/((?:^|[\s;}])from\s*|\bimport\s*\(\s*)(['"])(three(?:\/addons\/[\w/.]+)?)\2/g, (_, before, quote, name) => {
    const target = name === 'three' ? 'vendor/three/three.module.js' : name.replace(/^three\/addons/, 'vendor/three/addons');
    if (!(target in packages))
      throw new Error(`${file} imports ${name}, which build/place-web-files.mjs does not place.`);
    const relative = path.posix.relative(path.posix.dirname(file), target);
    return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`;
  });
}

// The runtime's files are the build's own business; compressed variants go with what they are variants of.
async function removeLeftovers() {
  for (const file of await filesBelow(root).catch(() => [])) {
    if (!file.startsWith('_framework/') && !placed.has(file.replace(/\.(br|gz)$/, '')))
      await rm(path.join(root, file));
  }
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'));
}
