// A profile: values against a coordinate that is not time, such as the place along a path, the rank of an eigenvalue, or
// the eigenvalue itself. One picture for cuts, paths, strings, spectra and densities.

import { el } from '../icons.js';
import { readTheme } from '../marks.js';
import { number } from '../numbers.js';
import { fitCanvas, font, frame, line, reference } from '../panels/axes.js';
import { Scale, fit } from '../panels/scale.js';

/** @typedef {import('../marks.js').Theme} Theme */
/** @typedef {ArrayLike<number>} Numbers */
/**
 * @typedef {object} Line
 * @property {string} label
 * @property {Numbers} x
 * @property {Numbers} y
 * @property {number[]} [dash] px at width 2
 * @property {number} [width]
 * @property {'ink' | 'ink2' | 'ink3'} [ink]
 * @property {boolean} [dots] each value is marked: they are few, and nothing is known between
 * @property {{low: Numbers, high: Numbers}} [band] how far it may be off
 */
/**
 * @typedef {object} Shape what is drawn
 * @property {string} title
 * @property {string} across what the coordinate is
 * @property {string} up what the values are
 * @property {Line[]} [lines]
 * @property {Numbers} [bars] values by rank; those below zero are outlined
 * @property {{label: string, at: number}[]} [levels] lines of reference across
 * @property {{label: string, at: number}[]} [places] lines of reference upright
 * @property {{x: number, y: number, text: string, ring?: boolean}[]} [spots]
 * @property {boolean | null} [log] null: as the range asks
 * @property {number} [depth] sizes below this share of the largest are not told apart
 * @property {boolean} [unsure] not converged, or the budget was spent: hatched
 * @property {number} [least] values nearer to zero than this are drawn as this
 */

const NONE = /** @type {number[]} */ ([]);
const FEET = 40, TOP = 14;
/** How many eigenvalues are shown: by size, on either side of zero. */
export const WIDE = { log: true, depth: 1e-5 };

/** Scale, box and hatching are made once for a picture and a size. */
export class Profile {
  /** @param {() => void} [changed] something is to be drawn */
  constructor(changed) {
    this.canvas = el('canvas', { class: 'layer', 'aria-hidden': 'true' });
    this.readout = el('output', { class: 'plot-readout', hidden: true });
    this.box = el('div', { class: 'profile', tabindex: 0, role: 'group', 'aria-roledescription': 'plot' }, this.canvas, this.readout);
    this.changed = changed ?? (() => {});
    this.x = new Scale();
    this.y = new Scale();
    this.frame = { left: 0, top: 0, width: 1, height: 1 };
    /** @type {Shape | null} */
    this.shape = null;
    this.theme = theme();
    this.width = this.height = 0;
    /** @type {{line: number, i: number} | null} */
    this.cursor = null;
    this.box.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => { const r = this.box.getBoundingClientRect(); this.point(e.clientX - r.left, e.clientY - r.top); });
    for (const type of ['pointerleave', 'blur']) this.box.addEventListener(type, () => this.leave());
    this.box.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => this.keyed(e));
    this.watch = new ResizeObserver(() => { this.width = this.box.clientWidth; this.height = this.box.clientHeight; this.draw(); });
    this.watch.observe(this.box);
  }

  /** @param {Shape | null} shape */
  set(shape) {
    this.shape = shape;
    this.box.hidden = !shape;
    if (shape) this.box.setAttribute('aria-label', `${shape.title}: ${this.words()}`);
    if (this.cursor && (!shape || !this.tracks()[this.cursor.line])) this.leave();
    this.draw();
  }

  setTheme() { this.theme = theme(); this.draw(); }

  /** What it says, for whoever does not see it. */
  words() {
    const s = this.shape;
    if (!s) return '';
    return [...this.tracks().map((l) => { const [low, high] = ends(l.y); return `${l.label}: ${l.y.length} values from ${number(low)} to ${number(high)}`; }), s.unsure ? 'not converged' : ''].filter(Boolean).join('; ');
  }

  /** Everything that can be read along the coordinate. @returns {Line[]} */
  tracks() {
    const s = this.shape;
    if (!s) return [];
    return [...(s.lines ?? []), ...(s.bars ? [{ label: s.up, x: Array.from({ length: s.bars.length }, (_, i) => i + 1), y: s.bars }] : [])];
  }

  draw() {
    if (!this.shape || this.width < 40 || this.height < 40) return;
    fitCanvas(this.canvas, this.width, this.height);
    const g = this.canvas.getContext('2d'), dpr = this.canvas.width / this.width;
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    this.paint(g, this.width, this.height);
    this.mark(g);
  }

  /** @param {Shape} s @param {number} width @param {number} height */
  scale(s, width, height) {
    const big = this.big, b = this.frame = { left: 52 * big, top: TOP, width: Math.max(20, width - 52 * big - 14), height: Math.max(20, height - TOP - (FEET + ((s.lines ?? []).length > 1 ? 14 : 0)) * big) };
    let x0 = Infinity, x1 = -Infinity, low = Infinity, high = -Infinity, least = Infinity;
    const see = (/** @type {number} */ v) => { if (!Number.isFinite(v)) return; low = Math.min(low, v); high = Math.max(high, v); const a = Math.abs(v); if (a > (s.least ?? 0)) least = Math.min(least, a); };
    for (const l of this.tracks()) {
      for (let i = 0; i < l.x.length; i++) if (Number.isFinite(l.x[i])) { x0 = Math.min(x0, l.x[i]); x1 = Math.max(x1, l.x[i]); }
      for (const list of [l.y, ...(l.band ? [l.band.low, l.band.high] : [])]) for (let i = 0; i < list.length; i++) see(s.least ? Math.max(s.least, list[i]) : list[i]);
    }
    for (const r of s.levels ?? []) see(r.at);
    if (s.bars) { x0 = 0.5; x1 += 0.5; see(0); }
    for (const r of s.places ?? []) if (r.at > x1 && r.at < x1 + 2 * (x1 - x0)) x1 = r.at + 0.02 * (x1 - x0);
    if (!(x1 > x0)) { x0 -= 0.5; x1 += 0.5; }
    // Rounding leaves tiny values for zeros: they do not stretch the scale.
    least = Math.max(least, Math.max(Math.abs(low), Math.abs(high)) * (s.depth ?? 1e-9));
    this.x.set('linear', x0, x1).place(b.left, b.left + b.width);
    fit(this.y, { low, high, least }, s.log ?? null, { from: null, to: null });
    this.y.place(b.top + b.height, b.top);
    return b;
  }

  get big() { return document.body.classList.contains('presenting') ? 1.6 : 1; }

  /** Draws the picture, also for a file. @param {any} g @param {number} width @param {number} height */
  paint(g, width, height) {
    const s = this.shape, t = this.theme, big = this.big;
    if (!s) return;
    const list = s.lines ?? [], b = this.scale(s, width, height), { x, y } = this, bottom = b.top + b.height;
    if (s.unsure) hatch(g, b, t);
    // Ranks are whole.
    frame(g, b, s.bars ? /** @type {any} */ ({ at: (/** @type {number} */ v) => x.at(v), ticks: (/** @type {number} */ room) => x.ticks(room).filter(Number.isInteger) }) : x, y, t, { big });
    g.font = font(11 * big, t.sans);
    g.fillStyle = t.ink3;
    g.textBaseline = 'alphabetic';
    g.textAlign = 'left';
    g.fillText(s.up, 16, 10 * big);
    g.textAlign = 'right';
    g.fillText(s.across, b.left + b.width, bottom + (list.length > 1 ? 48 : 34) * big);
    if (y.kind !== 'log' && y.low < 0 && y.high > 0) { g.fillStyle = t.line3; g.fillRect(b.left, Math.round(y.at(0)), b.width, 1); }
    g.save();
    g.beginPath();
    g.rect(b.left - 1, b.top - 6, b.width + 2, b.height + 7);
    g.clip();
    for (const l of s.lines ?? []) if (l.band) this.band(g, l, t);
    if (s.bars) this.bars(g, s.bars, b, t);
    for (const l of s.lines ?? []) this.line(g, l, s.least ?? 0, t);
    g.restore();
    for (const r of s.levels ?? []) reference(g, b, y.at(r.at), r.label, t, false, big);
    for (const r of s.places ?? []) reference(g, b, x.at(r.at), r.label, t, true, big);
    for (const p of s.spots ?? []) this.spot(g, p, b, t);
    this.names(g, s, b, t);
  }

  /** @param {any} g @param {Line} l @param {number} least @param {Theme} t */
  line(g, l, least, t) {
    const { x, y } = this, colour = t[l.ink ?? 'ink'];
    g.strokeStyle = colour;
    g.lineWidth = l.width ?? 1.6;
    g.setLineDash(l.dash ?? NONE);
    g.lineJoin = 'round';
    g.beginPath();
    let pen = false;
    for (let i = 0; i < l.x.length; i++) {
      const v = least ? Math.max(least, l.y[i]) : l.y[i];
      if (!Number.isFinite(v) || (y.kind === 'log' && v <= 0)) { pen = false; continue; }
      const px = x.at(l.x[i]), py = y.at(v);
      if (pen) g.lineTo(px, py); else g.moveTo(px, py);
      pen = true;
    }
    g.stroke();
    g.setLineDash(NONE);
    if (!l.dots) return;
    g.fillStyle = colour;
    for (let i = 0; i < l.x.length; i++) {
      if (!Number.isFinite(l.y[i])) continue;
      g.beginPath();
      g.arc(x.at(l.x[i]), y.at(l.y[i]), 1.8, 0, 2 * Math.PI);
      g.fill();
    }
  }

  /** @param {any} g @param {Line} l @param {Theme} t */
  band(g, l, t) {
    const { x, y } = this, { low, high } = /** @type {{low: Numbers, high: Numbers}} */ (l.band), floor = this.shape?.least ?? 0;
    const at = (/** @type {number} */ v) => y.at(floor ? Math.max(floor, v) : v);
    g.beginPath();
    for (let i = 0; i < l.x.length; i++) g.lineTo(x.at(l.x[i]), at(high[i]));
    for (let i = l.x.length; i-- > 0;) g.lineTo(x.at(l.x[i]), at(low[i]));
    g.closePath();
    g.globalAlpha = 0.16;
    g.fillStyle = t.ink;
    g.fill();
    g.globalAlpha = 1;
  }

  /** Eigenvalues by rank. Colour alone does not tell those below zero: they have an outline. @param {any} g @param {Numbers} values @param {import('../panels/axes.js').Box} b @param {ReturnType<typeof theme>} t */
  bars(g, values, b, t) {
    const { x, y } = this, pitch = b.width / values.length, width = Math.max(1, Math.min(22, pitch - (pitch > 4 ? 2 : 0.5)));
    const zero = y.kind === 'log' ? b.top + b.height : Math.min(b.top + b.height, Math.max(b.top, y.at(0)));
    g.setLineDash(NONE);
    g.lineWidth = 1;
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      if (!Number.isFinite(v) || (y.kind === 'log' && v <= 0)) continue;
      const p = y.at(v), left = x.at(i + 1) - width / 2, top = Math.min(p, zero), tall = Math.max(1, Math.abs(p - zero));
      g.fillStyle = v < 0 ? t.warm : t.ink3;
      g.fillRect(left, top, width, tall);
      if (v < 0 && width >= 2) { g.strokeStyle = t.ink; g.strokeRect(left - 0.5, top, width + 1, tall + 0.5); }
    }
  }

  /** @param {any} g @param {{x: number, y: number, text: string, ring?: boolean}} p @param {import('../panels/axes.js').Box} b @param {Theme} t */
  spot(g, p, b, t) {
    const px = this.x.at(p.x), py = Math.min(b.top + b.height, Math.max(b.top, this.y.at(p.y)));
    g.beginPath();
    g.lineWidth = 1.6;
    g.strokeStyle = t.ink;
    if (p.ring) g.arc(px, py, 5, 0, 2 * Math.PI);
    else { g.moveTo(px - 5, py - 5); g.lineTo(px + 5, py + 5); g.moveTo(px - 5, py + 5); g.lineTo(px + 5, py - 5); }
    g.stroke();
    g.font = font(11 * this.big, t.sans);
    g.textBaseline = 'middle';
    const flip = px + 10 + g.measureText(p.text).width > b.left + b.width;
    g.textAlign = flip ? 'right' : 'left';
    cased(g, p.text, px + (flip ? -9 : 9), py < b.top + 12 ? py + 10 : py - 8, t.ink2, t.paper);
  }

  /** Which line is which, under the axis: in the order they are drawn. @param {any} g @param {Shape} s @param {import('../panels/axes.js').Box} b @param {Theme} t */
  names(g, s, b, t) {
    const list = s.lines ?? [];
    if (list.length < 2) return;
    const big = this.big, y = b.top + b.height + 30 * big;
    g.font = font(11 * big, t.sans);
    g.textBaseline = 'middle';
    g.textAlign = 'left';
    const need = list.reduce((sum, l) => sum + 39 + g.measureText(l.label).width, -14);
    let left = Math.max(10, Math.min(b.left, b.left + b.width - need));
    for (const l of list) {
      const wide = g.measureText(l.label).width;
      if (left + 25 + wide > b.left + b.width + 8) break;
      g.strokeStyle = t[l.ink ?? 'ink'];
      g.lineWidth = l.width ?? 1.6;
      g.setLineDash(l.dash ?? NONE);
      line(g, left, y, left + 20, y);
      g.setLineDash(NONE);
      g.fillStyle = t.ink2;
      g.fillText(l.label, left + 25, y);
      left += 25 + wide + 14;
    }
  }

  // ---- reading ----

  /** @param {number} px @param {number} py */
  point(px, py) {
    const b = this.frame, list = this.tracks();
    if (px < b.left - 4 || px > b.left + b.width + 4 || !list.length) { this.leave(); return; }
    const v = this.x.value(px);
    let best = { line: 0, i: 0 }, near = Infinity;
    list.forEach((l, k) => {
      const i = nearest(l.x, v), d = Math.abs(this.y.at(l.y[i]) - py);
      if (d < near) { near = d; best = { line: k, i }; }
    });
    this.read(best.line, best.i);
  }

  /** @param {number} k @param {number} i */
  read(k, i) {
    const l = this.tracks()[k], s = this.shape;
    if (!l || !s) return;
    this.cursor = { line: k, i };
    const x = this.x.at(l.x[i]), y = this.y.at(l.y[i]), r = this.readout;
    r.textContent = `${s.bars && !(s.lines ?? []).includes(l) ? `${i + 1} of ${l.y.length}` : `${s.across.split(',')[0]} ${number(l.x[i])} · ${l.label}`} · ${number(l.y[i])}${l.band ? ` (${number(l.band.low[i], 3)} to ${number(l.band.high[i], 3)})` : ''}`;
    r.hidden = false;
    const right = x > this.width / 2;
    r.style.left = right ? 'auto' : `${x + 12}px`;
    r.style.right = right ? `${this.width - x + 12}px` : 'auto';
    r.style.top = `${Math.max(0, Math.min(this.height - 26, (Number.isFinite(y) ? y : 0) - 30))}px`;
    this.draw();
  }

  /** @param {any} g */
  mark(g) {
    const c = this.cursor, l = c ? this.tracks()[c.line] : null, b = this.frame;
    if (!c || !l) return;
    const x = this.x.at(l.x[c.i]), y = Math.min(b.top + b.height, Math.max(b.top, this.y.at(l.y[c.i])));
    g.strokeStyle = this.theme.line3;
    g.lineWidth = 1;
    line(g, Math.round(x) + 0.5, b.top, Math.round(x) + 0.5, b.top + b.height);
    g.beginPath();
    g.arc(x, y, 3, 0, 2 * Math.PI);
    g.fillStyle = this.theme.ink;
    g.fill();
  }

  leave() {
    this.readout.hidden = true;
    if (!this.cursor) return;
    this.cursor = null;
    this.draw();
  }

  /** Arrows walk along a line, up and down change the line. @param {KeyboardEvent} e */
  keyed(e) {
    const list = this.tracks();
    if (e.ctrlKey || e.metaKey || e.altKey || !list.length) return;
    if (e.key === 'Escape' && this.cursor) { this.leave(); e.preventDefault(); e.stopPropagation(); return; }
    const across = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[e.key], along = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (across === undefined && along === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    const c = this.cursor, k = c ? (c.line + (along ?? 0) + list.length) % list.length : 0, n = list[k].x.length;
    const from = c ? (k === c.line ? c.i : nearest(list[k].x, list[c.line].x[c.i])) : across === Infinity ? n - 1 : 0;
    this.read(k, Math.min(n - 1, Math.max(0, c && across ? from + across * (e.shiftKey ? 10 : 1) : from)));
  }
}

/** Index of the value nearest to one. @param {Numbers} list @param {number} v */
function nearest(list, v) {
  let best = 0;
  for (let i = 1; i < list.length; i++) if (Math.abs(list[i] - v) < Math.abs(list[best] - v)) best = i;
  return best;
}

/** @param {Numbers} list */
function ends(list) {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < list.length; i++) if (Number.isFinite(list[i])) { low = Math.min(low, list[i]); high = Math.max(high, list[i]); }
  return [low, high];
}

/** Colours of the page now, with the one of what lies below zero. */
function theme() { return { ...readTheme(), warm: getComputedStyle(document.documentElement).getPropertyValue('--warm').trim() }; }

/** The ground of what did not converge. @param {any} g @param {import('../panels/axes.js').Box} b @param {Theme} t */
export function hatch(g, b, t) {
  g.save();
  g.beginPath();
  g.rect(b.left, b.top, b.width, b.height);
  g.clip();
  g.strokeStyle = t.line2;
  g.lineWidth = 1;
  g.setLineDash(NONE);
  g.beginPath();
  for (let x = b.left - b.height; x < b.left + b.width; x += 7) { g.moveTo(x, b.top + b.height); g.lineTo(x + b.height, b.top); }
  g.stroke();
  g.restore();
}

/** @param {any} g @param {string} text @param {number} x @param {number} y @param {string} ink @param {string} paper */
function cased(g, text, x, y, ink, paper) {
  g.lineJoin = 'round';
  g.lineWidth = 3;
  g.strokeStyle = paper;
  g.strokeText(text, x, y);
  g.fillStyle = ink;
  g.fillText(text, x, y);
}
