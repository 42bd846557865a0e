// The timelines of a run, and of two runs laid over each other.

/** What all timelines of some runs share. @param {any[]} runs */
function spanOf(runs) {
  const end = Math.max(...runs.map(run => Math.max(run.phases.end, run.timeline.t.at(-1) ?? 0)), 0.1);
  const marks = [...new Set(runs.flatMap(run => [run.phases.setOff, run.phases.stop]))].filter(time => time > 0 && time < end);
  const seen = new Map(runs.flatMap(run => run.happenings).map(happening => [JSON.stringify(happening), happening]));
  return /** @type {Span} */ ({ end, marks, happenings: [...seen.values()].filter(happening => happening.from < end) });
}

/** @param {any} run @param {Moment} moment */
function runCharts(run, moment) {
  const { timeline, errors, result } = run, span = spanOf([run]);
  /** @param {string} name @param {string} color @param {string} key */
  const of = (name, color, key) => ({ name, color: `var(--${color})`, t: timeline.t, values: timeline[key] });
  const px = withUnit(number, 'px');
  /** @type {ChartForm[]} */
  const forms = [
    {
      title: 'Visible error', format: px, logarithmic: true, height: 150, most: 10,
      series: [
        { name: 'run', color: 'var(--blue)', t: errors.t, values: errors.run },
        { name: 'oracle', color: 'var(--orange)', t: errors.t, values: errors.best, dashed: true },
      ],
    },
    { title: 'Bytes fetched', format: bytes, binary: 2, series: [of('since the start', 'blue', 'bytes')] },
    { title: 'Requests', format: number, most: 4, series: [of('in flight', 'blue', 'inFlight'), of('queued', 'orange', 'queued')] },
    { title: 'Tiles', format: number, most: 4, series: [of('drawn', 'teal', 'drawn'), of('missing', 'rose', 'missing')] },
    {
      title: 'Memory', format: bytes, binary: 2, stacked: true, height: 120, limit: { value: result.memory.budgetBytes, name: 'budget' },
      series: [of('geometry', 'blue', 'geometry'), of('textures', 'teal', 'texture'), of('CPU', 'orange', 'cpu')],
    },
    { title: 'DetailScale', format: number, most: 1, height: 56, series: [of('scale', 'violet', 'detailScale')] },
  ];
  const charts = forms.map((form, i) => new LineChart(form, span, moment, i === 0));
  return [...charts, new BreakerChart(timeline.t, timeline.hosts, span, moment)].map(chart => chart.element);
}

const runColors = ['var(--blue)', 'var(--orange)'];

/** @param {any[]} runs both with timelines @param {Moment} moment */
function comparedCharts(runs, moment) {
  const span = spanOf(runs);
  /** @param {(run: any) => { t: number[], values: number[] }} read */
  const both = read => runs.map((run, i) => ({ name: i === 0 ? 'A' : 'B', color: runColors[i], ...read(run) }));
  /** @param {string} key */
  const timeline = key => both(run => ({ t: run.timeline.t, values: run.timeline[key] }));
  /** @type {ChartForm[]} */
  const forms = [
    { title: 'Visible error', format: withUnit(number, 'px'), logarithmic: true, height: 170, most: 10, series: both(run => ({ t: run.errors.t, values: run.errors.run })) },
    { title: 'Bytes fetched', format: bytes, binary: 2, series: timeline('bytes') },
    { title: 'Requests in flight', format: number, most: 4, series: timeline('inFlight') },
    { title: 'Tiles drawn', format: number, most: 4, series: timeline('drawn') },
    { title: 'Tiles missing', format: number, most: 4, series: timeline('missing') },
    {
      title: 'Memory', format: bytes, binary: 2,
      series: both(({ timeline: { t, cpu, geometry, texture } }) => ({ t, values: t.map((/** @type {number} */ _, /** @type {number} */ i) => cpu[i] + geometry[i] + texture[i]) })),
    },
    { title: 'DetailScale', format: number, most: 1, height: 56, series: timeline('detailScale') },
  ];
  return forms.map((form, i) => new LineChart(form, span, moment, i === 0 || i === forms.length - 1).element);
}

