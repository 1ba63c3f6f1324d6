// Scales of values to pixels, with their ticks: linear, log, and log by size on either side of zero.

import { short } from '../numbers.js';

/** Steps below which an axis of steps by their logarithm is nearly linear. */
export const FIRST = 0.5;

/** @typedef {'linear' | 'log' | 'symlog'} ScaleKind */

export class Scale {
  constructor() {
    /** @type {ScaleKind} */
    this.kind = 'linear';
    this.low = 0;
    this.high = 1;
    /** Size below which a symlog scale is nearly linear. */
    this.threshold = 1;
    this.from = 0;
    this.to = 1;
    this.factor = 1;
    this.shift = 0;
  }

  /** What a reader must know of it. */
  get words() { return this.kind !== 'symlog' ? `${this.kind} scale` : this.low < 0 ? 'log on either side of 0' : `log scale, linear below ${short(this.threshold, 2)}`; }

  /** @param {ScaleKind} kind @param {number} low @param {number} high @param {number} [threshold] */
  set(kind, low, high, threshold = 1) {
    this.kind = kind;
    this.low = low;
    this.high = high;
    this.threshold = threshold;
    this.place(this.from, this.to);
    return this;
  }

  /** Where the low and the high end stand, in pixels. @param {number} from @param {number} to */
  place(from, to) {
    this.from = from;
    this.to = to;
    const a = this.bend(this.low), b = this.bend(this.high);
    this.factor = (to - from) / (b - a || 1);
    this.shift = from - a * this.factor;
    return this;
  }

  /** @param {number} v */
  bend(v) { return this.kind === 'linear' ? v : this.kind === 'log' ? Math.log10(v > 1e-320 ? v : 1e-320) : Math.asinh(v / this.threshold); }

  /** The pixel of a value. @param {number} v */
  at(v) { return this.shift + this.factor * this.bend(v); }

  /** The value of a pixel. @param {number} p */
  value(p) {
    const b = (p - this.shift) / (this.factor || 1);
    return this.kind === 'linear' ? b : this.kind === 'log' ? 10 ** b : this.threshold * Math.sinh(b);
  }

  /** Values worth a mark, no closer than so many pixels. @param {number} room @returns {number[]} */
  ticks(room) {
    const span = Math.abs(this.to - this.from), most = Math.max(1, Math.floor(span / room));
    if (this.kind === 'linear') return steps(this.low, this.high, most);
    if (this.kind === 'log') {
      const a = Math.ceil(Math.log10(this.low) - 1e-9), b = Math.floor(Math.log10(this.high) + 1e-9);
      const decade = span / (Math.log10(this.high) - Math.log10(this.low));
      if (b - a < 1 || decade * 0.3 >= room) return fine(this.low, this.high, most);
      const out = [];
      const stride = Math.max(1, Math.ceil((b - a) / most));
      for (let k = Math.ceil(a / stride) * stride; k <= b; k += stride) out.push(10 ** k);
      return out;
    }
    const a = Math.floor(Math.log10(this.threshold)) + 1, b = Math.floor(Math.log10(Math.max(Math.abs(this.low), Math.abs(this.high), this.threshold)) + 1e-9);
    const zero = this.at(0);
    const out = this.low <= 0 && this.high >= 0 ? [0] : [];
    let above = zero, below = zero;
    for (let k = a; k <= b; k++) {
      const v = 10 ** k, up = this.at(v), down = this.at(-v);
      if (v <= this.high && Math.abs(up - above) >= room) { out.push(v); above = up; }
      if (-v >= this.low && Math.abs(down - below) >= room) { out.push(-v); below = down; }
    }
    return out.sort((x, y) => x - y);
  }
}

/** Where hardly a decade is seen: 1, 2, 5 of each, or round values between. @param {number} low @param {number} high @param {number} most */
function fine(low, high, most) {
  const out = [];
  for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) for (const m of [1, 2, 5]) { const v = Number((m * 10 ** k).toPrecision(6)); if (v >= low && v <= high) out.push(v); }
  return out.length >= 2 ? out : steps(low, high, most).filter((v) => v > 0);
}

/** The least of 1, 2, 5 times a power of ten that is at least so large. @param {number} raw */
function roundStep(raw) {
  const ten = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((k) => k * ten >= raw * 0.999) ?? 10) * ten;
}

/** Round values between two, at most so many and one more. @param {number} low @param {number} high @param {number} most */
function steps(low, high, most) {
  const raw = (high - low) / most;
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const size = roundStep(raw), out = [];
  for (let k = Math.ceil(low / size - 1e-9); k * size <= high + size * 1e-9; k++) out.push(k === 0 ? 0 : Number((k * size).toPrecision(12)));
  return out;
}

/** A tick's text: powers of ten stay short. @param {number} v */
export function tickText(v) {
  if (v !== 0 && Number.isFinite(v)) {
    const k = Math.log10(Math.abs(v));
    if (Math.abs(k - Math.round(k)) < 1e-9 && (k <= -3.5 || k >= 4.5)) return `${v < 0 ? '−' : ''}1e${Math.round(k)}`.replace('e-', 'e−');
  }
  return short(v, 3);
}

/**
 * Chooses kind and ends for values between low and high.
 * @param {Scale} scale
 * @param {{low: number, high: number, least: number}} found least is the smallest size of any value but 0
 * @param {boolean | null} log what was asked for, null as the range asks
 * @param {{from: number | null, to: number | null}} range set by hand
 */
export function fit(scale, found, log, range) {
  let { low, high } = found;
  if (!(low <= high)) { low = log ? 0.1 : 0; high = 1; }
  const least = found.least > 0 && Number.isFinite(found.least) ? found.least : 1;
  const wide = Math.max(Math.abs(low), Math.abs(high)) / least > 100;
  const bent = log ?? (low > 0 ? high / low > 100 : false);
  if (bent && low > 0 && (range.from === null || range.from > 0)) {
    low = Math.max(low, high * 1e-30);
    const a = Math.log10(low), b = Math.log10(high);
const pad = Math.max(0.04, (b - a) * 0.02);
    // Ends on quarters of a decade, so that a curve that grows seldom moves its axis.
    low = 10 ** (Math.floor((a - pad) * 4) / 4);
    high = 10 ** (Math.ceil((b + pad) * 4) / 4);
    scale.set('log', range.from ?? low, range.to ?? high);
  } else if (bent && wide) {
    const most = Math.max(Math.abs(low), Math.abs(high));
    const threshold = 10 ** Math.floor(Math.log10(Math.max(least, most * 1e-8)));
    const pad = (/** @type {number} */ v) => (v === 0 ? 0 : v * 1.5);
    scale.set('symlog', range.from ?? (low < 0 ? pad(low) : 0), range.to ?? (high > 0 ? pad(high) : 0), threshold);
  } else {
    // Ends on round values: a curve that grows does not move its axis with every record.
    const span = high - low || Math.abs(high) || 1, unit = roundStep(span / 8), pad = span * 0.03;
    scale.set('linear', range.from ?? (low >= 0 && low < span * 0.25 ? 0 : Math.floor((low - pad) / unit) * unit), range.to ?? Math.ceil((high + pad) / unit) * unit);
  }
  if (!(scale.high > scale.low)) scale.set('linear', scale.low - 0.5, scale.low + 0.5);
  return scale;
}
