// Matrices as pictures: one for each method, all on one scale with labelled ends; over them rows of data, where the panel names some.

import { number } from '../numbers.js';
import { diverging, sounding } from '../ramp.js';
import { drawMarker } from '../marks.js';
import { font } from './axes.js';
import { cased } from './curve.js';
import { brief, cut } from './names.js';
import { Plotted } from './plotted.js';
import { ellipseOf } from './points.js';
import { drawRow } from './rows.js';

/** @typedef {import('../wire.js').Frame} Frame */
/** @typedef {{walk: import('../store.js').Walk, id: string, frame: Frame, label: string, x: number, y: number, w: number, h: number}} Tile */

const NAME = 18, KEY = 26, GAP = 12, EDGE = 16;
/** The height of a strip, whose rows say nothing by their place, and of the room for the axis beneath it. */
const STRIP = 26, AXIS = 30;
/** Decades that a history reaches down. */
const DEEP = 8;

/** @param {string} colour as #rrggbb @returns {number[]} */
export function rgb(colour) {
  const n = Number.parseInt(colour.trim().slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** The shade of a class of points, from cold to hot. @param {number} c @param {string[]} names */
const heat = (c, names) => Math.round((255 * Math.max(0, c)) / Math.max(1, names.length - 1));

export class ImageView extends Plotted {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    /** @type {Tile[]} */
    this.tiles = [];
    /** @type {Map<Frame, HTMLCanvasElement>} pictures drawn, by what they show */
    this.made = new Map();
    this.ends = { low: 0, high: 1 };
    this.endsKey = '';
    this.place = { tile: 0, row: 0, column: 0 };
  }

  words() {
    const step = this.shownStep();
    return step < 0 ? '' : `step ${number(step)}`;
  }

  setTheme() { this.made.clear(); super.setTheme(); }

  ready() { return this.walks.some((w) => (this.spec.measures ?? []).some((id) => (this.measure(id).kind === 'image' || id === this.spec.history) && this.tile(id, w)?.rows)); }

  /** Whether it shows a strip along an axis rather than a picture. */
  get strips() { return !!this.spec.box && !this.spec.points?.length; }

  // ---- the history of a vector as a picture ----

  /** What the server told of the history: pictures by walk, and up to which step of which run. */
  past = { run: '', step: -1, asked: 0, pictures: /** @type {Map<string, Frame>} */ (new Map()) };

  /** Asks for what was read since, at most once a second. */
  async recall() {
    const s = this.session, p = this.past, id = this.spec.history ?? '', known = s.known(), now = performance.now();
    if (!s.opened || (p.run === s.opened.run && p.step >= known) || now - p.asked < 1000) return;
    p.asked = now;
    const run = s.opened.run, r = await fetch(`${s.base}/api/runs/${run}/readings?measure=${id}`).catch(() => null);
    if (!r?.ok || s.opened?.run !== run) return;
    const told = await r.json();
    p.run = run;
    p.step = known;
    p.pictures.clear();
    for (const m of told.methods) {
      const rows = Math.max(1, ...m.rows.map((/** @type {number[]} */ v) => v.length)), columns = m.rows.length, data = new Float32Array(rows * columns).fill(NaN);
      m.rows.forEach((/** @type {(number | null)[]} */ v, /** @type {number} */ c) => {
        const top = Math.max(...v.map((x) => Math.abs(x ?? 0)));
        v.forEach((x, k) => { if (x !== null && (top > 0 || !this.spec.log)) data[k * columns + c] = this.spec.log ? Math.max(-DEEP, Math.log10(Math.abs(x) / top + 1e-300)) : Math.abs(x); });
      });
      p.pictures.set(`${m.id} ${m.replica}`, /** @type {any} */ ({ rows, columns, data, step: m.step[columns - 1] ?? 0, steps: m.step }));
    }
    this.sum = -1;
    s.dirty = true;
  }

  /** @param {number} at */
  draw(at) {
    if (this.spec.history) this.recall();
    super.draw(at);
  }

  /** What a tile shows of a measure. @param {string} id @param {import('../store.js').Walk} w */
  tile(id, w) { return this.spec.history === id ? (this.past.run === this.session.opened?.run ? this.past.pictures.get(`${w.id} ${w.method.replica}`) : undefined) : this.frame(id, w); }

  /** As many columns as make the pictures largest. @param {number} width @param {number} height */
  arrange(width, height) {
    /** @type {Tile[]} */
    const tiles = [];
    const pictures = (this.spec.measures ?? []).filter((id) => this.measure(id).kind === 'image' || id === this.spec.history);
    for (const w of this.walks) for (const id of pictures) {
      const f = this.tile(id, w);
      if (f?.rows && !w.method.replica) tiles.push({ walk: w, id, frame: f, label: pictures.length > 1 ? `${w.label} ${this.measure(id).label.toLowerCase()}` : w.label, x: 0, y: 0, w: 0, h: 0 });
    }
    if (!tiles.length) return tiles;
    if (this.strips) {
      const each = Math.min(STRIP + NAME * this.big + 8, (height - KEY * this.big - AXIS) / tiles.length);
      tiles.forEach((t, i) => { t.w = width - 2 * EDGE; t.h = Math.max(6, each - NAME * this.big - 4); t.x = EDGE; t.y = i * each + NAME * this.big; });
      return tiles;
    }
    if (this.spec.history) {
      // Columns are times: each strip takes the whole width.
      const each = (height - KEY * this.big) / tiles.length;
      tiles.forEach((t, i) => { t.w = width - 2 * EDGE; t.h = Math.max(6, each - NAME * this.big - 6); t.x = EDGE; t.y = i * each + NAME * this.big; });
      return tiles;
    }
    const shape = tiles[0].frame.columns / tiles[0].frame.rows, n = tiles.length, room = { w: width - 2 * EDGE, h: height - KEY * this.big };
    let columns = 1, best = 0;
    for (let c = 1; c <= n; c++) {
      const r = Math.ceil(n / c), w = (room.w - (c - 1) * GAP) / c, h = room.h / r - NAME * this.big - 4, size = Math.min(w, h * shape);
      if (size > best) { best = size; columns = c; }
    }
    const lines = Math.ceil(n / columns), cellW = (room.w - (columns - 1) * GAP) / columns, cellH = room.h / lines;
    tiles.forEach((t, i) => {
      const own = t.frame.columns / t.frame.rows, w = Math.max(4, Math.min(cellW, (cellH - NAME * this.big - 4) * own));
      t.w = w;
      t.h = w / own;
      t.x = EDGE + (i % columns) * (cellW + GAP);
      t.y = Math.floor(i / columns) * cellH + NAME * this.big;
    });
    return tiles;
  }

  /** @param {Tile[]} tiles */
  rescale(tiles) {
    let low = Infinity, high = -Infinity;
    for (const t of tiles) for (let i = 0; i < t.frame.data.length; i++) { const v = t.frame.data[i]; if (Number.isFinite(v)) { if (v < low) low = v; if (v > high) high = v; } }
    if (!(low <= high)) { low = 0; high = 1; }
    if (this.spec.history) { low = this.spec.log ? -DEEP : 0; high = this.spec.log ? 0 : high; }
    const scale = this.spec.scale || (low < 0 && high > 0 ? 'diverging' : 'grey');
    if (this.spec.names) high = Math.max(high, this.spec.names.length - 1);
    if (scale === 'diverging') { high = Math.max(-low, high) || 1; low = -high; } else if (scale === 'grey' && low >= 0 && high <= 1) { low = 0; high = 1; }
    const key = `${low},${high}`;
    if (key !== this.endsKey) { this.endsKey = key; this.made.clear(); }
    this.ends = { low, high };
    return scale;
  }

  /** Bytes of each shade from the low to the high end. @param {string} scale */
  shades(scale) {
    if (scale === 'diverging') return diverging(this.theme.dark);
    if (scale === 'index' && this.spec.names) {
      // Names have colours that can be told apart, not heights.
      const t = this.theme, out = new Uint8ClampedArray(1024), list = [t.m[1], t.m[2], t.line3, t.warm];
      this.spec.names.forEach((_, v) => { const c = rgb(list[v % list.length]), i = 4 * Math.max(0, this.shade(v, scale)); for (let k = 0; k < 3; k++) out[i + k] = c[k]; out[i + 3] = 255; });
      return out;
    }
    if (scale === 'index') return sounding(this.theme.dark);
    const paper = rgb(this.theme.paper), ink = rgb(this.theme.ink), out = new Uint8ClampedArray(1024);
    for (let i = 0; i < 256; i++) { for (let k = 0; k < 3; k++) out[4 * i + k] = paper[k] + (i / 255) * (ink[k] - paper[k]); out[4 * i + 3] = 255; }
    return out;
  }

  /** Where a value lies on the shades, below 0 for names that are none. @param {number} v @param {string} scale */
  shade(v, scale) {
    const { low, high } = this.ends;
    if (scale === 'index') return v < 0 ? v : high > 0 ? Math.round((v / high) * 224) : 0;
    return Math.round((255 * (v - low)) / (high - low || 1));
  }

  /** @param {Frame} f @param {string} scale */
  picture(f, scale) {
    let c = this.made.get(f);
    if (c) return c;
    if (this.made.size > 64) this.made.clear();
    c = document.createElement('canvas');
    c.width = f.columns;
    c.height = f.rows;
    const g = c.getContext('2d'), d = g?.createImageData(f.columns, f.rows);
    if (!g || !d) return c;
    const shades = this.shades(scale), none = rgb(this.theme.wash2), gone = rgb(this.theme.div);
    for (let i = 0; i < f.data.length; i++) {
      const v = f.data[i], s = Number.isFinite(v) ? this.shade(v, scale) : -1;
      if (s < 0) { const k = s <= -2 ? gone : none; d.data[4 * i] = k[0]; d.data[4 * i + 1] = k[1]; d.data[4 * i + 2] = k[2]; } else { const j = 4 * Math.min(255, s); d.data[4 * i] = shades[j]; d.data[4 * i + 1] = shades[j + 1]; d.data[4 * i + 2] = shades[j + 2]; }
      d.data[4 * i + 3] = 255;
    }
    g.putImageData(d, 0, 0);
    this.made.set(f, c);
    return c;
  }

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) {
    const tiles = this.tiles = this.arrange(width, height), t = this.theme;
    if (!tiles.length) return;
    const scale = this.rescale(tiles);
    g.imageSmoothingEnabled = false;
    for (const k of tiles) {
      // A picture with a box has its first row at the foot, where the second coordinate is least.
      if (this.spec.box) { g.save(); g.translate(0, 2 * k.y + k.h); g.scale(1, -1); g.drawImage(this.picture(k.frame, scale), k.x, k.y, k.w, k.h); g.restore(); } else g.drawImage(this.picture(k.frame, scale), k.x, k.y, k.w, k.h);
      this.paintLines(g, k);
      this.paintContours(g, k);
      this.paintRows(g, k, scale);
      this.paintEllipses(g, k);
      this.paintOutline(g, k);
      g.strokeStyle = t.line2;
      g.lineWidth = 1;
      g.setLineDash([]);
      g.strokeRect(Math.round(k.x) - 0.5, Math.round(k.y) - 0.5, Math.round(k.w) + 1, Math.round(k.h) + 1);
      if (this.strips && tiles.length === 1) continue;
      drawMarker(g, k.walk.slot, k.x + 5 * this.big, k.y - 9 * this.big, 4 * this.big, k.walk.hollow, t);
      g.font = font(11 * this.big, t.sans);
      g.textAlign = 'left';
      g.textBaseline = 'middle';
      g.fillStyle = t.ink2;
      const tight = k.w < width / 2 && g.measureText(k.label).width > k.w - 14;
      g.fillText(tight ? cut(k.label.replace(k.walk.label, brief(k.walk)), g, k.w - 14) : k.label, k.x + 15 * this.big, k.y - 9 * this.big);
    }
    if (this.strips) this.paintAxis(g, tiles);
    this.paintKey(g, width, Math.min(height - KEY * this.big + 8 * this.big, Math.max(...tiles.map((k) => k.y + k.h)) + (this.strips ? AXIS + 12 : 16 * this.big)), scale);
  }

  /** Frames around the rows that stand out: the first in ink, the others in the accent. @param {CanvasRenderingContext2D} g @param {Tile} k */
  paintOutline(g, k) {
    const f = this.spec.outline ? this.frame(this.spec.outline, k.walk) : undefined;
    if (!f) return;
    const each = k.h / k.frame.rows;
    g.lineWidth = 1.5;
    g.setLineDash([]);
    for (let i = 0; i < f.data.length; i++) {
      g.strokeStyle = i === 0 ? this.theme.ink : this.theme.m[2];
      g.strokeRect(k.x - 1.5, k.y + f.data[i] * each, k.w + 3, each);
    }
  }

  /** The axis of strips, in the coordinates of their box. @param {CanvasRenderingContext2D} g @param {Tile[]} tiles */
  paintAxis(g, tiles) {
    const k = tiles[tiles.length - 1], b = this.box(k), t = this.theme;
    if (!b) return;
    const y = k.y + k.h + 6;
    g.font = font(11 * this.big, t.sans);
    g.textBaseline = 'top';
    g.fillStyle = t.ink3;
    for (let v = Math.ceil(b[0]); v <= b[1]; v++) {
      const x = k.x + ((v - b[0]) / (b[1] - b[0])) * k.w;
      g.textAlign = 'center';
      g.fillText(number(v), x, y);
      g.fillRect(Math.round(x), y - 5, 1, 4);
    }
    g.textAlign = 'left';
    g.fillText(this.spec.across ?? '', k.x, y + 14);
  }

  /** Upright lines in the coordinates of the box: over a strip with their name, across a picture dashed. @param {CanvasRenderingContext2D} g @param {Tile} k */
  paintLines(g, k) {
    const b = this.box(k), t = this.theme;
    for (const l of b ? this.spec.lines ?? [] : []) {
      const v = l.measure ? k.walk.read(l.measure, this.session.playhead()) : l.at;
      if (!b || !(v >= b[0] && v <= b[1])) continue;
      const x = Math.round(k.x + ((v - b[0]) / (b[1] - b[0])) * k.w), left = x > k.x + k.w / 2, over = this.strips;
      g.lineWidth = over ? 2 : 1;
      g.strokeStyle = over ? t.warm : t.ink2;
      g.setLineDash(over ? [] : [4, 3]);
      g.beginPath();
      g.moveTo(x + (over ? 0 : 0.5), k.y - (over ? 4 : 0));
      g.lineTo(x + (over ? 0 : 0.5), k.y + k.h + (over ? 4 : 0));
      g.stroke();
      g.setLineDash([]);
      g.font = font(11 * this.big, t.sans);
      g.textAlign = left ? 'right' : 'left';
      g.textBaseline = 'top';
      g.fillStyle = over ? t.warm : t.ink2;
      cased(g, l.label, x + (left ? -4 : 4), over ? k.y - 16 : k.y + 4, over ? t.warm : t.ink2, t.paper);
    }
  }

  /** The box of a picture in the coordinates of its rows of data. @param {Tile} k @returns {ArrayLike<number> | null} */
  box(k) {
    const f = this.spec.box ? this.frame(this.spec.box, k.walk) : undefined;
    return f && f.data.length >= 4 && f.data[1] > f.data[0] && f.data[3] > f.data[2] ? f.data : null;
  }

  /** Rows of data over a picture: the first measure filled, the others hollow. @param {CanvasRenderingContext2D} g @param {Tile} k @param {string} scale */
  paintRows(g, k, scale) {
    const b = this.box(k);
    if (!b) return;
    const t = this.theme, list = this.spec.points ?? [], names = this.spec.point_names, shades = names ? diverging(t.dark) : this.shades(scale);
    g.save();
    g.beginPath();
    g.rect(k.x, k.y, k.w, k.h);
    g.clip();
    let n = 0;
    for (const id of list) n += this.frame(id, k.walk)?.rows ?? 0;
    const r = Math.max(1.3, Math.min(4, k.w / (n > 200 ? 80 : 50)));
    // Those held out lie over the many that were learned from.
    list.forEach((id, at) => {
      const f = this.frame(id, k.walk);
      if (!f) return;
      for (let i = 0; i < f.rows; i++) {
        const x = f.data[i * f.columns], y = f.data[i * f.columns + 1], c = f.data[i * f.columns + 2], s = 4 * (names ? heat(c, names) : Math.min(255, Math.max(0, this.shade(c, scale))));
        if (names && at > 0 && c === 0) continue;
        drawRow(g, names ? 0 : c, k.x + ((x - b[0]) / (b[1] - b[0])) * k.w, k.y + ((b[3] - y) / (b[3] - b[2])) * k.h, names && at > 0 ? 2 : r, { fill: `rgb(${shades[s]}, ${shades[s + 1]}, ${shades[s + 2]})`, ink: t.ink, paper: t.paper }, at > 0);
      }
    });
    g.restore();
  }

  /** Lines over a picture, parted by points that are no numbers. @param {CanvasRenderingContext2D} g @param {Tile} k */
  paintContours(g, k) {
    const b = this.box(k), f = this.spec.contours ? this.frame(this.spec.contours, k.walk) : undefined;
    if (!b || !f) return;
    g.beginPath();
    for (let i = 0, up = true; i < f.rows; i++) {
      const x = k.x + ((f.data[2 * i] - b[0]) / (b[1] - b[0])) * k.w, y = k.y + ((b[3] - f.data[2 * i + 1]) / (b[3] - b[2])) * k.h;
      if (!Number.isFinite(x + y)) up = true; else if (up) { g.moveTo(x, y); up = false; } else g.lineTo(x, y);
    }
    g.setLineDash([]);
    g.lineWidth = 1;
    g.strokeStyle = this.theme.warm;
    g.stroke();
  }

  /** The ellipses of one and two standard deviations, and a dashed one to compare with. @param {CanvasRenderingContext2D} g @param {Tile} k */
  paintEllipses(g, k) {
    const b = this.box(k), t = this.theme;
    if (!b) return;
    const sx = k.w / (b[1] - b[0]), sy = k.h / (b[3] - b[2]);
    g.save();
    g.beginPath();
    g.rect(k.x, k.y, k.w, k.h);
    g.clip();
    for (const [id, sizes, dash] of /** @type {[string | undefined, number[], number[]][]} */ ([[this.spec.reference, [1], [5, 4]], [this.spec.ellipse, [1, 2], []]])) {
      const f = id ? this.frame(id, k.walk) : undefined;
      if (!f || f.data.length < 5) continue;
      const d = f.data, e = ellipseOf({ x: 0, y: 0, xx: d[2] * sx * sx, xy: -d[3] * sx * sy, yy: d[4] * sy * sy });
      for (const size of sizes) for (const [wide, colour] of /** @type {[number, string][]} */ ([[size === 1 ? 4.5 : 3.5, t.case], [size === 1 ? 2 : 1.2, dash.length ? t.ink : t.m[k.walk.slot]]])) {
        g.beginPath();
        g.ellipse(k.x + (d[0] - b[0]) * sx, k.y + (b[3] - d[1]) * sy, size * e.a, size * e.b, e.turn, 0, 2 * Math.PI);
        g.lineWidth = wide;
        g.strokeStyle = colour;
        g.setLineDash(wide < 3 ? dash : []);
        g.stroke();
      }
    }
    g.restore();
  }

  /** The scale with its ends. @param {CanvasRenderingContext2D} g @param {number} width @param {number} y @param {string} scale */
  paintKey(g, width, y, scale) {
    const t = this.theme, names = this.spec.point_names, shades = names ? diverging(t.dark) : this.shades(scale), { low, high } = this.ends;
    g.font = font(11 * this.big, t.sans);
    g.textBaseline = 'middle';
    g.textAlign = 'left';
    const colour = (/** @type {number} */ i) => `rgb(${shades[4 * i]}, ${shades[4 * i + 1]}, ${shades[4 * i + 2]})`;
    let x = EDGE;
    if (scale === 'index' || names) {
      const swatch = (/** @type {string} */ fill, /** @type {string} */ text) => {
        const wide = 15 * this.big + g.measureText(text).width + 8;
        if (x + wide > width) return;
        g.fillStyle = fill;
        g.fillRect(x, y - 5 * this.big, 10 * this.big, 10 * this.big);
        g.strokeStyle = t.line3;
        g.lineWidth = 1;
        g.strokeRect(x + 0.5, y - 5 * this.big + 0.5, 10 * this.big - 1, 10 * this.big - 1);
        g.fillStyle = t.ink2;
        g.fillText(text, x + 15 * this.big, y);
        x += wide;
      };
      names?.forEach((name) => swatch(colour(heat(names.indexOf(name), names)), name));
      if (names) return;
      for (let v = 0; v <= (this.spec.names ? this.spec.names.length - 1 : Math.min(high, 12)); v++) swatch(colour(Math.max(0, this.shade(v, scale))), this.spec.names?.[v] ?? String(v + 1));
      if (low <= -1) swatch(t.wash2, 'none');
      if (low <= -2) swatch(t.div, 'diverged');
      return;
    }
    g.fillStyle = t.ink2;
    const from = this.spec.history && this.spec.log ? `1e\u2212${DEEP}` : number(low);
    g.fillText(from, x, y);
    x += g.measureText(from).width + 8;
    for (let i = 0; i < 96; i++) { g.fillStyle = colour(Math.round((i / 95) * 255)); g.fillRect(x + i, y - 4, 1.5, 8); }
    g.fillStyle = t.ink2;
    g.fillText(this.spec.history && this.spec.log ? '1' : number(high), x + 104, y);
    if ((this.spec.points ?? []).length > 1 && this.tiles.some((k) => this.frame(/** @type {string[]} */ (this.spec.points)[1], k.walk)?.rows)) {
      const wide = x + 104 + g.measureText(number(high)).width + 22;
      drawRow(g, 0, wide, y, 3.6, { fill: t.paper, ink: t.ink, paper: t.paper }, true);
      g.fillStyle = t.ink2;
      g.fillText('held out', wide + 9, y);
    }
  }

  /** @param {number} x @param {number} y */
  point(x, y) {
    const k = this.tiles.findIndex((t) => x >= t.x && x < t.x + t.w && y >= t.y && y < t.y + t.h), t = this.tiles[k];
    if (!t) { this.leave(); return; }
    const down = Math.floor(((y - t.y) / t.h) * t.frame.rows);
    this.read(k, this.spec.box ? t.frame.rows - 1 - down : down, Math.floor(((x - t.x) / t.w) * t.frame.columns));
  }

  /** @param {number} tile @param {number} row @param {number} column */
  read(tile, row, column) {
    const k = (tile + this.tiles.length) % this.tiles.length, t = this.tiles[k];
    if (!t) return;
    const r = Math.min(t.frame.rows - 1, Math.max(0, row)), c = Math.min(t.frame.columns - 1, Math.max(0, column)), v = t.frame.data[r * t.frame.columns + c];
    this.place = { tile: k, row: r, column: c };
    const steps = /** @type {any} */ (t.frame).steps, what = steps ? number(this.spec.log ? 10 ** v : v) : this.spec.scale === 'index' ? (v === -1 ? 'none' : v === -2 ? 'diverged' : this.spec.names?.[v] ?? `number ${v + 1}`) : number(v);
    const b = this.box(t), up = this.spec.box ? t.frame.rows - 1 - r : r;
    const place = this.spec.down && this.spec.across ? `${this.spec.down} ${r + 1}, ${this.spec.across} ${c + 1}` : `row ${r + 1}, column ${c + 1}`;
    const at = steps ? `step ${steps[c]}, ${this.spec.down ?? 'row'} ${r + 1}` : b && this.strips ? `${this.spec.across ?? ''} ${number(b[0] + ((c + 0.5) / t.frame.columns) * (b[1] - b[0]))}` : b ? `${number(b[0] + ((c + 0.5) / t.frame.columns) * (b[1] - b[0]))}, ${number(b[2] + ((r + 0.5) / t.frame.rows) * (b[3] - b[2]))}` : place;
    this.tell(`${t.label} · ${at} · ${what}`, t.x + ((c + 0.5) * t.w) / t.frame.columns, t.y + ((up + 0.5) * t.h) / t.frame.rows);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const d = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], PageUp: [-1, 0, 0], PageDown: [1, 0, 0] })[e.key];
    if (!d || !this.tiles.length) return false;
    const p = this.place, first = this.readout.hidden ? 0 : 1;
    this.read(p.tile + first * d[0], p.row + first * (this.spec.box ? -d[1] : d[1]), p.column + first * d[2]);
    return true;
  }

  table() {
    const rows = [];
    let columns = 0;
    for (const t of this.arrange(400, 300)) for (let r = 0; r < t.frame.rows; r++) { columns = Math.max(columns, t.frame.columns); rows.push([t.label, r + 1, ...t.frame.data.subarray(r * t.frame.columns, (r + 1) * t.frame.columns)]); }
    return { head: ['Method', 'Row', ...Array.from({ length: columns }, (_, i) => String(i + 1))], rows };
  }
}
