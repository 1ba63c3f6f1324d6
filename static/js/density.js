// Loose points as a density: how many fall on a cell becomes how dark it is. The buffers are kept, so that a hundred
// thousand points a frame make no garbage.

/** So many points on one cell give the full ink. */
const FULL = 24;

export class Density {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.counts = new Uint32Array(0);
    this.table = new Uint32Array(FULL + 1);
    /** @type {ImageData|null} */
    this.image = null;
    this.out = new Uint32Array(0);
    this.ink = '';
  }

  /** @param {number} width @param {number} height in cells */
  resize(width, height) {
    if (this.image && width === this.canvas.width && height === this.canvas.height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.g.createImageData(width, height);
    this.out = new Uint32Array(this.image.data.buffer);
    this.counts = new Uint32Array(width * height);
  }

  /** The table from counts to the ink's opacity. @param {string} ink as #rrggbb */
  colour(ink) {
    if (ink === this.ink) return;
    this.ink = ink;
    const n = Number.parseInt(ink.slice(1), 16), low = n >> 16 | n & 0xff00 | (n & 255) << 16;
    for (let i = 1; i <= FULL; i++) this.table[i] = (low | Math.round(255 * (0.32 + 0.6 * Math.log(i) / Math.log(FULL))) << 24) >>> 0;
  }

  /**
   * Counts s,t pairs into the image. The view is the range that the image covers, rows from the top.
   * @param {Float32Array} points @param {number[]} view
   */
  draw(points, view) {
    const width = this.canvas.width, height = this.canvas.height, counts = this.counts, out = this.out, table = this.table;
    const a = width / (view[1] - view[0]), b = height / (view[3] - view[2]), s0 = view[0], t1 = view[3];
    counts.fill(0);
    // Only the counts are touched in the long loop: they stay in the nearest cache.
    for (let i = 0, n = points.length - 1; i < n; i += 2) {
      const x = (points[i] - s0) * a, y = (t1 - points[i + 1]) * b;
      if (x >= 0 && x < width && y >= 0 && y < height) counts[(y | 0) * width + (x | 0)]++;
    }
    for (let k = 0; k < counts.length; k++) { const c = counts[k]; out[k] = table[c < FULL ? c : FULL]; }
    this.g.putImageData(/** @type {ImageData} */ (this.image), 0, 0);
  }
}
