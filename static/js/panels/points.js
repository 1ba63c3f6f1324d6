// Points in the plane, with an ellipse of one standard deviation for each method; both axes have one scale.

import { drawMarker } from '../marks.js';
import { number } from '../numbers.js';
import { font, frame, reference } from './axes.js';
import { cased } from './curve.js';
import { Plotted } from './plotted.js';
import { Scale, fit } from './scale.js';

/** @typedef {{walk: import('../store.js').Walk, data: ArrayLike<number>, n: number, columns: number, joined: number, label: string, hollow?: boolean}} Cloud joined: its place among the lines, else -1; hollow: of another measure than the first */
/** @typedef {{x: number, y: number, xx: number, xy: number, yy: number}} Spread */

/** Mean and covariance of the points. @param {Cloud} c @returns {Spread} */
export function spreadOf(c) {
  const s = { x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
  let n = 0;
  for (let i = 0; i < c.n; i++) { const x = c.data[i * c.columns], y = c.data[i * c.columns + 1]; if (Number.isFinite(x + y)) { s.x += x; s.y += y; n++; } }
  s.x /= n;
  s.y /= n;
  for (let i = 0; i < c.n; i++) { const x = c.data[i * c.columns] - s.x, y = c.data[i * c.columns + 1] - s.y; if (Number.isFinite(x + y)) { s.xx += x * x; s.xy += x * y; s.yy += y * y; } }
  s.xx /= n;
  s.xy /= n;
  s.yy /= n;
  return s;
}

/** Half axes and turn of the ellipse of one standard deviation. @param {Spread} s */
export function ellipseOf(s) {
  const mid = (s.xx + s.yy) / 2, d = Math.hypot((s.xx - s.yy) / 2, s.xy);
  return { a: Math.sqrt(Math.max(0, mid + d)), b: Math.sqrt(Math.max(0, mid - d)), turn: 0.5 * Math.atan2(2 * s.xy, s.xx - s.yy) };
}

/** Dashes of the lines, in the order of their measures. */
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

export class PointsView extends Plotted {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: false, range: true, png: true, svg: true, smooth: false };
    this.x = new Scale();
    this.y = new Scale();
    /** @type {Cloud[]} */
    this.clouds = [];
    this.place = { cloud: 0, index: 0 };
  }

  words() {
    const step = this.shownStep();
    return step < 0 ? '' : `step ${number(step)}${this.spec.ellipse ? ' · ellipse of one standard deviation' : ''}`;
  }

  arrange() {
    /** @type {Cloud[]} */
    const clouds = [];
    const dots = (this.spec.measures ?? []).filter((id) => this.measure(id).kind === 'points' && !this.spec.joined?.includes(id));
    for (const w of this.walks) for (const id of this.spec.measures ?? []) {
      if (this.measure(id).kind !== 'points') continue;
      const f = this.frame(id, w);
      if (f?.rows && f.columns >= 2) clouds.push({ walk: w, data: f.data, n: f.rows, columns: f.columns, joined: this.spec.joined?.indexOf(id) ?? -1, label: this.measure(id).label, hollow: dots.indexOf(id) > 0 });
    }
    return clouds;
  }

  /** @param {Cloud} c @returns {Spread | null} */
  spread(c) {
    const e = this.spec.ellipse;
    if (!e || c.hollow || c.joined >= 0) return null;
    if (e === 'spread') return c.n > 1 ? spreadOf(c) : null;
    const f = this.frame(e, c.walk);
    return f && f.data.length >= 5 ? { x: f.data[0], y: f.data[1], xx: f.data[2], xy: f.data[3], yy: f.data[4] } : null;
  }

  /** Whether the axes are of different things: then each has its own scale. */
  get graph() { return !!(this.spec.across || this.spec.down); }

  /** @param {import('./axes.js').Box} b @param {number} x0 @param {number} x1 @param {number} y0 @param {number} y1 @param {Cloud[]} clouds */
  scaled(b, x0, x1, y0, y1, clouds) {
    let least = Infinity;
    for (const c of clouds) for (let i = 0; i < c.n; i++) { const v = Math.abs(c.data[i * c.columns + 1]); if (v > 0 && v < least) least = v; }
    for (const l of this.references()) { if (l.upright) { x0 = Math.min(x0, l.at); x1 = Math.max(x1, l.at); } else { y0 = Math.min(y0, l.at); y1 = Math.max(y1, l.at); } }
    const pad = (x1 - x0 || 1) * 0.02;
    this.x.set('linear', x0 - pad, x1 + pad).place(b.left, b.left + b.width);
    fit(this.y, { low: y0, high: y1, least }, this.spec.log ? true : false, this.range).place(b.top + b.height, b.top);
    this.unit = 1;
    return b;
  }

  /** Lines of reference, of those by a measure one for each value. */
  references() {
    const at = this.session.playhead(), out = /** @type {{label: string, at: number, upright: boolean}[]} */ ([]);
    for (const l of this.spec.lines ?? []) for (const w of l.measure ? this.walks : this.walks.slice(0, 1)) {
      const v = l.measure ? w.read(l.measure, at) : l.at;
      if (Number.isFinite(v) && !out.some((o) => o.label === l.label && o.at === v)) out.push({ label: l.label, at: v, upright: !!l.upright });
    }
    return out;
  }

  /** @param {Cloud[]} clouds @param {number} width @param {number} height */
  layout(clouds, width, height) {
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    const see = (/** @type {number} */ x, /** @type {number} */ y) => { if (!Number.isFinite(x + y)) return; x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y); };
    for (const c of clouds) {
      for (let i = 0; i < c.n; i++) see(c.data[i * c.columns], c.data[i * c.columns + 1]);
      const s = this.spread(c);
      if (s) { const a = Math.sqrt(s.xx), b = Math.sqrt(s.yy); see(s.x - a, s.y - b); see(s.x + a, s.y + b); }
    }
    if (!(x0 <= x1)) { x0 = y0 = -1; x1 = y1 = 1; }
    const big = this.big, b = { left: 48 * big, top: 10, width: Math.max(20, width - 16 - 48 * big), height: Math.max(20, height - 10 - (this.graph ? 40 : 24) * big) };
    if (this.graph) return this.scaled(b, x0, x1, y0, y1, clouds);
    // Equal axes: the tighter direction sets the unit, rounded so that it does not breathe with every step.
    let unit = 1.12 * Math.max((x1 - x0 || 1e-9) / b.width, (y1 - y0 || 1e-9) / b.height);
    if (this.range.from !== null && this.range.to !== null) { y0 = this.range.from; y1 = this.range.to; unit = (y1 - y0) / b.height; } else unit = 2 ** (Math.ceil(Math.log2(unit) * 4) / 4);
    const cx = (x0 + x1) / 2, cy = (y0 + y1) / 2;
    this.x.set('linear', cx - (unit * b.width) / 2, cx + (unit * b.width) / 2).place(b.left, b.left + b.width);
    this.y.set('linear', cy - (unit * b.height) / 2, cy + (unit * b.height) / 2).place(b.top + b.height, b.top);
    this.unit = unit;
    return b;
  }

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) {
    const clouds = this.clouds = this.arrange(), t = this.theme, b = this.layout(clouds, width, height);
    frame(g, b, this.x, this.y, t, { down: true, big: this.big });
    g.save();
    g.beginPath();
    g.rect(b.left, b.top, b.width, b.height);
    g.clip();
    const lines = clouds.filter((c) => c.joined >= 0), taken = /** @type {number[]} */ ([]), named = this.graph && (this.spec.joined?.length ?? 0) > 1;
    for (const c of clouds) {
      if (c.joined >= 0) continue;
      const many = c.n > 60;
      g.fillStyle = t.m[c.walk.slot];
      g.globalAlpha = many ? 0.5 : 1;
      const r = this.big * (c.n > 2000 ? 1 : c.n > 300 ? 1.6 : 2.4);
      if (many && !c.hollow) {
        g.beginPath();
        for (let i = 0; i < c.n; i++) { const x = this.x.at(c.data[i * c.columns]), y = this.y.at(c.data[i * c.columns + 1]); g.rect(x - r, y - r, 2 * r, 2 * r); }
        g.fill();
      } else for (let i = 0; i < c.n; i++) drawMarker(g, c.walk.slot, this.x.at(c.data[i * c.columns]), this.y.at(c.data[i * c.columns + 1]), 3.2 * this.big, c.hollow || c.walk.hollow, t);
    }
    g.globalAlpha = 1;
    for (const c of lines) {
      g.beginPath();
      for (let i = 0; i < c.n; i++) g.lineTo(this.x.at(c.data[i * c.columns]), this.y.at(c.data[i * c.columns + 1]));
      g.lineJoin = 'round';
      for (const [wide, colour] of /** @type {[number, string][]} */ ([[4.5, t.case], [2, t.m[c.walk.slot]]])) {
        g.setLineDash(wide < 3 ? DASHES[c.joined % DASHES.length] : []);
        g.lineWidth = wide;
        g.strokeStyle = colour;
        g.stroke();
      }
      if (!named) continue;
      const end = (c.n - 1) * c.columns;
      let y = Math.max(b.top + 14, this.y.at(c.data[end + 1]) - 2);
      while (taken.some((v) => Math.abs(v - y) < 12 * this.big)) y += 4;
      taken.push(y);
      g.font = font(11 * this.big, t.sans);
      g.textAlign = 'right';
      g.textBaseline = 'bottom';
      cased(g, c.label, Math.min(this.x.at(c.data[end]), b.left + b.width) - 4, y, t.ink2, t.paper);
    }
    g.setLineDash([]);
    for (const c of clouds) {
      const s = this.spread(c);
      if (!s) continue;
      const e = ellipseOf(s), x = this.x.at(s.x), y = this.y.at(s.y);
      for (const [width2, colour] of /** @type {[number, string][]} */ ([[5, t.case], [2, t.m[c.walk.slot]]])) {
        g.beginPath();
        g.ellipse(x, y, e.a / (this.unit ?? 1), e.b / (this.unit ?? 1), -e.turn, 0, 2 * Math.PI);
        g.lineWidth = width2;
        g.strokeStyle = colour;
        g.setLineDash([]);
        g.stroke();
      }
      drawMarker(g, c.walk.slot, x, y, 4.5, c.walk.hollow, t);
    }
    g.restore();
    g.font = font(11 * this.big, t.sans);
    for (const l of this.references()) reference(g, b, l.upright ? this.x.at(l.at) : this.y.at(l.at), l.label, t, l.upright, this.big);
    if (!this.graph) return;
    g.fillStyle = t.ink3;
    g.textBaseline = 'top';
    g.textAlign = 'right';
    g.fillText(this.spec.across ?? '', b.left + b.width, b.top + b.height + 22 * this.big);
    g.textAlign = 'left';
    g.fillText(this.spec.down ?? '', b.left + 4, b.top);
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    let best = 144, found = null;
    this.clouds.forEach((c, k) => {
      for (let i = 0; i < c.n; i++) {
        const dx = this.x.at(c.data[i * c.columns]) - x, dy = this.y.at(c.data[i * c.columns + 1]) - y, d = dx * dx + dy * dy;
        if (d < best) { best = d; found = [k, i]; }
      }
    });
    if (found) this.read(found[0], found[1]); else this.leave();
  }

  /** @param {number} cloud @param {number} index */
  read(cloud, index) {
    const k = (cloud + this.clouds.length) % this.clouds.length, c = this.clouds[k];
    if (!c) return;
    const i = (index + c.n) % c.n, x = c.data[i * c.columns], y = c.data[i * c.columns + 1];
    this.place = { cloud: k, index: i };
    this.tell(`${c.walk.label} · ${i + 1} of ${c.n} · ${number(x)}, ${number(y)}`, this.x.at(x), this.y.at(y));
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const d = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] })[e.key];
    if (!d || !this.clouds.length) return false;
    const first = this.readout.hidden ? 0 : 1;
    this.read(this.place.cloud + first * d[0], this.place.index + first * d[1]);
    return true;
  }

  table() {
    const rows = [];
    for (const c of this.arrange()) for (let i = 0; i < c.n; i++) rows.push([c.walk.label, i + 1, c.data[i * c.columns], c.data[i * c.columns + 1]]);
    return { head: ['Method', 'Point', this.spec.across ?? 'x', this.spec.down ?? 'y'], rows };
  }
}
