// The ramp of height: low ground is water, the most coloured end in both themes.

/** OKLCH stops (lightness, chroma, hue, place), low loss first. */
const SOUNDING = {
  light: [[0.62, 0.092, 215, 0], [0.765, 0.072, 205, 0.3], [0.895, 0.036, 190, 0.62], [0.972, 0.009, 100, 1]],
  dark: [[0.70, 0.105, 205, 0], [0.50, 0.083, 213, 0.3], [0.33, 0.045, 222, 0.62], [0.215, 0.012, 230, 1]],
};

/**
 * The sRGB bytes of an OKLCH colour, clipped to the gamut.
 * @param {number} l @param {number} c @param {number} hue degrees
 * @param {Uint8ClampedArray} out @param {number} at
 */
function srgb(l, c, hue, out, at) {
  const a = c * Math.cos(hue * Math.PI / 180), b = c * Math.sin(hue * Math.PI / 180);
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.2914855480 * b) ** 3;
  const linear = [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.7076147010 * z,
  ];
  for (let i = 0; i < 3; i++) {
    const v = Math.max(0, linear[i]);
    out[at + i] = 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
  }
  out[at + 3] = 255;
}

/** @param {number[][]} stops */
function table(stops) {
  const out = new Uint8ClampedArray(256 * 4);
  for (let i = 0, k = 0; i < 256; i++) {
    const u = i / 255;
    while (k < stops.length - 2 && u > stops[k + 1][3]) k++;
    const p = stops[k], q = stops[k + 1], f = (u - p[3]) / (q[3] - p[3]);
    srgb(p[0] + f * (q[0] - p[0]), p[1] + f * (q[1] - p[1]), p[2] + f * (q[2] - p[2]), out, 4 * i);
  }
  return out;
}

/** @type {{light?: Uint8ClampedArray, dark?: Uint8ClampedArray}} */
const made = {};

/** The table of 256 RGBA entries, entry 0 for the lowest loss. Shared: do not write to it. @param {boolean} dark */
export function sounding(dark) {
  return dark ? (made.dark ??= table(SOUNDING.dark)) : (made.light ??= table(SOUNDING.light));
}

/**
 * Displayed height of a loss, 0 at the ground's minimum and 1 at its maximum; outside that range it runs on, except
 * that a loss below the minimum has no logarithm here and lies at 0. NaN for what is not finite.
 * @param {number} loss @param {{min: number, max: number, epsilon: number, log: boolean}} ground
 */
export function height(loss, ground) {
  if (!Number.isFinite(loss)) return NaN;
  const span = ground.max - ground.min;
  if (!(span > 0)) return 0;
  if (!ground.log) return (loss - ground.min) / span;
  const e = ground.epsilon > 0 ? ground.epsilon : span * 1e-6;
  return Math.log10(Math.max(loss - ground.min, 0) / e + 1) / Math.log10(span / e + 1);
}

/**
 * Heights of a whole grid. Rows and columns may be fewer than the ground's: then the grid is sampled between its nodes,
 * and a node next to a hole is a hole.
 * @param {import('./marks.js').Ground} ground @param {number} [rows] @param {number} [columns]
 */
export function heights(ground, rows = ground.rows, columns = ground.columns) {
  const own = new Float32Array(ground.rows * ground.columns);
  for (let i = 0; i < own.length; i++) own[i] = height(ground.values[i], ground);
  if (rows === ground.rows && columns === ground.columns) return own;
  const out = new Float32Array(rows * columns);
  for (let r = 0, k = 0; r < rows; r++) {
    const y = r * (ground.rows - 1) / Math.max(1, rows - 1);
    for (let c = 0; c < columns; c++, k++) out[k] = sample(own, ground.rows, ground.columns, c * (ground.columns - 1) / Math.max(1, columns - 1), y);
  }
  return out;
}

/**
 * A field between its nodes, bilinear; NaN outside and in cells with a hole.
 * @param {Float32Array} field @param {number} rows @param {number} columns @param {number} x in columns @param {number} y in rows
 */
export function sample(field, rows, columns, x, y) {
  if (!(x >= 0 && y >= 0 && x <= columns - 1 && y <= rows - 1)) return NaN;
  const c = Math.min(columns - 2, Math.floor(x)), r = Math.min(rows - 2, Math.floor(y));
  const u = x - c, v = y - r, k = r * columns + c;
  const low = field[k] + u * (field[k + 1] - field[k]);
  const high = field[k + columns] + u * (field[k + columns + 1] - field[k + columns]);
  return low + v * (high - low);
}
