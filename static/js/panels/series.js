// One line of a curve: readings of a measure by a method, or of all its seeds, kept in arrays that only grow.

/** @typedef {import('../store.js').Walk} Walk */
/** @typedef {import('../store.js').Rows} Rows */
/** @typedef {import('./scale.js').Scale} Scale */

/** @param {Float64Array} a @param {number} n */
function grown(a, n) {
  if (n <= a.length) return a;
  const b = new Float64Array(Math.max(n, 2 * a.length));
  b.set(a);
  return b;
}

/** Columns of the path frame that panels may show, by their place in it. */
const PLANE = { 'plane-loss': 3, 'plane-distance': 4 };

const NO_COLUMN = -1;

export class Series {
  /**
   * @param {Walk[]} walks one method; its seeds, when there are several
   * @param {string} measure @param {number} order place of the measure in its panel
   * @param {string} clock what x counts
   * @param {number} smooth records of a running mean, 0 for none
   * @param {number} room records to expect
   */
  constructor(walks, measure, order, clock, smooth, room) {
    this.walks = walks;
    this.walk = walks[0];
    this.measure = measure;
    this.order = order;
    this.clock = clock;
    this.smooth = smooth;
    /** @type {Float64Array} */
    this.x = new Float64Array(room);
    /** @type {Float64Array} what is drawn */
    this.y = new Float64Array(room);
    /** @type {Float64Array} */
    this.step = new Float64Array(room);
    this.banded = walks.length > 1 || smooth > 0;
    /** @type {Float64Array} */
    this.raw = smooth > 0 ? new Float64Array(room) : this.y;
    /** @type {Float64Array} the band's lower edge */
    this.least = this.banded ? new Float64Array(room) : this.y;
    /** @type {Float64Array} */
    this.most = this.banded ? new Float64Array(room) : this.y;
    this.values = new Float64Array(walks.length);
    /** Records before this step are left out. */
    this.from = 0;
    this.count = 0;
    /** Rows of the walk taken so far, and the step of the last one. */
    this.read = 0;
    this.last = -1;
    /** @type {Rows | null} */
    this.rows = null;
    this.low = Infinity;
    this.high = -Infinity;
    /** The smallest size of a reading but 0. */
    this.size = Infinity;
    this.path = new Path2D();
    /** @type {Path2D | null} */
    this.band = null;
    /** Records that are in the path. */
    this.traced = 0;
  }

  reset() {
    this.count = this.read = 0;
    this.rows = null;
    this.last = -1;
    this.low = this.size = Infinity;
    this.high = -Infinity;
    this.forget();
  }

  /** Forgets the path, as another scale asks. */
  forget() {
    this.path = new Path2D();
    this.band = null;
    this.traced = 0;
  }

  /** Takes what the walk has read since. @returns {boolean} whether there was any */
  update() {
    const w = this.walk;
    let column = w.names.indexOf(this.measure), rows = w.rows;
    if (column < 0) {
      const at = /** @type {Record<string, number>} */ (PLANE)[this.measure] ?? NO_COLUMN;
      if (at >= 0 && w.pathRows.columns > at) { column = at; rows = w.pathRows; } else if (at === PLANE['plane-loss']) { column = w.names.indexOf('loss'); }
    }
    if (column < 0) return false;
    const c = rows.columns, clock = w.names.indexOf(this.clock === 'steps' ? 'step' : this.clock);
    if (rows !== this.rows || rows.count < this.read || (this.read > 0 && rows.data[(this.read - 1) * c] !== this.last)) {
      if (this.rows) this.reset();
      this.rows = rows;
    }
    const before = this.count;
    let end = rows.count;
    if (this.walks.length > 1) for (const k of this.walks) while (end > this.read && rows.data[(end - 1) * c] > k.rows.last && k.state !== 'diverged') end--;
    for (; this.read < end; this.read++) {
      const step = rows.data[this.read * c];
      this.last = step;
      if (step < this.from) continue;
      if (this.walks.length > 1) this.pushSeeds(step);
      else {
        const v = rows.data[this.read * c + column];
        const x = this.clock === 'steps' ? step : rows === w.rows && clock >= 0 ? rows.data[this.read * c + clock] : w.read(this.clock, step);
        if (Number.isFinite(v) && Number.isFinite(x)) this.push(step, x, v);
      }
    }
    return this.count > before;
  }

  /** @param {number} step @param {number} x @param {number} v */
  push(step, x, v) {
    const i = this.count++;
    if (this.count > this.x.length) {
      this.x = grown(this.x, this.count);
      this.step = grown(this.step, this.count);
      const raw = grown(this.raw, this.count);
      this.y = this.raw === this.y ? raw : grown(this.y, this.count);
      this.raw = raw;
      if (this.banded) { this.least = grown(this.least, this.count); this.most = grown(this.most, this.count); } else this.least = this.most = this.y;
    }
    this.x[i] = x;
    this.step[i] = step;
    this.raw[i] = v;
    if (this.smooth > 0) {
      let sum = 0, low = Infinity, high = -Infinity, n = 0;
      for (let k = Math.max(0, i - this.smooth + 1); k <= i; k++, n++) {
        const u = this.raw[k];
        sum += u;
        if (u < low) low = u;
        if (u > high) high = u;
      }
      this.y[i] = sum / n;
      this.least[i] = low;
      this.most[i] = high;
    }
    if (v < this.low) this.low = v;
    if (v > this.high) this.high = v;
    const size = Math.abs(v);
    if (size > 0 && size < this.size) this.size = size;
  }

  /** Median and the 10 to 90 % band of the seeds. @param {number} step */
  pushSeeds(step) {
    let n = 0;
    for (const k of this.walks) {
      const v = k.read(this.measure, step);
      if (Number.isFinite(v) && !(k.state === 'diverged' && step >= k.stoppedAt)) this.values[n++] = v;
    }
    if (n === 0) return;
    const sorted = this.values.subarray(0, n).sort();
    const quantile = (/** @type {number} */ q) => { const p = q * (n - 1), i = Math.floor(p), u = p - i; return sorted[i] + (i + 1 < n ? u * (sorted[i + 1] - sorted[i]) : 0); };
    const median = quantile(0.5), low = quantile(0.1), high = quantile(0.9);
    this.push(step, this.clock === 'steps' ? step : this.walk.read(this.clock, step), median);
    this.least[this.count - 1] = low;
    this.most[this.count - 1] = high;
    if (low < this.low) this.low = low;
    if (high > this.high) this.high = high;
  }

  /** Index of the last record at or before an x, -1 when there is none. @param {number} x */
  find(x) {
    let low = 0, high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.x[mid] <= x) low = mid + 1; else high = mid;
    }
    return low - 1;
  }

  /** Index of the last record at or before a step. @param {number} step */
  findStep(step) {
    let low = 0, high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.step[mid] <= step) low = mid + 1; else high = mid;
    }
    return low - 1;
  }

  /** The x of a step between records. @param {number} step */
  xAt(step) {
    if (this.clock === 'steps') return step;
    const i = this.findStep(step);
    if (i < 0) return 0;
    if (i + 1 >= this.count || this.step[i + 1] === this.step[i]) return this.x[i];
    return this.x[i] + ((step - this.step[i]) / (this.step[i + 1] - this.step[i])) * (this.x[i + 1] - this.x[i]);
  }

  /**
   * Adds what is new to the path.
   * @param {Scale} xs @param {Scale} ys @param {number} top @param {number} bottom lines leave the picture no further than these
   */
  trace(xs, ys, top, bottom) {
    if (this.traced === this.count) return;
    this.line(this.path, this.traced, xs, ys, top, bottom);
    if (this.banded) this.band = this.bandPath(new Path2D(), xs, ys, top, bottom);
    this.traced = this.count;
  }

  /**
   * The line from a record on. Where several records share half a pixel, their first, last and extremes are kept.
   * @param {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void}} p @param {number} i
   * @param {Scale} xs @param {Scale} ys @param {number} top @param {number} bottom
   */
  line(p, i, xs, ys, top, bottom) {
    while (i < this.count) {
      const px = xs.at(this.x[i]), y = clamp(ys.at(this.y[i]), top, bottom);
      let low = y, high = y, end = y, k = i + 1;
      while (k < this.count && xs.at(this.x[k]) - px < 0.5) {
        end = clamp(ys.at(this.y[k]), top, bottom);
        if (end < low) low = end;
        if (end > high) high = end;
        k++;
      }
      if (i === 0) p.moveTo(px, y); else p.lineTo(px, y);
      if (k - i > 1) {
        if (high > y) p.lineTo(px, high);
        if (low < y) p.lineTo(px, low);
        if (end !== low) p.lineTo(px, end);
      }
      i = k;
    }
  }

  /** The band's outline in a path or context. @template {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void, closePath(): void}} P @param {P} p @param {Scale} xs @param {Scale} ys @param {number} top @param {number} bottom */
  bandPath(p, xs, ys, top, bottom) {
    const stride = Math.max(1, Math.floor(this.count / 1000));
    for (let i = 0; i < this.count; i += stride) { const x = xs.at(this.x[i]), y = clamp(ys.at(this.most[i]), top, bottom); if (i) p.lineTo(x, y); else p.moveTo(x, y); }
    for (let i = this.count - 1; i >= 0; i -= stride) p.lineTo(xs.at(this.x[i]), clamp(ys.at(this.least[i]), top, bottom));
    p.closePath();
    return p;
  }
}

/** @param {number} v @param {number} low @param {number} high */
const clamp = (v, low, high) => (v < low ? low : v > high ? high : v);
