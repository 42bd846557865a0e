// The map: what is drawn, or what is wanted and why it is not there, from above at a chosen time.

/** Reasons that feel alike share a colour. @type {{ name: string, color: string, reasons: string[] }[]} */
const reasonGroups = [
  { name: 'as wanted', color: '#4f9d77', reasons: ['Drawn'] },
  { name: 'not asked for yet', color: '#9aa5ae', reasons: ['Waiting'] },
  { name: 'queued', color: '#8fb8e8', reasons: ['Queued'] },
  { name: 'fetching', color: '#2f6fd0', reasons: ['Fetching', 'FetchingFiles'] },
  { name: 'decoding, uploading', color: '#8a63d2', reasons: ['Preparing', 'WaitingForUpload'] },
  { name: 'waits for memory', color: '#c2589f', reasons: ['WaitingForMemory'] },
  { name: 'waits for siblings', color: '#e0b63c', reasons: ['WaitingForSiblings'] },
  { name: 'failed, will retry', color: '#e8802a', reasons: ['FailedForNow'] },
  { name: 'failed for good', color: '#c92f3c', reasons: ['FailedForGood'] },
  { name: 'topology not here yet', color: '#7a6a58', reasons: ['Unexpanded'] },
  { name: 'nothing to draw', color: '#c9cdd0', reasons: [] },
];

// From coarse to fine: dark to light, told apart by those who see few colours too.
const levelRamp = ['#35264f', '#2d4f86', '#27809a', '#3cab93', '#8acb7b', '#e6e27a'];

/** @param {number} share 0 to 1 */
function rampColor(share) {
  const at = Math.min(levelRamp.length - 1.001, Math.max(0, share) * (levelRamp.length - 1)), i = Math.floor(at), f = at - i;
  const mix = [1, 3, 5].map(c => Math.round(parseInt(levelRamp[i].slice(c, c + 2), 16) * (1 - f) + parseInt(levelRamp[i + 1].slice(c, c + 2), 16) * f));
  return `rgb(${mix.join(' ')})`;
}

/** @param {number[]} outline x, y, x, y, … @param {number} x @param {number} y */
function holds(outline, x, y) {
  let inside = false;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    if ((outline[i + 1] > y) !== (outline[j + 1] > y) && x < (outline[j] - outline[i]) * (y - outline[i + 1]) / (outline[j + 1] - outline[i + 1]) + outline[i])
      inside = !inside;
  }
  return inside;
}

/** The camera's place and what it sees of the ground, as one outline: the convex hull. @param {any} moment */
function wedgeOf({ camera, view }) {
  /** @type {[number, number][]} */
  const points = [[camera[0], camera[1]]];
  for (let i = 0; i < view.length; i += 2)
    points.push([view[i], view[i + 1]]);
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  /** @param {[number, number][]} chain @param {[number, number]} c */
  const push = (chain, c) => {
    while (chain.length > 1 && (chain[chain.length - 1][0] - chain[chain.length - 2][0]) * (c[1] - chain[chain.length - 2][1]) <= (chain[chain.length - 1][1] - chain[chain.length - 2][1]) * (c[0] - chain[chain.length - 2][0]))
      chain.pop();
    chain.push(c);
  };
  /** @type {[number, number][]} */
  const lower = [], upper = /** @type {[number, number][]} */ ([]);
  points.forEach(point => push(lower, point));
  points.reverse().forEach(point => push(upper, point));
  return [...lower.slice(0, -1), ...upper.slice(0, -1)].flat();
}

/** What is drawn and wanted at every moment, put together from the changes. */
class MapHistory {
  /** Region → source. @type {Map<number, number>} */
  drawn = new Map();
  /** Tile → reason. @type {Map<number, number>} */
  wanted = new Map();
  index = -1;

  /** @param {any} map */
  constructor(map) {
    this.map = map;
    this.times = /** @type {number[]} */ (map.moments.map((/** @type {any} */ moment) => moment.t));
  }

  reset() {
    this.index = -1;
    this.drawn.clear();
    this.wanted.clear();
  }

  /** @param {number} index of a moment */
  go(index) {
    if (index < this.index)
      this.reset();
    while (this.index < index) {
      const moment = this.map.moments[++this.index];
      apply(this.drawn, moment.drawn);
      apply(this.wanted, moment.wanted);
    }
    return this.map.moments[index];

    /** @param {Map<number, number>} state @param {number[]} changes */
    function apply(state, changes) {
      for (let i = 0; i < changes.length; i += 2) {
        if (changes[i + 1] < 0)
          state.delete(changes[i]);
        else
          state.set(changes[i], changes[i + 1]);
      }
    }
  }
}

class TopDownMap {
  /** The square that is shown, in steps of the map's grid: its centre and size. */
  frame = { x: 0, y: 0, size: 1 };
  /** The pointer on the canvas, CSS pixels. @type {{ x: number, y: number } | undefined} */
  pointer;
  /** Runs while the map plays. @type {number | undefined} */
  timer;

  /** @param {any} map @param {Moment} moment */
  constructor(map, moment) {
    this.map = map;
    this.moment = moment;
    this.history = new MapHistory(map);
    this.mode = 'level';
    this.follows = false;
    const levels = map.levels.length > 0 ? map.levels : [0];
    this.coarsest = Math.min(...levels);
    this.finest = Math.max(...levels);
    this.groupOf = map.reasons.map((/** @type {string} */ reason) => reasonGroups.find(group => group.reasons.includes(reason)) ?? reasonGroups[reasonGroups.length - 1]);
    this.canvas = /** @type {HTMLCanvasElement} */ (el('canvas', { role: 'img', 'aria-label': 'Map of what is drawn, from above' }));
    this.under = el('div', { class: 'under' });
    this.legend = el('div', { class: 'legend' });
    this.slider = /** @type {HTMLInputElement} */ (el('input', { type: 'range', min: 0, max: Math.max(0, map.moments.length - 1), step: 1, 'aria-label': 'time' }));
    this.output = el('output');
    this.play = el('button', { type: 'button', click: () => this.toggle() }, 'Play');
    this.fit = el('button', { type: 'button', click: () => this.setFollows(!this.follows) }, 'Near the camera');
    this.element = el('section', { class: 'map' },
      el('div', { class: 'bar' }, el('h3', {}, 'From above'), el('span', { class: 'space' }), this.choice(), this.fit),
      this.canvas,
      el('div', { class: 'slider' }, this.play, this.slider, this.output),
      this.legend, this.under);
    this.slider.addEventListener('input', () => {
      this.stop();
      moment.choose(this.history.times[Number(this.slider.value)]);
    });
    moment.addEventListener('change', () => this.show());
    this.listen();
    this.fitAll();
    new ResizeObserver(() => this.show()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.show());
  }

  choice() {
    return el('fieldset', { class: 'segments' }, ...[['level', 'Level'], ['reason', 'Reason']].map(([value, name]) =>
      el('label', {}, el('input', { type: 'radio', name: 'colour', value, checked: value === this.mode ? '' : null, change: () => { this.mode = value; this.show(); } }), name)));
  }

  fitAll() {
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const outline of this.map.outlines) {
      for (let i = 0; i < outline.length; i += 2)
        [minX, minY, maxX, maxY] = [Math.min(minX, outline[i]), Math.min(minY, outline[i + 1]), Math.max(maxX, outline[i]), Math.max(maxY, outline[i + 1])];
    }
    this.frame = minX < Infinity ? { x: (minX + maxX) / 2, y: (minY + maxY) / 2, size: Math.max(maxX - minX, maxY - minY) * 1.06 || 1 } : { x: 0, y: 0, size: 1 };
  }

  // Around the camera, as wide as what it could see finely: a few heights, and never the whole.
  fitCamera(/** @type {any} */ moment) {
    if (!moment.camera)
      return;
    const [x, y, height] = moment.camera;
    const fine = [...this.history.wanted.keys()].filter(tile => this.map.levels[tile] === this.finestWanted());
    const reach = Math.max(...fine.flatMap(tile => [Math.abs(this.map.outlines[tile][0] - x), Math.abs(this.map.outlines[tile][1] - y)]), Math.abs(height) / this.map.metresPerStep);
    this.frame = { x, y, size: 2.3 * reach };
  }

  finestWanted() {
    return Math.max(...[...this.history.wanted.keys()].map(tile => this.map.levels[tile]));
  }

  /** @param {boolean} follows */
  setFollows(follows) {
    this.follows = follows;
    this.fit.textContent = follows ? 'Whole scene' : 'Near the camera';
    if (!follows)
      this.fitAll();
    this.show();
  }

  toggle() {
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    this.play.textContent = 'Pause';
    const { times } = this.history;
    let at = this.moment.chosen >= times[times.length - 1] ? 0 : this.moment.chosen, last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      at += (now - last) / 1000;
      last = now;
      this.moment.choose(Math.min(at, times[times.length - 1]));
      if (at >= times[times.length - 1])
        this.stop();
    }, 50);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = 'Play';
  }

  listen() {
    /** @type {{ x: number, y: number } | null} */
    let held = null;
    this.canvas.addEventListener('pointerdown', event => {
      held = { x: event.clientX, y: event.clientY };
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener('pointerup', () => held = null);
    this.canvas.addEventListener('pointermove', event => {
      if (held) {
        const scale = this.frame.size / this.canvas.clientWidth;
        this.frame.x -= (event.clientX - held.x) * scale;
        this.frame.y += (event.clientY - held.y) * scale;
        held = { x: event.clientX, y: event.clientY };
        this.letGo();
      }
      this.pointer = { x: event.offsetX, y: event.offsetY };
      this.show();
    });
    this.canvas.addEventListener('pointerleave', () => {
      this.pointer = undefined;
      this.tell();
    });
    this.canvas.addEventListener('wheel', event => {
      event.preventDefault();
      const factor = Math.exp(event.deltaY * 0.0015), scale = this.frame.size / this.canvas.clientWidth;
      const [dx, dy] = [(event.offsetX - this.canvas.clientWidth / 2) * scale, (this.canvas.clientHeight / 2 - event.offsetY) * scale];
      this.frame = { x: this.frame.x + dx * (1 - factor), y: this.frame.y + dy * (1 - factor), size: this.frame.size * factor };
      this.letGo();
      this.show();
    }, { passive: false });
  }

  // A reader who moves the map keeps it where it was put.
  letGo() {
    this.follows = false;
    this.fit.textContent = 'Near the camera';
  }

  show() {
    if (this.map.moments.length === 0)
      return;
    const index = sampleAt(this.history.times, this.moment.shown);
    const moment = this.history.go(index);
    this.slider.value = String(index);
    this.output.textContent = clock(moment.t);
    if (this.follows)
      this.fitCamera(moment);
    this.paint(moment);
    this.tell();
    this.explainColors();
  }

  /** @param {any} moment */
  paint(moment) {
    const { canvas, frame } = this, ratio = devicePixelRatio, side = Math.max(1, Math.round(canvas.clientWidth * ratio));
    if (canvas.width !== side)
      canvas.width = canvas.height = side;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')), scale = side / frame.size;
    const style = getComputedStyle(canvas), ink = style.getPropertyValue('--ink'), paper = style.getPropertyValue('--panel');
    context.clearRect(0, 0, side, side);
    context.lineWidth = Math.max(0.5, ratio * 0.6);
    context.strokeStyle = paper;
    /** @param {number[]} points */
    const trace = points => {
      context.beginPath();
      for (let i = 0; i < points.length; i += 2)
        context.lineTo((points[i] - frame.x) * scale + side / 2, side / 2 - (points[i + 1] - frame.y) * scale);
      context.closePath();
    };
    for (const [tile, color] of this.regions()) {
      trace(this.map.outlines[tile]);
      context.fillStyle = color;
      context.fill();
      context.stroke();
    }
    if (!moment.camera)
      return;
    trace(wedgeOf(moment));
    context.fillStyle = 'rgb(255 255 255 / 0.14)';
    context.fill();
    context.strokeStyle = paper;
    context.lineWidth = 4 * ratio;
    context.stroke();
    context.strokeStyle = ink;
    context.lineWidth = 1.6 * ratio;
    context.stroke();
    const [x, y] = [(moment.camera[0] - frame.x) * scale + side / 2, side / 2 - (moment.camera[1] - frame.y) * scale];
    context.beginPath();
    context.arc(x, y, 5.5 * ratio, 0, 7);
    context.fillStyle = style.getPropertyValue('--rose');
    context.fill();
    context.strokeStyle = paper;
    context.lineWidth = 2 * ratio;
    context.stroke();
  }

  // Coarse ones first: what is finer lies on top.
  /** @returns {[number, string][]} */
  regions() {
    const levels = this.map.levels;
    const byLevel = (/** @type {[number, any]} */ a, /** @type {[number, any]} */ b) => levels[a[0]] - levels[b[0]];
    if (this.mode === 'level')
      return [...this.history.drawn].sort(byLevel).map(([region, source]) => [region, this.levelColor(levels[source])]);
    return [...this.history.wanted].sort(byLevel).map(([tile, reason]) => [tile, this.groupOf[reason].color]);
  }

  /** @param {number} level */
  levelColor(level) {
    return rampColor(this.finest === this.coarsest ? 1 : (level - this.coarsest) / (this.finest - this.coarsest));
  }

  explainColors() {
    /** @type {Map<string, [string, number]>} */
    const counts = new Map();
    const count = (/** @type {string} */ name, /** @type {string} */ color) => counts.set(name, [color, (counts.get(name)?.[1] ?? 0) + 1]);
    if (this.mode === 'level') {
      for (const source of [...this.history.drawn.values()].sort((a, b) => this.map.levels[a] - this.map.levels[b]))
        count(`level ${this.map.levels[source]}`, this.levelColor(this.map.levels[source]));
    } else {
      const reasons = [...this.history.wanted.values()];
      for (const group of reasonGroups)
        reasons.filter(reason => this.groupOf[reason] === group).forEach(() => count(group.name, group.color));
    }
    this.legend.replaceChildren(...[...counts].map(([name, [color, n]]) => el('span', {}, el('span', { class: 'swatch', style: { background: color } }), `${name} `, el('b', {}, number(n)))));
  }

  tell() {
    const tile = this.pointer === undefined ? -1 : this.tileAt(this.pointer);
    if (tile < 0) {
      const width = this.frame.size * this.map.metresPerStep;
      this.under.textContent = `The map is ${width >= 1000 ? `${number(width / 1000)} km` : `${number(width)} m`} wide, north up. Point at it for a tile; turn the wheel to zoom.`;
      return;
    }
    const source = this.history.drawn.get(tile), reason = this.history.wanted.get(tile);
    this.under.replaceChildren(
      el('b', {}, this.map.names[tile] || `a tile of level ${this.map.levels[tile]}`), ` · level ${this.map.levels[tile]}`,
      source === undefined ? ' · not drawn itself' : source === tile ? ' · drawn' : ` · level ${this.map.levels[source]} fills in`,
      reason === undefined ? '' : ` · ${this.groupOf[reason].name}`);
  }

  // The finest tile at a point of the canvas.
  tileAt(/** @type {{ x: number, y: number }} */ { x, y }) {
    const scale = this.frame.size / this.canvas.clientWidth;
    const [mapX, mapY] = [this.frame.x + (x - this.canvas.clientWidth / 2) * scale, this.frame.y + (this.canvas.clientHeight / 2 - y) * scale];
    let found = -1;
    for (const tile of (this.mode === 'level' ? this.history.drawn : this.history.wanted).keys()) {
      if ((found < 0 || this.map.levels[tile] > this.map.levels[found]) && holds(this.map.outlines[tile], mapX, mapY))
        found = tile;
    }
    return found;
  }
}

