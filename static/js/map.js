// The flat view: heat, contours and axes are painted once per ground, theme and size; a draw adds only the trails.

import { heights, sample, sounding } from './ramp.js';
import { Segments, place, trace } from './contours.js';
import { DASHES, FUTURE, casedText, drawMarker, drawMinimum, drawStart, levelText, readTheme } from './marks.js';
import { number } from './numbers.js';

/** @typedef {import('./marks.js').Walk} Walk */
/** @typedef {import('./marks.js').Ground} Ground */
/** @typedef {import('./marks.js').Picture} Picture */
/** @typedef {import('./marks.js').Theme} Theme */

const LEFT = 40, BOTTOM = 28, TOP = 10, RIGHT = 12;
/** More vertices than this add nothing at the size of a screen. */
const VERTICES = 4000;
/** Off-plane trails are stroked in this many steps of width. */
const STEPS = 6;

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

export class MapView {
  /**
   * @param {HTMLElement} host filled with the view's canvas
   * @param {{onStart?: (s: number, t: number) => void, onHover?: (s: number, t: number, loss: number) => void}} [options]
   *   onHover gets NaN for all three when the pointer leaves
   */
  constructor(host, { onStart, onHover } = {}) {
    this.host = host;
    this.onStart = onStart;
    this.onHover = onHover;
    this.canvas = document.createElement('canvas');
    const style = this.canvas.style;
    style.display = 'block';
    style.position = 'absolute';
    style.inset = '0';
    style.width = '100%';
    style.height = '100%';
    style.touchAction = 'none';
    style.cursor = 'crosshair';
    host.append(this.canvas);
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.base = document.createElement('canvas');
    this.heat = document.createElement('canvas');
    /** @type {Theme} */
    this.theme = readTheme();
    /** @type {Picture|null} */
    this.picture = null;
    this.segments = new Segments();
    this.segments.data = new Float32Array(65536);
    /** @type {Float32Array} */
    this.field = new Float32Array(0);
    this.stale = true;
    this.version = NaN;
    /** @type {Float32Array|null} */
    this.values = null;
    /** @type {string[]} */
    this.axes = [];
    this.width = this.height = 0;
    this.scale = 1;
    this.view = [0, 1, 0, 1];
    /** The start while it is dragged. @type {number[]|null} */
    this.drag = null;
    this.down = false;
    this.listen();
    this.resize();
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.theme = theme;
    this.stale = true;
    this.paint();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    const scale = Math.min(2, devicePixelRatio || 1);
    if (width === this.width && height === this.height && scale === this.scale) return;
    this.width = width;
    this.height = height;
    this.scale = scale;
    this.canvas.width = this.base.width = Math.max(1, Math.round(width * scale));
    this.canvas.height = this.base.height = Math.max(1, Math.round(height * scale));
    this.stale = true;
    this.paint();
  }

  dispose() {
    this.canvas.remove();
    this.picture = null;
  }

  /** The canvas as it is now, for export. */
  snapshot() { return this.canvas; }

  /** @param {Picture} picture */
  draw(picture) {
    this.picture = picture;
    this.paint();
  }

  /** Pixels of a value of the first axis. @param {number} s */
  x(s) { return LEFT + (s - this.view[0]) / (this.view[1] - this.view[0]) * (this.width - LEFT - RIGHT); }
  /** @param {number} t */
  y(t) { return this.height - BOTTOM - (t - this.view[2]) / (this.view[3] - this.view[2]) * (this.height - TOP - BOTTOM); }

  paint() {
    const p = this.picture, g = this.g;
    if (!p || this.width < LEFT + RIGHT + 20 || this.height < TOP + BOTTOM + 20) return;
    const version = p.ground ? p.ground.version : -1;
    if (version !== this.version || (p.ground && p.ground.values !== this.values) || p.axes[0] !== this.axes[0] || p.axes[1] !== this.axes[1] || p.range[0] !== this.view[0] || p.range[1] !== this.view[1] || p.range[2] !== this.view[2] || p.range[3] !== this.view[3]) this.stale = true;
    if (this.stale) {
      this.stale = false;
      this.version = version;
      this.values = p.ground ? p.ground.values : null;
      this.axes = p.axes;
      this.view = p.range.slice();
      this.ground(p);
    }
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    g.drawImage(this.base, 0, 0);
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    g.save();
    g.beginPath();
    g.rect(LEFT, TOP, this.width - LEFT - RIGHT, this.height - TOP - BOTTOM);
    g.clip();
    if (p.swarm) this.points(p.swarm);
    this.trails(p.walks);
    g.restore();
    for (const m of p.minima) if (this.inside(m.at[0], m.at[1])) drawMinimum(g, this.x(m.at[0]), this.y(m.at[1]), this.theme);
    const start = this.drag ?? p.start;
    if (start && this.inside(start[0], start[1])) drawStart(g, this.x(start[0]), this.y(start[1]), this.theme);
    for (const w of p.walks) if (w.visible && !w.ghost && w.shown > 0) this.head(w);
    for (const m of p.minima) if (this.inside(m.at[0], m.at[1])) drawMinimum(g, this.x(m.at[0]), this.y(m.at[1]), this.theme, false);
    this.labels(p, start);
  }

  /** @param {number} s @param {number} t */
  inside(s, t) { return s >= this.view[0] && s <= this.view[1] && t >= this.view[2] && t <= this.view[3]; }

  // The part that waits for a new ground.

  /** @param {Picture} p */
  ground(p) {
    const g = /** @type {CanvasRenderingContext2D} */ (this.base.getContext('2d'));
    const t = this.theme, w = this.width - LEFT - RIGHT, h = this.height - TOP - BOTTOM;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.base.width, this.base.height);
    g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    if (p.ground && p.ground.rows > 1 && p.ground.columns > 1) {
      g.save();
      g.beginPath();
      g.rect(LEFT, TOP, w, h);
      g.clip();
      this.relief(g, p.ground);
      g.restore();
    }
    g.lineWidth = 1;
    g.strokeStyle = t.ink2;
    g.setLineDash(DASHES[0]);
    g.strokeRect(LEFT - 0.5, TOP - 0.5, w + 1, h + 1);
    this.frame(g, p.axes);
  }

  /** @param {CanvasRenderingContext2D} g @param {Ground} d */
  relief(g, d) {
    const field = this.field = heights(d);
    const [s0, s1, t0, t1] = d.range, dx = (s1 - s0) / (d.columns - 1), dy = (t1 - t0) / (d.rows - 1);
    const left = this.x(s0), top = this.y(t1), width = this.x(s1) - left, tall = this.y(t0) - top;
    // Heights are interpolated, not colours: a narrow valley keeps its floor between two nodes.
    const cols = Math.max(1, Math.min(2048, Math.round(width * this.scale))), lines = Math.max(1, Math.min(2048, Math.round(tall * this.scale)));
    this.heat.width = cols;
    this.heat.height = lines;
    const hg = /** @type {CanvasRenderingContext2D} */ (this.heat.getContext('2d'));
    const image = hg.createImageData(cols, lines), out = new Uint32Array(image.data.buffer);
    const lut = new Uint32Array(sounding(this.theme.dark).buffer);
    for (let j = 0, k = 0; j < lines; j++) {
      const y = (1 - (j + 0.5) / lines) * (d.rows - 1);
      for (let i = 0; i < cols; i++, k++) {
        const v = sample(field, d.rows, d.columns, (i + 0.5) / cols * (d.columns - 1), y);
        if (v === v) out[k] = lut[v <= 0 ? 0 : v >= 1 ? 255 : Math.round(255 * v)];
      }
    }
    hg.putImageData(image, 0, 0);
    g.drawImage(this.heat, left, top, width, tall);
    if (d.holes > 0) this.hatch(g, d, field);

    const box = {
      x: (/** @type {number} */ c) => this.x(s0 + c * dx), y: (/** @type {number} */ r) => this.y(t0 + r * dy),
      left: LEFT, top: TOP, right: this.width - RIGHT, bottom: this.height - BOTTOM,
    };
    const span = d.max - d.min, e = d.epsilon > 0 ? d.epsilon : span * 1e-6;
    /** @type {{x: number, y: number, angle: number, text: string}[]} */
    const taken = [];
    g.font = '500 11px ' + this.theme.sans;
    for (let pass = 0; pass < 2; pass++) {
      g.strokeStyle = pass ? this.theme.contourI : this.theme.contour;
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
        if (pass === 0) continue;
        const text = levelText(d.levels[i]), at = place(lines, field, d.rows, d.columns, box, taken, g.measureText(text).width / 2);
        if (at) taken.push({ ...at, text });
      }
    }
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    for (const l of taken) {
      g.save();
      g.translate(l.x, l.y);
      g.rotate(l.angle);
      g.globalAlpha = 0.85;
      casedText(g, l.text, 0, 0, this.theme.ink2, this.theme);
      g.restore();
    }
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
    g.font = '500 11px ' + this.theme.sans;
    g.textAlign = 'left';
    g.textBaseline = 'alphabetic';
    casedText(g, `${number(d.holes)} ${d.holes === 1 ? 'cell' : 'cells'} without a value`, LEFT + 8, this.height - BOTTOM - 8, this.theme.ink2, this.theme);
  }

  /** @param {CanvasRenderingContext2D} g @param {string[]} axes */
  frame(g, axes) {
    const t = this.theme, [s0, s1, t0, t1] = this.view, bottom = this.height - BOTTOM;
    const across = ticks(s0, s1, Math.min(5, (this.width - LEFT - RIGHT) / 70)), up = ticks(t0, t1, Math.min(5, (this.height - TOP - BOTTOM) / 60));
    g.fillStyle = t.ink3;
    g.strokeStyle = t.line3;
    g.font = '500 11px ' + t.sans;
    g.beginPath();
    g.textBaseline = 'alphabetic';
    for (const { at, text } of across) {
      const x = Math.round(this.x(at)) + 0.5, half = g.measureText(text).width / 2;
      g.moveTo(x, bottom + 1);
      g.lineTo(x, bottom + 4);
      g.textAlign = 'center';
      g.fillText(text, Math.min(x, this.width - 2 - half), bottom + 16);
    }
    g.textAlign = 'right';
    g.textBaseline = 'middle';
    for (const { at, text } of up) {
      const y = Math.round(this.y(at)) + 0.5;
      g.moveTo(LEFT - 4, y);
      g.lineTo(LEFT - 1, y);
      g.fillText(text, LEFT - 7, Math.max(y, 7));
    }
    g.stroke();
    // The labels stand between the last two ticks, where no number is.
    g.font = 'italic 13px ' + t.serif;
    g.fillStyle = t.ink2;
    g.textAlign = 'center';
    g.textBaseline = 'alphabetic';
    const n = across.length, m = up.length;
    const name = axes[0] ?? '', other = axes[1] ?? '';
    const wide = g.measureText(name).width, gap = n > 1 ? this.x(across[1].at) - this.x(across[0].at) : 0;
    if (n > 1 && wide < gap - 24) g.fillText(name, (this.x(across[n - 1].at) + this.x(across[n - 2].at)) / 2, bottom + 16);
    else g.fillText(name, (LEFT + this.width - RIGHT) / 2, bottom + 26);
    const y = m > 1 ? (this.y(up[m - 1].at) + this.y(up[m - 2].at)) / 2 : (TOP + bottom) / 2;
    if (g.measureText(other).width <= 22) {
      g.textBaseline = 'middle';
      g.fillText(other, LEFT - 13, y);
    } else {
      g.save();
      g.translate(11, (TOP + bottom) / 2);
      g.rotate(-Math.PI / 2);
      g.fillText(other, 0, 0);
      g.restore();
    }
  }

  // The part of every draw.

  /** @param {Float32Array} swarm */
  points(swarm) {
    const g = this.g;
    g.fillStyle = this.theme.ink2;
    g.globalAlpha = 0.7;
    for (let i = 0; i + 1 < swarm.length; i += 2) {
      const x = this.x(swarm[i]), y = this.y(swarm[i + 1]);
      g.fillRect(x - 0.75, y - 0.75, 1.5, 1.5);
    }
    g.globalAlpha = 1;
  }

  /**
   * All casings lie under all colours, and dashed trails over solid ones, so that a shared stretch shows every method.
   * @param {Walk[]} walks
   */
  trails(walks) {
    const g = this.g, t = this.theme;
    g.lineJoin = 'round';
    g.setLineDash(DASHES[0]);
    for (const w of walks) {
      if (!w.visible) continue;
      g.strokeStyle = t.m[w.slot];
      if (w.ghost) this.stroke(w, 0, w.count - 1, 0, FUTURE);
      else if (w.count > w.shown) this.stroke(w, Math.max(0, w.shown - 1), w.count - 1, 0, FUTURE);
    }
    const ink = this.width < 330 ? 2.4 : 2;
    g.lineCap = 'round';
    g.strokeStyle = t.case;
    for (const w of walks) if (w.visible && !w.ghost) this.stroke(w, 0, w.shown - 1, ink + 3, 1);
    g.lineCap = 'butt';
    for (let pass = 0; pass < 2; pass++) {
      for (const w of walks) {
        if (!w.visible || w.ghost || (w.slot === 1) !== (pass === 0)) continue;
        g.strokeStyle = t.m[w.slot];
        g.setLineDash(DASHES[w.slot] ?? DASHES[0]);
        this.stroke(w, 0, w.shown - 1, ink, 1);
      }
    }
    g.setLineDash(DASHES[0]);
    g.globalAlpha = 1;
  }

  /**
   * A stretch of a walk, from one record to another; the last played one is drawn on to the head. Width 0 is the thin
   * line of what is to come.
   * @param {Walk} w @param {number} from @param {number} to @param {number} width @param {number} opacity
   */
  stroke(w, from, to, width, opacity) {
    if (to < from) return;
    const g = this.g, path = w.path, stride = Math.max(1, Math.ceil((to - from) / VERTICES));
    const played = width > 0, far = w.distance && played ? this.farthest(w) : 0;
    let run = -1, length = 0, x0 = 0, y0 = 0;
    g.lineWidth = played ? width : 1;
    g.globalAlpha = opacity;
    g.lineDashOffset = 0;
    g.beginPath();
    const start = !played && from === w.shown - 1 && !w.ghost ? from + w.blend : from;
    for (let i = from; ; i += stride) {
      if (i > to) i = to;
      let s = path[2 * i], t = path[2 * i + 1];
      if (i === from && start !== from && i + 1 < w.count) {
        s += w.blend * (path[2 * i + 2] - s);
        t += w.blend * (path[2 * i + 3] - t);
      }
      const x = this.x(s), y = this.y(t);
      if (!(x === x && y === y)) { if (i === to) break; continue; }
      if (far > 0) {
        // Off the plane a trail thins and fades, in a few steps: each is one stroke with the dash carried on.
        const level = Math.round(STEPS * Math.min(1, Math.max(0, /** @type {Float64Array} */ (w.distance)[i] / far)));
        if (level !== run) {
          if (run >= 0) { g.lineTo(x, y); g.stroke(); g.beginPath(); }
          if (run >= 0) g.moveTo(x, y);
          run = level;
          const f = level / STEPS, thin = 2.6 - 1.6 * f;
          g.lineWidth = width > 3 ? thin + 3 : thin;
          g.globalAlpha = opacity * (1 - 0.6 * f);
          if (i > from) length += Math.hypot(x - x0, y - y0);
          g.lineDashOffset = length;
          x0 = x; y0 = y;
          if (i === from) g.moveTo(x, y);
          if (i === to) break;
          continue;
        }
        if (i > from) length += Math.hypot(x - x0, y - y0);
        x0 = x; y0 = y;
      }
      g.lineTo(x, y);
      if (i === to) break;
    }
    if (played && w.blend > 0 && to === w.shown - 1 && to + 1 < w.count) {
      const s = path[2 * to], t = path[2 * to + 1];
      g.lineTo(this.x(s + w.blend * (path[2 * to + 2] - s)), this.y(t + w.blend * (path[2 * to + 3] - t)));
    }
    g.stroke();
  }

  /** The scale of the off-plane distance: the farthest that any walk has been. @param {Walk} walk */
  farthest(walk) {
    let far = 0;
    const d = /** @type {Float64Array} */ (walk.distance);
    for (let i = 0; i < walk.count; i++) if (d[i] > far) far = d[i];
    return far;
  }

  /** @param {Walk} w */
  head(w) {
    const i = w.shown - 1;
    let s = w.path[2 * i], t = w.path[2 * i + 1];
    if (w.blend > 0 && w.shown < w.count) {
      s += w.blend * (w.path[2 * i + 2] - s);
      t += w.blend * (w.path[2 * i + 3] - t);
    }
    if (this.inside(s, t)) drawMarker(this.g, w.slot, this.x(s), this.y(t), 5, w.hollow, this.theme);
  }

  /** @param {Picture} p @param {number[]} start */
  labels(p, start) {
    const g = this.g;
    g.font = '500 11px ' + this.theme.sans;
    g.textBaseline = 'middle';
    const right = this.width - RIGHT - 4;
    if (start && this.inside(start[0], start[1])) {
      const x = this.x(start[0]), y = Math.max(TOP + 10, this.y(start[1]) - 10);
      g.textAlign = x + 36 > right ? 'right' : 'left';
      casedText(g, 'start', g.textAlign === 'left' ? x + 9 : x - 9, y, this.theme.ink, this.theme);
    }
    for (const m of p.minima) {
      if (!this.inside(m.at[0], m.at[1])) continue;
      const x = this.x(m.at[0]), y = Math.min(this.height - BOTTOM - 10, this.y(m.at[1]) + 13);
      g.textAlign = x + 14 + g.measureText('minimum ' + number(m.loss)).width > right ? 'right' : 'left';
      casedText(g, 'minimum ' + number(m.loss), g.textAlign === 'left' ? x + 10 : x - 10, y, this.theme.ink, this.theme);
    }
  }

  // The pointer.

  listen() {
    const c = this.canvas;
    /** @param {PointerEvent} e */
    const at = (e) => {
      const b = c.getBoundingClientRect();
      const u = (e.clientX - b.left - LEFT) / (this.width - LEFT - RIGHT), v = (this.height - BOTTOM - (e.clientY - b.top)) / (this.height - TOP - BOTTOM);
      return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? [this.view[0] + u * (this.view[1] - this.view[0]), this.view[2] + v * (this.view[3] - this.view[2])] : null;
    };
    c.addEventListener('pointerdown', (e) => {
      if (e.button !== 0 || !e.isPrimary) return;
      const p = at(e);
      if (!p || !this.onStart) return;
      this.down = true;
      this.drag = p;
      c.setPointerCapture(e.pointerId);
      this.paint();
    });
    c.addEventListener('pointermove', (e) => {
      const p = at(e);
      if (this.down && e.isPrimary) {
        // Outside the frame the last place inside stays.
        if (p) { this.drag = p; this.paint(); }
      }
      if (!this.onHover) return;
      if (!p) { this.onHover(NaN, NaN, NaN); return; }
      this.onHover(p[0], p[1], this.lossAt(p[0], p[1]));
    });
    c.addEventListener('pointerup', (e) => {
      if (!this.down || !e.isPrimary) return;
      const p = this.drag;
      this.down = false;
      this.drag = null;
      if (p) this.onStart?.(p[0], p[1]);
      this.paint();
    });
    c.addEventListener('pointercancel', () => { this.down = false; this.drag = null; this.paint(); });
    c.addEventListener('pointerleave', () => { if (!this.down) this.onHover?.(NaN, NaN, NaN); });
  }

  /** Loss of the ground between its nodes, NaN where it is not known. @param {number} s @param {number} t */
  lossAt(s, t) {
    const d = this.picture?.ground;
    if (!d) return NaN;
    return sample(d.values, d.rows, d.columns, (s - d.range[0]) / (d.range[1] - d.range[0]) * (d.columns - 1), (t - d.range[2]) / (d.range[3] - d.range[2]) * (d.rows - 1));
  }
}
