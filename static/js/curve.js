// Curves over the steps: uPlot draws axes and the known future thin; what was played is stroked over it, with dash
// and marker, up to the playhead.

import library from '../vendor/uplot.js';
import { DASHES, drawMarker, readTheme } from './marks.js';
import { short } from './numbers.js';

/** @typedef {import('./store.js').Walk} Walk */

const uPlot = /** @type {any} */ (library);

/** Whole decades, as many as there is room for. @param {any} u @param {number} _ @param {number} low @param {number} high */
function decades(u, _, low, high) {
  const a = Math.round(Math.log10(low)), b = Math.round(Math.log10(high));
  const stride = Math.max(1, Math.ceil((b - a) / Math.max(2, u.bbox.height / devicePixelRatio / 34)));
  const out = [];
  for (let k = a; k <= b; k += stride) out.push(10 ** k);
  return out;
}

export class Curve {
  /**
   * @param {HTMLElement} host
   * @param {{measures: string[], log: boolean, left: number, right: number, steps: number, axis: boolean, seek?: (step: number) => void}} options
   */
  constructor(host, options) {
    this.host = host;
    this.options = options;
    this.playhead = 0;
    /** @type {Walk[]} */
    this.walks = [];
    this.key = '';
    this.rows = -1;
    /** @type {any} */
    this.plot = null;
    this.theme = readTheme();
    new ResizeObserver(() => this.resize()).observe(host);
  }

  setTheme() { this.theme = readTheme(); this.key = ''; }

  resize() {
    const { width, height } = this.host.getBoundingClientRect();
    if (this.plot && width > 0) this.plot.setSize({ width, height });
  }

  /** @param {Walk[]} walks @param {number} playhead */
  draw(walks, playhead) {
    this.playhead = playhead;
    const lines = walks.filter((w) => w.drawn);
    const key = lines.map((w) => w.id + w.method.replica).join() + this.options.log + this.options.steps;
    const rows = lines.reduce((n, w) => n + w.rows.count, 0);
    this.walks = lines;
    let moved = false;
    if (key !== this.key) {
      this.key = key;
      this.rows = rows;
      this.build();
    } else if (rows !== this.rows) {
      this.rows = rows;
      this.plot?.setData(this.data(), false);
      this.rescale();
      moved = true;
    }
    this.plot?.redraw(moved);
  }

  /** Aligned columns: the steps that any walk has, and each measure of each walk at them. */
  data() {
    const steps = new Set();
    for (const w of this.walks) for (let i = 0; i < w.rows.count; i++) steps.add(w.rows.at(i, 0));
    const x = Float64Array.from(steps).sort();
    const out = [x];
    let low = Infinity;
    for (const w of this.walks) {
      for (const m of this.options.measures) {
        const column = w.names.indexOf(m);
        const y = new Array(x.length).fill(undefined);
        for (let i = 0, j = 0; i < w.rows.count && column >= 0; i++) {
          const s = w.rows.at(i, 0), v = w.rows.at(i, column);
          while (x[j] < s) j++;
          if (Number.isFinite(v)) { y[j] = v; low = Math.min(low, v); }
        }
        out.push(/** @type {any} */ (y));
      }
    }
    // A log axis takes positive numbers only; otherwise a symmetric log scale is used and named.
    this.symmetric = this.options.log && low <= 0;
    this.floor = low;
    return out;
  }

  rescale() {
    const p = this.plot;
    if (!p) return;
    let low = Infinity, high = -Infinity;
    for (let i = 1; i < p.data.length; i++) for (const v of p.data[i]) if (v !== undefined && v !== null) { low = Math.min(low, v); high = Math.max(high, v); }
    if (!(low <= high)) { low = 0.1; high = 1; }
    if (this.options.log && !this.symmetric) {
      low = Math.max(low, high * 1e-30);
      p.setScale('y', { min: 10 ** Math.floor(Math.log10(low)), max: 10 ** Math.ceil(Math.log10(high) + 0.05) });
    } else {
      const pad = (high - low || Math.abs(high) || 1) * 0.06;
      p.setScale('y', { min: low - pad, max: high + pad });
    }
  }

  build() {
    this.plot?.destroy();
    const data = this.data();
    const t = this.theme, o = this.options;
    const { width, height } = this.host.getBoundingClientRect();
    const font = '11px ' + getComputedStyle(document.documentElement).getPropertyValue('--sans');
    const axis = { stroke: t.ink3, font, ticks: { stroke: t.line2, width: 1, size: 4 }, grid: { show: false } };
    const series = [{}];
    for (const w of this.walks) for (const _ of o.measures) series.push(/** @type {any} */ ({ stroke: t.m[w.slot] + '48', width: 1, points: { show: false }, spanGaps: true }));
    this.plot = new uPlot({
      width: Math.max(width, 50), height: Math.max(height, 50), padding: [10, o.right, 0, 0], legend: { show: false },
      cursor: { show: true, x: true, y: false, points: { show: false }, drag: { x: false, y: false } }, select: { show: false },
      scales: { x: { time: false, range: [0, Math.max(1, o.steps)] }, y: o.log ? { distr: this.symmetric ? 4 : 3, asinh: Math.max(1e-12, Math.abs(this.floor ?? 0) * 1e-3), auto: false } : { auto: false } },
      axes: [
        { ...axis, show: o.axis, size: 22, gap: 3, values: (/** @type {any} */ _, /** @type {number[]} */ v) => v.map((x) => short(x)) },
        { ...axis, size: o.left, gap: 4, grid: { show: true, stroke: t.grid, width: 1 }, space: 34, ...(o.log && !this.symmetric ? { splits: decades, filter: (/** @type {any} */ _, /** @type {number[]} */ v) => v } : {}), values: (/** @type {any} */ _, /** @type {(number|null)[]} */ v) => v.map((x) => (x === null ? '' : short(x, 3))) },
      ],
      series,
      hooks: {
        draw: [(/** @type {any} */ u) => this.overlay(u)],
        ready: [(/** @type {any} */ u) => { u.over.addEventListener('click', () => { if (o.seek && u.cursor.left >= 0) o.seek(Math.round(u.posToVal(u.cursor.left, 'x'))); }); }],
      },
    }, data, this.host);
    this.rescale();
  }

  /** @param {any} u */
  overlay(u) {
    const g = u.ctx, dpr = devicePixelRatio || 1, t = this.theme, b = u.bbox;
    const x = u.valToPos(Math.min(this.playhead, this.options.steps), 'x', true);
    g.save();
    g.beginPath();
    g.rect(b.left, b.top - 2, Math.max(0, x - b.left), b.height + 4);
    g.clip();
    g.lineWidth = 2 * dpr;
    g.lineJoin = 'round';
    this.each((w, _, i) => {
      const p = u.series[i]._paths?.stroke;
      if (!p) return;
      g.setLineDash((DASHES[w.slot] ?? []).map((/** @type {number} */ d) => d * dpr));
      g.strokeStyle = t.m[w.slot];
      g.stroke(p);
    });
    g.restore();
    /** @type {{y: number, w: Walk, text: string}[]} */
    const labels = [];
    g.save();
    this.each((w, m) => {
      const v = w.read(m, this.playhead), at = Math.min(this.playhead, w.rows.last);
      if (!Number.isFinite(v) || (this.options.log && !this.symmetric && v <= 0)) return;
      const y = Math.min(b.top + b.height, Math.max(b.top, u.valToPos(v, 'y', true)));
      g.setLineDash([]);
      g.save();
      g.scale(dpr, dpr);
      drawMarker(g, w.slot, u.valToPos(at, 'x', true) / dpr, y / dpr, 4, w.hollow, t);
      g.restore();
      labels.push({ y: y / dpr, w, text: this.options.measures.length > 1 ? m : w.label });
    });
    if (this.options.right >= 80 && this.options.measures.length === 1) {
      labels.sort((p, q) => p.y - q.y);
      for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + 13);
      g.scale(dpr, dpr);
      g.font = '11px ' + getComputedStyle(document.documentElement).getPropertyValue('--sans');
      g.textBaseline = 'middle';
      g.textAlign = 'left';
      const left = (b.left + b.width) / dpr + 8;
      for (const l of labels) {
        if (l.y > (b.top + b.height) / dpr + 8) break;
        drawMarker(g, l.w.slot, left + 4, l.y, 3.5, l.w.hollow, t);
        g.fillStyle = t.ink2;
        g.fillText(l.text.length > 13 ? l.w.id : l.text, left + 12, l.y);
      }
    }
    g.restore();
    g.save();
    g.setLineDash([]);
    g.strokeStyle = t.accent;
    g.lineWidth = 2 * dpr;
    g.beginPath();
    g.moveTo(x, 0);
    g.lineTo(x, g.canvas.height);
    g.stroke();
    g.restore();
  }

  /** @param {(w: Walk, measure: string, series: number) => void} f */
  each(f) {
    let i = 1;
    for (const w of this.walks) for (const m of this.options.measures) f(w, m, i++);
  }
}
