// The panel of figures and switches.

/** Frames the graph shows. */
const GRAPH_FRAMES = 120;

/** Milliseconds at the graph's top: two frames of sixty a second. */
const GRAPH_TOP = 33.3;

const SERIES = /** @type {const} */ ([['core', '#7cc4ff'], ['host', '#ffcf7c'], ['draw', '#7de0a3']]);

/** @typedef {{ core: number, host: number, draw: number }} FrameTimes milliseconds */

export class Hud {
  /** @type {FrameTimes[]} */
  #frames = [];
  /** @type {Map<string, HTMLElement>} */
  #figures = new Map();
  #list = /** @type {HTMLElement} */ (document.getElementById('figures'));
  #graph = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (document.getElementById('graph')).getContext('2d'));
  #message = /** @type {HTMLElement} */ (document.getElementById('message'));
  #shown = 0;

  /**
   * Wires a switch.
   * @param {'volumes' | 'levels' | 'freeze'} id
   * @param {(on: boolean) => void} change
   */
  onToggle(id, change) {
    const box = /** @type {HTMLInputElement} */ (document.getElementById(id));
    box.addEventListener('change', () => change(box.checked));
  }

  /**
   * Sets a switch as if it had been clicked.
   * @param {'volumes' | 'levels' | 'freeze'} id
   * @param {boolean} on
   */
  setToggle(id, on) {
    const box = /** @type {HTMLInputElement} */ (document.getElementById(id));
    if (box.checked !== on)
      box.click();
  }

  /** @param {() => void} click */
  onHome(click) {
    document.getElementById('home')?.addEventListener('click', click);
  }

  /**
   * Offers scenes to pick.
   * @param {{ name: string, url: string }[]} scenes
   * @param {string} current URL
   */
  offerScenes(scenes, current) {
    const picker = /** @type {HTMLSelectElement} */ (document.getElementById('scene'));
    picker.hidden = scenes.length === 0;
    picker.replaceChildren(...scenes.map(({ name, url }) => new Option(name, url, false, url === current)));
    if (!scenes.some(({ url }) => url === current))
      picker.prepend(new Option('(other)', current, true, true));
    picker.addEventListener('change', () => {
      const there = new URL(location.href);
      there.searchParams.set('scene', picker.value);
      location.assign(there);
    });
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

  /**
   * Notes a frame, and shows the figures a few times a second.
   * @param {FrameTimes} times
   * @param {import('../lodestream/statistics.js').Statistics} stats
   * @param {number} fps
   */
  frame(times, stats, fps) {
    this.#frames.push(times);
    if (this.#frames.length > GRAPH_FRAMES)
      this.#frames.shift();
    if (performance.now() - this.#shown > 200)
      this.show(stats, fps);
  }

  /**
   * @param {import('../lodestream/statistics.js').Statistics} stats
   * @param {number} fps
   */
  show(stats, fps) {
    this.#shown = performance.now();
    const loading = stats.inFlight + stats.preparing;
    this.#figure('Wanted · drawn', `${stats.wanted} · ${stats.drawn}`);
    this.#figure('Loading · queued', `${loading} · ${stats.queued}${stats.failures ? ` · ${stats.failures} failed` : ''}`);
    this.#figure('Tiles known', stats.tiles.toLocaleString('en'));
    this.#figure('Fetched', megabytes(stats.bytesFetched));
    this.#figure('Memory', `${megabytes(stats.cpuBytes + stats.geometryBytes + stats.textureBytes)} of ${megabytes(stats.budgetBytes)}`);
    this.#figure('Primary geometric', pixels(stats.primaryGeometricSsePx));
    this.#figure('Primary raster', pixels(stats.primaryRasterSsePx));
    this.#figure('Underlay geometric', pixels(stats.underlayGeometricSsePx));
    this.#figure('Underlay raster', pixels(stats.underlayRasterSsePx));
    this.#figure('Frames', `${fps}/s · core ${stats.coreMs.toFixed(2)} ms`);
    this.#drawGraph();
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #figure(name, value) {
    let cell = this.#figures.get(name);
    if (!cell) {
      const term = document.createElement('dt');
      term.textContent = name;
      cell = document.createElement('dd');
      this.#list.append(term, cell);
      this.#figures.set(name, cell);
    }
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
  return `${Number.isFinite(error) ? error.toFixed(1) : '∞'} px`;
}
