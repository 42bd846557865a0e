// Boots the C# runtime once per page (or Node process), however many scenes are opened.

/**
 * @typedef {object} Runtime
 * @property {() => Float64Array} localHeapViewF64
 * @property {() => Uint8Array} localHeapViewU8
 */

/**
 * @typedef {object} Exports What C# offers (Interop/Exports.cs).
 * @property {(url: string, options: string) => number} Open options as JSON, by name (SceneOptions.cs)
 * @property {(scene: number) => number} Address
 * @property {(scene: number) => void} Tick
 * @property {(scene: number) => boolean} Bounds
 * @property {(scene: number, tile: number) => boolean} Volume
 * @property {(scene: number) => string} DebugState
 * @property {(scene: number, tileKey: string) => string} Why
 * @property {(scene: number, x: number, y: number, z: number) => string} WhyAt
 * @property {(scene: number) => string} Families
 * @property {(scene: number, family: string, visible: boolean) => boolean} ShowFamily
 * @property {(scene: number, bytes: number) => boolean} StartRecording
 * @property {(scene: number) => Uint8Array} TakeRecording
 * @property {(scene: number) => void} Close
 */

/**
 * @typedef {object} FeatureExports What C# tells of features (Interop/FeatureExports.cs), as JSON.
 * @property {(json: Uint8Array, binary: Uint8Array, length: number, id: number) => string} BatchRow
 * @property {(extension: Uint8Array, schema: Uint8Array, views: number[], bytes: Uint8Array, table: number, feature: number) => string} PropertyRow
 * @property {(extension: Uint8Array, schema: Uint8Array, number: number, isTexture: boolean, stored: string) => string} PropertyValues
 */

/**
 * @typedef {object} Page What a scene's page answers C# at once.
 * @property {(payload: number, offset: number, length: number) => Uint8Array} range
 * @property {(text: number) => string} takeText
 * @property {(numbers: number) => number[]} takeNumbers
 * @property {(labels: (string | number)[]) => number[]} measureLabels name, kind and rank of each; answers left, top, right and bottom of each
 */

/** @type {Map<number, Page>} */
const pages = new Map();

/** @type {Promise<{ runtime: Runtime, exports: Exports, features: FeatureExports, bootMs: number }> | undefined} */
let booting;

/** @param {string | URL} [frameworkUrl] where _framework/ lies; beside this module's folder by default */
export function boot(frameworkUrl = new URL('../_framework/', import.meta.url)) {
  return booting ??= start(frameworkUrl).catch(error => {
    booting = undefined;
    throw error;
  });
}

/**
 * @param {number} scene
 * @param {Page} page
 */
export function attachPage(scene, page) {
  pages.set(scene, page);
}

/** @param {number} scene */
export function detachPage(scene) {
  pages.delete(scene);
}

/** @param {string | URL} frameworkUrl */
async function start(frameworkUrl) {
  const began = performance.now();
  const { dotnet } = await import(new URL('dotnet.js', frameworkUrl).href);
  const runtime = await dotnet.create();
  runtime.setModuleImports('lodestream', {
    /** @type {(scene: number, payload: number, offset: number, length: number, address: number) => void} */
    copyRange: (scene, payload, offset, length, address) => runtime.localHeapViewU8().set(pageOf(scene).range(payload, offset, length), address),
    /** @type {(scene: number, labels: string, address: number) => void} */
    measureLabels: (scene, labels, address) => runtime.localHeapViewF64().set(pageOf(scene).measureLabels(JSON.parse(labels)), address / 8),
    /** @type {(scene: number, text: number) => string} */
    takeText: (scene, text) => pageOf(scene).takeText(text),
    /** @type {(scene: number, numbers: number) => number[]} */
    takeNumbers: (scene, numbers) => pageOf(scene).takeNumbers(numbers),
  });
  await runtime.runMain();
  const assembly = await runtime.getAssemblyExports('Lodestream.Browser');
  const { Exports: exports, FeatureExports: features } = assembly.Lodestream.Browser.Interop;
  return { runtime, exports, features, bootMs: performance.now() - began };
}

/** @param {number} scene */
function pageOf(scene) {
  const page = pages.get(scene);
  if (!page)
    throw new Error(`Scene ${scene} is not open.`);
  return page;
}
