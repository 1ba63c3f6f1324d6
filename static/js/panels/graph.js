// Nodes and the links between them, on a circle or at places of their own; one graph for each method.

import { drawMarker } from '../marks.js';
import { number } from '../numbers.js';
import { diverging } from '../ramp.js';
import { font } from './axes.js';
import { rgb } from './image.js';
import { brief } from './names.js';
import { Plotted } from './plotted.js';

/** @typedef {{walk: import('../store.js').Walk, n: number, links: ArrayLike<number>, values: ArrayLike<number> | null, at: Float64Array, x: number, y: number, size: number}} Net */

const NAME = 20, EDGE = 16;

export class GraphView extends Plotted {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: false, range: false, png: true, svg: true, smooth: false };
    /** @type {Net[]} */
    this.nets = [];
    this.place = { net: 0, node: 0 };
  }

  words() {
    const step = this.shownStep(), v = this.spec.values;
    return step < 0 ? '' : `step ${number(step)}${v ? ` · colour: ${this.measure(v).label.toLowerCase()}` : ''}`;
  }

  /** @param {number} width @param {number} height */
  arrange(width, height) {
    const { links, nodes, values } = this.spec;
    /** @type {Net[]} */
    const nets = [];
    for (const w of this.walks) {
      const f = links ? this.frame(links, w) : undefined;
      if (!f?.rows || w.method.replica) continue;
      const v = values ? this.frame(values, w) : undefined;
      nets.push({ walk: w, n: f.rows, links: f.data, values: v && v.data.length >= f.rows ? v.data : null, at: new Float64Array(2 * f.rows), x: 0, y: 0, size: 0 });
    }
    const room = height - (values ? 22 : 4);
    let columns = 1, best = 0;
    for (let c = 1; c <= nets.length; c++) { const size = Math.min((width - 2 * EDGE) / c - 8, room / Math.ceil(nets.length / c) - NAME - 8); if (size > best) { best = size; columns = c; } }
    const lines = Math.ceil(nets.length / columns);
    nets.forEach((k, i) => {
      const cw = (width - 2 * EDGE) / columns, ch = room / lines;
      k.size = best;
      k.x = EDGE + (i % columns) * cw + cw / 2;
      k.y = Math.floor(i / columns) * ch + NAME + (ch - NAME) / 2;
      this.lay(k, nodes ? this.frame(nodes, k.walk) : undefined);
    });
    return nets;
  }

  /** Places of the nodes, in pixels. @param {Net} k @param {import('../wire.js').Frame | undefined} f */
  lay(k, f) {
    const r = k.size / 2 - 8;
    if (!f || f.rows < k.n || f.columns < 2) {
      for (let i = 0; i < k.n; i++) { const a = (2 * Math.PI * i) / k.n - Math.PI / 2; k.at[2 * i] = k.x + r * Math.cos(a); k.at[2 * i + 1] = k.y + r * Math.sin(a); }
      return;
    }
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    for (let i = 0; i < k.n; i++) { const x = f.data[i * f.columns], y = f.data[i * f.columns + 1]; x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y); }
    const unit = Math.max(x1 - x0, y1 - y0) || 1;
    for (let i = 0; i < k.n; i++) { k.at[2 * i] = k.x + (2 * r * (f.data[i * f.columns] - (x0 + x1) / 2)) / unit; k.at[2 * i + 1] = k.y - (2 * r * (f.data[i * f.columns + 1] - (y0 + y1) / 2)) / unit; }
  }

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) {
    const nets = this.nets = this.arrange(width, height), t = this.theme;
    let low = Infinity, high = -Infinity, heavy = 0;
    for (const k of nets) {
      if (k.values) for (let i = 0; i < k.n; i++) { low = Math.min(low, k.values[i]); high = Math.max(high, k.values[i]); }
      for (let i = 0; i < k.n * k.n; i++) { const v = Math.abs(k.links[i]); if (Math.floor(i / k.n) !== i % k.n && v > heavy) heavy = v; }
    }
    const signed = low < 0, most = signed ? Math.max(-low, high) : high, shades = diverging(t.dark);
const paper = rgb(t.paper), ink = rgb(t.ink);
    // Signed values on the diverging scale, others from paper to ink: dark is large.
    const colour = (/** @type {number} */ v) => {
      if (!signed) { const u = (v - low) / (high - low || 1); return `rgb(${paper.map((c, i) => Math.round(c + u * (ink[i] - c))).join(', ')})`; }
      const s = 4 * Math.min(255, Math.max(0, Math.round(127.5 + (127.5 * v) / (most || 1))));
      return `rgb(${shades[s]}, ${shades[s + 1]}, ${shades[s + 2]})`;
    };
    for (const k of nets) {
      g.setLineDash([]);
      for (let i = 0; i < k.n; i++) for (let j = 0; j < k.n; j++) {
        const v = k.links[i * k.n + j];
        if (i === j || !v || !Number.isFinite(v)) continue;
        const both = k.links[j * k.n + i] === v;
        if (both && j < i) continue;
        g.strokeStyle = v < 0 ? t.warm : t.line3;
        g.lineWidth = 0.75 + 2 * (Math.abs(v) / (heavy || 1));
        const x0 = k.at[2 * i], y0 = k.at[2 * i + 1], x1 = k.at[2 * j], y1 = k.at[2 * j + 1];
        g.beginPath();
        g.moveTo(x0, y0);
        g.lineTo(x1, y1);
        g.stroke();
        if (both) continue;
        const d = Math.hypot(x1 - x0, y1 - y0) || 1, ux = (x1 - x0) / d, uy = (y1 - y0) / d, tx = x1 - 8 * ux, ty = y1 - 8 * uy;
        g.beginPath();
        g.moveTo(tx, ty);
        g.lineTo(tx - 6 * ux - 3 * uy, ty - 6 * uy + 3 * ux);
        g.lineTo(tx - 6 * ux + 3 * uy, ty - 6 * uy - 3 * ux);
        g.closePath();
        g.fillStyle = g.strokeStyle;
        g.fill();
      }
      const r = Math.max(3, Math.min(7, k.size / k.n / 2));
      for (let i = 0; i < k.n; i++) {
        g.beginPath();
        g.arc(k.at[2 * i], k.at[2 * i + 1], r, 0, 2 * Math.PI);
        g.fillStyle = k.values ? colour(k.values[i]) : t.m[k.walk.slot];
        g.fill();
        g.strokeStyle = t.ink2;
        g.lineWidth = 1;
        g.stroke();
      }
      g.font = font(11, t.sans);
      g.textAlign = 'left';
      g.textBaseline = 'middle';
      const name = g.measureText(k.walk.label).width + 15 > k.size ? brief(k.walk) : k.walk.label, wide = g.measureText(name).width + 15, left = k.x - Math.min(k.size / 2, wide / 2);
      drawMarker(g, k.walk.slot, left + 5, k.y - k.size / 2 - 8, 4, k.walk.hollow, t);
      g.fillStyle = t.ink2;
      g.fillText(name, left + 15, k.y - k.size / 2 - 8);
    }
    if (low <= high) {
      const y = height - 12, from = number(signed ? -most : low);
      g.textAlign = 'left';
      g.textBaseline = 'middle';
      g.fillStyle = t.ink2;
      g.fillText(from, EDGE, y);
      const x = EDGE + g.measureText(from).width + 8;
      for (let i = 0; i < 96; i++) { g.fillStyle = colour(signed ? (-1 + (2 * i) / 95) * most : low + ((high - low) * i) / 95); g.fillRect(x + i, y - 4, 1.5, 8); }
      g.fillStyle = t.ink2;
      g.fillText(number(most), x + 104, y);
    }
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    let best = 196, found = null;
    this.nets.forEach((k, m) => { for (let i = 0; i < k.n; i++) { const d = (k.at[2 * i] - x) ** 2 + (k.at[2 * i + 1] - y) ** 2; if (d < best) { best = d; found = [m, i]; } } });
    if (found) this.read(found[0], found[1]); else this.leave();
  }

  /** @param {number} net @param {number} node */
  read(net, node) {
    const m = (net + this.nets.length) % this.nets.length, k = this.nets[m];
    if (!k) return;
    const i = (node + k.n) % k.n;
    this.place = { net: m, node: i };
    let links = 0;
    for (let j = 0; j < k.n; j++) if (j !== i && (k.links[i * k.n + j] || k.links[j * k.n + i])) links++;
    this.tell(`${k.walk.label} · node ${i + 1} of ${k.n} · ${links} ${links === 1 ? 'link' : 'links'}${k.values ? ` · ${number(k.values[i])}` : ''}`, k.at[2 * i], k.at[2 * i + 1]);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const d = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] })[e.key];
    if (!d || !this.nets.length) return false;
    const first = this.readout.hidden ? 0 : 1;
    this.read(this.place.net + first * d[0], this.place.node + first * d[1]);
    return true;
  }

  table() {
    const rows = [];
    for (const k of this.arrange(300, 300)) for (let i = 0; i < k.n; i++) for (let j = 0; j < k.n; j++) { const v = k.links[i * k.n + j]; if (i !== j && v) rows.push([k.walk.label, i + 1, j + 1, v, k.values ? k.values[i] : '']); }
    return { head: ['Method', 'From', 'To', 'Weight', 'Value of from'], rows };
  }
}
