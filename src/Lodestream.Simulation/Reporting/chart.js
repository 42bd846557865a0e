// Timelines as SVG. A sample holds until the next one.

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} color a CSS colour
 * @property {number[]} t seconds, ascending
 * @property {number[]} values
 * @property {boolean} [dashed]
 *
 * @typedef {object} ChartForm
 * @property {string} title
 * @property {Series[]} series
 * @property {(value: number) => string} format of a value in the legend and at the axis
 * @property {boolean} [stacked] areas one on the other; all of them have the same times
 * @property {boolean} [logarithmic] for what starts a thousand times as large as it ends
 * @property {number} [most] what the axis reaches at least
 * @property {number} [binary] steps of the axis are multiples of powers of this, for bytes
 * @property {{ value: number, name: string }} [limit] drawn where the data come near it, named in any case
 * @property {number} [height] pixels
 *
 * @typedef {object} Span what all timelines of a page share
 * @property {number} end seconds
 * @property {number[]} marks moments that are marked, seconds
 * @property {{ from: number, to: number, what: string }[]} happenings
 */

const chartLeft = 58, chartRight = 6, chartTop = 6, axisHeight = 20;

/** Steps of an axis that read well. @param {number} most @param {number} count @param {boolean} [binary] */
function niceSteps(most, count, binary) {
  const unit = binary ? 2 ** (10 * Math.max(0, Math.floor(Math.log2(Math.max(1, most)) / 10))) : 1;
  const rough = Math.max(most / unit, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough * 0.999) ?? rough;
  const steps = [];
  for (let i = 0; i * step <= most / unit + step * 0.001; i++)
    steps.push(i * step * unit);
  return steps;
}

/** What every timeline has: head with legend, time axis, cursor. */
class TimeChart {
  /** @param {string} title @param {number} height @param {Span} span @param {Moment} moment @param {boolean} hasAxis */
  constructor(title, height, span, moment, hasAxis) {
    this.height = height;
    this.span = span;
    this.moment = moment;
    this.hasAxis = hasAxis;
    this.width = 0;
    this.legend = el('div', { class: 'legend' });
    this.drawing = svg('svg', { role: 'img', 'aria-label': `${title} over time`, height: height + (hasAxis ? axisHeight : 0) });
    this.element = el('section', { class: 'chart' }, el('div', { class: 'head' }, el('h3', {}, title), this.legend), this.drawing);
    this.drawing.addEventListener('pointermove', event => moment.pointAt(this.timeOf(event)));
    this.drawing.addEventListener('pointerleave', () => moment.pointAt(null));
    this.drawing.addEventListener('click', event => moment.choose(this.timeOf(event)));
    moment.addEventListener('change', () => this.read());
    new ResizeObserver(() => {
      const width = Math.round(this.drawing.getBoundingClientRect().width);
      if (width > 0 && width !== this.width) {
        this.width = width;
        this.draw();
      }
    }).observe(this.drawing);
  }

  /** @param {number} time */
  x(time) {
    return chartLeft + time / this.span.end * (this.width - chartLeft - chartRight);
  }

  /** @param {MouseEvent} event */
  timeOf(event) {
    const share = (event.clientX - this.drawing.getBoundingClientRect().left - chartLeft) / (this.width - chartLeft - chartRight);
    return Math.min(1, Math.max(0, share)) * this.span.end;
  }

  draw() {
    const bottom = this.height;
    this.drawing.replaceChildren();
    for (const { from, to, what } of this.span.happenings) {
      const width = Math.max(2, this.x(Math.min(to, this.span.end)) - this.x(from));
      this.drawing.append(svg('rect', { class: 'happening', x: this.x(from), y: 0, width, height: bottom }, svg('title', {}, what)));
    }
    for (const time of niceSteps(this.span.end, this.width < 500 ? 5 : 10)) {
      const x = this.x(time);
      this.drawing.append(svg('line', { class: 'grid', x1: x, x2: x, y1: 0, y2: bottom }));
      if (this.hasAxis)
        this.drawing.append(svg('text', { x, y: bottom + 15, 'text-anchor': time === 0 ? 'start' : 'middle' }, `${number(time)}${time === 0 ? ' s' : ''}`));
    }
    for (const time of this.span.marks)
      this.drawing.append(svg('line', { class: 'mark', x1: this.x(time), x2: this.x(time), y1: 0, y2: bottom }));
    this.plot();
    this.cursor = svg('line', { class: 'hover', y1: 0, y2: bottom });
    this.choice = svg('line', { class: 'chosen', y1: 0, y2: bottom });
    this.drawing.append(this.choice, this.cursor);
    this.read();
  }

  read() {
    if (!this.cursor || !this.choice)
      return;
    place(this.choice, this.x(this.moment.chosen));
    place(this.cursor, this.x(this.moment.shown));
    this.cursor.setAttribute('visibility', this.moment.hover === null ? 'hidden' : 'visible');
    this.tell(this.moment.shown);

    /** @param {SVGElement} line @param {number} x */
    function place(line, x) {
      line.setAttribute('x1', String(x));
      line.setAttribute('x2', String(x));
    }
  }

  /** Draws the data. */
  plot() {
  }

  /** Writes the values of a time into the legend. @param {number} _time */
  tell(_time) {
  }
}

/** Lines, or areas one on the other. */
class LineChart extends TimeChart {
  /** @param {ChartForm} form @param {Span} span @param {Moment} moment @param {boolean} hasAxis */
  constructor(form, span, moment, hasAxis) {
    super(form.title, form.height ?? 96, span, moment, hasAxis);
    this.form = form;
    this.tops = form.stacked ? stack(form.series) : form.series.map(series => series.values);
    this.most = Math.max(form.most ?? 0, ...this.tops.map(values => values.reduce((a, b) => Math.max(a, b), 0)), 1e-9);
    // A budget ten times what is used would press all of it into the base line.
    this.showsLimit = form.limit !== undefined && this.most > form.limit.value / 4;
    if (form.limit && this.showsLimit)
      this.most = Math.max(this.most, form.limit.value);
    this.values = form.series.map(() => el('b'));
    this.legend.append(...form.series.map((series, i) => el('span', {}, el('span', { class: 'swatch', style: { background: series.color } }), `${series.name} `, this.values[i])));
    if (form.limit)
      this.legend.append(el('span', {}, `${form.limit.name} `, el('b', {}, form.format(form.limit.value)), this.showsLimit ? '' : ', far above'));
  }

  /** @param {number} value */
  y(value) {
    const share = this.form.logarithmic ? Math.log10(1 + value) / Math.log10(1 + this.most) : value / (this.most * 1.04);
    return this.height - share * (this.height - chartTop);
  }

  plot() {
    const steps = this.form.logarithmic ? [0, 1, 10, 100, 1000, 1e4, 1e5, 1e6].filter(step => step <= this.most) : niceSteps(this.most, 3, this.form.binary !== undefined);
    let last = Infinity;
    for (const step of steps) {
      const y = this.y(step);
      this.drawing.append(svg('line', { class: step === 0 ? 'base' : 'grid', x1: chartLeft, x2: this.width - chartRight, y1: y, y2: y }));
      if (last - y > 15)
        this.drawing.append(svg('text', { x: chartLeft - 7, y: y + (step === 0 ? 0 : 4), 'text-anchor': 'end' }, this.form.format(step)));
      last = last - y > 15 ? y : last;
    }
    const order = this.form.series.map((_, i) => i).reverse();
    for (const i of order) {
      const { color, t, dashed } = this.form.series[i];
      const line = this.line(t, this.tops[i]);
      if (this.form.stacked || (i === 0 && !dashed))
        this.drawing.append(svg('path', { d: `${line}V${this.height}H${this.x(t[0])}Z`, style: { fill: color, fillOpacity: this.form.stacked ? '1' : '0.12', stroke: 'none' } }));
      if (!this.form.stacked)
        this.drawing.append(svg('path', { d: line, 'stroke-dasharray': dashed ? '5 3' : null, style: { fill: 'none', stroke: color, strokeWidth: '1.6' } }));
    }
    if (this.form.limit && this.showsLimit) {
      const y = this.y(this.form.limit.value);
      this.drawing.append(svg('line', { x1: chartLeft, x2: this.width - chartRight, y1: y, y2: y, 'stroke-dasharray': '5 4', style: { stroke: 'var(--bad)' } }));
    }
  }

  /** @param {number[]} t @param {number[]} values */
  line(t, values) {
    let path = t.length > 0 ? `M${this.x(t[0]).toFixed(1)} ${this.y(values[0]).toFixed(1)}` : '';
    for (let i = 1; i < t.length; i++) {
      if (values[i] !== values[i - 1])
        path += `H${this.x(t[i]).toFixed(1)}V${this.y(values[i]).toFixed(1)}`;
    }
    return t.length > 0 ? `${path}H${this.x(Math.min(this.span.end, Math.max(t[t.length - 1], this.form.stacked ? 0 : this.span.end))).toFixed(1)}` : '';
  }

  /** @param {number} time */
  tell(time) {
    this.form.series.forEach((series, i) => {
      this.values[i].textContent = series.t.length > 0 ? this.form.format(series.values[sampleAt(series.t, time)]) : '–';
    });
  }
}

/** Each series with those before it beneath. @param {Series[]} series */
function stack(series) {
  /** @type {number[][]} */
  const tops = [];
  for (const { values } of series) {
    const below = tops.at(-1);
    tops.push(values.map((value, i) => value + (below?.[i] ?? 0)));
  }
  return tops;
}

const breakerNames = ['closed', 'open', 'probing'], breakerColors = ['var(--faint)', 'var(--bad)', 'var(--orange)'];

/** A row per host, coloured by the state of its breaker. */
class BreakerChart extends TimeChart {
  /** @param {number[]} t @param {{ name: string, breaker: number[] }[]} hosts @param {Span} span @param {Moment} moment */
  constructor(t, hosts, span, moment) {
    super('Breakers', Math.max(1, hosts.length) * 16 + 6, span, moment, true);
    this.t = t;
    this.hosts = hosts;
    this.values = hosts.map(() => el('b'));
    this.legend.append(...hosts.map((host, i) => el('span', {}, `${host.name || 'scene'} `, this.values[i])));
  }

  plot() {
    this.hosts.forEach(({ breaker }, row) => {
      for (let i = 0; i < breaker.length;) {
        let end = i + 1;
        while (end < breaker.length && breaker[end] === breaker[i])
          end++;
        const [from, to] = [this.x(i === 0 ? 0 : this.t[i]), this.x(end < breaker.length ? this.t[end] : this.span.end)];
        this.drawing.append(svg('rect', { x: from, y: row * 16 + 4, width: Math.max(1, to - from), height: 10, style: { fill: breakerColors[breaker[i]] } }));
        i = end;
      }
    });
  }

  /** @param {number} time */
  tell(time) {
    this.hosts.forEach(({ breaker }, i) => this.values[i].textContent = breakerNames[breaker[sampleAt(this.t, time)]] ?? '–');
  }
}

