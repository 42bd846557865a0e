// Maps of regions: numbers in an image and a colour for each become a picture of soft-edged colours, alpha 0 where no region is.

/** @typedef {{ width: number, height: number, data: Uint8Array<ArrayBuffer> }} DecodedRegionMap Red, green, blue and alpha, sRGB; rows from the north. */

/** Weights of a pixel and its neighbours on each side: what the GPU mixes between two pixels has no steps then. */
const WEIGHTS = [6 / 16, 4 / 16, 1 / 16];

/**
 * @param {import('./plan.js').RegionMapPlan} plan
 * @param {Uint8Array<ArrayBuffer>} bytes of the encoded image
 * @returns {Promise<DecodedRegionMap>}
 */
export async function decodeRegionMap({ channel, colors }, bytes) {
  const image = await createImageBitmap(new Blob([bytes]), { premultiplyAlpha: 'none', colorSpaceConversion: 'none' }), { width, height } = image;
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d'));
  context.drawImage(image, 0, 0);
  image.close();
  const numbers = context.getImageData(0, 0, width, height).data, palette = Uint8Array.from(atob(colors), character => character.charCodeAt(0));
  const flat = new Float32Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const color = numbers[i * 4 + channel] * 3;
    if (color + 2 < palette.length)
      flat.set([palette[color], palette[color + 1], palette[color + 2], 1], i * 4);
  }
  return { width, height, data: finish(blur(blur(flat, width, height, 4, width * 4), height, width, width * 4, 4)) };
}

/**
 * Mixes every pixel with its neighbours along lines; at the ends with the last one.
 * @param {Float32Array} from colours multiplied by their alpha
 * @param {number} length of a line
 * @param {number} lines
 * @param {number} step from a pixel of a line to the next
 * @param {number} lineStep from a line to the next
 */
function blur(from, length, lines, step, lineStep) {
  const to = new Float32Array(from.length);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      const at = line * lineStep + i * step;
      for (let d = -2; d <= 2; d++) {
        const other = line * lineStep + Math.min(length - 1, Math.max(0, i + d)) * step, weight = WEIGHTS[Math.abs(d)];
        for (let c = 0; c < 4; c++)
          to[at + c] += from[other + c] * weight;
      }
    }
  }
  return to;
}

/** @param {Float32Array} mixed */
function finish(mixed) {
  const data = new Uint8Array(mixed.length);
  for (let i = 0; i < mixed.length; i += 4) {
    const alpha = mixed[i + 3];
    for (let c = 0; c < 3 && alpha > 0; c++)
      data[i + c] = Math.round(mixed[i + c] / alpha);
    data[i + 3] = Math.round(alpha * 255);
  }
  return data;
}
