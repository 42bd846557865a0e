// The settings panel: each control is wired once, and can be set as if by hand.

/** @typedef {'volumes' | 'lods' | 'levels' | 'freeze' | 'shadows' | 'haze'} Toggle */
/** @typedef {'sse' | 'hour' | 'exposure'} Slider */

/** How a slider's position is read, and shown. @type {Record<Slider, { value: (position: number) => number, position: (value: number) => number, text: (value: number) => string }>} */
const SLIDERS = {
  sse: { value: p => 2 ** p, position: v => Math.log2(v), text: v => `${v < 10 ? v.toFixed(1) : Math.round(v)} px` },
  hour: { value: p => p, position: v => v, text: v => `${Math.floor(v)}:${String(Math.round(v % 1 * 60)).padStart(2, '0')}` },
  exposure: { value: p => p, position: v => v, text: v => `${v > 0 ? '+' : ''}${v.toFixed(1)} EV` },
};

/** What families are called on the panel. @type {Record<string, string>} */
const FAMILIES = { terrain: 'Terrain', feature: 'Regions', water: 'Water', border: 'Borders', route: 'Routes', mesh: 'Models', label: 'Names' };

/** @typedef {{ visible: boolean, contents: number, passes: number, requested: number, canceled: number }} Layer */

export class Settings {
  #panel = /** @type {HTMLElement} */ (document.getElementById('settings'));
  #button = /** @type {HTMLElement} */ (document.getElementById('settings-button'));
  #layers = /** @type {HTMLElement} */ (document.getElementById('layers'));

  /** Called before the panel is shown. */
  onOpen = () => {};

  constructor() {
    this.#button.addEventListener('click', () => this.toggle());
  }

  /** @param {boolean} [open] */
  toggle(open = Boolean(this.#panel.hidden)) {
    const hadFocus = this.#panel.contains(document.activeElement);
    if (open)
      this.onOpen();
    this.#panel.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (hadFocus && !open)
      this.#button.focus();
  }

  /** @param {Toggle} id @param {(on: boolean) => void} change */
  onToggle(id, change) {
    const box = input(id);
    box.addEventListener('change', () => change(box.checked));
  }

  /** Sets a switch as if it had been clicked. @param {Toggle} id @param {boolean} [on] the other way round by default */
  setToggle(id, on = !input(id).checked) {
    if (input(id).checked !== on)
      input(id).click();
  }

  /** @param {Toggle} id */
  isOn(id) {
    return input(id).checked;
  }

  /** @param {Slider} id @param {(value: number) => void} change */
  onSlide(id, change) {
    input(id).addEventListener('input', () => {
      this.#label(id);
      change(this.valueOf(id));
    });
  }

  /** Shows a value, and tells whoever listens. @param {Slider} id @param {number} value */
  setSlider(id, value) {
    input(id).value = String(SLIDERS[id].position(value));
    this.#label(id);
    input(id).dispatchEvent(new Event('input'));
  }

  /** Shows a value that was set elsewhere. @param {Slider} id @param {number} value */
  showSlider(id, value) {
    input(id).value = String(SLIDERS[id].position(value));
    this.#output(id).textContent = SLIDERS[id].text(value);
  }

  /** @param {Slider} id */
  valueOf(id) {
    return SLIDERS[id].value(Number(input(id).value));
  }

  /**
   * Offers the families to switch that the scene has, with how many of their contents are drawn and known; one alone is no choice.
   * @param {Record<string, Layer>} layers
   * @param {(family: string, visible: boolean) => void} change
   */
  offerLayers(layers, change) {
    const names = Object.keys(layers).filter(name => layers[name].contents > 0 || !layers[name].visible), known = [...this.#layers.querySelectorAll('input')].map(box => box.value);
    this.#layers.hidden = names.length < 2;
    if (known.join() !== names.join())
      this.#layers.replaceChildren(/** @type {HTMLElement} */ (this.#layers.firstElementChild), ...names.map(name => layerRow(name, change)));
    for (const box of this.#layers.querySelectorAll('input')) {
      const { visible, contents, passes, requested, canceled } = layers[box.value], row = /** @type {HTMLElement} */ (box.parentElement);
      box.checked = visible;
      /** @type {HTMLElement} */ (row.querySelector('output')).textContent = visible ? `${passes} of ${contents}` : 'off';
      row.title = `${passes} drawn of ${contents} known; ${requested} asked for, ${canceled} called off`;
    }
  }

  /** @param {Slider} id */
  #label(id) {
    this.#output(id).textContent = SLIDERS[id].text(this.valueOf(id));
  }

  /** @param {Slider} id */
  #output(id) {
    return /** @type {HTMLElement} */ (document.getElementById(`${id}-value`));
  }
}

/**
 * @param {string} name of a family
 * @param {(family: string, visible: boolean) => void} change
 */
function layerRow(name, change) {
  const row = document.createElement('label'), box = Object.assign(document.createElement('input'), { type: 'checkbox', value: name });
  box.addEventListener('change', () => change(name, box.checked));
  row.className = 'layer';
  row.append(box, ` ${FAMILIES[name] ?? name}`, document.createElement('output'));
  return row;
}

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (document.getElementById(id));
}
