// How numbers are written. What never came about is null, and reads as such.

/** @param {number | null | undefined} value @param {number} [digits] significant digits of small numbers */
function number(value, digits = 3) {
  if (value === null || value === undefined)
    return '–';
  if (Math.abs(value) >= 1000)
    return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(digits)));
}

/** @param {number | null | undefined} value bytes */
function bytes(value) {
  if (value === null || value === undefined)
    return '–';
  for (const [size, unit] of /** @type {[number, string][]} */ ([[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']])) {
    if (Math.abs(value) >= size)
      return `${number(value / size)} ${unit}`;
  }
  return `${number(value)} B`;
}

/** @param {number | null | undefined} value milliseconds */
function milliseconds(value) {
  return value === null || value === undefined ? 'never' : Math.abs(value) < 1000 ? `${number(value)} ms` : `${number(value / 1000)} s`;
}

/** @param {number | null | undefined} value a share, 0 to 1 */
function percent(value) {
  return value === null || value === undefined ? '–' : `${number(value * 100)} %`;
}

/** @param {number} value seconds */
function clock(value) {
  return `${value.toFixed(1)} s`;
}

/** @param {(value: number) => string} format @param {string} unit */
function withUnit(format, unit) {
  return (/** @type {number | null | undefined} */ value) => value === null || value === undefined ? '–' : `${format(value)} ${unit}`;
}

