// The flat view. Heat, contours and axes are painted once per ground, theme, size and camera; trails grow on layers of
// their own, to which a draw adds only what was played since; heads, marks and the pointer are painted each time.

import { Basins, Density } from './density.js';
import { heights, ramp, sample } from './ramp.js';
import { Segments, place, trace } from './contours.js';
import { DASHES, FAINT, FUTURE, casedText, drawArrow, drawMarker, drawMinimum, drawSaddle, drawStart, inksOf, levelText, otherDash, readTheme } from './marks.js';
import { number } from './numbers.js';
import { drawQuiver } from './quiver.js';

/** @typedef {import('./marks.js').Walk} Walk */
/** @typedef {import('./marks.js').Ground} Ground */
/** @typedef {import('./marks.js').Picture} Picture */
/** @typedef {import('./marks.js').Theme} Theme */

/** More vertices than this add nothing at the size of a screen. */
const VERTICES = 4000;
/** Off-plane trails are stroked in this many steps of width. */
const STEPS = 6;
/** Largest magnification of the ground as it was sent; a box asks for a finer one. */
const MOST = 32;
/** Where a mark and its words are, from the mark, px. */
const WORDS = [[0, 0], [25, 13], [50, 13]];
/** Opacity of basins: the ground is seen through. */
const WASH = 0.3;
/** So many loose points are counted a frame while more come. */
const SLICE = 25000;
/** Milliseconds of rest after which a moved view is painted sharp. */
const REST = 90;

/**
 * Round places along an axis, about n of them.
 * @param {number} low @param {number} high @param {number} n
 */
export function ticks(low, high, n) {
  const raw = (high - low) / Math.max(1, n), unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * ([1, 2, 5, 10].find((k) => k * unit >= raw * 0.999) ?? 10);
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  /** @type {{at: number, text: string}[]} */
  const out = [];
  if (!(step > 0) || !Number.isFinite(step)) return out;
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    const text = Math.max(Math.abs(low), Math.abs(high)) >= 1e5 || step < 1e-4 ? number(k * step, 3) : (k * step).toFixed(digits).replace(/^-0(\.0*)?$/, '0').replace('-', '\u2212');
    out.push({ at: k * step, text });
  }
  return out;
}

/** What part of the ground is seen; views that share a camera move together. */
export class Camera {
  constructor() {
    this.zoom = 1;
    /** The middle, as parts of the ground's range. */
    this.s = this.t = 0.5;
    /** When it moved last. */
    this.moved = -Infinity;
    /** @type {(() => void)[]} */
    this.watchers = [];
  }

  reset() { this.zoom = 1; this.s = this.t = 0.5; this.change(); }

  /** @param {number} zoom @param {number} s @param {number} t */
  set(zoom, s, t) {
    this.zoom = Math.min(MOST, Math.max(1, zoom));
    const half = 0.5 / this.zoom;
    this.s = Math.min(1 - half, Math.max(half, s));
    this.t = Math.min(1 - half, Math.max(half, t));
    this.change();
  }

  flight = 0;

  /** Goes there in 300 ms, or at once where motion is not wanted. @param {number} zoom @param {number} s @param {number} t parts of the ground's range */
  fly(zoom, s, t) {
    cancelAnimationFrame(this.flight);
    const from = [this.zoom, this.s, this.t], start = performance.now(), still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const step = () => {
      const u = still ? 1 : Math.min(1, (performance.now() - start) / 300), f = 1 - (1 - u) ** 3;
      this.set(from[0] * (zoom / from[0]) ** f, from[1] + f * (s - from[1]), from[2] + f * (t - from[2]));
      if (u < 1) this.flight = requestAnimationFrame(step);
    };
    step();
  }

  /** Magnifies about a place that stays where it is, given as parts of the view. @param {number} factor @param {number} u @param {number} v */
  about(factor, u, v) {
    const zoom = Math.min(MOST, Math.max(1, this.zoom * factor));
    this.set(zoom, this.s + (u - 0.5) * (1 / this.zoom - 1 / zoom), this.t + (v - 0.5) * (1 / this.zoom - 1 / zoom));
  }

  change() {
    this.moved = performance.now();
    for (const w of this.watchers) w();
  }

  /** @param {number[]} range of the ground @param {number[]} out the part that is seen */
  view(range, out) {
    const half = 0.5 / this.zoom, w = range[1] - range[0], h = range[3] - range[2];
    if (this.zoom === 1) { out[0] = range[0]; out[1] = range[1]; out[2] = range[2]; out[3] = range[3]; return; }
    out[0] = range[0] + (this.s - half) * w; out[1] = range[0] + (this.s + half) * w;
    out[2] = range[2] + (this.t - half) * h; out[3] = range[2] + (this.t + half) * h;
  }
}

/** How far the layers have come with one walk. */
class Drawn {
  visible = false;
  slot = 0;
  /** Last record drawn in full, and as what is to come. */
  done = -1;
  future = -1;
  /** The vertex before the last one: a further piece begins there, so that the joint is round. */
  before = -1;
  /** Length of the line up to both, for the dash. */
  length = 0;
  lengthBefore = 0;
  /** Where the last record was; another path has another. */
  s = NaN;
  t = NaN;
  far = 0;

  reset() {
    this.done = this.future = this.before = -1;
    this.length = this.lengthBefore = this.far = 0;
    this.s = this.t = NaN;
  }
}

/** Paints the flat view on a canvas; it listens to nothing. */
export class MapPainter {
  /** @param {HTMLCanvasElement} canvas @param {{compact?: boolean, camera?: Camera, still?: boolean}} [options] still: it is read back, as pictures for files are */
  constructor(canvas, { compact = false, camera, still = false } = {}) {
    this.canvas = canvas;
    this.compact = compact;
    this.camera = camera ?? new Camera();
    const hints = still ? { willReadFrequently: true } : undefined;
    this.g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', hints));
    this.width = this.height = 0;
    this.scale = 1;
    const layer = () => {
      const c = document.createElement('canvas');
      c.getContext('2d', hints);
      return c;
    };
    this.base = layer();
    this.heat = layer();
    /** What lies under the played trails, their casings, solid and dashed colours. */
    this.under = layer(); this.casing = layer(); this.solid = layer(); this.dashed = layer();
    this.layers = [this.under, this.casing, this.solid, this.dashed].map((c) => ({ canvas: c, g: /** @type {CanvasRenderingContext2D} */ (c.getContext('2d')), used: false, clipped: false }));
    this.density = new Density();
    this.basins = new Basins();
    /** The points that are shown or being counted. @type {Float32Array|null} */
    this.counted = null;
    /** @type {ArrayLike<number>|null} */
    this.named = null;
    this.still = still;
    /** @type {Theme} */
    this.theme = readTheme();
    this.inks = inksOf(this.theme);
    this.ramp = 'sounding';
    /** @type {Picture|null} */
    this.picture = null;
    /** Only this walk is drawn. @type {string} */
    this.only = '';
    this.segments = new Segments();
    /** @type {Float32Array} */
    this.field = new Float32Array(0);
    /** @type {any} */
    this.fieldOf = null;
    /** Whether ground, trails and points are to be painted anew. */
    this.stale = this.staleTrails = this.stalePoints = true;
    this.version = /** @type {any} */ (NaN);
    /** @type {Float32Array|null} */
    this.values = null;
    /** @type {any} */
    this.quiver = null;
    /** What lies under the contours by the tools of the ground. */
    this.layered = 0;
    /** @type {string[]} */
    this.axes = [];
    /** The part of the ground that is seen now, and the one that the layers show. */
    this.view = [0, 1, 0, 1];
    this.laid = [0, 1, 0, 1];
    /** @type {Map<string, Drawn>} */
    this.drawn = new Map();
    /** A start being dragged, a box being drawn: values, or null. @type {number[]|null} */
    this.drag = null;
    /** @type {number[]|null} */
    this.box = null;
    this.left = this.bottom = this.top = this.right = 0;
    this.margins();
  }

  margins() {
    const big = this.theme.text / 11;
    // A letter stands among the numbers of its axis, a longer name needs a line of its own.
    const long = (/** @type {number} */ i) => !this.compact && (this.axes[i] ?? '').length > 3;
    this.left = Math.round((this.compact ? 30 : long(1) ? 56 : 40) * big);
    this.bottom = Math.round((this.compact ? 18 : long(0) ? 38 : 28) * big);
    this.top = this.compact ? 4 : 10;
    this.right = this.compact ? 8 : 12;
    // The frame is another one.
    for (const l of this.layers) { if (l.clipped) l.g.restore(); l.clipped = false; }
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.theme = theme;
    this.inks = inksOf(theme);
    this.margins();
    this.stale = this.staleTrails = this.stalePoints = true;
    this.paint();
  }

  /** @param {string} name */
  setRamp(name) {
    if (name === this.ramp) return;
    this.ramp = name;
    this.stale = true;
  }

  /** @param {number} width @param {number} height in CSS pixels @param {number} scale device pixels for each */
  setSize(width, height, scale) {
    if (width === this.width && height === this.height && scale === this.scale) return;
    this.width = width;
    this.height = height;
    this.scale = scale;
    const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
    for (const c of [this.canvas, this.base, this.under, this.casing, this.solid, this.dashed]) { c.width = w; c.height = h; }
    for (const l of this.layers) l.used = l.clipped = false;
    this.fonted = '';
    this.stale = this.staleTrails = this.stalePoints = true;
    this.paint();
  }

  /** @param {Picture} picture */
  draw(picture) {
    this.picture = picture;
    this.paint();
  }

  /** Width and height of the frame. */
  get across() { return this.width - this.left - this.right; }
  get tall() { return this.height - this.top - this.bottom; }

  /** Pixels of a value of the first axis. @param {number} s */
  x(s) { return this.left + (s - this.view[0]) / (this.view[1] - this.view[0]) * this.across; }
  /** @param {number} t */
  y(t) { return this.height - this.bottom - (t - this.view[2]) / (this.view[3] - this.view[2]) * this.tall; }

  /** @param {number} s @param {number} t */
  inside(s, t) { return s >= this.view[0] && s <= this.view[1] && t >= this.view[2] && t <= this.view[3]; }

  paint() {
    const p = this.picture, g = this.g;
    if (!p || this.across < 20 || this.tall < 20) return;
    const version = p.ground ? p.ground.version : -1;
    if (version !== this.version || (p.ground && p.ground.values !== this.values) || p.axes[0] !== this.axes[0] || p.axes[1] !== this.axes[1] || p.quiver !== this.quiver || (p.layer?.version ?? 0) !== this.layered) this.stale = true;
    this.camera.view(p.range, this.view);
    const v = this.view, l = this.laid;
    let moving = v[0] !== l[0] || v[1] !== l[1] || v[2] !== l[2] || v[3] !== l[3];
    if (moving && (this.stale || performance.now() - this.camera.moved > REST)) {
      moving = false;
      for (let i = 0; i < 4; i++) l[i] = v[i];
      this.stale = this.staleTrails = this.stalePoints = true;
    }
    if (this.stale) {
      this.stale = false;
      this.version = version;
      this.values = p.ground ? p.ground.values : null;
      if (p.axes[0] !== this.axes[0] || p.axes[1] !== this.axes[1]) {
        this.axes = p.axes;
        this.margins();
        this.staleTrails = this.stalePoints = true;
      }
      this.quiver = p.quiver;
      this.layered = p.layer?.version ?? 0;
      this.ground(p);
    }
    if (!moving) this.grow(p.walks);
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    g.save();
    if (moving) {
      this.clip(g);
      this.shift(g);
    }
    g.drawImage(this.base, 0, 0);
    this.points(p, moving);
    if (this.layers[0].used) g.drawImage(this.under, 0, 0);
    if (this.layers[1].used) g.drawImage(this.casing, 0, 0);
    if (!moving) { this.clip(g); this.tips(p.walks, true); g.setTransform(1, 0, 0, 1, 0, 0); }
    if (this.layers[2].used) g.drawImage(this.solid, 0, 0);
    if (this.layers[3].used) g.drawImage(this.dashed, 0, 0);
    if (!moving) this.tips(p.walks, false);
    g.restore();
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    if (moving) this.frame(g, p.axes);
    this.marks(p);
  }

  /** @param {CanvasRenderingContext2D} g */
  clip(g) {
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    g.beginPath();
    g.rect(this.left, this.top, this.across, this.tall);
    g.clip();
  }

  /** Moves what the layers show to where the view is now. @param {CanvasRenderingContext2D} g */
  shift(g) {
    const v = this.view, l = this.laid;
    const a = (l[1] - l[0]) / (v[1] - v[0]), d = (l[3] - l[2]) / (v[3] - v[2]);
    g.setTransform(a, 0, 0, d, (this.x(l[0]) - a * this.left) * this.scale, (this.y(l[3]) - d * this.top) * this.scale);
  }

  // The part that waits for a new ground.

  /** @param {Picture} p */
  ground(p) {
    const g = /** @type {CanvasRenderingContext2D} */ (this.base.getContext('2d'));
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.base.width, this.base.height);
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    g.save();
    g.beginPath();
    g.rect(this.left, this.top, this.across, this.tall);
    g.clip();
    if (p.ground && p.ground.rows > 1 && p.ground.columns > 1) this.relief(g, p.ground);
    if (p.quiver) drawQuiver(g, p.quiver, (s) => this.x(s), (t) => this.y(t), this.across, this.theme);
    g.restore();
    this.frame(g, p.axes);
  }

  /** @param {CanvasRenderingContext2D} g @param {Ground} d */
  relief(g, d) {
    if (this.fieldOf !== d) {
      this.fieldOf = d;
      this.field = heights(d);
    }
    const field = this.field, t = this.theme;
    const [s0, s1, t0, t1] = d.range, dx = (s1 - s0) / (d.columns - 1), dy = (t1 - t0) / (d.rows - 1);
    // The part of the ground that is seen.
    const v0 = Math.max(s0, this.view[0]), v1 = Math.min(s1, this.view[1]), w0 = Math.max(t0, this.view[2]), w1 = Math.min(t1, this.view[3]);
    if (!(v1 > v0 && w1 > w0)) return;
    const left = this.x(v0), top = this.y(w1), width = this.x(v1) - left, tall = this.y(w0) - top;
    // Heights are interpolated, not colours: a narrow valley keeps its floor between two nodes.
    const cols = Math.max(1, Math.min(2048, Math.round(width * this.scale))), lines = Math.max(1, Math.min(2048, Math.round(tall * this.scale)));
    this.heat.width = cols;
    this.heat.height = lines;
    const hg = /** @type {CanvasRenderingContext2D} */ (this.heat.getContext('2d'));
    const image = hg.createImageData(cols, lines), out = new Uint32Array(image.data.buffer);
    const lut = new Uint32Array(ramp(this.ramp, t.dark).buffer);
    const x0 = (v0 - s0) / dx, xs = (v1 - v0) / dx / cols, y0 = (w0 - t0) / dy, ys = (w1 - w0) / dy / lines;
    for (let j = 0, k = 0; j < lines; j++) {
      const y = y0 + (lines - j - 0.5) * ys;
      for (let i = 0; i < cols; i++, k++) {
        const v = sample(field, d.rows, d.columns, x0 + (i + 0.5) * xs, y);
        if (v === v) out[k] = lut[v <= 0 ? 0 : v >= 1 ? 255 : Math.round(255 * v)];
      }
    }
    hg.putImageData(image, 0, 0);
    g.drawImage(this.heat, left, top, width, tall);
    if (d.holes > 0) this.hatch(g, d, field);
    this.picture?.layer?.under(g, this);

    const box = {
      x: (/** @type {number} */ c) => this.x(s0 + c * dx), y: (/** @type {number} */ r) => this.y(t0 + r * dy),
      left: this.left, top: this.top, right: this.width - this.right, bottom: this.height - this.bottom,
    };
    const span = d.max - d.min, e = d.epsilon > 0 ? d.epsilon : span * 1e-6;
    /** @type {{x: number, y: number, angle: number, text: string}[]} */
    const taken = [];
    // Marks and their words have their place already.
    const marked = this.picture;
    if (marked && !this.compact) for (const m of [...marked.minima, ...marked.saddles]) for (const [dx, dy] of WORDS) taken.push({ x: this.x(m.at[0]) + dx * t.text / 11, y: this.y(m.at[1]) + dy * t.text / 11, angle: 0, text: '' });
    g.font = t.font;
    for (let pass = 0; pass < 2; pass++) {
      g.strokeStyle = pass ? t.contourI : t.contour;
      g.lineWidth = pass ? 1.1 : 0.7;
      for (let i = 0; i < d.levels.length; i++) {
        if (d.major[i] !== (pass === 1)) continue;
        const level = d.log ? Math.log10((d.levels[i] - d.min) / e + 1) / Math.log10(span / e + 1) : (d.levels[i] - d.min) / span;
        if (!(level > 0 && level < 1)) continue;
        this.segments.length = 0;
        const lines = trace(field, d.rows, d.columns, level, this.segments);
        g.beginPath();
        for (let k = 0; k < lines.length; k += 4) {
          g.moveTo(box.x(lines[k]), box.y(lines[k + 1]));
          g.lineTo(box.x(lines[k + 2]), box.y(lines[k + 3]));
        }
        g.stroke();
        if (pass === 0 || this.compact) continue;
        const text = levelText(d.levels[i]), at = place(lines, field, d.rows, d.columns, box, taken, g.measureText(text).width / 2, this.passed());
        if (at) taken.push({ ...at, text });
      }
    }
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    for (const l of taken) {
      if (!l.text) continue;
      g.save();
      g.translate(l.x, l.y);
      g.rotate(l.angle);
      g.globalAlpha = 0.85;
      casedText(g, l.text, 0, 0, t.ink2, t);
      g.restore();
    }
  }

  /** Where the trails pass, as far as they are known: x and y in turn, thinned. */
  passed() {
    const out = [], walks = this.picture?.walks ?? [];
    for (const w of walks) {
      if (!this.shows(w) || w.faint) continue;
      const stride = Math.max(1, Math.ceil(w.count / 300));
      for (let i = 0; i < w.count; i += stride) out.push(this.x(w.path[2 * i]), this.y(w.path[2 * i + 1]));
    }
    return out;
  }

  /** Cells without a value. @param {CanvasRenderingContext2D} g @param {Ground} d @param {Float32Array} field */
  hatch(g, d, field) {
    const [s0, s1, t0, t1] = d.range, dx = (s1 - s0) / (d.columns - 1), dy = (t1 - t0) / (d.rows - 1);
    g.save();
    g.beginPath();
    for (let r = 0; r < d.rows - 1; r++) {
      for (let c = 0; c < d.columns - 1; c++) {
        const k = r * d.columns + c, v = field[k] + field[k + 1] + field[k + d.columns] + field[k + d.columns + 1];
        if (v === v) continue;
        const x = this.x(s0 + c * dx), y = this.y(t0 + (r + 1) * dy);
        g.rect(x, y, this.x(s0 + (c + 1) * dx) - x, this.y(t0 + r * dy) - y);
      }
    }
    g.clip();
    g.fillStyle = this.theme.wash;
    g.fillRect(0, 0, this.width, this.height);
    g.beginPath();
    for (let x = -this.height; x < this.width; x += 6) {
      g.moveTo(x, this.height);
      g.lineTo(x + this.height, 0);
    }
    g.strokeStyle = this.theme.line3;
    g.lineWidth = 1;
    g.stroke();
    g.restore();
    g.font = this.theme.font;
    g.textAlign = 'left';
    g.textBaseline = 'alphabetic';
    if (!this.compact) casedText(g, `${number(d.holes)} ${d.holes === 1 ? 'cell' : 'cells'} without a value`, this.left + 8, this.height - this.bottom - 8, this.theme.ink2, this.theme);
  }

  /** The frame, its ticks and the names of the axes. @param {CanvasRenderingContext2D} g @param {string[]} axes */
  frame(g, axes) {
    const t = this.theme, [s0, s1, t0, t1] = this.view, bottom = this.height - this.bottom, big = t.text / 11;
    g.lineWidth = 1;
    g.strokeStyle = t.ink2;
    g.setLineDash(DASHES[0]);
    g.strokeRect(this.left - 0.5, this.top - 0.5, this.across + 1, this.tall + 1);
    const across = ticks(s0, s1, Math.min(5, this.across / (70 * big))), up = ticks(t0, t1, Math.min(5, this.tall / (this.compact ? 44 : 60) / big));
    g.fillStyle = t.ink3;
    g.strokeStyle = t.line3;
    g.font = t.font;
    g.beginPath();
    g.textBaseline = 'alphabetic';
    const down = bottom + 5 + Math.round(t.text);
    for (const { at, text } of across) {
      const x = Math.round(this.x(at)) + 0.5, half = g.measureText(text).width / 2;
      g.moveTo(x, bottom + 1);
      g.lineTo(x, bottom + 4);
      g.textAlign = 'center';
      g.fillText(text, Math.min(x, this.width - 2 - half), down);
    }
    g.textAlign = 'right';
    g.textBaseline = 'middle';
    for (const { at, text } of up) {
      const y = Math.round(this.y(at)) + 0.5;
      g.moveTo(this.left - 4, y);
      g.lineTo(this.left - 1, y);
      g.fillText(text, this.left - 7, Math.min(this.height - 6, Math.max(y, 7)));
    }
    g.stroke();
    if (this.compact) return;
    // The names stand between the last two ticks, where no number is.
    g.font = t.italic;
    g.fillStyle = t.ink2;
    g.textAlign = 'center';
    g.textBaseline = 'alphabetic';
    const n = across.length, m = up.length;
    const name = axes[0] ?? '', other = axes[1] ?? '';
    const wide = g.measureText(name).width, gap = n > 1 ? this.x(across[1].at) - this.x(across[0].at) : 0;
    if (n > 1 && wide < gap - 24) g.fillText(name, (this.x(across[n - 1].at) + this.x(across[n - 2].at)) / 2, down);
    else g.fillText(name, this.left + this.across / 2, this.height - 2);
    const y = m > 1 ? (this.y(up[m - 1].at) + this.y(up[m - 2].at)) / 2 : (this.top + bottom) / 2;
    if (g.measureText(other).width <= 22) {
      g.textBaseline = 'middle';
      g.fillText(other, this.left - 13, y);
    } else {
      g.save();
      g.translate(11, (this.top + bottom) / 2);
      g.rotate(-Math.PI / 2);
      g.fillText(other, 0, 0);
      g.restore();
    }
  }

  // Loose points.

  /** Whether a further draw would show more of the same picture. */
  get pending() { return this.density.busy || !this.basins.done; }

  /** @param {Picture} p @param {boolean} moving */
  points(p, moving) {
    const d = this.density, g = this.g;
    let swarm = p.swarm, ends = p.ends;
    if (this.only) {
      swarm = ends = null;
      for (let i = 0; i < p.walks.length; i++) {
        const w = p.walks[i];
        if (w.id === this.only && !w.ghost && !w.faint) { swarm = w.swarm ?? null; ends = w.ends ?? null; }
      }
    }
    if (!swarm) this.counted = d.points = null;
    const busy = d.busy;
    if (ends) this.wash(ends, busy || moving);
    if (!swarm) return;
    const names = ends ? ends.names : null;
    if (!moving) {
      // What is shown keeps its place until the new count is whole: that is spread over a few frames, and then the newest
      // points are taken. Another view, or a picture for a file, is counted at once.
      const first = this.stalePoints || this.counted === null;
      if (first || (!d.busy && (swarm !== this.counted || names !== this.named))) {
        this.counted = swarm;
        this.named = names;
        this.stalePoints = false;
        // Cells of two pixels: a single point is still seen, and a hundred thousand are shades.
        d.resize(Math.max(1, Math.round(this.across / 2)), Math.max(1, Math.round(this.tall / 2)));
        d.colour(this.inks);
        d.begin(swarm, names, this.view);
      }
      d.work(first || this.still ? Infinity : SLICE);
    }
    g.imageSmoothingEnabled = false;
    g.drawImage(d.canvas, this.left * this.scale, this.top * this.scale, this.across * this.scale, this.tall * this.scale);
    g.imageSmoothingEnabled = true;
  }

  /** The grid on which the points began, in the colours of where they end. @param {import('./marks.js').Ends} ends @param {boolean} wait others work in this frame */
  wash(ends, wait) {
    const g = this.g, k = this.scale, r = ends.range, x = this.x(r[0]) * k, y = this.y(r[3]) * k;
    this.basins.begin(ends, this.inks);
    if (!wait || this.still) this.basins.work(this.still ? Infinity : SLICE);
    g.save();
    this.clip(g);
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.imageSmoothingEnabled = false;
    g.globalAlpha = WASH;
    g.drawImage(this.basins.canvas, x, y, this.x(r[1]) * k - x, this.y(r[2]) * k - y);
    g.restore();
  }

  // Trails. All casings lie under all colours, and dashed trails over solid ones, so that a shared stretch shows every
  // method: that is what the layers are for.

  /** Adds to the layers what was played since the last draw, or lays them anew. @param {Walk[]} walks */
  grow(walks) {
    let fresh = this.staleTrails;
    let seen = 0;
    for (let i = 0; i < walks.length; i++) {
      const w = walks[i];
      let d = this.drawn.get(w.key);
      if (!d) { this.drawn.set(w.key, d = new Drawn()); fresh = true; }
      seen++;
      const visible = this.shows(w), last = w.ghost ? w.count - 1 : w.shown - 1;
      if (visible !== d.visible || w.slot !== d.slot || last < d.done || (d.done >= 0 && (w.path[2 * d.done] !== d.s || w.path[2 * d.done + 1] !== d.t)) || (w.distance && w.far > 1.05 * d.far && d.done > 0)) fresh = true;
      d.visible = visible;
      d.slot = w.slot;
    }
    if (seen < this.drawn.size) {
      for (const key of this.drawn.keys()) if (!walks.some((w) => w.key === key)) this.drawn.delete(key);
      fresh = true;
    }
    if (fresh) {
      this.staleTrails = false;
      for (const d of this.drawn.values()) d.reset();
      for (const l of this.layers) {
        if (!l.used) continue;
        l.used = false;
        l.g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
        l.g.clearRect(0, 0, this.width, this.height);
      }
    }
    for (let i = 0; i < walks.length; i++) {
      const w = walks[i], d = /** @type {Drawn} */ (this.drawn.get(w.key));
      if (!d.visible || w.count < 1) continue;
      if (w.distance && d.done < 0) d.far = w.far;
      if (w.ghost) this.ghost(w, d);
      else this.extend(w, d);
    }
  }

  /** @param {Walk} w */
  shows(w) { return w.visible && (!this.only || w.id === this.only); }

  /** Makes a layer ready for lines inside the frame. @param {number} i */
  open(i) {
    const l = this.layers[i], g = l.g;
    l.used = true;
    if (!l.clipped) {
      l.clipped = true;
      g.save();
      this.clip(g);
      g.lineJoin = 'round';
    }
    g.globalAlpha = 1;
    g.lineCap = 'butt';
    return g;
  }

  /** @param {Walk} w @param {Drawn} d */
  extend(w, d) {
    const t = this.theme, ink = this.compact ? Math.min(t.trail, 2) : t.trail;
    if (!w.faint && w.count > w.shown && w.count - 1 > d.future) {
      // What is to come lies under the casings, so nothing of it need be taken away when it is played.
      const g = this.open(0);
      g.strokeStyle = t.m[w.slot];
      g.globalAlpha = FUTURE;
      g.setLineDash(DASHES[0]);
      this.line(g, w, d.far, Math.max(0, d.future < 0 ? w.shown - 1 : d.future), w.count - 1, 1, 0, 0);
      d.future = w.count - 1;
    }
    const last = w.shown - 1;
    if (last <= d.done) return;
    const from = Math.max(0, d.before), start = d.lengthBefore;
    const dash = DASHES[w.slot] ?? DASHES[0];
    if (!w.faint) {
      const g = this.open(1);
      g.strokeStyle = t.case;
      g.lineCap = 'round';
      g.setLineDash(DASHES[0]);
      this.line(g, w, d.far, from, last, ink + 3, 0, 3);
    }
    const g = this.open(w.faint ? 0 : dash.length ? 3 : 2);
    if (w.faint) g.globalAlpha = FAINT;
    g.strokeStyle = t.m[w.slot];
    g.setLineDash(w.faint ? DASHES[0] : dash);
    // A see-through line must not cross itself at the joint.
    if (w.faint) this.line(g, w, d.far, Math.max(0, d.done), last, 0.7 * ink, 0, 0);
    else this.line(g, w, d.far, from, last, ink, start, 0);
    d.done = last;
    d.before = this.beforeLast;
    d.length = this.lengthNow;
    d.lengthBefore = this.lengthBefore;
    d.s = w.path[2 * last];
    d.t = w.path[2 * last + 1];
  }

  /** The run left behind at a branch, from the branch to its end: its own dash, a little thinner. @param {Walk} w @param {Drawn} d */
  ghost(w, d) {
    if (w.count - 1 <= d.done || w.from > w.count - 1) return;
    const g = this.open(0), t = this.theme, from = Math.max(w.from, d.before), start = d.lengthBefore;
    g.lineCap = 'round';
    g.setLineDash(DASHES[0]);
    g.strokeStyle = t.case;
    this.line(g, w, d.far, from, w.count - 1, 0.8 * t.trail + 2.4, 0, 2.4);
    g.lineCap = 'butt';
    g.setLineDash(otherDash(w.slot));
    g.strokeStyle = t.m[w.slot];
    this.line(g, w, d.far, from, w.count - 1, 0.8 * t.trail, start, 0);
    d.done = w.count - 1;
    d.before = this.beforeLast;
    d.length = this.lengthNow;
    d.lengthBefore = this.lengthBefore;
    d.s = w.path[2 * d.done];
    d.t = w.path[2 * d.done + 1];
  }

  beforeLast = 0;
  lengthNow = 0;
  lengthBefore = 0;

  /**
   * A stretch of a walk, from one record to another. Off the plane it thins and fades, in a few steps: each is one
   * stroke with the dash carried on.
   * @param {CanvasRenderingContext2D} g @param {Walk} w @param {number} far farthest distance from the plane, 0 in the whole space
   * @param {number} from @param {number} to @param {number} width @param {number} length of the line before
   * @param {number} more what a casing is wider than its line
   */
  line(g, w, far, from, to, width, length, more) {
    const path = w.path, stride = Math.max(1, Math.ceil((to - from) / VERTICES)), opacity = g.globalAlpha;
    g.lineWidth = width;
    g.lineDashOffset = length;
    g.beginPath();
    // Written out here, without a call for each number.
    const v = this.view, ax = this.across / (v[1] - v[0]), bx = this.left - v[0] * ax, ay = -this.tall / (v[3] - v[2]), by = this.height - this.bottom - v[2] * ay;
    let x0 = NaN, y0 = NaN, run = -1;
    this.beforeLast = from;
    this.lengthBefore = this.lengthNow = length;
    for (let i = from; ; i += stride) {
      if (i > to) i = to;
      const x = bx + ax * path[2 * i], y = by + ay * path[2 * i + 1];
      if (x === x && y === y) {
        const step = x0 === x0 ? Math.sqrt((x - x0) * (x - x0) + (y - y0) * (y - y0)) : 0;
        if (far > 0 && width > 1) {
          const level = Math.round(STEPS * Math.min(1, Math.max(0, /** @type {Float64Array} */ (w.distance)[i] / far)));
          if (level !== run) {
            if (run >= 0) {
              g.lineTo(x, y);
              g.stroke();
              g.beginPath();
              g.lineDashOffset = length + step;
            }
            run = level;
            const f = level / STEPS;
            g.lineWidth = Math.max(1, width - more + 0.6 - 1.6 * f) + more;
            g.globalAlpha = opacity * (1 - 0.6 * f);
          }
        }
        g.lineTo(x, y);
        if (i === to && i > from) { this.lengthBefore = length; this.beforeLast = Math.max(from, i - stride); }
        length += step;
        x0 = x; y0 = y;
      }
      if (i === to) break;
    }
    this.lengthNow = length;
    g.stroke();
    g.globalAlpha = opacity;
  }

  /** From the last record to the head, on the canvas itself. @param {Walk[]} walks @param {boolean} casing */
  tips(walks, casing) {
    const g = this.g, t = this.theme, ink = this.compact ? Math.min(t.trail, 2) : t.trail;
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    g.lineCap = casing ? 'round' : 'butt';
    for (let i = 0; i < walks.length; i++) {
      const w = walks[i];
      if (w.ghost || w.faint || !this.shows(w) || !(w.blend > 0) || w.shown < 1 || w.shown >= w.count) continue;
      const k = 2 * (w.shown - 1), s = w.path[k], u = w.path[k + 1], x = this.x(s), y = this.y(u);
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(x + w.blend * (this.x(w.path[k + 2]) - x), y + w.blend * (this.y(w.path[k + 3]) - y));
      const off = w.distance ? this.off(w) : 0, width = off >= 0 && w.distance ? Math.max(1, ink + 0.6 - 1.6 * off) : ink;
      if (w.distance) g.globalAlpha = 1 - 0.6 * off;
      g.lineWidth = casing ? width + 3 : width;
      g.strokeStyle = casing ? t.case : t.m[w.slot];
      g.setLineDash(casing ? DASHES[0] : DASHES[w.slot] ?? DASHES[0]);
      g.lineDashOffset = casing ? 0 : this.drawn.get(w.key)?.length ?? 0;
      g.stroke();
      g.globalAlpha = 1;
    }
    g.lineCap = 'butt';
    g.setLineDash(DASHES[0]);
    g.lineDashOffset = 0;
  }

  /** @param {Walk} w */
  off(w) {
    const far = this.drawn.get(w.key)?.far ?? 0;
    return far > 0 ? Math.min(1, /** @type {Float64Array} */ (w.distance)[w.shown - 1] / far) : 0;
  }

  // Marks, heads and the pointer.

  fonted = '';

  /** @param {Picture} p */
  marks(p) {
    const g = this.g, t = this.theme;
    for (let i = 0; i < p.minima.length; i++) { const a = p.minima[i].at; if (this.inside(a[0], a[1])) drawMinimum(g, this.x(a[0]), this.y(a[1]), t); }
    for (let i = 0; i < p.saddles.length; i++) { const a = p.saddles[i].at; if (this.inside(a[0], a[1])) drawSaddle(g, this.x(a[0]), this.y(a[1]), t); }
    const start = this.drag ?? p.start;
    if (p.layer) { p.layer.over(g, this); this.fonted = ''; }
    if (start && this.inside(start[0], start[1])) drawStart(g, this.x(start[0]), this.y(start[1]), t);
    if (!p.whole) for (const o of p.others) if (this.inside(o[0], o[1])) drawStart(g, this.x(o[0]), this.y(o[1]), t);
    for (let i = 0; i < p.walks.length; i++) if (p.walks[i].faint && this.shows(p.walks[i])) this.head(p.walks[i]);
    for (let i = 0; i < p.walks.length; i++) if (!p.walks[i].faint && this.shows(p.walks[i])) this.head(p.walks[i]);
    for (let i = 0; i < p.minima.length; i++) { const a = p.minima[i].at; if (this.inside(a[0], a[1])) drawMinimum(g, this.x(a[0]), this.y(a[1]), t, false); }
    if (!this.compact) {
      // Each time a canvas of the page is given a font, the page's styles are computed first.
      if (this.fonted !== t.font) g.font = this.fonted = t.font;
      g.textBaseline = 'middle';
      for (let i = 0; i < p.minima.length; i++) this.label(p.minima[i].text, p.minima[i].at, 10, 13);
      for (let i = 0; i < p.saddles.length; i++) this.label(p.saddles[i].text, p.saddles[i].at, 10, 13);
      if (start) this.label('start', start, 9, -10);
    }
    const q = p.pointer;
    if (q.on && this.inside(q.s, q.t)) {
      const x = this.x(q.s), y = this.y(q.t);
      const dx = q.ds / (this.view[1] - this.view[0]) * this.across, dy = -q.dt / (this.view[3] - this.view[2]) * this.tall, n = Math.hypot(dx, dy);
      if (n > 0) drawArrow(g, x, y, dx / n, dy / n, 34, t.ink, t);
      if (q.cross) {
        g.setLineDash(DASHES[0]);
        g.beginPath();
        g.moveTo(this.left, y); g.lineTo(x - 8, y); g.moveTo(x + 8, y); g.lineTo(this.left + this.across, y);
        g.moveTo(x, this.top); g.lineTo(x, y - 8); g.moveTo(x, y + 8); g.lineTo(x, this.top + this.tall);
        g.strokeStyle = t.case;
        g.lineWidth = 3;
        g.stroke();
        g.strokeStyle = t.accent;
        g.lineWidth = 1;
        g.stroke();
      }
    }
    const b = this.box;
    if (b) {
      const x = this.x(b[0]), y = this.y(b[3]), w = this.x(b[1]) - x, h = this.y(b[2]) - y;
      g.setLineDash(DASHES[0]);
      g.strokeStyle = t.case;
      g.lineWidth = 3.5;
      g.strokeRect(x, y, w, h);
      g.strokeStyle = t.accent;
      g.lineWidth = 1.5;
      g.strokeRect(x, y, w, h);
    }
  }

  /** @param {Walk} w */
  head(w) {
    if (w.shown < 1 || (w.ghost && w.shown - 1 < w.from)) return;
    const k = 2 * (w.shown - 1);
    let s = w.path[k], t = w.path[k + 1];
    if (w.blend > 0 && w.shown < w.count) {
      s += w.blend * (w.path[k + 2] - s);
      t += w.blend * (w.path[k + 3] - t);
    }
    if (this.inside(s, t)) drawMarker(this.g, w.slot, this.x(s), this.y(t), w.faint ? 0.6 * this.theme.head : this.theme.head, w.hollow || w.ghost, this.theme);
  }

  /** Words beside a place, turned to the side that has room. @param {string} text @param {number[]} at @param {number} dx @param {number} dy */
  label(text, at, dx, dy) {
    if (!text || !this.inside(at[0], at[1])) return;
    const g = this.g, right = this.width - this.right - 4, x = this.x(at[0]), half = this.theme.text * 0.9;
    const y = Math.min(this.height - this.bottom - half, Math.max(this.top + half, this.y(at[1]) + dy * this.theme.text / 11));
    // Six tenths of the size is wider than any letter of the face on average: enough to choose a side.
    g.textAlign = x + dx + text.length * this.theme.text * 0.6 > right ? 'right' : 'left';
    casedText(g, text, g.textAlign === 'left' ? x + dx : x - dx, y, this.theme.ink, this.theme);
  }

  /** Loss of the ground between its nodes, NaN where it is not known. @param {number} s @param {number} t */
  lossAt(s, t) {
    const d = this.picture?.ground;
    if (!d) return NaN;
    return sample(d.values, d.rows, d.columns, (s - d.range[0]) / (d.range[1] - d.range[0]) * (d.columns - 1), (t - d.range[2]) / (d.range[3] - d.range[2]) * (d.rows - 1));
  }
}

/**
 * @typedef {object} MapEvents
 * @property {(s: number, t: number) => void} [onStart]
 * @property {(s: number, t: number, cross: boolean) => void} [onHover] NaN when the pointer leaves; cross when the keyboard moves
 * @property {(range: number[]) => void} [onBox] a box was drawn: s0, s1, t0, t1
 * @property {() => void} [onReset] the whole ground is asked for
 * @property {() => boolean} [resets] whether asking for the whole ground would change anything
 * @property {() => void} [onChange] something is to be drawn
 */

/** The flat view in the page: it fills its host, and answers pointer and keyboard. */
export class MapView extends MapPainter {
  /** @param {HTMLElement} host @param {MapEvents & {compact?: boolean, camera?: Camera, label?: string}} [options] */
  constructor(host, options = {}) {
    const canvas = document.createElement('canvas');
    canvas.className = 'view';
    super(canvas, options);
    this.host = host;
    this.on = options;
    /** The next drag draws a box. */
    this.boxing = false;
    /** The keyboard's cross, values. @type {number[]|null} */
    this.cross = null;
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-roledescription', 'map');
    canvas.setAttribute('aria-label', options.label ?? 'Map of the landscape');
    canvas.setAttribute('aria-keyshortcuts', 'ArrowLeft ArrowRight ArrowUp ArrowDown + - 0 Enter');
    host.append(canvas);
    this.camera.watchers.push(() => { this.on.onChange?.(); clearTimeout(this.rest); this.rest = window.setTimeout(() => this.on.onChange?.(), REST + 20); });
    this.listen();
    this.resize();
  }

  rest = 0;

  resize() { this.setSize(this.host.clientWidth, this.host.clientHeight, Math.min(2, devicePixelRatio || 1)); }

  dispose() {
    clearTimeout(this.rest);
    this.canvas.remove();
    this.picture = null;
  }

  /** The value under a place of the page, null outside the frame. @param {number} cx @param {number} cy @param {boolean} [keep] the nearest one inside instead */
  at(cx, cy, keep = false) {
    const b = this.canvas.getBoundingClientRect();
    let u = (cx - b.left - this.left) / this.across, v = (this.height - this.bottom - (cy - b.top)) / this.tall;
    if (keep) { u = Math.min(1, Math.max(0, u)); v = Math.min(1, Math.max(0, v)); }
    return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? [this.view[0] + u * (this.view[1] - this.view[0]), this.view[2] + v * (this.view[3] - this.view[2])] : null;
  }

  /** Parts of the view under a place of the page. @param {number} cx @param {number} cy */
  part(cx, cy) {
    const b = this.canvas.getBoundingClientRect();
    return [(cx - b.left - this.left) / this.across, (this.height - this.bottom - (cy - b.top)) / this.tall];
  }

  /** Whether a mark of the tools of the ground was pressed. @param {PointerEvent} e */
  pressed(e) {
    const b = this.canvas.getBoundingClientRect();
    return !!this.picture?.layer?.press(e.clientX - b.left, e.clientY - b.top, (p) => (this.inside(p[0], p[1]) ? [this.x(p[0]), this.y(p[1])] : null));
  }

  click = 0;

  listen() {
    const c = this.canvas;
    /** @type {'' | 'press' | 'start' | 'pan' | 'box'} */
    let mode = '';
    let px = 0, py = 0, cs = 0, ct = 0;
    /** @type {number[]|null} */
    let corner = null;
    /** @type {Map<number, number[]>} */
    const fingers = new Map();
    let spread = 0;
    const change = () => this.on.onChange?.();

    c.addEventListener('pointerdown', (e) => {
      if (e.pointerType === 'touch') {
        fingers.set(e.pointerId, [e.clientX, e.clientY]);
        if (fingers.size === 2) {
          const [a, b] = [...fingers.values()];
          spread = Math.hypot(a[0] - b[0], a[1] - b[1]);
          mode = '';
          return;
        }
      }
      if (e.button !== 0 || !e.isPrimary) return;
      const p = this.at(e.clientX, e.clientY);
      if (!p) return;
      px = e.clientX; py = e.clientY;
      cs = this.camera.s; ct = this.camera.t;
      const start = this.picture?.start;
      const near = start && Math.hypot(this.x(start[0]) - this.x(p[0]), this.y(start[1]) - this.y(p[1])) < 11;
      mode = e.shiftKey || this.boxing ? 'box' : near && this.on.onStart && e.pointerType !== 'touch' ? 'start' : 'press';
      corner = p;
      if (mode === 'box' || e.pointerType !== 'touch') c.setPointerCapture(e.pointerId);
    });
    c.addEventListener('pointermove', (e) => {
      const finger = fingers.get(e.pointerId);
      if (finger && fingers.size === 2) {
        const [a, b] = [...fingers.values()], mx = (a[0] + b[0]) / 2, my = (a[1] + b[1]) / 2;
        finger[0] = e.clientX;
        finger[1] = e.clientY;
        const now = Math.hypot(a[0] - b[0], a[1] - b[1]), nx = (a[0] + b[0]) / 2, ny = (a[1] + b[1]) / 2;
        const [u, v] = this.part(nx, ny), k = this.camera;
        if (spread > 0 && now > 0) k.about(now / spread, u, v);
        k.set(k.zoom, k.s - (nx - mx) / this.across / k.zoom, k.t + (ny - my) / this.tall / k.zoom);
        spread = now;
        return;
      }
      const p = this.at(e.clientX, e.clientY);
      if (mode === 'press' && Math.hypot(e.clientX - px, e.clientY - py) > 4) {
        mode = e.pointerType === 'touch' ? '' : 'pan';
        if (mode) c.style.cursor = 'grabbing';
      }
      if (mode === 'pan') {
        const k = this.camera;
        k.set(k.zoom, cs - (e.clientX - px) / this.across / k.zoom, ct + (e.clientY - py) / this.tall / k.zoom);
        return;
      }
      if (mode === 'start') { this.drag = this.at(e.clientX, e.clientY, true); change(); }
      if (mode === 'box' && corner) {
        const q = /** @type {number[]} */ (this.at(e.clientX, e.clientY, true));
        this.box = [Math.min(corner[0], q[0]), Math.max(corner[0], q[0]), Math.min(corner[1], q[1]), Math.max(corner[1], q[1])];
        change();
        return;
      }
      if (e.pointerType === 'touch') return;
      if (p) this.on.onHover?.(p[0], p[1], false);
      else this.on.onHover?.(NaN, NaN, false);
    });
    const end = (/** @type {PointerEvent} */ e) => {
      fingers.delete(e.pointerId);
      if (!e.isPrimary || !mode) return;
      const was = mode, drag = this.drag, box = this.box;
      mode = '';
      this.drag = this.box = null;
      c.style.cursor = '';
      if (e.type === 'pointercancel') { change(); return; }
      if (was === 'start' || was === 'press') {
        const p = was === 'start' ? drag : this.at(e.clientX, e.clientY);
        clearTimeout(this.click);
        // Where a second click would mean the whole ground, the first one waits for it.
        if (was === 'press' && this.pressed(e)) { /* a mark was meant, not a start */ }
        else if (p && this.on.onStart) {
          const go = () => this.on.onStart?.(p[0], p[1]);
          if ((this.camera.zoom > 1 || this.on.resets?.()) && was === 'press' && e.pointerType !== 'touch') this.click = window.setTimeout(go, 220);
          else go();
        }
      }
      if (was === 'box') {
        this.boxing = false;
        c.classList.remove('boxing');
        if (box && this.x(box[1]) - this.x(box[0]) > 8 && this.y(box[2]) - this.y(box[3]) > 8) this.on.onBox?.(box);
      }
      change();
    };
    c.addEventListener('pointerup', end);
    c.addEventListener('pointercancel', end);
    c.addEventListener('pointerleave', (e) => { if (!mode && e.pointerType !== 'touch') this.on.onHover?.(NaN, NaN, false); });
    c.addEventListener('dblclick', () => { clearTimeout(this.click); if (this.camera.zoom > 1) this.camera.reset(); else this.on.onReset?.(); });
    // Two fingers move the map, one moves the page.
    c.addEventListener('touchmove', (e) => { if (e.touches.length > 1) e.preventDefault(); }, { passive: false });
    c.addEventListener('wheel', (e) => {
      const page = /** @type {Element} */ (document.scrollingElement);
      // A page that scrolls keeps its wheel; there the pinch of a trackpad, which comes with Control, still zooms.
      if (!e.ctrlKey && page.scrollHeight > page.clientHeight + 1) return;
      e.preventDefault();
      const [u, v] = this.part(e.clientX, e.clientY);
      this.camera.about(Math.exp(-(e.deltaMode === 1 ? 16 * e.deltaY : e.deltaY) * (e.ctrlKey ? 0.01 : 0.0016)), u, v);
    }, { passive: false });
    c.addEventListener('keydown', (e) => this.key(e));
    c.addEventListener('blur', () => { this.cross = null; this.on.onHover?.(NaN, NaN, false); });
  }

  /** Arrows move a cross, which takes the view along; Enter puts the start there. @param {KeyboardEvent} e */
  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const k = this.camera, v = this.view, far = e.shiftKey ? 0.1 : 0.02;
    const dx = { ArrowLeft: -1, ArrowRight: 1 }[e.key] ?? 0, dy = { ArrowDown: -1, ArrowUp: 1 }[e.key] ?? 0;
    const zoom = { '+': 1.5, '=': 1.5, '-': 1 / 1.5, '\u2212': 1 / 1.5 }[e.key];
    const here = this.cross ?? this.picture?.start ?? [(v[0] + v[1]) / 2, (v[2] + v[3]) / 2];
    const w = v[1] - v[0], h = v[3] - v[2];
    if (dx || dy) {
      const c = this.cross ? [here[0] + dx * far * w, here[1] + dy * far * h] : [here[0], here[1]], r = this.picture?.range ?? v;
      if (!this.inside(c[0], c[1]) && k.zoom > 1) {
        k.set(k.zoom, k.s + dx * far / k.zoom, k.t + dy * far / k.zoom);
        k.view(r, v);
      }
      this.cross = [Math.min(v[1], Math.max(v[0], c[0])), Math.min(v[3], Math.max(v[2], c[1]))];
      this.on.onHover?.(this.cross[0], this.cross[1], true);
    } else if (zoom) {
      k.about(zoom, Math.min(1, Math.max(0, (here[0] - v[0]) / w)), Math.min(1, Math.max(0, (here[1] - v[2]) / h)));
    } else if (e.key === '0') {
      k.reset();
      this.on.onReset?.();
    } else if (e.key === 'Enter' && this.cross) {
      this.on.onStart?.(this.cross[0], this.cross[1]);
    } else if (e.key === 'Escape' && (this.cross || this.boxing)) {
      this.cross = null;
      this.boxing = false;
      this.canvas.classList.remove('boxing');
      this.on.onHover?.(NaN, NaN, false);
    } else return;
    e.preventDefault();
    e.stopPropagation();
  }
}
