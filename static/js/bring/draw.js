// Points drawn by hand: two or three classes sprayed on a square, or typed as rows; they become a table x,y,class.

import { sentence } from '../drop.js';
import { el } from '../icons.js';
import { readTheme } from '../marks.js';
import { plain, whole } from '../numbers.js';
import { fitCanvas } from '../panels/axes.js';
import { drawRow } from '../panels/rows.js';
import { dialog } from './dialog.js';
import { upload } from './upload.js';

/** @typedef {{x: number, y: number, k: number}} Point */

const NAMES = ['a', 'b', 'c'];
/** Half the side of the square, the radius of the spray and of the eraser in its units, and how many points a spray puts down at once. */
const HALF = 2, SPRAY = 0.22, RUBBER = 0.18, DROPS = 3;
/** Rows that a table has at least and at most. */
const LEAST = 10, MOST = 5000;
const HEAD = 'x,y,class';
/** A number of a row: three places are finer than the eye. @param {number} v */
const short = (v) => plain(Number(v.toFixed(3)));

/** Points as the text of a table. @param {Point[]} points */
export const rowsOf = (points) => `${HEAD}\n${points.map((p) => `${short(p.x)},${short(p.y)},${NAMES[p.k]}`).join('\n')}${points.length ? '\n' : ''}`;

/**
 * The points of a typed text; what is no point is told by its line.
 * @param {string} text @returns {{points: Point[], fault: string}}
 */
export function pointsOf(text) {
  /** @type {Point[]} */
  const points = [];
  let fault = '';
  text.split('\n').forEach((line, i) => {
    if (!line.trim() || (i === 0 && line.replaceAll(' ', '') === HEAD)) return;
    const cells = line.split(',').map((c) => c.trim()), [x, y] = cells.slice(0, 2).map(Number), k = NAMES.indexOf(cells[2]);
    const wrong = cells.length !== 3 ? `has ${cells.length} columns, expected 3` : !cells[0] || !Number.isFinite(x) ? `'${cells[0]}' is not a number` : !cells[1] || !Number.isFinite(y) ? `'${cells[1]}' is not a number` : k < 0 ? `'${cells[2]}' is no class; there are ${NAMES.join(', ')}` : '';
    if (wrong) fault ||= `line ${i + 1}: ${wrong}`;
    else points.push({ x, y, k });
  });
  if (points.length > MOST) fault ||= `${whole(points.length)} rows, at most ${whole(MOST)}`;
  return { points: points.slice(0, MOST), fault };
}

/** @param {{base: string, go: (report: import('./upload.js').Report) => Promise<string>}} use */
export function drawDialog(use) {
  /** @type {Point[]} */
  let points = [];
  /** @type {Point[][]} what Undo goes back to */
  const past = [];
  let tool = 'spray', kind = 0, fault = '';
  const canvas = el('canvas', { class: 'draw', 'aria-hidden': 'true', 'data-testid': 'draw-canvas' });
  const square = el('div', { class: 'draw-square' }, canvas);
  const words = el('p', { class: 'unit', role: 'status', 'data-testid': 'draw-count' });
  const refused = el('p', { class: 'fault', role: 'alert' });
  const typed = el('textarea', { class: 'table-text', rows: 7, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-label': 'Points as rows: x, y, class', 'data-testid': 'draw-rows' });
  /** @param {string} name @param {[string, string, Node?][]} list @param {string} now @param {(id: string) => void} choose */
  const choice = (name, list, now, choose) => el('span', { class: 'segments', role: 'group', 'aria-label': name }, ...list.map(([id, label, mark]) => el('button', { type: 'button', 'data-testid': `draw-${id}`, 'aria-pressed': String(id === now), onclick: (/** @type {Event} */ e) => {
    const b = /** @type {HTMLElement} */ (e.currentTarget);
    for (const o of b.parentElement?.children ?? []) o.setAttribute('aria-pressed', String(o === b));
    choose(id);
  } }, mark ?? null, label)));
  const marks = NAMES.map(() => el('canvas', { class: 'class-mark', 'aria-hidden': 'true' }));
  const classes = choice('Class', NAMES.map((n, i) => [n, `Class ${n}`, marks[i]]), 'a', (id) => { kind = NAMES.indexOf(id); });
  const tools = choice('Tool', [['spray', 'Spray'], ['point', 'Point'], ['erase', 'Erase']], tool, (id) => { tool = id; });
  const undo = el('button', { type: 'button', class: 'button', 'data-testid': 'draw-undo', onclick: () => { const p = past.pop(); if (p) { points = p; told(); } } }, 'Undo');
  const clear = el('button', { type: 'button', class: 'button', onclick: () => { keep(); points = []; told(); } }, 'Clear');
  const train = el('button', { type: 'button', class: 'button primary', 'data-testid': 'draw-train', onclick: () => go() }, 'Train on these points');
  const box = dialog('Draw points', 'draw-dialog', [
    el('div', { class: 'draw-bar' }, classes, tools, el('span', { class: 'row' }, undo, clear)),
    el('div', { class: 'draw-box' }, square, el('label', { class: 'draw-typed' }, el('span', { class: 'unit' }, `Or type rows: x, y and the class ${NAMES.join(', ')}.`), typed)), words, refused,
  ], [el('span', { class: 'unit limits' }, `At least ${LEAST} points of two classes, at most ${whole(MOST)}`), el('button', { type: 'button', class: 'button', onclick: () => box.close() }, 'Cancel'), train]);

  const keep = () => { past.push(points.slice()); if (past.length > 100) past.shift(); };

  /** Everything that follows from the points. @param {boolean} [byHand] the rows are being typed: they stay as they are */
  const told = (byHand = false) => {
    if (!byHand) { typed.value = rowsOf(points); fault = ''; }
    const of = NAMES.map((_, k) => points.filter((p) => p.k === k).length), lacks = points.length < LEAST ? `${LEAST - points.length} more are needed` : of.filter(Boolean).length < 2 ? 'a second class is needed' : '';
    words.textContent = `${whole(points.length)} ${points.length === 1 ? 'point' : 'points'}${points.length ? ` (${NAMES.map((n, k) => (of[k] ? `${whole(of[k])} of ${n}` : '')).filter(Boolean).join(', ')})` : ''}${lacks ? `: ${lacks}` : ''}.`;
    refused.textContent = fault ? sentence(fault) : '';
    train.disabled = !!lacks || !!fault;
    undo.disabled = !past.length;
    clear.disabled = !points.length;
    paint();
  };
  typed.addEventListener('input', () => {
    const was = points;
    ({ points, fault } = pointsOf(typed.value));
    if (points.length !== was.length) past.push(was);
    told(true);
  });

  /** The shade of a class: from paper to ink, as the decision's picture has it. @param {import('../marks.js').Theme} t @param {number} k */
  const colours = (t, k) => ({ fill: [t.paper, t.ink, t.line3][k], ink: t.ink, paper: t.paper });
  const paint = () => {
    const w = square.clientWidth, h = square.clientHeight;
    if (!w || !h) return;
    const t = readTheme();
    fitCanvas(canvas, w, h);
    const g = canvas.getContext('2d'), dpr = canvas.width / w;
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    g.clearRect(0, 0, w, h);
    g.strokeStyle = t.grid;
    g.lineWidth = 1;
    g.beginPath();
    for (let v = -HALF; v <= HALF; v++) { const x = Math.round(((v + HALF) / (2 * HALF)) * w) + 0.5, y = Math.round(((v + HALF) / (2 * HALF)) * h) + 0.5; g.moveTo(x, 0); g.lineTo(x, h); g.moveTo(0, y); g.lineTo(w, y); }
    g.stroke();
    for (const p of points) drawRow(g, p.k, ((p.x + HALF) / (2 * HALF)) * w, ((HALF - p.y) / (2 * HALF)) * h, 4, colours(t, p.k));
    marks.forEach((m, k) => {
      fitCanvas(m, 14, 14);
      const c = m.getContext('2d'), s = m.width / 14;
      c.setTransform(s, 0, 0, s, 0, 0);
      c.clearRect(0, 0, 14, 14);
      drawRow(c, k, 7, 7, 4.5, colours(t, k));
    });
  };

  /** Works with the tool at a place of the canvas. @param {PointerEvent} e */
  const work = (e) => {
    const r = canvas.getBoundingClientRect(), x = ((e.clientX - r.left) / r.width) * 2 * HALF - HALF, y = HALF - ((e.clientY - r.top) / r.height) * 2 * HALF;
    const put = (/** @type {number} */ px, /** @type {number} */ py) => { if (points.length < MOST && Math.abs(px) <= HALF && Math.abs(py) <= HALF) points.push({ x: Number(px.toFixed(3)), y: Number(py.toFixed(3)), k: kind }); };
    if (tool === 'erase') points = points.filter((p) => Math.hypot(p.x - x, p.y - y) > RUBBER);
    else if (tool === 'point') put(x, y);
    else for (let i = 0; i < DROPS; i++) { const a = 2 * Math.PI * Math.random(), d = SPRAY * Math.sqrt(Math.random()); put(x + d * Math.cos(a), y + d * Math.sin(a)); }
    told();
  };
  let down = false, worked = 0;
  canvas.addEventListener('pointerdown', (/** @type {PointerEvent} */ e) => {
    if (e.button !== 0) return;
    e.preventDefault();
    down = true;
    canvas.setPointerCapture(e.pointerId);
    keep();
    work(e);
  });
  canvas.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => {
    // A spray puts down as much in a second however often the pointer tells of itself.
    if (!down || tool === 'point' || (tool === 'spray' && e.timeStamp - worked < 30)) return;
    worked = e.timeStamp;
    work(e);
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { down = false; });
  const watch = new ResizeObserver(paint);
  watch.observe(square);
  const themed = new MutationObserver(paint);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  box.root.addEventListener('close', () => { watch.disconnect(); themed.disconnect(); });

  const go = async () => {
    train.disabled = true;
    let said;
    try {
      const text = rowsOf(points), report = await upload(use.base, new Blob([text], { type: 'text/csv' }), { name: 'Drawn points', text });
      said = report.problems.length ? report.problems[0].text : await use.go(report);
    } catch (e) {
      said = /** @type {Error} */ (e).message;
    }
    train.disabled = false;
    if (said) refused.textContent = sentence(said); else box.close();
  };
  told();
  box.shown.then(() => { paint(); classes.querySelector('button').focus(); });
}
