// The frame of a picture with axes: grid, ticks and their texts, and lines of reference.

import { tickText } from './scale.js';

/** @typedef {import('./scale.js').Scale} Scale */
/** @typedef {import('../marks.js').Theme} Theme */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/** Strings of fonts, made once for each family. @type {Map<string, string>} */
const fonts = new Map();
/** @param {number} size @param {string} family @param {number} [weight] */
export function font(size, family, weight = 500) {
  const key = `${weight} ${size} ${family}`;
  let f = fonts.get(key);
  if (!f) fonts.set(key, f = `${weight} ${size}px ${family}`);
  return f;
}

const NONE = /** @type {number[]} */ ([]), REFERENCE = [4, 3];

/**
 * Grid lines across, ticks below.
 * @param {CanvasRenderingContext2D} g @param {Box} b @param {Scale} x @param {Scale} y @param {Theme} t
 * @param {{x?: boolean, y?: boolean, text?: (v: number) => string, down?: boolean, big?: number}} [o]
 */
export function frame(g, b, x, y, t, o = {}) {
  const bottom = b.top + b.height, right = b.left + b.width, big = o.big ?? 1;
  g.setLineDash(NONE);
  g.font = font(11 * big, t.sans);
  g.lineWidth = 1;
  if (o.y !== false) {
    g.textAlign = 'right';
    g.textBaseline = 'middle';
    for (const v of y.ticks(28 * big)) {
      const p = Math.round(y.at(v)) + 0.5;
      if (p < b.top - 1 || p > bottom + 1) continue;
      g.strokeStyle = t.grid;
      line(g, b.left, p, right, p);
      g.fillStyle = t.ink3;
      g.fillText(tickText(v), b.left - 8, p);
    }
  }
  g.strokeStyle = t.line2;
  line(g, b.left, bottom + 0.5, right, bottom + 0.5);
  if (o.x === false) return;
  g.textBaseline = 'top';
  const ticks = x.ticks((b.width > 400 ? 110 : 70) * big);
  for (const v of ticks) {
    const p = Math.round(x.at(v)) + 0.5;
    if (p < b.left - 1 || p > right + 1) continue;
    g.strokeStyle = t.line2;
    line(g, p, bottom, p, bottom + 4);
    if (o.down) { g.strokeStyle = t.grid; line(g, p, b.top, p, bottom); }
    g.fillStyle = t.ink3;
    g.textAlign = 'center';
    g.fillText((o.text ?? tickText)(v), p, bottom + 6);
  }
}

/** @param {CanvasRenderingContext2D} g @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
export function line(g, x0, y0, x1, y1) {
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}

/**
 * A line of reference across, with its label above the right end.
 * @param {CanvasRenderingContext2D} g @param {Box} b @param {number} p pixel @param {string} label @param {Theme} t @param {boolean} [upright] @param {number} [big]
 */
export function reference(g, b, p, label, t, upright = false, big = 1) {
  const bottom = b.top + b.height, right = b.left + b.width;
  if (upright ? p < b.left || p > right : p < b.top || p > bottom) return;
  g.setLineDash(REFERENCE);
  g.lineWidth = 1;
  g.strokeStyle = t.ink2;
  if (upright) line(g, p, b.top, p, bottom); else line(g, b.left, p, right, p);
  g.setLineDash(NONE);
  if (!label) return;
  g.font = font(11 * big, t.sans);
  g.textBaseline = 'alphabetic';
  g.lineWidth = 3;
  g.lineJoin = 'round';
  g.strokeStyle = t.paper;
  g.fillStyle = t.ink2;
  const x = upright ? p + 4 : right, y = upright ? b.top + 10 : p < b.top + 14 ? p + 13 : p - 5;
  g.textAlign = upright ? (p > right - 40 ? 'right' : 'left') : 'right';
  const at = upright && g.textAlign === 'right' ? p - 4 : x;
  g.strokeText(label, at, y);
  g.fillText(label, at, y);
}

/** The canvas of a host at the screen's density; true when it was resized. @param {HTMLCanvasElement} c @param {number} width @param {number} height */
export function fitCanvas(c, width, height) {
  const dpr = Math.min(3, devicePixelRatio || 1), w = Math.max(1, Math.round(width * dpr)), h = Math.max(1, Math.round(height * dpr));
  if (c.width === w && c.height === h) return false;
  // Its size is its own: while a panel grows, the last picture is not stretched.
  c.style.width = `${width}px`;
  c.style.height = `${height}px`;
  c.width = w;
  c.height = h;
  return true;
}
