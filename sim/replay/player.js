// The player of a replay: everything it shows lies in the page beside it.

/**
 * @typedef {{id: string, label: string, slot: number, hollow?: boolean, faint?: boolean, at: number[], s: (number|null)[], t: (number|null)[], off?: number[], ended?: string, endedAt?: number, step: number[], value: (number|null)[], on: boolean}} Walk
 * @typedef {{paper: string, bench: string, wash: string, line: string, line2: string, line3: string, ink: string, ink2: string, ink3: string, accent: string, casing: string, grid: string, contour: string, minor: number, major: number, m: string[], base: string, bands: string[]}} Theme
 * @typedef {{range: number[], axes: string[], box: number[], bands: {d: string, major?: boolean}[], hatched?: string, holes?: number, tags: {X: number, Y: number, DX: number, DY: number, Text: string}[], start?: number[], minima: {at: number[], text: string}[]}} Ground
 * @typedef {{title: string, desc: string, steps: number, open: number, dash: number[][], corners: number[][], light: Theme, dark: Theme, map: Ground|null, curve: {label: string, log: boolean, range: number[], note: string}, walks: Walk[]}} Run
 */

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {Run} */
const run = JSON.parse(find('data').textContent ?? '');
const steps = Math.max(1, run.steps);
/** The whole run takes this many seconds at speed 1. */
const SECONDS = 12;
const OFF_STEPS = 6;
const MAP = { left: 46, right: 14, top: 10, bottom: 40 };
const CURVE = { left: 56, right: 16, top: 10, bottom: 24 };
const sans = getComputedStyle(document.documentElement).getPropertyValue('--sans').trim();
const serif = getComputedStyle(document.documentElement).getPropertyValue('--serif').trim();

let theme = run.light, dark = false;
let head = 0, playing = false, speed = 1, before = 0, dirty = true;
let saidAt = -Infinity, saidStep = -1, saying = 0;

for (const w of run.walks) w.on = true;

// Numbers as the page of Thalweg writes them.

/** @param {number} v */
function whole(v) { return String(Math.round(v)).replace(/\B(?=(\d{3})+$)/g, '\u2009').replace('-', '\u2212'); }

/** @param {number} v @param {number} [digits] */
function number(v, digits = 4) {
  if (Number.isNaN(v)) return '–';
  if (v === 0) return '0';
  const size = Math.abs(v);
  let text;
  if (size < 1e-3 || size >= 1e5) text = v.toExponential(Math.min(digits - 1, 1)).replace('e+', 'e').replace(/\.0(e|$)/, '$1');
  else if (Number.isInteger(v) || size >= 10 ** (digits - 1)) text = whole(v);
  else text = v.toPrecision(digits);
  return text.replaceAll('-', '\u2212');
}

/** @param {number} low @param {number} high @param {number} n @returns {{at: number, text: string}[]} */
function ticks(low, high, n) {
  const raw = (high - low) / Math.max(1, n), unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * ([1, 2, 5, 10].find((k) => k * unit >= raw * 0.999) ?? 10);
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  /** @type {{at: number, text: string}[]} */
  const out = [];
  if (!(step > 0) || !Number.isFinite(step)) return out;
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    const v = k * step;
    const far = Math.max(Math.abs(low), Math.abs(high)) >= 1e5 || step < 1e-4;
    out.push({ at: v, text: k === 0 ? '0' : far ? number(v, 3) : digits === 0 ? whole(v) : v.toFixed(digits).replace('-', '\u2212') });
  }
  return out;
}

// Where a walk is.

/** Index of the last entry at or before a step, -1 when there is none. @param {number[]} a @param {number} step */
function last(a, step) {
  let low = 0, high = a.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (a[mid] <= step) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

/** A column at a fractional step: straight between its entries. @param {number[]} at @param {(number|null)[]} v @param {number} step */
function between(at, v, step) {
  const i = last(at, step);
  if (i < 0) return NaN;
  const a = v[i] ?? NaN;
  if (i + 1 >= at.length || step <= at[i]) return a;
  const b = v[i + 1];
  return b === null || b === undefined ? a : a + (step - at[i]) / (at[i + 1] - at[i]) * (b - a);
}

// Canvases.

class Panel {
  /** @param {string} id @param {{left: number, right: number, top: number, bottom: number}} inset */
  constructor(id, inset) {
    this.host = find(id);
    this.inset = inset;
    this.canvas = /** @type {HTMLCanvasElement} */ (this.host.querySelector('canvas'));
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.base = document.createElement('canvas');
    this.width = this.height = 0;
    this.scale = 1;
    this.stale = true;
    new ResizeObserver(() => { this.fit(); }).observe(this.host);
    this.fit();
  }

  fit() {
    const { clientWidth, clientHeight } = this.host, scale = Math.min(2, devicePixelRatio || 1);
    if (clientWidth === this.width && clientHeight === this.height && scale === this.scale) return;
    this.width = clientWidth;
    this.height = clientHeight;
    this.scale = scale;
    this.canvas.width = this.base.width = Math.max(1, Math.round(clientWidth * scale));
    this.canvas.height = this.base.height = Math.max(1, Math.round(clientHeight * scale));
    this.stale = true;
    dirty = true;
  }

  get x0() { return this.inset.left; }
  get x1() { return this.width - this.inset.right; }
  get y0() { return this.inset.top; }
  get y1() { return this.height - this.inset.bottom; }

  /** @param {CanvasRenderingContext2D} g */
  clip(g) {
    g.save();
    g.beginPath();
    g.rect(this.x0, this.y0, this.x1 - this.x0, this.y1 - this.y0);
    g.clip();
  }

  /** Starts a frame on what waits for a new size or theme only. @param {(g: CanvasRenderingContext2D) => void} paint */
  begin(paint) {
    if (this.stale) {
      this.stale = false;
      const b = /** @type {CanvasRenderingContext2D} */ (this.base.getContext('2d'));
      b.setTransform(1, 0, 0, 1, 0, 0);
      b.clearRect(0, 0, this.base.width, this.base.height);
      b.setTransform(this.scale, 0, 0, this.scale, 0, 0);
      b.setLineDash([]);
      paint(b);
    }
    this.g.setTransform(1, 0, 0, 1, 0, 0);
    this.g.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.g.drawImage(this.base, 0, 0);
    this.g.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    return this.g;
  }
}

/** @param {CanvasRenderingContext2D} g @param {string} text @param {number} x @param {number} y @param {string} colour */
function cased(g, text, x, y, colour) {
  g.setLineDash([]);
  g.lineJoin = 'round';
  g.lineWidth = 3;
  g.strokeStyle = theme.casing;
  g.strokeText(text, x, y);
  g.fillStyle = colour;
  g.fillText(text, x, y);
}

/** @param {CanvasRenderingContext2D} g @param {Walk} w @param {number} x @param {number} y @param {number} r */
function marker(g, w, x, y, r) {
  const c = run.corners[w.slot];
  g.setLineDash([]);
  g.lineJoin = 'round';
  g.beginPath();
  if (!c.length) g.arc(x, y, r, 0, 2 * Math.PI);
  for (let i = 0; i < c.length; i += 2) g.lineTo(x + r * c[i], y + r * c[i + 1]);
  g.closePath();
  g.strokeStyle = theme.casing;
  g.lineWidth = w.hollow ? 5.3 : 3.5;
  g.stroke();
  g.fillStyle = w.hollow ? theme.casing : theme.m[w.slot];
  g.fill();
  if (w.hollow) {
    g.strokeStyle = theme.m[w.slot];
    g.lineWidth = 1.8;
    g.stroke();
  }
}

/** Other seeds first, then solid lines, then dashed ones. @param {(w: Walk) => void} f */
function inTurn(f) {
  for (let pass = 0; pass < 3; pass++) for (const w of run.walks) if (w.on && (w.faint ? 0 : w.slot === 1 ? 1 : 2) === pass) f(w);
}

const map = run.map ? new Panel('map', MAP) : null;
const curve = new Panel('curve', CURVE);

/** @param {Ground} d @param {number} s */
function mapX(d, s) { const p = /** @type {Panel} */ (map); return p.x0 + (s - d.range[0]) / (d.range[1] - d.range[0]) * (p.x1 - p.x0); }
/** @param {Ground} d @param {number} t */
function mapY(d, t) { const p = /** @type {Panel} */ (map); return p.y1 - (t - d.range[2]) / (d.range[3] - d.range[2]) * (p.y1 - p.y0); }
/** @param {Ground} d @param {number} s @param {number} t */
function inside(d, s, t) { return s >= d.range[0] && s <= d.range[1] && t >= d.range[2] && t <= d.range[3]; }

/** @param {CanvasRenderingContext2D} g @param {Ground} d @param {Panel} p */
function ground(g, d, p) {
  const sx = (p.x1 - p.x0) / d.box[0], sy = (p.y1 - p.y0) / d.box[1];
  const fit = new DOMMatrix([sx, 0, 0, sy, p.x0, p.y0]);
  p.clip(g);
  g.fillStyle = theme.base;
  g.fillRect(p.x0, p.y0, p.x1 - p.x0, p.y1 - p.y0);
  g.strokeStyle = theme.contour;
  d.bands.forEach((b, i) => {
    const path = new Path2D();
    path.addPath(new Path2D(b.d), fit);
    g.globalAlpha = 1;
    g.fillStyle = theme.bands[i];
    g.fill(path, 'evenodd');
    g.globalAlpha = b.major ? theme.major : theme.minor;
    g.lineWidth = b.major ? 1.1 : 0.7;
    g.stroke(path);
  });
  g.globalAlpha = 1;
  if (d.hatched) {
    const path = new Path2D();
    path.addPath(new Path2D(d.hatched), fit);
    g.save();
    g.clip(path);
    g.fillStyle = theme.wash;
    g.fillRect(p.x0, p.y0, p.x1 - p.x0, p.y1 - p.y0);
    g.beginPath();
    for (let x = p.x0 - p.height; x < p.x1; x += 6) { g.moveTo(x, p.height); g.lineTo(x + p.height, 0); }
    g.strokeStyle = theme.line3;
    g.lineWidth = 1;
    g.stroke();
    g.restore();
  }
  g.font = '500 11px ' + sans;
  g.textAlign = 'center';
  g.textBaseline = 'middle';
  for (const l of d.tags) {
    g.save();
    g.translate(p.x0 + l.X * sx, p.y0 + l.Y * sy);
    g.rotate(Math.atan2(l.DY * sy, l.DX * sx));
    g.globalAlpha = 0.85;
    cased(g, l.Text, 0, 0, theme.ink2);
    g.restore();
  }
  g.restore();
  if (d.holes) {
    g.textAlign = 'left';
    g.textBaseline = 'alphabetic';
    cased(g, `${whole(d.holes)} ${d.holes === 1 ? 'cell' : 'cells'} without a value`, p.x0 + 8, p.y1 - 8, theme.ink2);
  }
  g.lineWidth = 1;
  g.strokeStyle = theme.ink2;
  g.strokeRect(p.x0 - 0.5, p.y0 - 0.5, p.x1 - p.x0 + 1, p.y1 - p.y0 + 1);
  axis(g, p, ticks(d.range[0], d.range[1], Math.min(6, p.width / 90)), ticks(d.range[2], d.range[3], Math.min(6, p.height / 60)), (v) => mapX(d, v), (v) => mapY(d, v));
  g.font = 'italic 13px ' + serif;
  g.fillStyle = theme.ink2;
  g.textAlign = 'center';
  g.textBaseline = 'alphabetic';
  g.fillText(d.axes[0], (p.x0 + p.x1) / 2, p.y1 + 33);
  g.save();
  g.translate(12, (p.y0 + p.y1) / 2);
  if (d.axes[1].length > 2) g.rotate(-Math.PI / 2);
  g.fillText(d.axes[1], 0, 0);
  g.restore();
}

/**
 * @param {CanvasRenderingContext2D} g @param {Panel} p @param {{at: number, text: string}[]} across @param {{at: number, text: string}[]} up
 * @param {(v: number) => number} x @param {(v: number) => number} y
 */
function axis(g, p, across, up, x, y) {
  g.font = '500 11px ' + sans;
  g.fillStyle = theme.ink3;
  g.strokeStyle = theme.line3;
  g.lineWidth = 1;
  g.beginPath();
  g.textAlign = 'center';
  g.textBaseline = 'alphabetic';
  for (const { at, text } of across) {
    const px = Math.round(x(at)) + 0.5;
    g.moveTo(px, p.y1 + 1);
    g.lineTo(px, p.y1 + 4);
    g.fillText(text, Math.min(px, p.width - 2 - g.measureText(text).width / 2), p.y1 + 16);
  }
  g.textAlign = 'right';
  g.textBaseline = 'middle';
  for (const { at, text } of up) {
    const py = Math.round(y(at)) + 0.5;
    g.moveTo(p.x0 - 4, py);
    g.lineTo(p.x0 - 1, py);
    g.fillText(text, p.x0 - 7, Math.max(py, 7));
  }
  g.stroke();
}

/**
 * A trail up to the head. Off the plane it thins and fades in a few steps, each one stroke with the dash carried on.
 * @param {CanvasRenderingContext2D} g @param {Ground} d @param {Walk} w @param {boolean} casing
 */
function trail(g, d, w, casing) {
  const n = last(w.at, head);
  if (n < 0) return;
  let length = 0, x0 = NaN, y0 = NaN, level = -1, open = false;
  /** @param {number} l */
  const style = (l) => {
    const f = l / OFF_STEPS, wide = l === 0 ? 2 : 2.6 - 1.6 * f;
    g.lineWidth = casing ? wide + 3 : wide;
    g.globalAlpha = casing ? 1 : (w.faint ? 0.35 : 1) * (1 - 0.6 * f);
    g.lineDashOffset = length;
  };
  g.setLineDash(casing ? [] : run.dash[w.slot]);
  g.strokeStyle = casing ? theme.casing : theme.m[w.slot];
  g.beginPath();
  for (let i = 0; i <= n + 1; i++) {
    const s = i <= n ? w.s[i] : between(w.at, w.s, head), t = i <= n ? w.t[i] : between(w.at, w.t, head);
    if (s === null || t === null || Number.isNaN(s) || Number.isNaN(t)) { open = false; continue; }
    const x = Math.max(-1e4, Math.min(1e4, mapX(d, s))), y = Math.max(-1e4, Math.min(1e4, mapY(d, t)));
    const l = w.off ? Math.round(OFF_STEPS * w.off[Math.min(i, n)]) : 0;
    if (open) {
      g.lineTo(x, y);
      length += Math.hypot(x - x0, y - y0);
    } else {
      g.moveTo(x, y);
      open = true;
    }
    if (l !== level) {
      if (level >= 0) {
        g.stroke();
        g.beginPath();
        g.moveTo(x, y);
      }
      level = l;
      style(l);
    }
    x0 = x;
    y0 = y;
  }
  g.stroke();
  g.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {boolean} casing */
function cross(g, x, y, casing) {
  g.setLineDash([]);
  g.lineCap = 'round';
  g.beginPath();
  g.moveTo(x - 7, y); g.lineTo(x + 7, y);
  g.moveTo(x, y - 7); g.lineTo(x, y + 7);
  g.strokeStyle = casing ? theme.casing : theme.ink;
  g.lineWidth = casing ? 4.5 : 1.6;
  g.stroke();
  g.lineCap = 'butt';
}

/** @param {Panel} p @param {Ground} d */
function drawMap(p, d) {
  const g = p.begin((b) => ground(b, d, p));
  p.clip(g);
  g.lineJoin = 'round';
  g.lineCap = 'round';
  for (const w of run.walks) if (w.on && !w.faint) trail(g, d, w, true);
  g.lineCap = 'butt';
  inTurn((w) => trail(g, d, w, false));
  g.restore();
  g.lineDashOffset = 0;
  const minima = d.minima.filter((m) => inside(d, m.at[0], m.at[1]));
  for (const m of minima) cross(g, mapX(d, m.at[0]), mapY(d, m.at[1]), true);
  g.font = '500 11px ' + sans;
  g.textBaseline = 'middle';
  if (d.start && inside(d, d.start[0], d.start[1])) {
    const x = mapX(d, d.start[0]), y = mapY(d, d.start[1]);
    g.setLineDash([]);
    g.beginPath();
    g.arc(x, y, 5, 0, 2 * Math.PI);
    g.fillStyle = theme.casing;
    g.fill();
    g.strokeStyle = theme.casing;
    g.lineWidth = 4.5;
    g.stroke();
    g.strokeStyle = theme.ink;
    g.lineWidth = 1.6;
    g.stroke();
    g.textAlign = x + 50 > p.x1 ? 'right' : 'left';
    cased(g, 'start', x + (g.textAlign === 'left' ? 8 : -8), Math.max(p.y0 + 8, y - 11), theme.ink);
  }
  for (const w of run.walks) {
    if (!w.on || w.faint) continue;
    const s = between(w.at, w.s, head), t = between(w.at, w.t, head);
    if (inside(d, s, t)) marker(g, w, mapX(d, s), mapY(d, t), 5);
  }
  for (const m of minima) cross(g, mapX(d, m.at[0]), mapY(d, m.at[1]), false);
  if (minima.length > 6) return;
  for (const m of minima) {
    const x = mapX(d, m.at[0]), text = 'minimum ' + m.text;
    g.font = '500 11px ' + sans;
    g.textBaseline = 'middle';
    g.textAlign = x + 12 + g.measureText(text).width > p.x1 ? 'right' : 'left';
    cased(g, text, x + (g.textAlign === 'left' ? 9 : -9), Math.min(p.y1 - 8, mapY(d, m.at[1]) + 15), theme.ink);
  }
}

/** @param {number} step */
function curveX(step) { return curve.x0 + step / steps * (curve.x1 - curve.x0); }

/** @param {number|null|undefined} v */
function curveY(v) {
  const [low, high] = run.curve.range;
  if (v === null || v === undefined) return NaN;
  const f = !run.curve.log ? (v - low) / (high - low) : v < 0 ? NaN : v === 0 ? -0.03 : Math.max(-0.03, Math.log10(v / low) / Math.log10(high / low));
  return curve.y1 - f * (curve.y1 - curve.y0);
}

/** @param {CanvasRenderingContext2D} g */
function chart(g) {
  const [low, high] = run.curve.range, p = curve;
  let up;
  if (run.curve.log) {
    const a = Math.round(Math.log10(low)), b = Math.round(Math.log10(high)), stride = Math.max(1, Math.ceil((b - a) / Math.max(2, (p.y1 - p.y0) / 34)));
    up = [];
    for (let k = a; k <= b; k += stride) up.push({ at: 10 ** k, text: number(10 ** k, 1) });
  } else up = ticks(low, high, (p.y1 - p.y0) / 40);
  g.strokeStyle = theme.grid;
  g.lineWidth = 1;
  g.beginPath();
  for (const { at } of up) { const y = Math.round(curveY(at)) + 0.5; g.moveTo(p.x0, y); g.lineTo(p.x1, y); }
  g.stroke();
  g.strokeStyle = theme.line2;
  g.beginPath();
  g.moveTo(p.x0 - 0.5, p.y0); g.lineTo(p.x0 - 0.5, p.y1 + 0.5); g.lineTo(p.x1, p.y1 + 0.5);
  g.stroke();
  axis(g, p, ticks(0, steps, Math.min(8, p.width / 90)), up, curveX, curveY);
}

/** @param {CanvasRenderingContext2D} g @param {Walk} w @param {number} from @param {number} to steps */
function line(g, w, from, to) {
  let open = false;
  g.beginPath();
  const a = Math.max(0, last(w.step, from)), b = last(w.step, to);
  for (let i = a; i <= b; i++) {
    const y = curveY(w.value[i]);
    if (y !== y) { open = false; continue; }
    if (open) g.lineTo(curveX(w.step[i]), y);
    else g.moveTo(curveX(w.step[i]), y);
    open = true;
  }
  if (open && to < steps) g.lineTo(curveX(Math.min(to, w.step[w.step.length - 1])), curveY(between(w.step, w.value, to)));
  g.stroke();
}

function drawCurve() {
  const p = curve, g = p.begin(chart);
  g.save();
  g.beginPath();
  g.rect(p.x0, p.y0 - 2, p.x1 - p.x0 + 1, p.y1 - p.y0 + 2);
  g.clip();
  g.lineJoin = 'round';
  g.setLineDash([]);
  // What is still to come is thin and pale.
  g.lineWidth = 1;
  g.globalAlpha = 0.28;
  inTurn((w) => { g.strokeStyle = theme.m[w.slot]; line(g, w, head, steps); });
  g.lineWidth = 2;
  inTurn((w) => {
    g.globalAlpha = w.faint ? 0.35 : 1;
    g.strokeStyle = theme.m[w.slot];
    g.setLineDash(run.dash[w.slot]);
    line(g, w, 0, head);
  });
  g.restore();
  for (const w of run.walks) {
    const n = w.step.length;
    if (!w.on || w.faint || n === 0) continue;
    const y = curveY(between(w.step, w.value, head));
    if (y === y) marker(g, w, curveX(Math.min(head, w.step[n - 1])), Math.max(p.y0, Math.min(p.y1, y)), 4);
  }
  g.setLineDash([]);
  g.strokeStyle = theme.accent;
  g.lineWidth = 2;
  g.beginPath();
  g.moveTo(curveX(head), 0);
  g.lineTo(curveX(head), p.height);
  g.stroke();
}

// The legend, and what is said.

const SVG = 'http://www.w3.org/2000/svg';

/** @param {Walk} w */
function glyph(w) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 30 14');
  svg.setAttribute('aria-hidden', 'true');
  const stroke = document.createElementNS(SVG, 'path');
  stroke.setAttribute('d', 'M1 7H29');
  stroke.setAttribute('stroke-width', '2');
  stroke.setAttribute('stroke-dasharray', run.dash[w.slot].join(' ') || 'none');
  const c = run.corners[w.slot], shape = document.createElementNS(SVG, c.length ? 'polygon' : 'circle');
  if (c.length) shape.setAttribute('points', c.map((v, i) => ((i % 2 ? 7 : 15) + 4.2 * v).toFixed(2)).join(' '));
  else { shape.setAttribute('cx', '15'); shape.setAttribute('cy', '7'); shape.setAttribute('r', '4.2'); }
  shape.setAttribute('stroke-width', '1.8');
  svg.append(stroke, shape);
  return {
    svg,
    paint() {
      stroke.setAttribute('stroke', theme.m[w.slot]);
      shape.setAttribute('fill', w.hollow ? theme.paper : theme.m[w.slot]);
      shape.setAttribute('stroke', w.hollow ? theme.m[w.slot] : 'none');
    },
  };
}

const rows = run.walks.filter((w) => !w.faint).map((w) => {
  const label = document.createElement('label'), box = document.createElement('input'), name = document.createElement('span'), value = document.createElement('b');
  const sign = glyph(w);
  box.type = 'checkbox';
  box.checked = true;
  name.textContent = w.label;
  label.append(box, sign.svg, name, value);
  const item = document.createElement('li');
  item.append(label);
  find('legend').append(item);
  box.addEventListener('change', () => {
    for (const o of run.walks) if (o.id === w.id) o.on = box.checked;
    dirty = true;
  });
  return { w, box, value, sign };
});

const scrub = /** @type {HTMLInputElement} */ (find('scrub'));
scrub.max = String(steps);

function tell() {
  const step = Math.floor(head);
  find('step').replaceChildren(whole(step));
  const small = document.createElement('small');
  small.textContent = ` / ${whole(steps)}`;
  find('step').append(small);
  // While it plays the handle keeps to the line above it, between the steps.
  scrub.step = playing ? 'any' : '1';
  scrub.value = String(playing ? head : step);
  scrub.style.setProperty('--played', `${100 * head / steps}%`);
  scrub.setAttribute('aria-valuetext', `step ${step} of ${steps}`);
  const losses = [];
  for (const r of rows) {
    const i = last(r.w.step, step), v = i < 0 ? NaN : r.w.value[i] ?? NaN;
    const text = r.w.ended && step > (r.w.endedAt ?? 0) ? `${r.w.ended} at step ${whole(r.w.endedAt ?? 0)}` : number(v);
    r.value.textContent = text;
    if (r.w.on) losses.push(`${r.w.label} ${text}`);
  }
  const now = performance.now();
  if (step !== saidStep && now - saidAt <= 1000) {
    // What came too soon after the last words is said when they have had their second.
    clearTimeout(saying);
    saying = setTimeout(() => { dirty = true; }, 1050 - (now - saidAt));
  } else if (step !== saidStep) {
    saidAt = now;
    saidStep = step;
    const text = `Step ${step}. ${run.curve.label}: ${losses.join(', ')}.`;
    if (!playing) find('said').textContent = text;
    curve.canvas.setAttribute('aria-label', text);
    map?.canvas.setAttribute('aria-label', `Map of the ground with the walks. ${text}`);
  }
}

// Time.

/** @param {number} step */
function seek(step) {
  head = Math.max(0, Math.min(steps, step));
  dirty = true;
}

/** @param {boolean} on */
function play(on) {
  if (on && head >= steps) head = 0;
  playing = on;
  before = 0;
  if (!on) head = Math.floor(head);
  find('play').setAttribute('aria-label', on ? 'Pause' : 'Play');
  find('sign').setAttribute('d', on ? 'M4.5 3h3v12h-3ZM10.5 3h3v12h-3Z' : 'M5 3v12l10-6Z');
  dirty = true;
}

/** @param {boolean} on */
function paint(on) {
  dark = on;
  theme = on ? run.dark : run.light;
  const root = document.documentElement;
  root.dataset.theme = on ? 'dark' : 'light';
  for (const name of /** @type {const} */ (['paper', 'bench', 'wash', 'line', 'line2', 'line3', 'ink', 'ink2', 'ink3', 'accent'])) root.style.setProperty('--' + name, theme[name]);
  for (const r of rows) r.sign.paint();
  if (map) map.stale = true;
  curve.stale = true;
  dirty = true;
}

find('play').addEventListener('click', () => play(!playing));
find('restart').addEventListener('click', () => seek(0));
find('back').addEventListener('click', () => { play(false); seek(Math.ceil(head) - 1); });
find('forward').addEventListener('click', () => { play(false); seek(Math.floor(head) + 1); });
find('theme').addEventListener('click', () => paint(!dark));
scrub.addEventListener('input', () => { play(false); seek(Number(scrub.value)); });
find('speed').addEventListener('change', (e) => { speed = Number(/** @type {HTMLSelectElement} */ (e.target).value); });
/** @param {PointerEvent} e */
const point = (e) => { play(false); seek(Math.round((e.offsetX - curve.x0) / (curve.x1 - curve.x0) * steps)); };
curve.canvas.addEventListener('pointerdown', (e) => { curve.canvas.setPointerCapture(e.pointerId); point(e); });
curve.canvas.addEventListener('pointermove', (e) => { if (e.buttons) point(e); });

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const on = /** @type {HTMLElement} */ (e.target).closest?.('input, select, button, summary, pre');
  if (e.key === ' ' && !on) play(!playing);
  else if (e.key.startsWith('Arrow') && !on && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')) {
    play(false);
    seek(Math.round(head) + (e.key === 'ArrowLeft' ? -1 : 1) * (e.shiftKey ? Math.max(1, Math.round(steps / 20)) : 1));
  } else if (e.key === 'Home' && on?.id !== 'scrub') seek(0);
  else if (e.key === 'End' && on?.id !== 'scrub') seek(steps);
  else if (e.key === 't' || e.key === 'T') paint(!dark);
  else if (/^[1-9]$/.test(e.key) && rows[Number(e.key) - 1] && on?.tagName !== 'SELECT') rows[Number(e.key) - 1].box.click();
  else return;
  e.preventDefault();
});

/** @param {number} now */
function frame(now) {
  if (playing) {
    if (before) head = Math.min(steps, head + (now - before) / 1000 * speed * steps / SECONDS);
    before = now;
    if (head >= steps) play(false);
    dirty = true;
  }
  if (dirty && curve.width > 0) {
    dirty = false;
    if (map && run.map) drawMap(map, run.map);
    drawCurve();
    tell();
  }
  requestAnimationFrame(frame);
}

/** @type {HTMLElement} */ (document.querySelector('main')).hidden = false;
if (!map) find('map').hidden = true;
find('curve-title').textContent = run.curve.label + ' ';
if (run.curve.note) {
  const unit = document.createElement('span');
  unit.textContent = run.curve.note;
  find('curve-title').append(unit);
}
find('unit').textContent = run.curve.label.toLowerCase() + ' at the step';
find('written').textContent = JSON.stringify(JSON.parse(find('thalweg-recipe').textContent ?? ''), null, 1);
paint(matchMedia('(prefers-color-scheme: dark)').matches);
seek(run.open);
requestAnimationFrame(frame);

export {};
