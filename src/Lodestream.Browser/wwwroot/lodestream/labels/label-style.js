// How labels are written, by what they name and how important that is: the hand of an atlas. Sizes are CSS pixels.

/**
 * @typedef {object} LabelStyle
 * @property {string} font as CSS writes it, without the size
 * @property {number} size
 * @property {number} spacing between letters
 * @property {boolean} capitals
 * @property {string} color
 * @property {string} halo
 * @property {'none' | 'dot' | 'ring' | 'peak'} marker what stands at the place itself; the name is above it
 * @property {number} strength greatest opacity
 */

/**
 * @typedef {object} LabelMetrics A label's box around the pixel of its place, and where in it the text's baseline begins.
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 * @property {number} textX
 * @property {number} textY
 */

const SANS = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif';
const SERIF = 'Georgia, "Iowan Old Style", "Palatino Linotype", "Noto Serif", "Liberation Serif", serif';

/** Widest a halo is, to each side. */
export const HALO = 1.75;

/** Radius of a marker, and room between it and the name. */
const MARKER = 3, GAP = 4;

const INK = { color: '#fffdf6', halo: '#1d2430' };
const WATER = { color: '#d3ebff', halo: '#123a5e' };

/** Kinds that are water. */
const WATERS = new Set(['sea', 'ocean', 'gulf', 'bay', 'strait', 'lake', 'river', 'water']);

/**
 * @param {string} kind
 * @param {number} rank
 * @returns {LabelStyle}
 */
export function styleOf(kind, rank) {
  if (WATERS.has(kind)) {
    const size = kind === 'sea' || kind === 'ocean' ? 17 : kind === 'river' || rank > 64 ? 12 : 13.5;
    return { ...WATER, font: `italic 400 %px ${SERIF}`, size, spacing: size > 15 ? 2 : 0.4, capitals: false, marker: 'none', strength: 0.95 };
  }
  switch (kind) {
    case 'continent':
    case 'country':
    case 'province':
    case 'region':
      return { color: '#fff3d6', halo: '#2b2620', font: `600 %px ${SANS}`, size: kind === 'province' || kind === 'region' ? 13 : 16, spacing: 4, capitals: true, marker: 'none', strength: 0.9 };
    case 'capital':
      return { ...INK, font: `700 %px ${SANS}`, size: 15, spacing: 0.2, capitals: false, marker: 'ring', strength: 1 };
    case 'peak':
    case 'mountain':
    case 'volcano':
      return { color: '#f1e7d8', halo: '#33281d', font: `italic 500 %px ${SANS}`, size: 11.5, spacing: 0.1, capitals: false, marker: 'peak', strength: 0.95 };
    case 'forest':
    case 'desert':
    case 'range':
      return { color: '#ecf0cf', halo: '#2a3320', font: `italic 400 %px ${SERIF}`, size: 14, spacing: 1.5, capitals: false, marker: 'none', strength: 0.9 };
    case 'city':
    case 'town':
      return { ...INK, font: `600 %px ${SANS}`, size: 12.5, spacing: 0.1, capitals: false, marker: 'dot', strength: 1 };
    default:
      return { ...INK, font: `500 %px ${SANS}`, size: 11, spacing: 0.1, capitals: false, marker: 'dot', strength: 0.95 };
  }
}

/** What is written of a name. @param {string} name @param {LabelStyle} style */
export function textOf(name, { capitals }) {
  return capitals ? name.toLocaleUpperCase() : name;
}

/**
 * Makes a canvas write in a style.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {LabelStyle} style
 * @param {number} scale device pixels to a CSS pixel
 */
export function applyStyle(context, { font, size, spacing }, scale) {
  context.font = font.replace('%', String(size * scale));
  context.letterSpacing = `${spacing * scale}px`;
}

/**
 * Measures labels; boxes have room for the halo.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {string} name
 * @param {LabelStyle} style
 * @returns {LabelMetrics}
 */
export function measureLabel(context, name, style) {
  applyStyle(context, style, 1);
  const { width, fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText(textOf(name, style));
  // The space after the last letter is none of the word's.
  const ink = width - style.spacing, half = Math.ceil(ink / 2 + HALO);
  if (style.marker === 'none') {
    const up = Math.ceil((ascent + descent) / 2 + HALO);
    return { left: -half, top: -up, right: half, bottom: up, textX: -ink / 2, textY: (ascent - descent) / 2 };
  }
  const bottom = Math.ceil(MARKER + HALO), baseline = -(MARKER + GAP + descent * 0.6);
  return { left: -half, top: Math.floor(baseline - ascent - HALO), right: half, bottom, textX: -ink / 2, textY: baseline };
}

/**
 * Draws a label's marker and name around the origin.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {string} name
 * @param {LabelStyle} style
 * @param {LabelMetrics} metrics
 * @param {number} scale device pixels to a CSS pixel
 * @param {boolean} outline the halo, or what it surrounds
 */
export function drawLabel(context, name, style, { textX, textY }, scale, outline) {
  applyStyle(context, style, scale);
  context.lineJoin = context.lineCap = 'round';
  context.lineWidth = 2 * HALO * scale;
  const text = textOf(name, style), x = textX * scale, y = textY * scale;
  if (outline)
    context.strokeText(text, x, y);
  context.fillText(text, x, y);
  drawMarker(context, style.marker, scale, outline);
}

/**
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {LabelStyle['marker']} marker
 * @param {number} scale
 * @param {boolean} outline
 */
function drawMarker(context, marker, scale, outline) {
  if (marker === 'none')
    return;
  const r = MARKER * scale, round = new Path2D();
  if (marker === 'peak') {
    round.moveTo(-r, r * 0.7);
    round.lineTo(0, -r * 0.95);
    round.lineTo(r, r * 0.7);
    round.closePath();
  } else {
    round.arc(0, 0, marker === 'ring' ? r : r * 0.75, 0, 2 * Math.PI);
    if (marker === 'ring' && !outline)
      round.arc(0, 0, r * 0.45, 0, 2 * Math.PI, true);
  }
  if (outline)
    context.stroke(round);
  context.fill(round);
}
