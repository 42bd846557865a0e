// The page of one run.

/** @param {any} result @returns {[string, boolean]} */
function verdictOf(result) {
  const failed = result.gates.filter((/** @type {any} */ gate) => !gate.passed).length, broken = laws.filter(([key]) => result.laws[key] > 0).length;
  if (failed + broken > 0)
    return [[broken > 0 ? `${broken} ${broken === 1 ? 'law' : 'laws'} broken` : '', failed > 0 ? `${failed} of ${result.gates.length} gates failed` : ''].filter(part => part).join(', '), false];
  return [result.gates.length > 0 ? `all laws and all ${result.gates.length} gates held` : 'all laws held', true];
}

/** The last name in a path or URL. @param {string} scene */
function shortName(scene) {
  return scene.split(/[\\/]/).filter(part => part && part !== 'tileset.json').at(-1) ?? scene;
}

/** @param {any} run */
function masthead(run) {
  const [verdict, good] = verdictOf(run.result);
  return [
    el('header', { class: 'masthead' },
      el('div', {}, el('div', { class: 'eyebrow' }, 'Lodestream · simulated run'), el('h1', {}, shortName(run.result.scene)), shortName(run.result.scene) === run.result.scene ? null : el('div', { class: 'path' }, run.result.scene)),
      el('div', { class: good ? 'verdict' : 'verdict bad' }, verdict)),
    el('p', { class: 'impression' }, run.impression),
    run.budgetError ? el('p', { class: 'bad' }, run.budgetError) : null,
    el('dl', { class: 'setting' }, ...run.setting.map((/** @type {[string, string]} */ [name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))),
  ];
}

/** @param {any} result */
function keyFigures({ time, quality, network, memory }) {
  /** @type {[string, string][]} */
  const keys = [
    [number(quality.regret), 'regret against the oracle'],
    [percent(quality.atWantedLevelRatio), 'at the wanted level in motion'],
    [milliseconds(time.firstCoverageMs), 'until no gaps'],
    [milliseconds(time.firstViewCompleteMs), 'until first complete'],
    [milliseconds(time.settleAfterStopMs), 'settled after the stop'],
    [bytes(network.bytesFetched), `fetched, ${percent(network.wastedRatio)} never drawn`],
    [bytes(memory.peakBytes), `at most, of ${bytes(memory.budgetBytes)}`],
  ];
  return el('div', { class: 'keys' }, ...keys.map(([value, name]) => el('div', { class: 'key' }, el('b', {}, value), el('span', {}, name))));
}

/** @param {any} result */
function allFigures(result) {
  return el('div', { class: 'tables' }, ...figureGroups.map(({ name, figures }) => el('table', { 'data-table': 'figures' },
    el('tbody', {}, el('tr', { class: 'group' }, el('td', { colspan: 2 }, name)),
      ...figures.map(figure => el('tr', { 'data-figure': figure.path }, el('td', {}, figure.name), el('td', { class: 'n' }, figure.format(figureOf(result, figure.path)))))))));
}

/** @param {string} command */
function commandLine(command) {
  const text = el('pre', {}, command), copy = el('button', { type: 'button' }, 'Copy');
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command);
      copy.textContent = 'Copied';
    } catch {
      // Where a page may not write to the clipboard, the reader can from the selection.
      getSelection()?.selectAllChildren(text);
    }
  });
  return el('div', { class: 'command' }, text, copy);
}

/** @param {any} story */
function storyTable(story) {
  return [el('h3', {}, story.tile), el('div', { class: 'scroll' }, el('table', {}, el('tbody', {}, ...story.lines.map((/** @type {[number, string]} */ [time, what]) => el('tr', {}, el('td', { class: 'n' }, `${time.toFixed(3)} s`), el('td', {}, what))))))];
}

/** @param {any} run @param {HTMLElement} page */
function showRun(run, page) {
  const moment = new Moment(), { result, errors } = run;
  const map = new TopDownMap(run.map, moment);
  fill(page, {}, [
    ...masthead(run),
    keyFigures(result),
    el('div', { class: 'watch' },
      el('div', { class: 'charts' }, ...runCharts(run, moment),
        el('p', { class: 'note' }, `The run’s visible error comes to ${pxS(result.quality.errorIntegralPxS)}, that of the best order the oracle knows to ${pxS(errors.heuristicsPxS)}`
          + `${errors.oracle === 'the online run' ? ': the run itself was better' : ` (${errors.oracle})`}. Click to hold a time.`)),
      map.element),
    el('div', { class: 'tables' },
      el('section', {}, el('h2', {}, 'Gates'), el('div', { class: 'scroll' }, gateTable(result, run.gateIsMaximum))),
      el('section', {}, el('h2', {}, 'Laws'), lawTable([result]), run.breaches.length > 0 ? el('ul', { class: 'breaches' }, ...run.breaches.map((/** @type {string} */ text) => el('li', {}, `first: ${text}`))) : null)),
    ...(run.stories.length > 0 ? [el('h2', {}, 'Why'), ...run.stories.flatMap(storyTable)] : []),
    el('h2', {}, 'Run it again'),
    commandLine(run.command),
    el('p', { class: 'note' }, `${number(result.frames)} frames, ${number(result.durationS, 4)} s of virtual time, ${number(result.tiles)} tiles known; trace hash ${result.traceHash}. The same command gives the same hash on every machine. `, 'With ', el('code', {}, '--record FILE'), ' it also writes a recording, which needs neither scene nor network: ', el('code', {}, 'lodestream replay FILE'), ' runs it again, and names the first frame that differs.'),
    el('details', {}, el('summary', {}, 'All figures'), allFigures(result)),
  ]);
  const { setOff, stop, end } = run.phases;
  moment.choose(setOff + ((stop ?? end) - setOff) / 2);
}

