// Basins as a picture under the contours: each has a tint, a hatching and the number of its minimum, none of them in a
// colour that a method has. What is not known is grey and hatched.

/** @typedef {import('../marks.js').Theme} Theme */
/** @typedef {{cells: number, range: number[], index: ArrayLike<number>, ends: {s: number | null, t: number | null, loss: number, at?: number[]}[]}} BasinMap */

/** Cells that the flow has not started from yet, and those that it left unfinished. */
export const PENDING = -1, SPENT = -2;

/** Pixels between the lines of a hatching. */
const PITCH = 9;

/** How basins look, in turn: opacity of the tint, whether it darkens, and the directions of the lines. @type {{veil: number, dark: boolean, lines: string}[]} */
const LOOKS = [
  { veil: 0.34, dark: false, lines: '' }, { veil: 0.16, dark: true, lines: '' }, { veil: 0.3, dark: false, lines: '/' }, { veil: 0.14, dark: true, lines: '\\' },
  { veil: 0.34, dark: false, lines: '.' }, { veil: 0.12, dark: true, lines: '-' }, { veil: 0.3, dark: false, lines: '|' }, { veil: 0.12, dark: true, lines: '+' },
];

/** @param {number} i */
export const look = (i) => LOOKS[i % LOOKS.length];

/** Fills what is clipped with the look of a basin. @param {any} g @param {number} i @param {number} left @param {number} top @param {number} width @param {number} height @param {Theme} t */
export function fillLook(g, i, left, top, width, height, t) {
  const k = look(i);
  g.globalAlpha = t.dark ? 0.6 * k.veil : k.veil;
  // Lighter and darker by the theme's own ends.
  g.fillStyle = k.dark !== t.dark ? t.ink : t.paper;
  g.fillRect(left, top, width, height);
  g.globalAlpha = t.dark ? 0.5 : 0.42;
  g.strokeStyle = g.fillStyle = t.ink;
  g.lineWidth = 1;
  g.setLineDash([]);
  lines(g, k.lines, left, top, width, height, PITCH);
  g.globalAlpha = 1;
}

/** @param {any} g @param {boolean} spent @param {number} left @param {number} top @param {number} width @param {number} height @param {Theme} t */
export function fillUnknown(g, spent, left, top, width, height, t) {
  g.globalAlpha = spent ? 1 : 0.55;
  g.fillStyle = t.wash;
  g.fillRect(left, top, width, height);
  g.globalAlpha = 1;
  g.strokeStyle = g.fillStyle = t.line3;
  g.lineWidth = 1;
  g.setLineDash([]);
  lines(g, spent ? 'x' : '/', left, top, width, height, 6);
}

/** @param {any} g @param {string} kinds @param {number} left @param {number} top @param {number} width @param {number} height @param {number} pitch */
function lines(g, kinds, left, top, width, height, pitch) {
  const at = (/** @type {number} */ v) => Math.floor(v / pitch) * pitch;
  g.beginPath();
  for (const k of kinds) {
    if (k === '/' || k === 'x') for (let x = at(left - height); x < left + width; x += pitch) { g.moveTo(x, top + height); g.lineTo(x + height, top); }
    if (k === '\\' || k === 'x') for (let x = at(left - height); x < left + width; x += pitch) { g.moveTo(x, top); g.lineTo(x + height, top + height); }
    if (k === '-' || k === '+') for (let y = at(top); y < top + height; y += pitch) { g.moveTo(left, y + 0.5); g.lineTo(left + width, y + 0.5); }
    if (k === '|' || k === '+') for (let x = at(left); x < left + width; x += pitch) { g.moveTo(x + 0.5, top); g.lineTo(x + 0.5, top + height); }
    if (k === '.') for (let y = at(top), odd = 0; y < top + height; y += pitch * 0.7, odd = 1 - odd) for (let x = at(left) + (odd * pitch) / 2; x < left + width; x += pitch) { g.moveTo(x + 1.3, y); g.arc(x, y, 1.3, 0, 2 * Math.PI); }
  }
  if (kinds === '.') g.fill(); else g.stroke();
}

/**
 * Paints a map of basins.
 * @param {any} g @param {BasinMap} m @param {{x: (s: number) => number, y: (t: number) => number, left: number, top: number, across: number, tall: number, theme: Theme}} map
 */
export function paintBasins(g, m, map) {
  const n = m.cells, [s0, s1, t0, t1] = m.range, ds = (s1 - s0) / n, dt = (t1 - t0) / n;
  const kinds = [...new Set(Array.from(m.index))].sort((a, b) => a - b);
  for (const k of kinds) {
    g.save();
    g.beginPath();
    for (let r = 0; r < n; r++) {
      const top = map.y(t0 + (r + 1) * dt), tall = map.y(t0 + r * dt) - top;
      for (let c = 0; c < n;) {
        if (m.index[r * n + c] !== k) { c++; continue; }
        const from = c;
        while (c < n && m.index[r * n + c] === k) c++;
        const left = map.x(s0 + from * ds);
        g.rect(left, top, map.x(s0 + c * ds) - left, tall);
      }
    }
    g.clip();
    if (k < 0) fillUnknown(g, k === SPENT, map.left, map.top, map.across, map.tall, map.theme);
    else fillLook(g, k, map.left, map.top, map.across, map.tall, map.theme);
    g.restore();
  }
  // Where two basins touch.
  g.beginPath();
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      const k = m.index[r * n + c];
      if (k < 0) continue;
      if (c + 1 < n && m.index[r * n + c + 1] >= 0 && m.index[r * n + c + 1] !== k) { const x = map.x(s0 + (c + 1) * ds); g.moveTo(x, map.y(t0 + r * dt)); g.lineTo(x, map.y(t0 + (r + 1) * dt)); }
      if (r + 1 < n && m.index[(r + 1) * n + c] >= 0 && m.index[(r + 1) * n + c] !== k) { const y = map.y(t0 + (r + 1) * dt); g.moveTo(map.x(s0 + c * ds), y); g.lineTo(map.x(s0 + (c + 1) * ds), y); }
    }
  }
  g.setLineDash([]);
  g.lineWidth = 1;
  g.strokeStyle = map.theme.contourI;
  g.stroke();
}

/** How many cells each basin has, with those that are not known. @param {BasinMap} m */
export function counted(m) {
  const counts = new Array(m.ends.length).fill(0);
  let pending = 0, spent = 0;
  for (let i = 0; i < m.index.length; i++) {
    const k = m.index[i];
    if (k === PENDING) pending++; else if (k < 0) spent++; else counts[k] = (counts[k] ?? 0) + 1;
  }
  return { counts, pending, spent, all: m.index.length };
}
