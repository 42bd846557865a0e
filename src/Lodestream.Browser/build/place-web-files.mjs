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

// Decoders are fetched when the first content needs them. Their path bears their version: it may be cached for ever.
const { version } = JSON.parse(await readFile(path.join(project, 'node_modules/three/package.json'), 'utf8'));
const decoders = `vendor/decoders-${version}`;
Object.assign(packages, {
  [`${decoders}/meshopt.js`]: 'three/examples/jsm/libs/meshopt_decoder.module.js',
  [`${decoders}/draco.js`]: 'three/examples/jsm/libs/draco/draco_wasm_wrapper.js',
  [`${decoders}/draco.wasm`]: 'three/examples/jsm/libs/draco/draco_decoder.wasm',
  [`${decoders}/basis.js`]: 'three/examples/jsm/libs/basis/basis_transcoder.js',
  [`${decoders}/basis.wasm`]: 'three/examples/jsm/libs/basis/basis_transcoder.wasm',
});

/** What names in sources stand for. */
const names = {
  'three': 'vendor/three/three.module.js',
  'three/addons/libs/meshopt_decoder.module.js': `${decoders}/meshopt.js`,
  'lodestream-decoders/draco.js': `${decoders}/draco.js`,
  'lodestream-decoders/basis.js': `${decoders}/basis.js`,
};

/** Changes to packages' files, by their path in the web root. */
const changes = {
  [`${decoders}/draco.js`]: text => asModule(text, 'DracoDecoderModule', 'draco.wasm'),
  [`${decoders}/basis.js`]: text => asModule(withoutDynamicCode(text), 'BASIS', 'basis.wasm'),
};

const own = (await filesBelow(path.join(project, 'wwwroot'))).map(file => [file, path.join(project, 'wwwroot', file)]);
const taken = Object.entries(packages).map(([file, source]) => [file, path.join(project, 'node_modules', source)]);
const placed = new Map([...own, ...taken]);
await Promise.all([...placed].map(([file, source]) => place(file, source)));
await removeLeftovers();

async function place(file, source) {
  let bytes = await readFile(source);
  if (file.endsWith('.js'))
    bytes = Buffer.from(linkPackages(file, (changes[file] ?? (text => text))(bytes.toString('utf8'))));
  const target = path.join(root, file), known = await readFile(target).catch(() => null);
  if (known?.equals(bytes))
    return;
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
}

function linkPackages(file, text) {
  return text.replace(/((?:^|[\s;}])from\s*|\bimport\s*\(\s*)(['"])(three(?:\/addons\/[\w/.]+)?|lodestream-decoders\/[\w.]+)\2/g, (_, before, quote, name) => {
    const target = names[name] ?? name.replace(/^three\/addons/, 'vendor/three/addons');
    if (!(target in packages))
      throw new Error(`${file} imports ${name}, which build/place-web-files.mjs does not place.`);
    const relative = path.posix.relative(path.posix.dirname(file), target);
    return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`;
  });
}

// A script that leaves a global becomes a module, which workers of modules can import.
function asModule(text, global, wasm) {
  return `${text}\nexport default ${global};\nexport const wasm = new URL('./${wasm}', import.meta.url);\n`;
}

// Emscripten writes the code of two kinds of function as text, which a content security policy forbids. These do the same as closures.
function withoutDynamicCode(text) {
  text = replaceOnce(text, 'let[args,invokerFnBody]=createJsInvoker(argTypes,isClassMethodFunc,returns,isAsync);args.push(invokerFnBody);var invokerFn=newFunc(Function,args)(...closureArgs);', `
    var invokerFn = function (...given) {
      if (given.length !== argCount - 2)
        throwBindingError('function ' + humanName + ' called with ' + given.length + ' arguments, expected ' + (argCount - 2));
      var destructors = needsDestructorStack ? [] : null, wired = isClassMethodFunc ? [argTypes[1].toWireType(destructors, this)] : [];
      for (var i = 2; i < argCount; i++)
        wired.push(argTypes[i].toWireType(destructors, given[i - 2]));
      var value = cppInvokerFunc(cppTargetFunc, ...wired);
      if (needsDestructorStack)
        runDestructors(destructors);
      else
        for (var first = isClassMethodFunc ? 1 : 2, i = first; i < argCount; i++)
          argTypes[i].destructorFunction?.(wired[i - first]);
      return returns ? argTypes[0].fromWireType(value) : undefined;
    };`);
  return replaceOnce(text, 'var invokerFunction=newFunc(Function,params)(...args);', `
    var invokerFunction = function (object, callee, destructorsRef, from) {
      var given = kind === 0 ? [object] : [], at = 0;
      for (var i = 0; i < argCount; i++) {
        given.push(types[i].readValueFromPointer(from + at));
        at += types[i].argPackAdvance;
      }
      var value = kind === 1 ? new callee(...given) : callee.call(...given);
      return retType.isVoid ? undefined : emval_returnValue(retType, destructorsRef, value);
    };`);
}

function replaceOnce(text, from, to) {
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`The decoder is not the one that build/place-web-files.mjs knows how to change: ${from.slice(0, 60)}…`);
  return parts.join(to);
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
