// The page of two results held against each other.

/** @param {number | null} before @param {number | null} after @param {Figure} figure */
function changeCell(before, after, figure) {
  if (before === null && after === null || before === after)
    return el('td', { class: 'n' }, before === null ? '' : 'the same');
  // What never came about is worse than any time.
  const [a, b] = [before ?? Infinity, after ?? Infinity];
  const verdict = figure.better === 0 ? '' : (b < a) === (figure.better < 0) ? 'good' : 'bad';
  const share = Number.isFinite(a) && Number.isFinite(b) && a !== 0 ? ` (${b > a ? '+' : '−'}${number(Math.abs((b - a) / a) * 100, 2)} %)` : '';
  // Shares differ by points: per cent of per cent would be read as the relative change.
  const size = figure.format === percent ? `${number(Math.abs(b - a) * 100)} points` : figure.format(Math.abs(b - a));
  const change = Number.isFinite(a) && Number.isFinite(b) ? `${b > a ? '+' : '−'}${size}` : '';
  return el('td', { class: `n ${verdict}` }, `${change}${share}${verdict === 'good' ? ' better' : verdict === 'bad' ? ' worse' : ''}`.trim());
}

/** @param {any[]} runs */
function comparedFigures([before, after]) {
  return el('table', { 'data-table': 'comparison' },
    el('thead', {}, el('tr', {}, el('th', {}, ''), el('th', { class: 'n' }, 'A'), el('th', { class: 'n' }, 'B'), el('th', { class: 'n' }, 'B against A'))),
    ...figureGroups.map(({ name, figures }) => el('tbody', {}, el('tr', { class: 'group' }, el('td', { colspan: 4 }, name)), ...figures.map(figure => {
      const [a, b] = [figureOf(before.result, figure.path), figureOf(after.result, figure.path)];
      return el('tr', { 'data-figure': figure.path }, el('td', {}, figure.name), el('td', { class: 'n' }, figure.format(a)), el('td', { class: 'n' }, figure.format(b)), changeCell(a, b, figure));
    }))));
}

/** @param {any[]} runs */
function comparedGates(runs) {
  return runs.map((run, i) => el('section', {}, el('h2', {}, `Gates of ${'AB'[i]}`), el('div', { class: 'scroll' }, gateTable(run.result))));
}

/** @param {any[]} runs */
function judgement([before, after]) {
  const [a, b] = [before.result.quality.errorIntegralPxS, after.result.quality.errorIntegralPxS];
  if (before.result.traceHash === after.result.traceHash)
    return 'Both decided the same, frame by frame: their trace hashes are equal.';
  const change = a > 0 ? Math.abs(b - a) / a * 100 : 0;
  return change < 0.5 ? 'B shows as much error over time as A.' : `B shows ${number(change, 2)} % ${b < a ? 'less' : 'more'} error over time than A.`;
}

/** @param {any} run @param {number} i */
function namePlate(run, i) {
  const [verdict, good] = verdictOf(run.result);
  return el('div', { class: 'key' },
    el('span', {}, el('span', { class: 'swatch', style: { background: runColors[i] } }), `${'AB'[i]} · ${run.file}`),
    el('b', {}, shortName(run.result.scene)),
    el('span', { class: good ? 'good' : 'bad' }, verdict),
    el('span', {}, (run.setting ?? [['seed', String(run.result.seed)]]).map((/** @type {[string, string]} */ [name, value]) => `${name} ${value}`).join(' · ')));
}

/** @param {any} comparison @param {HTMLElement} page */
function showComparison({ runs }, page) {
  const moment = new Moment(), timed = runs.every((/** @type {any} */ run) => run.timeline);
  fill(page, {}, [
    el('div', { class: 'eyebrow' }, 'Lodestream · two results compared'),
    el('h1', {}, `${runs[0].file} and ${runs[1].file}`),
    el('p', { class: 'impression' }, judgement(runs)),
    el('div', { class: 'keys pair' }, ...runs.map(namePlate)),
    ...(timed ? [el('h2', {}, 'Over time'), el('div', { class: 'charts' }, ...comparedCharts(runs, moment))] : []),
    el('h2', {}, 'Figures'),
    el('div', { class: 'scroll' }, comparedFigures(runs)),
    el('div', { class: 'tables' }, ...comparedGates(runs)),
    el('h2', {}, 'Laws'),
    lawTable(runs.map((/** @type {any} */ run) => run.result)),
    ...(runs.some((/** @type {any} */ run) => run.command) ? [el('h2', {}, 'Run them again'), ...runs.filter((/** @type {any} */ run) => run.command).map((/** @type {any} */ run) => commandLine(run.command))] : []),
    timed ? null : el('p', { class: 'note' }, 'Timelines are shown where both results are reports.'),
  ]);
  if (timed)
    moment.choose(0);
}

