// Loose points as a density: how many fall on a cell becomes how dark it is, and the name that some have its colour. The
// buffers are kept, so that a hundred thousand points a frame make no garbage, and a count may be spread over frames.

/** So many points on one cell give the full ink. */
const FULL = 24;
/** Opacity of one point and of the full ink, for points without a name and with one. */
const PLAIN = [0.32, 0.92], NAMED = [0.62, 1];
/** The low bits of a cell hold its count, the high ones the greatest name. */
const COUNT = 0xffffff;

/** A colour's bytes as canvases keep them, without opacity. @param {string} ink as #rrggbb */
export function bytesOf(ink) {
  const n = Number.parseInt(ink.slice(1), 16);
  return n >> 16 | n & 0xff00 | (n & 255) << 16;
}

/**
 * Which ink a point has: 0 without a name yet, 1 for those that diverged, 2 and on by name.
 * @param {number} name as a reading gives it: -1 none, -2 diverged
 */
export const inkOf = (name) => (name >= 0 ? 2 + name : name === -2 ? 1 : 0);

export class Density {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.cells = new Uint32Array(0);
    /** @type {ImageData|null} */
    this.image = null;
    this.out = new Uint32Array(0);
    /** @type {string[]} */
    this.inks = [];
    this.table = new Uint32Array(0);
    /** What is being counted, how far that is, and over which range. @type {Float32Array|null} */
    this.points = null;
    /** @type {ArrayLike<number>|null} */
    this.names = null;
    this.next = 0;
    this.view = new Float64Array(4);
  }

  /** Whether points wait to be counted. */
  get busy() { return this.points !== null; }

  /** @param {number} width @param {number} height in cells */
  resize(width, height) {
    if (this.image && width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.g.createImageData(width, height);
    this.out = new Uint32Array(this.image.data.buffer);
    this.cells = new Uint32Array(width * height);
  }

  /** The tables from counts to opacity, one for each ink. @param {string[]} inks as #rrggbb */
  colour(inks) {
    if (inks === this.inks) return;
    this.inks = inks;
    this.table = new Uint32Array((FULL + 1) * inks.length);
    inks.forEach((ink, k) => {
      const low = bytesOf(ink), [one, full] = k ? NAMED : PLAIN;
      for (let i = 1; i <= FULL; i++) this.table[k * (FULL + 1) + i] = (low | Math.round(255 * (one + (full - one) * Math.log(i) / Math.log(FULL))) << 24) >>> 0;
    });
  }

  /**
   * Begins to count s,t pairs. The view is the range that the image covers, rows from the top.
   * @param {Float32Array} points @param {ArrayLike<number>|null} names one for each point @param {number[]} view
   */
  begin(points, names, view) {
    this.points = points;
    this.names = names && 2 * names.length === points.length ? names : null;
    this.next = 0;
    for (let i = 0; i < 4; i++) this.view[i] = view[i];
    this.cells.fill(0);
  }

  /** Counts at most n points further, and shows them when that was the last. @param {number} n */
  work(n) {
    const points = this.points, names = this.names;
    if (!points) return;
    const width = this.canvas.width, height = this.canvas.height, cells = this.cells, v = this.view;
    const a = width / (v[1] - v[0]), b = height / (v[3] - v[2]), s0 = v[0], t1 = v[3], last = this.inks.length - 1;
    const all = points.length >> 1, end = Math.min(all, this.next + n);
    // Only the cells are touched in the long loop: they stay in the nearest cache.
    for (let i = this.next; i < end; i++) {
      const x = (points[2 * i] - s0) * a, y = (t1 - points[2 * i + 1]) * b;
      if (!(x >= 0 && x < width && y >= 0 && y < height)) continue;
      const at = (y | 0) * width + (x | 0), c = cells[at] + 1;
      if (names === null) { cells[at] = c; continue; }
      const name = names[i], ink = name >= 0 ? (name + 2 < last ? name + 2 : last) : name === -2 ? 1 : 0;
      cells[at] = c >>> 24 < ink ? c & COUNT | ink << 24 : c;
    }
    this.next = end;
    if (end === all) this.show();
  }

  show() {
    const cells = this.cells, out = this.out, table = this.table;
    for (let k = 0; k < cells.length; k++) {
      const c = cells[k], n = c & COUNT;
      out[k] = c === 0 ? 0 : table[(c >>> 24) * (FULL + 1) + (n < FULL ? n : FULL)];
    }
    this.g.putImageData(/** @type {ImageData} */ (this.image), 0, 0);
    this.points = this.names = null;
  }
}

/** A grid of starts as a picture: each in the colour of where it ends, those that diverged chequered. */
export class Basins {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    /** @type {ImageData|null} */
    this.image = null;
    this.out = new Uint32Array(0);
    /** @type {ArrayLike<number>|null} */
    this.names = null;
    /** @type {string[]} */
    this.inks = [];
    this.colours = new Uint32Array(0);
    this.columns = this.rows = this.next = 0;
    this.done = true;
  }

  /** Begins a picture, when there is another one. @param {import('./marks.js').Ends} ends @param {string[]} inks as #rrggbb */
  begin({ names, columns }, inks) {
    if (inks !== this.inks) this.colours = Uint32Array.from(inks, (ink) => bytesOf(ink) | 0xff000000);
    else if (names === this.names || !this.done) return;
    this.names = names;
    this.inks = inks;
    this.next = 0;
    this.done = false;
    const rows = Math.floor(names.length / columns);
    this.columns = columns;
    this.rows = rows;
    if (!this.image || this.image.width !== columns || this.image.height !== rows) {
      this.canvas.width = columns;
      this.canvas.height = rows;
      this.image = this.g.createImageData(columns, rows);
      this.out = new Uint32Array(this.image.data.buffer);
    }
  }

  /** Paints at most n points further, and shows them when that was the last. @param {number} n */
  work(n) {
    const { names, columns, rows, out, colours } = this, last = colours.length - 1;
    if (this.done || !names) return;
    const end = Math.min(rows, this.next + Math.ceil(n / columns));
    for (let r = this.next, k = r * columns; r < end; r++) {
      const to = (rows - 1 - r) * columns;
      for (let c = 0; c < columns; c++, k++) {
        const name = names[k];
        out[to + c] = name >= 0 ? colours[name + 2 < last ? name + 2 : last] : name === -2 && (r + c) % 2 === 0 ? colours[1] : 0;
      }
    }
    this.next = end;
    if (end < rows) return;
    this.done = true;
    this.g.putImageData(/** @type {ImageData} */ (this.image), 0, 0);
  }
}
