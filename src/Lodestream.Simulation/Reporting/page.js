// Elements. Text goes in as text, never as markup: names come from files.

/** @param {Element} node @param {Record<string, any>} attributes @param {(Node | string | null)[]} children */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'style')
      Object.assign(/** @type {HTMLElement} */ (node).style, value);
    else if (typeof value === 'function')
      node.addEventListener(name, value);
    else if (value !== false && value !== null)
      node.setAttribute(name, String(value));
  }
  node.append(...children.filter(child => child !== null));
  return node;
}

/** An HTML element. @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string | null)} children */
function el(tag, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), attributes, children));
}

/** An SVG element. @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string | null)} children */
function svg(tag, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children));
}

/** The time that everything on the page shows: where the pointer is, else the chosen one. */
class Moment extends EventTarget {
  /** @type {number | null} */
  hover = null;
  chosen = 0;

  get shown() {
    return this.hover ?? this.chosen;
  }

  /** @param {number | null} seconds */
  pointAt(seconds) {
    this.hover = seconds;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {number} seconds */
  choose(seconds) {
    this.chosen = seconds;
    this.dispatchEvent(new Event('change'));
  }
}

/** Index of the last sample not after a time. @param {number[]} times ascending @param {number} time */
function sampleAt(times, time) {
  let low = 0, high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

