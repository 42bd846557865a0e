// Decoders for compressed geometry and textures, fetched when the first content needs them.

/** @type {Promise<any> | undefined} */
let draco;
/** @type {Promise<any> | undefined} */
let meshopt;
/** @type {Promise<any> | undefined} */
let basis;

/** Draco's decoder module. @returns {Promise<any>} */
export function loadDraco() {
  return draco ??= load(async () => {
    const { default: start, wasm } = await import('lodestream-decoders/draco.js');
    return start({ wasmBinary: await fetchBytes(wasm) });
  }, () => draco = undefined);
}

/** meshoptimizer's decoder. @returns {Promise<any>} */
export function loadMeshopt() {
  return meshopt ??= load(async () => {
    const { MeshoptDecoder } = await import('three/addons/libs/meshopt_decoder.module.js');
    await MeshoptDecoder.ready;
    return MeshoptDecoder;
  }, () => meshopt = undefined);
}

/** The transcoder of Basis Universal. @returns {Promise<any>} */
export function loadBasis() {
  return basis ??= load(async () => {
    const { default: start, wasm } = await import('lodestream-decoders/basis.js');
    const module = await start({ wasmBinary: await fetchBytes(wasm) });
    module.initializeBasis();
    return module;
  }, () => basis = undefined);
}

/**
 * A decoder that could not be fetched is asked for again with the next content.
 * @param {() => Promise<any>} start
 * @param {() => void} forget
 */
async function load(start, forget) {
  try {
    return await start();
  } catch (error) {
    forget();
    throw new Error(`a decoder could not be loaded: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/** @param {URL} url */
async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url.pathname} answers ${response.status}`);
  return response.arrayBuffer();
}
