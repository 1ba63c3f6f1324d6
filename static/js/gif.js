// GIF clips: one palette for all frames, and of each frame only what changed since the one before.

import { ascii } from './png.js';

/** A colour in 18 bits, six of each part. @param {number} v little-endian RGBA */
const key = (v) => ((v & 0xfc) << 10) | ((v >> 4) & 0xfc0) | ((v >> 18) & 0x3f);
/** Six bits as eight. @param {number} v */
const wide = (v) => ((v & 63) << 2) | ((v & 63) >> 4);

/**
 * Colours that lie together: their numbers in a histogram, and how far they spread.
 * @param {Int32Array} bins @param {Float64Array} sums count, red, green, blue and the square of each, of every bin
 */
function box(bins, sums) {
  const t = new Float64Array(7);
  for (const k of bins) for (let i = 0; i < 7; i++) t[i] += sums[7 * k + i];
  const n = t[0], spread = [0, 1, 2].map((i) => t[4 + i] - t[1 + i] ** 2 / n), axis = spread.indexOf(Math.max(...spread));
  return { bins, axis, mean: [t[1] / n, t[2] / n, t[3] / n], spread: bins.length > 1 ? spread[0] + spread[1] + spread[2] : -1 };
}

/**
 * The colours that stand for all colours of some pixels: the box that spreads most is cut at its mean, over and over.
 * The ground's ramp is one curve in the space of colours, so that 255 of them show it without bands.
 * @param {Uint32Array} pixels RGBA @param {number[][]} keep colours that are in it as they are
 * @returns {number[][]} at most 255
 */
export function palette(pixels, keep) {
  /** @type {Map<number, number>} */
  const place = new Map();
  let sums = new Float64Array(7 * 4096);
  for (const v of pixels) {
    const k = key(v);
    let i = place.get(k);
    if (i === undefined) {
      place.set(k, i = place.size);
      if (7 * place.size > sums.length) { const more = new Float64Array(2 * sums.length); more.set(sums); sums = more; }
    }
    const r = v & 255, g = (v >> 8) & 255, b = (v >> 16) & 255, at = 7 * i;
    sums[at]++;
    sums[at + 1] += r; sums[at + 2] += g; sums[at + 3] += b;
    sums[at + 4] += r * r; sums[at + 5] += g * g; sums[at + 6] += b * b;
  }
  const boxes = [box(Int32Array.from({ length: place.size }, (_, i) => i), sums)];
  while (boxes.length + keep.length < 255) {
    const i = boxes.reduce((best, b, j) => (b.spread > boxes[best].spread ? j : best), 0), { bins, axis, mean, spread } = boxes[i];
    if (spread <= 0) break;
    const low = (/** @type {number} */ k) => sums[7 * k + 1 + axis] <= mean[axis] * sums[7 * k];
    const under = bins.filter(low), over = bins.filter((k) => !low(k));
    // Rounding may leave all on one side: such a box is as good as one colour.
    if (!under.length || !over.length) { boxes[i].spread = -1; continue; }
    boxes.splice(i, 1, box(under, sums), box(over, sums));
  }
  return [...keep, ...boxes.map((b) => b.mean.map(Math.round))];
}

export class GifWriter {
  /** @param {() => any} GIFEncoder of vendor/gifenc.js @param {number} width @param {number} height @param {number[][]} colours at most 255 @param {number} delay ms between frames */
  constructor(GIFEncoder, width, height, colours, delay) {
    this.width = width;
    this.height = height;
    this.delay = delay;
    this.colours = colours;
    /** The last entry stands for "as before". */
    this.same = 255;
    this.table = [...colours, ...Array.from({ length: 256 - colours.length }, () => [0, 0, 0])];
    this.encoder = GIFEncoder();
    this.nearest = new Int16Array(1 << 18).fill(-1);
    this.before = new Uint8Array(width * height);
    this.index = new Uint8Array(width * height);
    this.frames = 0;
  }

  /** The entry nearest to a colour. @param {number} k in 18 bits */
  find(k) {
    const r = wide(k >> 12), g = wide(k >> 6), b = wide(k);
    let best = 0, least = Infinity;
    for (let i = 0; i < this.colours.length; i++) {
      const c = this.colours[i], d = (c[0] - r) ** 2 + (c[1] - g) ** 2 + (c[2] - b) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  /** @param {ImageData} image of the writer's size @param {number} [delay] ms it stands */
  add(image, delay = this.delay) {
    const pixels = new Uint32Array(image.data.buffer);
    const first = this.frames === 0;
    for (let i = 0; i < pixels.length; i++) {
      const k = key(pixels[i]);
      let c = this.nearest[k];
      if (c < 0) c = this.nearest[k] = this.find(k);
      this.index[i] = !first && this.before[i] === c ? this.same : c;
      this.before[i] = c;
    }
    this.encoder.writeFrame(this.index, this.width, this.height, { delay, transparent: !first, transparentIndex: this.same, dispose: 1, ...(first ? { palette: this.table } : {}) });
    this.frames++;
  }

  /** The bytes written so far. */
  get size() { return this.encoder.bytesView().length; }

  /** Ends the file with its recipe as a comment. @param {string} recipe JSON @returns {Uint8Array[]} the parts of the file */
  finish(recipe) {
    return [this.encoder.bytes(), comment(`thalweg-recipe ${ascii(recipe)}`), new Uint8Array([0x3b])];
  }
}

/** A comment extension: sub-blocks of up to 255 bytes, each after its length, closed by an empty one. @param {string} text ASCII */
export function comment(text) {
  const bytes = new TextEncoder().encode(text);
  const out = new Uint8Array(3 + bytes.length + Math.ceil(bytes.length / 255));
  out[0] = 0x21;
  out[1] = 0xfe;
  let at = 2;
  for (let i = 0; i < bytes.length; i += 255) {
    const part = bytes.subarray(i, i + 255);
    out[at] = part.length;
    out.set(part, at + 1);
    at += 1 + part.length;
  }
  return out;
}
