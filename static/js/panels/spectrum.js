// Spectra: for each method the values of a vector as bars, or how many lie where.

import { drawMarker } from '../marks.js';
import { number, short } from '../numbers.js';
import { font, frame, reference } from './axes.js';
import { cased } from './curve.js';
import { brief } from './names.js';
import { Plotted } from './plotted.js';
import { Scale, fit } from './scale.js';

/** @typedef {import('../store.js').Walk} Walk */
/** @typedef {{walk: Walk, data: ArrayLike<number>, step: number, zero: number, box: import('./axes.js').Box, label: string, id: string}} Row zero: the value above which a negative one is more than rounding */

/** The least height that a bar can be drawn to. */
const LEAST = 0.005;
const NAME = 18, FOOT = 24, LEFT = 48, RIGHT = 16;

export class Spectrum extends Plotted {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: true, range: true, png: true, svg: true, smooth: false };
    /** How many lie where, in place of one mark each. */
    this.density = false;
    /** Values that are held against a line stand along its axis; others are bars in their own order. */
    this.strip = (spec.lines ?? []).some((l) => this.measure(l.measure ?? '').kind === 'scalar');
    this.value = new Scale();
    this.across = new Scale();
    /** @type {Row[]} */
    this.rows = [];
    this.place = { row: 0, index: 0 };
    /** @type {Map<string, number>} how many values were below zero, by method */
    this.below = new Map();
    /** @type {Map<string, number>} until when their outline shows */
    this.outlined = new Map();
    /** Bars under the hand. @type {{id: string, data: Float32Array, index: number} | null} */
    this.held = null;
    if (spec.drag) this.draggable();
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
  }

  get isLog() { return this.value.kind !== 'linear'; }

  /** Bars can be drawn up and down, and are set when they are let go. */
  draggable() {
    const plot = this.plot, at = (/** @type {PointerEvent} */ e) => { const r = plot.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };
    plot.style.cursor = 'ns-resize';
    plot.style.touchAction = 'none';
    plot.addEventListener('pointerdown', (/** @type {PointerEvent} */ e) => {
      const p = at(e), r = this.rows.find((k) => p.y >= k.box.top - NAME && p.y <= k.box.top + k.box.height + 8);
      if (!r || p.x < r.box.left || p.x > r.box.left + r.box.width) return;
      this.held = { id: r.id, data: Float32Array.from(r.data), index: Math.min(r.data.length - 1, Math.floor(((p.x - r.box.left) / r.box.width) * r.data.length)) };
      plot.setPointerCapture(e.pointerId);
    });
    plot.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => {
      const h = this.held, r = this.rows.find((k) => k.id === h?.id);
      if (!h || !r) return;
      const y = this.value.place(r.box.top + r.box.height, r.box.top), share = (r.box.top + r.box.height - at(e).y) / r.box.height;
      h.data[h.index] = Math.max(LEAST, y.low + share * (y.high - y.low));
      this.refresh();
    });
    plot.addEventListener('pointerup', () => this.let());
    plot.addEventListener('pointercancel', () => { this.held = null; this.refresh(); });
  }

  /** Sets the control of the bars under the hand. */
  let() {
    const h = this.held, i = (this.spec.measures ?? []).indexOf(h?.id ?? '');
    if (h && i >= 0) this.session.change(/** @type {string[]} */ (this.spec.drag)[i], Array.from(h.data, (v) => Number(v.toPrecision(3))).join(','));
    this.held = null;
  }

  words() {
    const step = this.shownStep();
    return step < 0 ? '' : `step ${number(step)} · ${this.density ? 'how many' : this.value.words}`;
  }

  /** The rows that there is something for. @param {number} width @param {number} height */
  arrange(width, height) {
    const rows = [];
    for (const w of this.walks) {
      if (w.method.replica) continue;
      for (const id of this.spec.measures ?? []) {
        const f = this.frame(id, w);
        if (f?.rows) rows.push({ walk: w, id, data: this.held?.id === id ? this.held.data : f.data, step: f.step, zero: rounded(f.data), label: (this.spec.measures ?? []).length > 1 ? `${w.label} ${this.measure(id).label.toLowerCase()}` : w.label, box: { left: LEFT, top: 0, width: Math.max(10, width - LEFT - RIGHT), height: 0 } });
      }
    }
    const each = (height - FOOT - 4) / Math.max(1, rows.length);
    rows.forEach((r, i) => { r.box.top = 4 + i * each + NAME; r.box.height = Math.max(6, each - NAME - (this.strip && !this.density ? 2 : 6)); });
    return rows;
  }

  /** @param {Row[]} rows */
  rescale(rows) {
    let low = Infinity, high = -Infinity, least = Infinity;
    const see = (/** @type {number} */ v) => { if (!Number.isFinite(v)) return; low = Math.min(low, v); high = Math.max(high, v); const a = Math.abs(v); if (a > 0) least = Math.min(least, a); };
    for (const r of rows) for (let i = 0; i < r.data.length; i++) see(r.data[i]);
    const most = Math.max(Math.abs(low), Math.abs(high));
    // Rounding leaves tiny values for zeros: they do not stretch the scale.
    least = Math.max(least, most * 1e-9);
    const asked = this.log ?? (this.spec.log ? true : null);
    if (!asked && low > 0) low = 0;
    const lines = this.limits(rows).flat().filter((l) => l.at <= most * 30 && l.at >= low - most);
    for (const l of lines) { high = Math.max(high, l.at); low = Math.min(low, l.at); }
    fit(this.value, { low, high, least }, asked, this.range);
  }

  /** Lines of reference of each row. @param {Row[]} rows */
  limits(rows) {
    const at = this.session.playhead();
    return rows.map((r) => (this.spec.lines ?? []).filter((l) => !l.measure || this.measure(l.measure).kind === 'scalar').map((l) => {
      const v = l.measure ? r.walk.read(l.measure, at) : l.at;
      return { label: l.label, at: l.rank ? after(r.data, v) : v, rank: l.rank };
    }).filter((l) => Number.isFinite(l.at)));
  }

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) {
    const rows = this.rows = this.arrange(width, height), t = this.theme;
    if (!rows.length) return;
    this.rescale(rows);
    const limits = this.limits(rows);
    rows.forEach((r, k) => {
      const b = r.box, last = k === rows.length - 1;
      if (this.density) this.counts(g, r, rows, last, limits[k]); else if (this.strip) this.marks(g, r, k, last, limits[k]); else this.bars(g, r, last, limits[k]);
      drawMarker(g, r.walk.slot, b.left + 5, b.top - 10, 4, r.walk.hollow, t);
      g.font = font(11, t.sans);
      g.textAlign = 'left';
      g.textBaseline = 'middle';
      g.fillStyle = t.ink2;
      const said = this.say(r), full = g.measureText(r.label).width + 30 + g.measureText(said).width < b.width;
      const name = full ? r.label : r.label.replace(r.walk.label, brief(r.walk)), wide = g.measureText(name).width + 30;
      g.fillText(name, b.left + 15, b.top - 10);
      if (wide + g.measureText(said).width < b.width) {
        g.textAlign = 'right';
        g.fillStyle = t.ink3;
        g.fillText(said, b.left + b.width, b.top - 10);
      }
    });
  }

  /** @param {Row} r */
  say(r) {
    let below = 0, most = -Infinity;
    for (let i = 0; i < r.data.length; i++) { if (r.data[i] < r.zero) below++; if (r.data[i] > most) most = r.data[i]; }
    return `${below ? `${below} below 0 · ` : ''}largest ${number(most)}`;
  }

  /** @param {CanvasRenderingContext2D} g @param {Row} r @param {boolean} last @param {{label: string, at: number, rank?: boolean}[]} limits */
  bars(g, r, last, limits) {
    const b = r.box, n = r.data.length, t = this.theme, y = this.value.place(b.top + b.height, b.top), x = this.across.set('linear', -0.5, n - 0.5).place(b.left, b.left + b.width);
    frame(g, b, x, y, t, { x: false });
    if (last) this.indices(g, b, n);
    const zero = y.kind === 'log' ? b.top + b.height : Math.min(b.top + b.height, Math.max(b.top, y.at(0)));
    const pitch = b.width / n, width = Math.max(1, Math.min(22, pitch - (pitch > 4 ? 2 : 0.5)));
    let below = 0;
    for (let i = 0; i < n; i++) {
      const v = r.data[i];
      if (!Number.isFinite(v) || (y.kind === 'log' && v <= 0)) continue;
      const p = Math.min(b.top + b.height, Math.max(b.top, y.at(v)));
      g.fillStyle = v < r.zero ? t.warm : t.m[r.walk.slot];
      if (v < r.zero) below++;
      g.fillRect(x.at(i) - width / 2, Math.min(p, zero), width, Math.max(1, Math.abs(p - zero)));
    }
    if (y.kind !== 'log') { g.fillStyle = t.line3; g.fillRect(b.left, zero, b.width, 1); }
    if (this.turned(r, below)) {
      g.strokeStyle = t.ink;
      g.lineWidth = 1;
      g.setLineDash([]);
      for (let i = 0; i < n; i++) if (r.data[i] < r.zero) { const p = Math.min(b.top + b.height, y.at(r.data[i])); g.strokeRect(x.at(i) - width / 2 - 1, zero, width + 2, p - zero + 1); }
    }
    for (const l of limits) reference(g, b, y.at(l.at), l.label, t);
    this.notes(g, r, pitch);
  }

  /** What a vector says of each bar, written over it. @param {CanvasRenderingContext2D} g @param {Row} r @param {number} pitch px from bar to bar */
  notes(g, r, pitch) {
    const b = r.box, t = this.theme;
    for (const l of this.spec.lines ?? []) {
      const f = l.measure && this.measure(l.measure).kind !== 'scalar' ? this.frame(l.measure, r.walk) : undefined;
      if (!f) continue;
      g.font = font(11, t.sans);
      g.textBaseline = 'middle';
      g.textAlign = 'center';
      for (let i = 0; i < Math.min(f.data.length, r.data.length); i++) {
        if (!Number.isFinite(f.data[i])) continue;
        const text = `${i === 0 ? `${l.label} ` : ''}${short(f.data[i], 3)}`, wide = g.measureText(text).width;
        if (i > 0 && wide > pitch) continue;
        cased(g, text, Math.max(b.left + wide / 2, this.across.at(i)), Math.max(b.top + 8, this.value.at(r.data[i]) - 8), t.ink2, t.paper);
      }
    }
  }

  /** Whether the number of values below zero just changed: they get one outline of 600 ms. @param {Row} r @param {number} below */
  turned(r, below) {
    const id = r.walk.id, was = this.below.get(id), now = performance.now();
    this.below.set(id, below);
    if (was !== undefined && was !== below && below > 0 && !this.still.matches) {
      this.outlined.set(id, now + 600);
      setTimeout(() => this.refresh(), 610);
    }
    return (this.outlined.get(id) ?? 0) > now;
  }

  /** @param {CanvasRenderingContext2D} g @param {import('./axes.js').Box} b @param {number} n */
  indices(g, b, n) {
    const t = this.theme;
    g.font = font(11, t.sans);
    g.textAlign = 'center';
    g.textBaseline = 'top';
    g.fillStyle = t.ink3;
    const every = Math.max(1, Math.ceil((n * 26) / b.width / 5) * (n * 26 > b.width ? 5 : 1));
    for (let i = 0; i < n; i++) if (i === 0 || (i + 1) % every === 0) g.fillText(String(i + 1), this.across.at(i), b.top + b.height + 6);
  }

  /** A mark for each value along the axis. @param {CanvasRenderingContext2D} g @param {Row} r @param {number} k @param {boolean} last @param {{label: string, at: number, rank?: boolean}[]} limits */
  marks(g, r, k, last, limits) {
    const b = r.box, t = this.theme, x = this.value.place(b.left, b.left + b.width), foot = b.top + b.height;
    frame(g, b, x, this.across.set('linear', 0, 1).place(foot, b.top), t, { x: last, y: false });
    const zero = x.at(0);
    if (x.kind !== 'log' && zero > b.left + 1 && zero <= b.left + b.width) { g.fillStyle = t.line3; g.fillRect(Math.round(zero), b.top - 3, 1, b.height + 3); }
    let below = 0;
    for (let i = 0; i < r.data.length; i++) {
      const v = r.data[i];
      if (!Number.isFinite(v)) continue;
      const p = Math.min(b.left + b.width, Math.max(b.left, x.at(v)));
      if (v < r.zero) below++;
      g.globalAlpha = r.data.length > 20 ? 0.7 : 1;
      g.fillStyle = v < r.zero ? t.warm : t.m[r.walk.slot];
      g.fillRect(p - 1, b.top, 2, b.height);
    }
    g.globalAlpha = 1;
    if (this.turned(r, below)) {
      g.strokeStyle = t.ink;
      g.lineWidth = 1;
      g.setLineDash([]);
      for (let i = 0; i < r.data.length; i++) if (r.data[i] < r.zero) g.strokeRect(x.at(r.data[i]) - 2.5, b.top - 1, 5, b.height + 1);
    }
    for (const l of limits) reference(g, b, x.at(l.at), k === 0 && !l.rank ? l.label : '', t, true);
    // A mark between two values stands away from the others' words.
    for (const l of k === 0 ? limits.filter((v) => v.rank) : []) { g.font = font(11, t.sans); g.textAlign = 'right'; g.textBaseline = 'alphabetic'; cased(g, l.label, x.at(l.at) - 4, foot - 4, t.ink2, t.paper); }
  }

  /** @param {CanvasRenderingContext2D} g @param {Row} r @param {Row[]} rows @param {boolean} last @param {{label: string, at: number, rank?: boolean}[]} limits */
  counts(g, r, rows, last, limits) {
    const b = r.box, t = this.theme, bins = Math.max(8, Math.floor(b.width / 6));
    const x = this.value.place(b.left, b.left + b.width);
    const of = (/** @type {Row} */ k) => { const n = new Float64Array(bins); for (let i = 0; i < k.data.length; i++) { const j = Math.floor(((x.at(k.data[i]) - b.left) / b.width) * bins); if (j >= 0 && j < bins) n[j]++; } return n; };
    const most = Math.max(1, ...rows.map((k) => Math.max(...of(k))));
    const y = this.across.set('linear', 0, most).place(b.top + b.height, b.top);
    frame(g, b, x, y, t, { x: last });
    const n = of(r), zero = x.at(0);
    for (let j = 0; j < bins; j++) {
      if (!n[j]) continue;
      const left = b.left + (j * b.width) / bins, p = y.at(n[j]);
      g.fillStyle = x.kind !== 'log' && left + b.width / bins <= zero + 0.5 ? t.warm : t.m[r.walk.slot];
      g.fillRect(left, p, b.width / bins - 1, b.top + b.height - p);
    }
    if (x.kind !== 'log' && zero >= b.left && zero <= b.left + b.width) { g.fillStyle = t.line3; g.fillRect(zero, b.top, 1, b.height); }
    for (const l of limits) reference(g, b, x.at(l.at), l.label, t, true);
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    const k = this.rows.findIndex((r) => y >= r.box.top - NAME && y <= r.box.top + r.box.height + 8), r = this.rows[k];
    if (!r || x < r.box.left || x > r.box.left + r.box.width) { this.leave(); return; }
    if (!this.density && !this.strip) { this.read(k, Math.floor(((x - r.box.left) / r.box.width) * r.data.length)); return; }
    // The value nearest to the pointer.
    this.value.place(r.box.left, r.box.left + r.box.width);
    let best = 0;
    for (let i = 1; i < r.data.length; i++) if (Math.abs(this.value.at(r.data[i]) - x) < Math.abs(this.value.at(r.data[best]) - x)) best = i;
    this.read(k, best);
  }

  /** @param {number} row @param {number} index */
  read(row, index) {
    const r = this.rows[Math.min(this.rows.length - 1, Math.max(0, row))];
    if (!r) return;
    const i = Math.min(r.data.length - 1, Math.max(0, index)), b = r.box;
    this.place = { row: this.rows.indexOf(r), index: i };
    const x = this.density || this.strip ? this.value.place(b.left, b.left + b.width).at(r.data[i]) : b.left + ((i + 0.5) * b.width) / r.data.length;
    this.tell(`${r.label} · ${i + 1} of ${r.data.length} · ${number(r.data[i])}`, x, b.top + 8);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const d = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1e9], End: [0, 1e9] })[e.key];
    const grow = this.spec.drag ? /** @type {Record<string, number>} */ ({ '+': 1.25, '-': 0.8 })[e.key] : undefined, bar = this.rows[this.place.row];
    if (grow && bar) {
      this.held = { id: bar.id, data: Float32Array.from(bar.data), index: this.place.index };
      this.held.data[this.place.index] = Math.max(LEAST, this.held.data[this.place.index] * grow);
      this.let();
      return true;
    }
    if (!d || !this.rows.length) return false;
    const first = this.readout.hidden;
    this.read(this.place.row + (first ? 0 : d[0]), this.place.index + (first ? 0 : d[1]));
    return true;
  }

  table() {
    const rows = this.arrange(100, 100), n = Math.max(0, ...rows.map((r) => r.data.length));
    return { head: ['Number', ...rows.map((r) => r.label)], rows: Array.from({ length: n }, (_, i) => [i + 1, ...rows.map((r) => (i < r.data.length ? r.data[i] : ''))]) };
  }
}

/** What rounding may leave of a zero, below it. @param {ArrayLike<number>} data */
function rounded(data) {
  let most = 0;
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]) > most) most = Math.abs(data[i]);
  return -1e-9 * most;
}

/** The middle of the gap after so many of the largest values. @param {ArrayLike<number>} data @param {number} n */
function after(data, n) {
  const v = Array.from(data).filter(Number.isFinite).sort((a, b) => b - a);
  return n >= 1 && n < v.length ? (v[n - 1] > 0 && v[n] > 0 ? Math.sqrt(v[n - 1] * v[n]) : (v[n - 1] + v[n]) / 2) : NaN;
}
