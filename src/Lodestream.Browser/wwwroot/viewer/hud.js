// The panel of figures: what streams, and what it costs.

/** Frames the graph shows. */
const GRAPH_FRAMES = 126;

/** Milliseconds at the graph's top: two frames of sixty a second. */
const GRAPH_TOP = 33.3;

/** Milliseconds between two looks at the figures: faster than one reads is noise. */
const INTERVAL = 200;

const SERIES = /** @type {const} */ ([['core', '#7cc4ff'], ['host', '#ffcf7c'], ['draw', '#7de0a3']]);

/**
 * @typedef {{ core: number, host: number, draw: number }} FrameTimes milliseconds
 * @typedef {import('../lodestream/statistics.js').Statistics} Statistics
 * @typedef {'opening' | 'streaming' | 'settled' | 'frozen' | 'failed' | 'lost'} State
 */

/** @type {Record<State, string>} */
const STATES = { opening: 'Opening', streaming: 'Streaming', settled: 'All here', frozen: 'Frozen', failed: 'Failed', lost: 'GPU lost' };

export class Hud {
  /** @type {FrameTimes[]} */
  #frames = [];
  /** @type {Map<string, HTMLElement>} */
  #figures = new Map([...document.querySelectorAll('[data-figure]')].map(e => [/** @type {HTMLElement} */ (e).dataset.figure ?? '', /** @type {HTMLElement} */ (e)]));
  #state = element('state');
  #live = element('live');
  #progress = element('progress');
  #memory = /** @type {HTMLElement} */ (document.querySelector('#memory .bar'));
  #graph = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (element('graph')).getContext('2d'));
  #message = element('message');
  #fold = element('fold');
  #shown = 0;
  #link = { time: 0, bytes: 0, rate: 0 };
  #hosts = '';
  #readHosts;

  /** @param {() => string} readHosts what there is to say of hosts that are given a rest */
  constructor(readHosts = () => '') {
    this.#readHosts = readHosts;
    this.#fold.addEventListener('click', () => this.toggle());
    if (innerWidth < 640)
      this.toggle();
  }

  /** Folds the figures, or unfolds them. */
  toggle() {
    const body = element('hud-body');
    body.hidden = !body.hidden;
    this.#fold.setAttribute('aria-expanded', String(!body.hidden));
  }

  /** @param {() => string} readHosts */
  set readHosts(readHosts) {
    this.#readHosts = readHosts;
  }

  /**
   * @param {string} text empty to say nothing
   * @param {boolean} [isError]
   */
  say(text, isError = false) {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
    this.#message.classList.toggle('error', isError);
  }

  /** @param {State} state */
  set state(state) {
    if (this.#state.dataset.state === state)
      return;
    this.#state.dataset.state = state;
    /** @type {HTMLElement} */ (this.#state.querySelector('b')).textContent = STATES[state];
    // States are told, figures are not: they change too often to be listened to.
    this.#live.textContent = STATES[state];
  }

  /** What the pointer is on. @param {string} text */
  set pointed(text) {
    this.#set('pointed', text);
    /** @type {HTMLElement} */ (this.#figures.get('pointed')).title = text;
  }

  /**
   * Notes a frame, and shows the figures a few times a second.
   * @param {FrameTimes} times
   * @param {Statistics} stats
   * @param {number} fps
   * @param {State} state
   */
  frame(times, stats, fps, state) {
    this.#frames.push(times);
    if (this.#frames.length > GRAPH_FRAMES)
      this.#frames.shift();
    if (performance.now() - this.#shown > INTERVAL)
      this.show(stats, fps, state);
  }

  /**
   * @param {Statistics} stats
   * @param {number} fps
   * @param {State} state
   * @param {boolean} [parked] nothing more will happen for now
   */
  show(stats, fps, state, parked = false) {
    this.#shown = performance.now();
    this.state = state;
    this.#set('wanted', count(stats.wanted));
    this.#set('drawn', count(stats.drawn));
    this.#set('missing', count(stats.missing));
    this.#set('failures', count(stats.failures));
    this.#figures.get('failures')?.classList.toggle('bad', stats.failures > 0);
    this.#showLink(stats, parked);
    this.#set('requests', stats.inFlight + stats.queued + stats.preparing === 0 ? 'none' : `${stats.inFlight} · ${stats.queued} wait · ${stats.preparing} decode`);
    this.#showHosts(stats.breakersOpen);
    this.#showMemory(stats);
    for (const name of /** @type {const} */ (['primaryGeometricSsePx', 'primaryRasterSsePx', 'underlayGeometricSsePx', 'underlayRasterSsePx']))
      this.#set(name, pixels(stats[name]));
    this.#set('detail', stats.detailScale >= 1 ? 'full' : `${Math.round(stats.detailScale * 100)} %, to fit the memory`);
    this.#showCalls(stats);
    this.#set('frame', parked ? 'at rest' : `${fps} /s · ours ${(stats.coreMs + stats.hostMs).toFixed(1)} ms`);
    this.#showProgress(stats);
    this.#drawGraph();
  }

  /** @param {Statistics} stats @param {boolean} parked */
  #showLink({ bytesFetched }, parked) {
    const now = performance.now(), seconds = (now - this.#link.time) / 1000;
    if (seconds > 0.15) {
      const rate = (bytesFetched - this.#link.bytes) * 8 / 1e6 / seconds;
      this.#link = { time: now, bytes: bytesFetched, rate: this.#link.time === 0 || parked ? 0 : this.#link.rate + (rate - this.#link.rate) * Math.min(1, seconds * 2) };
    }
    this.#set('link', `${this.#link.rate.toFixed(this.#link.rate < 10 ? 1 : 0)} Mbit/s · ${megabytes(bytesFetched)} in all`);
  }

  /** @param {number} open */
  #showHosts(open) {
    // Asking costs a text of the whole state: only while there is something to tell.
    this.#hosts = open > 0 ? this.#readHosts() : 'answering';
    this.#set('hosts', this.#hosts);
  }

  // Without batches each mesh takes one, with its material.
  /** @param {Statistics} stats */
  #showCalls({ drawCalls, meshes }) {
    const isBatched = drawCalls < meshes;
    this.#set('calls', isBatched ? `${count(drawCalls)} of ${count(meshes)} · ÷ ${(meshes / drawCalls).toFixed(1)}` : count(drawCalls));
    /** @type {HTMLElement} */ (this.#figures.get('calls')).title = isBatched ? `${meshes} meshes, each with its material, in ${drawCalls} draw calls` : '';
  }

  /** @param {Statistics} stats */
  #showMemory({ cpuBytes, geometryBytes, textureBytes, budgetBytes, geometryBudgetBytes, textureBudgetBytes }) {
    const used = cpuBytes + geometryBytes + textureBytes;
    this.#set('memory', `${megabytes(used)} of ${megabytes(budgetBytes)}`);
    this.#memory.title = `geometry ${megabytes(geometryBytes)} of ${megabytes(geometryBudgetBytes)}, textures ${megabytes(textureBytes)} of ${megabytes(textureBudgetBytes)}`;
    this.#memory.setAttribute('aria-valuenow', String(Math.round(used / budgetBytes * 100)));
    const parts = /** @type {Record<string, number>} */ ({ geometry: geometryBytes, texture: textureBytes, cpu: cpuBytes });
    for (const bar of /** @type {Iterable<HTMLElement>} */ (this.#memory.children))
      bar.style.width = `${parts[bar.dataset.part ?? ''] / budgetBytes * 100}%`;
  }

  /** @param {Statistics} stats */
  #showProgress({ wanted, missing }) {
    const share = wanted > 0 ? Math.round((1 - missing / wanted) * 100) : 0;
    this.#progress.setAttribute('aria-valuenow', String(share));
    this.#progress.classList.toggle('full', share === 100);
    /** @type {HTMLElement} */ (this.#progress.firstElementChild).style.width = `${share}%`;
  }

  /** @param {string} name @param {string} value */
  #set(name, value) {
    const cell = /** @type {HTMLElement} */ (this.#figures.get(name));
    if (cell.textContent !== value)
      cell.textContent = value;
  }

  #drawGraph() {
    const { canvas } = this.#graph, bar = canvas.width / GRAPH_FRAMES, scale = canvas.height / GRAPH_TOP;
    this.#graph.clearRect(0, 0, canvas.width, canvas.height);
    this.#graph.fillStyle = 'rgb(255 255 255 / 15%)';
    this.#graph.fillRect(0, canvas.height / 2, canvas.width, 1);
    this.#frames.forEach((times, i) => {
      let top = canvas.height;
      for (const [name, color] of SERIES) {
        const height = times[name] * scale;
        top -= height;
        this.#graph.fillStyle = color;
        this.#graph.fillRect(i * bar, top, Math.max(1, bar - 0.5), height);
      }
    });
  }
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {number} number */
function count(number) {
  return number >= 1e5 ? `${(number / 1000).toFixed(0)} k` : number.toLocaleString('en');
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/**
 * A greatest screen-space error: of tiles drawn for themselves, or of those that fill in for others.
 * @param {number} error without bound from inside a tile's volume, 0 where nothing has such an error
 */
function pixels(error) {
  if (error === 0)
    return '–';
  return Number.isFinite(error) ? error.toFixed(1) : '∞';
}
