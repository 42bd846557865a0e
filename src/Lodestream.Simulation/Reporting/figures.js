// The figures of a result, with how each reads and which way is better.

/**
 * @typedef {object} Figure
 * @property {string} path in the result
 * @property {string} name
 * @property {(value: any) => string} format
 * @property {-1 | 0 | 1} better −1: less is better; 1: more; 0: neither
 */

const pxS = withUnit(number, 'px·s'), px = withUnit(number, 'px'), micros = withUnit(number, 'µs');

/** @type {{ name: string, figures: Figure[] }[]} */
const figureGroups = [
  {
    name: 'Time', figures: [
      { path: 'time.firstCoverageMs', name: 'first coverage', format: milliseconds, better: -1 },
      { path: 'time.firstViewCompleteMs', name: 'first view complete', format: milliseconds, better: -1 },
      { path: 'time.settleAfterStopMs', name: 'settled after the stop', format: milliseconds, better: -1 },
    ],
  },
  {
    name: 'Quality', figures: [
      { path: 'quality.errorIntegralPxS', name: 'error integral', format: pxS, better: -1 },
      { path: 'quality.oracleErrorIntegralPxS', name: 'the oracle’s', format: pxS, better: 0 },
      { path: 'quality.lowerBoundPxS', name: 'no order goes below', format: pxS, better: 0 },
      { path: 'quality.regret', name: 'regret', format: number, better: -1 },
      { path: 'quality.atWantedLevelRatio', name: 'at the wanted level in motion', format: percent, better: 1 },
      { path: 'quality.uncoveredWantedRatio', name: 'wanted and uncovered', format: percent, better: -1 },
    ],
  },
  {
    name: 'Network', figures: [
      { path: 'network.requests', name: 'requests', format: number, better: -1 },
      { path: 'network.cancelled', name: 'called off', format: number, better: 0 },
      { path: 'network.retries', name: 'retries', format: number, better: 0 },
      { path: 'network.breakerOpenings', name: 'breakers opened', format: number, better: 0 },
      { path: 'network.bytesFetched', name: 'fetched', format: bytes, better: -1 },
      { path: 'network.bytesWasted', name: 'of it never drawn', format: bytes, better: -1 },
      { path: 'network.wastedRatio', name: 'wasted', format: percent, better: -1 },
    ],
  },
  {
    name: 'Memory at its highest', figures: [
      { path: 'memory.peakBytes', name: 'all accounts', format: bytes, better: -1 },
      { path: 'memory.budgetBytes', name: 'budget', format: bytes, better: 0 },
      { path: 'memory.cpu', name: 'CPU', format: bytes, better: -1 },
      { path: 'memory.gpuGeometry', name: 'GPU geometry', format: bytes, better: -1 },
      { path: 'memory.gpuTexture', name: 'GPU textures', format: bytes, better: -1 },
    ],
  },
  {
    name: 'Error on screen, 95th percentile', figures: [
      { path: 'sse.primaryGeometricSsePx.p95', name: 'geometric', format: px, better: -1 },
      { path: 'sse.primaryRasterSsePx.p95', name: 'raster', format: px, better: -1 },
      { path: 'sse.underlayGeometricSsePx.p95', name: 'geometric, filling in', format: px, better: -1 },
      { path: 'sse.underlayRasterSsePx.p95', name: 'raster, filling in', format: px, better: -1 },
    ],
  },
  {
    name: 'Cost, in real time', figures: [
      { path: 'cpu.selectUsP50', name: 'selection, median', format: micros, better: -1 },
      { path: 'cpu.selectUsP99', name: 'selection, 99th percentile', format: micros, better: -1 },
      { path: 'cpu.tickUsP99', name: 'tick, 99th percentile', format: micros, better: -1 },
      { path: 'cpu.touchedPerFrame', name: 'volumes tested a frame', format: number, better: -1 },
      { path: 'cpu.allocatedBytesPerFrame', name: 'allocated a frame', format: bytes, better: -1 },
    ],
  },
];

/** @param {any} result @param {string} path */
function figureOf(result, path) {
  return path.split('.').reduce((at, part) => at?.[part], result) ?? null;
}

/** The laws, in the words of the design. @type {[string, string][]} */
const laws = [
  ['impure', '1 Purity: the same inputs select the same tiles'],
  ['holes', '2 Coverage: no holes'],
  ['regressions', '2 Coverage: nothing becomes coarser unasked'],
  ['overlaps', '3 No overlap: one tile per region'],
  ['livelocked', '4 Progress: still inputs come to rest'],
  ['overBudget', '5 Bounded: memory stays within the budget'],
  ['replayDiffers', '6 Determinism: run again, it is the same'],
  ['duplicateRequests', '7 No duplicates: one request per content'],
  ['dishonest', '8 Honest counters'],
];

/** @param {any[]} results one, or two to compare */
function lawTable(results) {
  return el('table', { 'data-table': 'laws' },
    el('thead', {}, el('tr', {}, el('th', {}, 'law'), ...results.map((_, i) => el('th', { class: 'n' }, results.length > 1 ? 'AB'[i] : 'broken')))),
    el('tbody', {}, ...laws.map(([key, text]) => el('tr', {}, el('td', {}, text), ...results.map(result => {
      const count = result.laws[key];
      return el('td', { class: `n ${count > 0 ? 'bad' : 'good'}` }, count > 0 ? `${number(count)} ×` : 'held');
    })))));
}

/** @param {any} gate @param {boolean | undefined} isMaximum */
function gateRow(gate, isMaximum) {
  return el('tr', {},
    el('td', {}, gate.name), el('td', { class: 'n' }, gate.value === null ? 'never' : number(gate.value, 4)),
    el('td', { class: 'n' }, `${isMaximum === undefined ? '' : isMaximum ? '≤ ' : '≥ '}${number(gate.limit, 4)}`),
    el('td', { class: `n ${gate.passed ? 'good' : 'bad'}` }, gate.passed ? 'passed' : 'failed'));
}

/** @param {any} result @param {boolean[]} [isMaximum] */
function gateTable(result, isMaximum) {
  if (result.gates.length === 0)
    return el('p', { class: 'note' }, 'No gates were set.');
  return el('table', { 'data-table': 'gates' },
    el('thead', {}, el('tr', {}, el('th', {}, 'figure'), el('th', { class: 'n' }, 'value'), el('th', { class: 'n' }, 'limit'), el('th', { class: 'n' }, ''))),
    el('tbody', {}, ...result.gates.map((/** @type {any} */ gate, /** @type {number} */ i) => gateRow(gate, isMaximum?.[i]))));
}

