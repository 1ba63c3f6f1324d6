// A spectrum as a bar code: where values lie, how many at each place, and of what kind they are.

import { drawMarker } from '../marks.js';
import { number, whole } from '../numbers.js';
import { font, frame } from './axes.js';
import { cased } from './curve.js';
import { brief } from './names.js';
import { Plotted } from './plotted.js';
import { Scale } from './scale.js';

/** @typedef {{walk: import('../store.js').Walk, values: ArrayLike<number>, counts: ArrayLike<number>, types: ArrayLike<number>, box: import('./axes.js').Box}} Row */

const NAME = 20, FOOT = 40, LINE = 16, LEFT = 40, RIGHT = 16;
/** Milliseconds for which bars that came to lie below zero are framed. */
const PULSE = 600;

export class Barcode extends Plotted {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: false, range: false, png: true, svg: true, smooth: false };
    this.x = new Scale();
    this.y = new Scale();
    /** @type {Row[]} */
    this.rows = [];
    this.place = { row: 0, index: 0 };
    /** @type {Map<string, number>} */
    this.below = new Map();
    /** @type {Map<string, number>} */
    this.framed = new Map();
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
  }

  get vector() { return (this.spec.measures ?? []).find((m) => m !== this.spec.counts && m !== this.spec.types) ?? ''; }

  words() {
    const step = this.shownStep();
    return step < 0 ? '' : `step ${whole(step)}`;
  }

  ready() { return this.walks.some((w) => this.frame(this.vector, w)?.rows && this.frame(this.spec.counts ?? '', w)?.rows); }

  /** @param {number} width @param {number} height @param {number} [foot] room below them */
  arrange(width, height, foot = FOOT) {
    /** @type {Row[]} */
    const rows = [];
    for (const w of this.walks) {
      const v = this.frame(this.vector, w), n = this.frame(this.spec.counts ?? '', w), k = this.frame(this.spec.types ?? '', w);
      // The three come one after the other: they are drawn when they are of one step.
      if (w.method.replica || !v?.rows || !n?.rows || v.step !== n.step || v.data.length !== n.data.length) continue;
      rows.push({ walk: w, values: v.data, counts: n.data, types: k && k.step === v.step ? k.data : [], box: { left: LEFT, top: 0, width: Math.max(10, width - LEFT - RIGHT), height: 0 } });
    }
    const each = (height - foot) / Math.max(1, rows.length);
    rows.forEach((r, i) => { r.box.top = i * each + NAME; r.box.height = Math.max(8, each - NAME - 4); });
    return rows;
  }

  /** Kinds have a colour each, what is of none a pale one. @param {number} kind */
  colour(kind) { const t = this.theme; return [t.ink, t.m[1], t.m[3], t.m[2]][kind] ?? t.ink3; }

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) {
    this.rows = this.arrange(width, height);
    const lines = this.kinds(g, 0, width, false), rows = this.rows = this.arrange(width, height, FOOT + (lines - 1) * LINE);
    let low = 0, high = 1e-9, most = 1;
    for (const r of rows) for (let i = 0; i < r.values.length; i++) { low = Math.min(low, r.values[i]); high = Math.max(high, r.values[i]); most = Math.max(most, r.counts[i]); }
    const pad = (high - low) * 0.04;
    this.x.set('linear', low < 0 ? low - 2 * pad : -pad, high + pad).place(LEFT, width - RIGHT);
    this.y.set('log', 0.6, most * 1.5);
    rows.forEach((r, k) => this.row(g, r, k === rows.length - 1));
    if (!rows.length) return;
    this.kinds(g, height - 9 - (lines - 1) * LINE, width, true);
  }

  /** @param {CanvasRenderingContext2D} g @param {Row} r @param {boolean} last */
  row(g, r, last) {
    const b = r.box, t = this.theme, foot = b.top + b.height, zero = this.x.at(0);
    this.y.place(foot, b.top);
    if (zero > b.left) {
      g.globalAlpha = 0.1;
      g.fillStyle = t.warm;
      g.fillRect(b.left, b.top, zero - b.left, b.height);
      g.globalAlpha = 1;
    }
    frame(g, b, this.x, this.y, t, { x: last });
    // The first method's bars stand behind the others', so that one sees what has moved.
    if (r !== this.rows[0]) {
      g.fillStyle = t.line3;
      for (let i = 0; i < this.rows[0].values.length; i++) { const y = this.y.at(this.rows[0].counts[i]); g.fillRect(this.x.at(this.rows[0].values[i]) - 1, y, 2, foot - y); }
    }
    let below = 0, least = Infinity;
    const bar = Math.max(2, Math.min(4, b.width / 90));
    for (let i = 0; i < r.values.length; i++) {
      const v = r.values[i], x = this.x.at(v), y = this.y.at(r.counts[i]);
      if (!Number.isFinite(v)) continue;
      const down = v < -1e-6 * Math.max(1, Math.abs(r.values[r.values.length - 1]));
      if (down) { below += r.counts[i]; least = Math.min(least, v); }
      g.fillStyle = down ? t.warm : this.colour(r.types[i]);
      g.fillRect(x - bar / 2, y, bar, foot - y);
    }
    g.fillStyle = t.ink2;
    g.fillRect(Math.round(zero), b.top - 4, 1, b.height + 4);
    if (this.turned(r.walk.id, below)) {
      g.strokeStyle = t.ink;
      g.lineWidth = 1;
      g.setLineDash([]);
      for (let i = 0; i < r.values.length; i++) if (r.values[i] < 0) { const y = this.y.at(r.counts[i]); g.strokeRect(this.x.at(r.values[i]) - bar / 2 - 1.5, y - 1.5, bar + 3, foot - y + 2); }
    }
    drawMarker(g, r.walk.slot, b.left + 5, b.top - 10, 4, r.walk.hollow, t);
    g.font = font(11, t.sans);
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    g.fillStyle = t.ink2;
    g.fillText(r.walk.label, b.left + 15, b.top - 10);
    if (below) {
      g.textAlign = 'right';
      g.font = font(11, t.sans, 600);
      cased(g, `${whole(below)} ${below === 1 ? 'way' : 'ways'} out · λ min ${number(least)}`, b.left + b.width, b.top - 10, t.warm, t.paper);
    }
  }

  /** Whether the number of values below zero just changed. @param {string} id @param {number} below */
  turned(id, below) {
    const was = this.below.get(id), now = performance.now();
    this.below.set(id, below);
    if (was !== undefined && was !== below && below > 0 && !this.still.matches) {
      this.framed.set(id, now + PULSE);
      setTimeout(() => this.refresh(), PULSE + 10);
    }
    return (this.framed.get(id) ?? 0) > now;
  }

  /** What the colours mean. @returns {string[][]} */
  legend() {
    const t = this.theme, has = (/** @type {number} */ k) => this.rows.some((r) => Array.prototype.includes.call(r.types, k));
    return [
      ...(this.spec.type_names ?? []).map((n, i) => [n, this.colour(i)]), ...(has(-1) ? [['mixed', this.colour(-1)]] : []), ['negative', t.warm],
      ...(this.rows.length > 1 ? [[`${brief(this.rows[0].walk)}, behind`, t.line3]] : []),
    ];
  }

  /** Lays the legend out, in lines that end at y, and draws it if asked to; how many lines it takes. @param {CanvasRenderingContext2D} g @param {number} y @param {number} width @param {boolean} draw */
  kinds(g, y, width, draw) {
    let x = LEFT, lines = 1;
    g.font = font(11, this.theme.sans);
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    for (const [name, colour] of this.legend()) {
      const wide = g.measureText(name).width + 22;
      if (x > LEFT && x + wide > width - 4) { x = LEFT; lines++; }
      if (draw) {
        g.fillStyle = colour;
        g.fillRect(x, y + (lines - 1) * LINE - 6, 4, 12);
        g.fillStyle = this.theme.ink2;
        g.fillText(name, x + 8, y + (lines - 1) * LINE);
      }
      x += wide;
    }
    return lines;
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    const k = this.rows.findIndex((r) => y >= r.box.top - NAME && y <= r.box.top + r.box.height + 4), r = this.rows[k];
    if (!r) { this.leave(); return; }
    let best = 0;
    for (let i = 1; i < r.values.length; i++) if (Math.abs(this.x.at(r.values[i]) - x) < Math.abs(this.x.at(r.values[best]) - x)) best = i;
    this.read(k, best);
  }

  /** @param {number} row @param {number} index */
  read(row, index) {
    const r = this.rows[Math.min(this.rows.length - 1, Math.max(0, row))];
    if (!r) return;
    const i = Math.min(r.values.length - 1, Math.max(0, index)), kind = this.spec.type_names?.[r.types[i]];
    this.place = { row: this.rows.indexOf(r), index: i };
    this.tell(`${r.walk.label} · ${number(r.values[i])} · ${whole(r.counts[i])} of them${kind ? ` · ${kind}` : ''}`, this.x.at(r.values[i]), r.box.top + 8);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const d = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1e9], End: [0, 1e9] })[e.key];
    if (!d || !this.rows.length) return false;
    const first = this.readout.hidden;
    this.read(this.place.row + (first ? 0 : d[0]), this.place.index + (first ? 0 : d[1]));
    return true;
  }

  table() {
    const out = [];
    for (const r of this.arrange(100, 100)) for (let i = 0; i < r.values.length; i++) out.push([r.walk.label, r.values[i], r.counts[i], this.spec.type_names?.[r.types[i]] ?? '']);
    return { head: ['Method', 'Value', 'How many', 'Kind'], rows: out };
  }
}
