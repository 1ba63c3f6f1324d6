// How a method is told apart: colour, dash and marker always ride along together. Also the types of what is drawn, and
// the theme as plain colours for canvases.

import { short } from './numbers.js';

/**
 * One method's run. Arrays are owned by the page and may grow between draws.
 * @typedef {object} Walk
 * @property {string} id
 * @property {string} key its own among those drawn: a run and the one it branched off may share ids
 * @property {number} slot colour slot, 1 to 8
 * @property {boolean} hollow
 * @property {boolean} visible
 * @property {Float64Array} path s,t of each record, valid up to 2*count
 * @property {Float64Array|null} loss true loss of each record
 * @property {Float64Array|null} distance distance of each record from the plane, null in the whole space
 * @property {number} count records known
 * @property {number} shown records up to and including the playhead
 * @property {number} blend 0 to 1, the head's way to the next record
 * @property {boolean} ghost the walk of the run that this one branched off, drawn from the branch on
 * @property {boolean} faint one more seed of a method: at 35 %, without a casing
 * @property {number} far the farthest that the walk has been from the plane, 0 in the whole space
 * @property {number} from first record drawn; what a ghost shares with the walk that branched off is drawn once
 * @property {Float32Array|null} [swarm] its own loose points
 * @property {Ends|null} [ends]
 */

/**
 * The ground under the walks.
 * @typedef {object} Ground
 * @property {number} version changes with any of the rest
 * @property {number} rows
 * @property {number} columns
 * @property {number[]} range s0, s1, t0, t1
 * @property {Float32Array} values row-major, rows along t from its low end, NaN holes
 * @property {number} min
 * @property {number} max
 * @property {number} epsilon
 * @property {boolean} log
 * @property {number} holes
 * @property {number[]} levels losses
 * @property {boolean[]} major
 */

/**
 * What a renderer draws.
 * @typedef {object} Picture
 * @property {Ground|null} ground
 * @property {Walk[]} walks
 * @property {number[]} start s, t
 * @property {ArrayLike<number>[]} others s, t, … of walks that start elsewhere
 * @property {Mark[]} minima
 * @property {Mark[]} saddles
 * @property {string[]} axes two labels
 * @property {number[]} range s0, s1, t0, t1 of the view
 * @property {Float32Array|null} swarm s,t of loose points; other points come as another array
 * @property {Ends|null} ends where the loose points end
 * @property {boolean} whole the plane is the whole space
 * @property {Pointer} pointer
 * @property {Field|null} quiver
 * @property {import('./ground/layer.js').Layer|null} [layer] what the tools of the ground show, once one was used
 */

/**
 * Where the points of a swarm end.
 * @typedef {object} Ends
 * @property {ArrayLike<number>} names for each point the index of its minimum, -1 not there yet, -2 diverged
 * @property {number} columns the points began on a grid of so many columns, rows from the low end of the second axis
 * @property {number[]} range of that grid, its cells' edges
 * @property {{ink: number, text: string, more: string}[]} key what the colours mean; more: how many there are
 */

/**
 * A named place of the plane. Its words are made once.
 * @typedef {object} Mark
 * @property {number[]} at
 * @property {number} loss
 * @property {string} text
 */

/**
 * What the pointer or the keyboard's cross shows: a place, and the way down from it.
 * @typedef {object} Pointer
 * @property {boolean} on
 * @property {boolean} cross drawn as a cross: the keyboard has it
 * @property {number} s
 * @property {number} t
 * @property {number} ds direction of descent along both axes, NaN where it is not known
 * @property {number} dt
 */

/**
 * Directions on a regular grid, rows along the second axis from its low end.
 * @typedef {object} Field
 * @property {number} rows
 * @property {number} columns
 * @property {number[]} range
 * @property {(number|null)[]} vectors
 */

/** Dash patterns in px at width 2, by slot; entry 0 is unused. @type {number[][]} */
export const DASHES = [[], [], [8, 4], [2, 4], [9, 3, 2, 3], [14, 4], [5, 3], [12, 3, 2, 3, 2, 3], [1, 3]];

/** The dash of a run left behind at a branch: that of the next slot, so that both futures are told apart. @param {number} slot */
export const otherDash = (slot) => DASHES[slot % 8 + 1];

/** Opacity of steps that are known but not yet played. */
export const FUTURE = 0.28;
/** Opacity of further seeds of one method. */
export const FAINT = 0.35;

/**
 * Colours and fonts of the page as it looks now. Read once per change of theme, not per frame.
 * m[1..8] are the method colours.
 */
export function readTheme() {
  const root = document.documentElement, css = getComputedStyle(root);
  /** @param {string} name @param {string} [other] */
  const get = (name, other = '#888888') => css.getPropertyValue('--' + name).trim() || other;
  const size = (/** @type {string} */ name, /** @type {number} */ other) => Number.parseFloat(css.getPropertyValue('--' + name)) || other;
  const set = root.dataset.theme;
  const m = [''];
  for (let i = 1; i <= 8; i++) m.push(get('m' + i));
  const text = size('canvas-text', 11), name = size('canvas-name', 13), sans = get('sans', 'sans-serif'), serif = get('serif', 'serif');
  return {
    dark: set === 'dark' || (set !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches),
    m, case: get('case'), contour: get('contour'), contourI: get('contour-i'),
    ink: get('ink'), ink2: get('ink-2'), ink3: get('ink-3'),
    line: get('line'), line2: get('line-2'), line3: get('line-3'), grid: get('grid'),
    paper: get('paper'), wash: get('wash'), wash2: get('wash-2'), accent: get('accent'), div: get('div'), holds: get('holds'), fails: get('fails'),
    // Sizes in px: a phone and a projector have their own.
    trail: size('trail', 2), head: size('head', 5), text, name, font: `500 ${text}px ${sans}`, italic: `italic ${name}px ${serif}`,
    sans, serif, mono: get('mono', 'monospace'),
  };
}

/** @typedef {ReturnType<typeof readTheme>} Theme */

/** The colours of loose points: without a name yet, diverged, then by name. @param {Theme} t */
export const inksOf = (t) => [t.ink2, t.div, ...t.m.slice(1)];

/** @param {number} n @param {number} outer @param {number} inner every second corner @param {number} turn */
function ring(n, outer, inner, turn) {
  const out = [];
  for (let i = 0; i < n; i++) {
    const r = i % 2 ? inner : outer, a = turn + 2 * Math.PI * i / n;
    out.push(r * Math.cos(a), r * Math.sin(a));
  }
  return out;
}

const UP = -Math.PI / 2, P = 1.15, Q = 0.38;
/**
 * Corners of each marker for radius 1, by slot; the circle has none. Sizes differ so that the areas look alike.
 * @type {number[][]}
 */
const CORNERS = [
  [], [],
  [-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9],
  [0, -1.15, 1.1, 0.85, -1.1, 0.85],
  ring(4, 1.25, 1.25, UP),
  [0, 1.15, -1.1, -0.85, 1.1, -0.85],
  ring(6, 1.08, 1.08, 0),
  [-Q, -P, Q, -P, Q, -Q, P, -Q, P, Q, Q, Q, Q, P, -Q, P, -Q, Q, -P, Q, -P, -Q, -Q, -Q],
  ring(10, 1.35, 0.6, UP),
];

/** The path of a marker. @param {CanvasRenderingContext2D} g @param {number} slot @param {number} x @param {number} y @param {number} r */
export function outline(g, slot, x, y, r) {
  const corners = CORNERS[slot] ?? CORNERS[1];
  g.beginPath();
  if (corners.length === 0) { g.arc(x, y, r, 0, 2 * Math.PI); return; }
  for (let i = 0; i < corners.length; i += 2) g.lineTo(x + r * corners[i], y + r * corners[i + 1]);
  g.closePath();
}

/**
 * A method's marker with its casing.
 * @param {CanvasRenderingContext2D} g @param {number} slot @param {number} x @param {number} y @param {number} r
 * @param {boolean} hollow @param {Theme} theme
 */
export function drawMarker(g, slot, x, y, r, hollow, theme) {
  g.setLineDash(DASHES[0]);
  g.lineJoin = 'round';
  outline(g, slot, x, y, r);
  g.strokeStyle = theme.case;
  // The casing shows half of the stroke outside the shape; a hollow marker's own line lies under it.
  g.lineWidth = hollow ? 5.3 : 3.5;
  g.stroke();
  if (hollow) {
    g.fillStyle = theme.case;
    g.fill();
    g.strokeStyle = theme.m[slot];
    g.lineWidth = 1.8;
    g.stroke();
  } else {
    g.fillStyle = theme.m[slot];
    g.fill();
  }
}

/** A level's loss in two digits, for a label on its line. @param {number} loss */
export function levelText(loss) {
  const v = Number(loss.toPrecision(2)), size = Math.abs(v);
  return size >= 1e-3 && size < 1e5 ? String(v).replace('-', '\u2212') : short(v, 2);
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} name @param {Record<string, string|number>} attributes */
function element(name, attributes) {
  const e = document.createElementNS(SVG, name);
  for (const key in attributes) e.setAttribute(key, String(attributes[key]));
  return e;
}

/**
 * The legend's glyph, 30 by 14: a piece of the line with its marker. It follows the theme by itself.
 * @param {number} slot @param {boolean} [hollow] @returns {SVGElement}
 */
export function glyph(slot, hollow = false) {
  const svg = element('svg', { width: 30, height: 14, viewBox: '0 0 30 14', 'aria-hidden': 'true', class: 'glyph' });
  const colour = `var(--m${slot})`, r = 4.2;
  const line = element('path', { d: 'M1 7H29', fill: 'none', 'stroke-width': 2, 'stroke-dasharray': (DASHES[slot] ?? []).join(' ') || 'none' });
  line.style.stroke = colour;
  const corners = CORNERS[slot] ?? [];
  const shape = corners.length === 0
    ? element('circle', { cx: 15, cy: 7, r, 'stroke-width': 1.8 })
    : element('polygon', { points: corners.map((v, i) => ((i % 2 ? 7 : 15) + r * v).toFixed(2)).join(' '), 'stroke-width': 1.8, 'stroke-linejoin': 'round' });
  shape.style.fill = hollow ? 'var(--paper)' : colour;
  shape.style.stroke = hollow ? colour : 'none';
  svg.append(line, shape);
  return /** @type {SVGElement} */ (svg);
}

/** A saddle: a slanted cross. @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {Theme} theme */
export function drawSaddle(g, x, y, theme) {
  g.setLineDash(DASHES[0]);
  g.beginPath();
  const r = theme.head;
  g.moveTo(x - r, y - r); g.lineTo(x + r, y + r);
  g.moveTo(x - r, y + r); g.lineTo(x + r, y - r);
  g.lineCap = 'round';
  g.strokeStyle = theme.case;
  g.lineWidth = 4.5;
  g.stroke();
  g.strokeStyle = theme.ink;
  g.lineWidth = 1.6;
  g.stroke();
  g.lineCap = 'butt';
}

/**
 * An arrow with its casing, from a place into a direction of length 1.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} dx @param {number} dy
 * @param {number} length px @param {string} colour @param {Theme} theme
 */
export function drawArrow(g, x, y, dx, dy, length, colour, theme) {
  const ex = x + dx * length, ey = y + dy * length;
  g.setLineDash(DASHES[0]);
  g.lineCap = g.lineJoin = 'round';
  g.beginPath();
  g.moveTo(x, y); g.lineTo(ex, ey);
  g.moveTo(ex - 8 * dx - 4.5 * dy, ey - 8 * dy + 4.5 * dx); g.lineTo(ex, ey); g.lineTo(ex - 8 * dx + 4.5 * dy, ey - 8 * dy - 4.5 * dx);
  g.strokeStyle = theme.case;
  g.lineWidth = 5;
  g.stroke();
  g.strokeStyle = colour;
  g.lineWidth = 2;
  g.stroke();
  g.lineCap = 'butt';
}

/**
 * Text that stays readable on the ground: drawn over a casing.
 * @param {CanvasRenderingContext2D} g @param {string} text @param {number} x @param {number} y
 * @param {string} colour @param {Theme} theme
 */
export function casedText(g, text, x, y, colour, theme) {
  g.setLineDash(DASHES[0]);
  g.lineJoin = 'round';
  g.lineWidth = 3;
  g.strokeStyle = theme.case;
  g.strokeText(text, x, y);
  g.fillStyle = colour;
  g.fillText(text, x, y);
}

/** The start: an open circle. @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {Theme} theme */
export function drawStart(g, x, y, theme) {
  g.setLineDash(DASHES[0]);
  g.beginPath();
  g.arc(x, y, theme.head, 0, 2 * Math.PI);
  g.fillStyle = theme.case;
  g.strokeStyle = theme.case;
  g.lineWidth = 4.5;
  g.fill();
  g.stroke();
  g.strokeStyle = theme.ink;
  g.lineWidth = 1.6;
  g.stroke();
}

/**
 * A minimum: an ink cross, 14 px. Without its casing it goes over a head that has arrived.
 * @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {Theme} theme @param {boolean} [cased]
 */
export function drawMinimum(g, x, y, theme, cased = true) {
  g.setLineDash(DASHES[0]);
  g.beginPath();
  const r = 1.4 * theme.head;
  g.moveTo(x - r, y); g.lineTo(x + r, y);
  g.moveTo(x, y - r); g.lineTo(x, y + r);
  g.lineCap = 'round';
  g.strokeStyle = theme.case;
  g.lineWidth = 4.5;
  if (cased) g.stroke();
  g.strokeStyle = theme.ink;
  g.lineWidth = 1.6;
  g.stroke();
  g.lineCap = 'butt';
}
