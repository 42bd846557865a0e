// 4 × 4 matrices of numbers, column-major.

export const IDENTITY = Object.freeze([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

/**
 * Translation · rotation · scale.
 * @param {{ translation?: ArrayLike<number>, rotation?: ArrayLike<number>, scale?: ArrayLike<number> }} parts rotation is a quaternion (x, y, z, w)
 */
export function compose({ translation: t = [0, 0, 0], rotation: q = [0, 0, 0, 1], scale: s = [1, 1, 1] }) {
  const x = q[0], y = q[1], z = q[2], w = q[3];
  return [
    (1 - 2 * (y * y + z * z)) * s[0], 2 * (x * y + w * z) * s[0], 2 * (x * z - w * y) * s[0], 0,
    2 * (x * y - w * z) * s[1], (1 - 2 * (x * x + z * z)) * s[1], 2 * (y * z + w * x) * s[1], 0,
    2 * (x * z + w * y) * s[2], 2 * (y * z - w * x) * s[2], (1 - 2 * (x * x + y * y)) * s[2], 0,
    t[0], t[1], t[2], 1,
  ];
}

/**
 * The product a·b.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function multiply(a, b) {
  const m = new Array(16);
  for (let c = 0; c < 4; c++) {
    for (let r = 0; r < 4; r++)
      m[c * 4 + r] = a[r] * b[c * 4] + a[4 + r] * b[c * 4 + 1] + a[8 + r] * b[c * 4 + 2] + a[12 + r] * b[c * 4 + 3];
  }
  return m;
}

