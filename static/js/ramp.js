// The ramps of height. In the page's own one low ground is water, the most coloured end in both themes.

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

/** For signed data: blue below nothing, paper at it, red above. */
const DIVERGING = {
  light: [[0.42, 0.13, 250, 0], [0.72, 0.09, 245, 0.3], [0.985, 0.004, 100, 0.5], [0.72, 0.11, 30, 0.7], [0.44, 0.16, 28, 1]],
  dark: [[0.74, 0.12, 245, 0], [0.46, 0.09, 250, 0.3], [0.2, 0.012, 230, 0.5], [0.46, 0.11, 28, 0.7], [0.74, 0.14, 28, 1]],
};

/** The perceptual tables in use for figures, 256 colours of three bytes each, dark end first. */
const TABLES = {
  viridis: 'RAFURAJWRQRXRQVZRgdaRghcRgpdRgteRw1gRw5hRxBjRxFkRxNlSBRnSBZoSBdpSBhqSBpsSBttSBxuSB1vSB9wSCBxSCFzSCN0SCR1SCV2SCZ3SCh4SCl5Ryp6Ryx6Ry17Ry58Ry99RjB+RjJ+RjN/RjSARTWBRTeBRTiCRDmDRDqDRDuEQz2EQz6FQj+FQkCGQkGGQUKHQUSHQEWIQEaIP0eIP0iJPkmJPkqJPkyKPU2KPU6KPE+KPFCLO1GLO1KLOlOLOlSMOVWMOVaMOFiMOFmMN1qMN1uNNlyNNl2NNV6NNV+NNGCNNGGNM2KNM2ONMmSOMmWOMWaOMWeOMWiOMGmOMGqOL2uOL2yOLm2OLm6OLm+OLXCOLXGOLHGOLHKOLHOOK3SOK3WOKnaOKneOKniOKXmOKXqOKXuOKHyOKH2OJ36OJ3+OJ4COJoGOJoKOJoKOJYOOJYSOJYWOJIaOJIeOI4iOI4mOI4qNIouNIoyNIo2NIY6NIY+NIZCNIZGMIJKMIJKMIJOMH5SMH5WLH5aLH5eLH5iLH5mKH5qKHpuKHpyJHp2JH56JH5+IH6CIH6GIH6GHH6KHIKOGIKSGIaWFIaaFIqeFIqiEI6mDJKqDJauCJayCJq2BJ62BKK6AKa9/KrB/LLF+LbJ9LrN8L7R8MbV7MrZ6NLZ5Nbd5N7h4OLl3Orp2O7t1Pbx0P7xzQL1yQr5xRL9wRsBvSMFuSsFtTMJsTsNrUMRqUsVpVMVoVsZnWMdlWshkXMhjXsliYMpgY8tfZcteZ8xcac1bbM1abs5YcM9Xc9BWddBUd9FTetFRfNJQf9NOgdNNhNRLhtVJidVIi9ZGjtZFkNdDk9dBldhAmNg+m9k8ndk7oNo5oto3pds2qNs0qtwyrdwwsN0vst0ttd4ruN4put4ovd8mwN8lwt8jxeAhyOAgyuEfzeEd0OEc0uIb1eIa2OIZ2uMZ3eMY3+MY4uQY5eQZ5+QZ6uUa7OUb7+Uc8eUd9OYe9uYg+OYh++cj/ecl',
  cividis: 'ACBRACFTACJVACNWACNYACRZACVaACVcACZdACdeACdfAChgAClhACliACpjACtkAStlAixlAy1mBC1nBS5nBS9oBjBpBzBpCDFqCTJqCzJqDDNrDTRrDjRrDzVsEDZsEjdsEzdtFDhtFTltFzltGDptGTttGjttHDxuHT1uHj5uID5uIT9uI0BuJEBuJUFuJ0JuKENuKUNuK0RuLEVuLkVuL0ZuMEduMkhuM0huNEluNkpuN0puOUtuOkxuO01uPU1uPk5uP09uQU9uQlBuQ1FtRFJtRlJtR1NtSFRtSlRtS1VtTFZtTVdtTlduUFhuUVluUlluU1puVFtuVlxuV1xuWF1uWV5uWl5uW19uXGBuXWFuXmFuYGJuYWNvYmRvY2RvZGVvZWZvZmZvZ2dvaGhwaWlwamlwa2pwbGtwbWxwbWxxbm1xb25xcG9xcW9xcnBxc3FydHFydXJydnNydnRyd3RzeHVzeXZzendze3d0e3h0fHl0fXp0fnp0f3t1gHx1gH11gX11gn51g392hIB2hYB2hYF2hoJ2h4N2iIR3iYR3iYV3ioZ3i4d3jId3jYh3jol4jop4j4p4kIt4kYx4ko14k454k454lI94lZB4lpF4l5J4mJJ4mZN4mpR4m5V4m5Z4nJZ4nZd4nph4n5l4oJp4oZp4opt4o5x4pJ14pZ53pp53p593qKB3qaF3qqJ2q6N2rKN2raR2rqV1r6Z1sKd1sqh0s6h0tKl0tapztqtzt6xyuK1yuq5yu65xvK9xvbBwvrFwv7JvwbNvwrRuw7VtxLVtxbZsx7dsyLhryblqyrpqzLtpzbxozrxoz71n0b5m0r9m08Bl1MFk1sJj18Nj2MRi2cVh28Zg3MZg3cdf3she4Mld4cpc4stc48xb5M1a5s5Z589Y6NBY6dFX6tJW69NV7NRU7dRT7tVT8NZS8ddR8dhQ8tlQ89pP9NtO9dxN9t1N995M+N9L+OBL+eFK+uJJ+uNJ++RI++VI/OZH/OdG/ehG/elG/epF',
  magma: 'AAAEAQAFAQEGAQEIAgEJAgILAgINAwMPAwMSBAQUBQQWBgUYBgUaBwYcCAceCQcgCggiCwkkDAkmDQopDgsrEAstEQwvEg0xEw00FA42FQ44Fg87GA89GRA/GhBCHBBEHRFHHhFJIBFLIRFOIhFQJBJTJRJVJxJYKRFaKhFcLBFfLRFhLxFjMRFlMxBnNBBpNhBrOBBsOQ9uOw9wPQ9xPw9yQA90Qg91RA92RRB3RxB4SRB4ShB5TBF6ThF7TxJ7URJ8UhN8VBN9VhR9VxV+WRV+WhZ+XBZ/XRd/Xxh/YBiAYhmAZBqAZRqAZxuAaByBahyBax2BbR2Bbh6BcB+Bch+BcyCBdSGBdiGBeCKBeSKCeyOCfCOCfiSCgCWCgSWBgyaBhCaBhieBiCeBiSiBiymBjCmBjiqBkCqBkSuBkyuAlCyAliyAmC2AmS2Amy5/nC5/ni9/oC9/oTB+ozB+pTF+pjF9qDJ9qjN9qzN8rTR8rjR7sDV7sjV7szZ6tTZ6tzd5uDd5ujh4vDl4vTl3vzp3wDp2wjt1xDx1xTx0xz1zyD5zyj5yzD9xzUBxz0Bw0EFv0kJv00Nu1URt1kVs2EVs2UZr20dq3Ehp3klo30po4Exn4k1m405l5E9k5VBk51Jj6FNi6VRi6lZh61dg7Fhg7Vpf7lte711e8F9e8WBd8mJd8mRc82Vc9Gdc9Glc9Wtc9mxc9m5c93Bc93Jc+HRc+HZc+Xhd+Xld+Xtd+n1e+n9e+oFf+4Nf+4Vg+4dh/Ilh/Ipi/Ixj/I5k/JBl/ZJm/ZRn/ZZo/Zhp/Zpq/Ztr/p1s/p9t/qFu/qNv/qVx/qdy/qlz/qp0/qx2/q53/rB4/rJ6/rR7/rZ8/rd+/rl//ruB/r2C/r+E/sGF/sKH/sSI/saK/siM/sqN/syP/s2Q/s+S/tGU/tOV/tWX/teZ/tia/dqc/dye/d6g/eCh/eKj/eOl/eWn/eep/emq/eus/Oyu/O6w/PCy/PK0/PS2/Pa4/Pe5/Pm7/Pu9/P2/',
};

/** The ramps on offer for the ground, by the name that links and exports use. */
export const RAMPS = ['sounding', 'viridis', 'cividis', 'magma'];

/** @type {Map<string, Uint8ClampedArray>} */
const made = new Map();

/**
 * The table of 256 RGBA entries, entry 0 for the lowest loss. Shared: do not write to it. An unknown name gives
 * sounding, which alone has a light and a dark form, like diverging.
 * @param {string} name @param {boolean} dark
 */
export function ramp(name, dark) {
  const packed = /** @type {Record<string, string>} */ (TABLES)[name];
  const stops = name === 'diverging' ? DIVERGING : SOUNDING;
  const key = packed ? name : `${stops === DIVERGING}${dark}`;
  let t = made.get(key);
  if (!t) made.set(key, t = packed ? unpack(packed) : table(dark ? stops.dark : stops.light));
  return t;
}

/** @param {boolean} dark */
export function sounding(dark) { return ramp('sounding', dark); }

/** For values from -m to m, entry 128 for zero. @param {boolean} dark */
export function diverging(dark) { return ramp('diverging', dark); }

/** @param {string} packed */
function unpack(packed) {
  const bytes = atob(packed), out = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    for (let k = 0; k < 3; k++) out[4 * i + k] = bytes.charCodeAt(3 * i + k);
    out[4 * i + 3] = 255;
  }
  return out;
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
