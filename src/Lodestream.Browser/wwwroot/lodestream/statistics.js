// The frame's figures, in the order in which C# writes them (FrameStatistics.cs).

const NAMES = /** @type {const} */ ([
  'topologyKnown', 'frameId', 'tiles', 'touched', 'wanted', 'drawn', 'pending', 'inFlight', 'queued', 'preparing', 'failures',
  'cpuBytes', 'geometryBytes', 'textureBytes', 'budgetBytes', 'bytesFetched', 'commits',
  'primaryGeometricSsePx', 'primaryRasterSsePx', 'underlayGeometricSsePx', 'underlayRasterSsePx',
  'missing', 'detailScale', 'requested', 'cancelled', 'breakersOpen', 'initialResidency',
  'batches', 'batchedMeshes', 'batchBytes', 'geometryBudgetBytes', 'textureBudgetBytes',
]);

/**
 * @typedef {Record<typeof NAMES[number], number> & { coreMs: number, hostMs: number, meshes: number, drawCalls: number }} Statistics
 * Counts; bytes; `coreMs` and `hostMs`: time the frame took in C# and in JavaScript; the four errors in pixels; `meshes`: what is drawn, each
 * mesh with its material, in view or not; `drawCalls`: the calls that takes, fewer by what batches draw.
 */

/**
 * @param {Float64Array} words
 * @returns {Statistics}
 */
export function readStatistics(words) {
  const statistics = /** @type {any} */ ({ coreMs: 0, hostMs: 0, meshes: 0, drawCalls: 0 });
  NAMES.forEach((name, i) => statistics[name] = words[i]);
  return statistics;
}
