// Colours that tell how tiles are chosen: by their representation, or by their level; with a legend of what is drawn of each.
import * as THREE from 'three';
import { levelColor } from './overlays.js';

/** @typedef {import('../lodestream/tile-scene.js').DrawItem} DrawItem */
/** @typedef {'lods' | 'levels'} ColouringSwitch */
/** @typedef {{ order: number, name: string, color: THREE.Color }} Kind */

/**
 * Colours of representations, by their numbers. LOD1, LOD2 and the HLOD are as in the reference engine; the others are ours: nothing
 * between red and green by hue alone, and none like its neighbour by lightness.
 */
const REPRESENTATIONS = /** @type {const} */ ([['Full tile', '#ff7a3c'], ['LOD 1', '#3ccf5a'], ['LOD 2', '#3f74ff'], ['LOD 3', '#ffe14a'], ['LOD 4', '#d860ff'], ['HLOD', '#35e6ea']])
  .map(([name, color], order) => ({ order, name, color: new THREE.Color(color) }));

/** What there are colours for. @type {Record<ColouringSwitch, (item: DrawItem) => Kind>} */
const KINDS = { lods: representationOf, levels: levelOf };

export class Colouring {
  #tiles;
  #settings;
  #changed;
  /** @type {ColouringSwitch | null} */
  #by = null;
  #legend = /** @type {HTMLElement} */ (document.getElementById('legend'));
  #list = /** @type {HTMLElement} */ (document.getElementById('legend-list'));
  #shown = '';

  /**
   * @param {import('../lodestream.js').LodestreamTiles} tiles
   * @param {import('./settings.js').Settings} settings
   * @param {() => void} changed called when the picture must be drawn again
   */
  constructor(tiles, settings, changed) {
    this.#tiles = tiles;
    this.#settings = settings;
    this.#changed = changed;
    settings.onToggle('lods', on => this.#toggle('lods', on));
    settings.onToggle('levels', on => this.#toggle('levels', on));
  }

  /** Brings the legend up to what is drawn. */
  update() {
    if (!this.#by)
      return;
    /** @type {Map<string, Kind & { count: number }>} */
    const kinds = new Map();
    for (const item of this.#tiles.drawn.values()) {
      // Most tiles of a manifest have nothing to draw where their proxy is not here.
      if (item.objects.length === 0)
        continue;
      const kind = KINDS[this.#by](item), known = kinds.get(kind.name);
      kinds.set(kind.name, { ...kind, count: (known?.count ?? 0) + 1 });
    }
    const rows = [...kinds.values()].sort((a, b) => a.order - b.order), text = rows.map(({ name, count }) => `${name} ${count}`).join();
    if (text === this.#shown)
      return;
    this.#shown = text;
    this.#list.replaceChildren(...rows.map(rowOf));
  }

  /**
   * @param {ColouringSwitch} by
   * @param {boolean} on
   */
  #toggle(by, on) {
    // One thing has one colour.
    if (on)
      this.#settings.setToggle(by === 'lods' ? 'levels' : 'lods', false);
    else if (this.#by !== by)
      return;
    this.#by = on ? by : null;
    this.#tiles.setTint(on ? item => KINDS[by](item).color : null);
    this.#shown = '';
    this.#legend.hidden = !on;
    this.#legend.setAttribute('aria-label', by === 'lods' ? 'Colours of representations' : 'Colours of levels');
    this.update();
    this.#changed();
  }
}

/** What is no manifest's has a level, and no other representation. @param {DrawItem} item @returns {Kind} */
function representationOf(item) {
  return item.representation < 0 ? levelOf(item) : REPRESENTATIONS[Math.min(item.representation, REPRESENTATIONS.length - 1)];
}

/** @param {DrawItem} item @returns {Kind} */
function levelOf({ level }) {
  return { order: 100 + level, name: `Level ${level}`, color: levelColor(level) };
}

/** @param {Kind & { count: number }} kind */
function rowOf({ name, color, count }) {
  const row = document.createElement('li'), swatch = document.createElement('i'), number = document.createElement('output');
  swatch.style.background = color.getStyle();
  number.textContent = count.toLocaleString('en');
  row.append(swatch, name, number);
  return row;
}
