// Basins of attraction: for each cell of the plane the minimum that the flow from there reaches, and the borders between.

import { el } from '../icons.js';
import { readTheme } from '../marks.js';
import { number, whole } from '../numbers.js';
import { ramp } from '../ramp.js';
import { counted, fillLook, fillUnknown } from './basinpicture.js';
import { nameOf, found } from './places.js';
import { Progress, Tool, doubt, sheet } from './tool.js';

/** Cells along a side that are on offer. */
const SIDES = [48, 96, 144];

export class BasinTool extends Tool {
  /** @param {import('./panel.js').GroundView} view */
  constructor(view) {
    super(view);
    this.cells = 96;
    /** The flow of what the plane shows, or of the whole function from there. */
    this.mode = 'plane';
    this.go = new Progress(this, 'basins', 'Map the basins', 'gradients', () => {
      const range = this.session.ground?.range;
      this.layer.show('basins', true);
      this.asks.ask('basins', { cells: this.cells, mode: this.mode, ...(range ? { range } : {}) });
    });
    this.asked = el('div', { class: 'ask' });
    this.notes = el('div', {});
    this.legend = el('div', {});
    /** @type {HTMLElement[]} */
    this.box = [this.asked, this.go.box, this.notes, this.legend];
    this.form();
  }

  get tools() { return ['basins']; }

  form() {
    const mode = el('select', { 'aria-label': 'Flow', 'data-testid': 'basin-mode', onchange: () => { this.mode = mode.value; } }, el('option', { value: 'plane', selected: this.mode === 'plane' }, 'on this plane only'), el('option', { value: 'full', selected: this.mode === 'full' }, 'through the whole space'));
    const side = el('select', { 'aria-label': 'Cells', onchange: () => { this.cells = Number(side.value); } }, ...SIDES.map((n) => el('option', { value: n, selected: n === this.cells }, `${n} × ${n}`)));
    this.asked.replaceChildren(...(this.session.whole ? [] : [el('label', {}, el('span', {}, 'Flow'), mode)]), el('label', {}, el('span', {}, 'Cells'), side));
    this.flat = this.session.whole;
  }

  flat = true;

  update() {
    const e = this.asks.get('basins'), r = e?.result;
    if (this.flat !== this.session.whole) this.form();
    this.go.update('Map again', 'Gradient flow from each cell until it rests.');
    const c = r?.index ? counted(r) : null;
    this.notes.replaceChildren(...[doubt(e), r?.mode ? el('p', { class: 'quiet' }, r.mode === 'full' ? 'The flow leaves the plane: a cell tells where the walk from there ends.' : this.session.whole ? '' : 'The flow stays on the plane: its minima are those of the picture, not of the whole space.') : null].filter((x) => x !== null));
    if (!c) { this.legend.replaceChildren(); return; }
    const all = c.all, rows = r.ends.map((/** @type {any} */ end, /** @type {number} */ i) => [el('span', { class: 'pick' }, swatch((g, t) => fillLook(g, i, 0, 0, 30, 16, t)), String(i + 1)), Number.isFinite(end.s) ? `${number(end.s, 3)}, ${number(end.t, 3)}` : '–', number(end.loss), percent(c.counts[i] ?? 0, all)]);
    if (c.spent) rows.push([el('span', { class: 'pick' }, swatch((g, t) => fillUnknown(g, true, 0, 0, 30, 16, t)), 'budget spent'), '–', '–', percent(c.spent, all)]);
    if (c.pending) rows.push([el('span', { class: 'pick' }, swatch((g, t) => fillUnknown(g, false, 0, 0, 30, 16, t)), 'not yet'), '–', '–', percent(c.pending, all)]);
    const shown = el('input', { type: 'checkbox', checked: this.layer.shown.has('basins'), onchange: () => this.layer.show('basins', shown.checked) });
    const points = found(this.session), links = (r.links ?? []).map((/** @type {any} */ l) => { const p = points.find((k) => k.id === l.saddle); return `${p ? nameOf(p) : `the saddle ${String(l.saddle).replaceAll('-', '−')}`} joins ${l.ends.map((/** @type {number} */ k) => k + 1).join(' and ')}`; });
    const table = sheet('Basins of the minima', ['Minimum', 'at', 'loss', 'of the picture'], rows);
    table.querySelector('table').dataset.testid = 'basin-legend';
    this.legend.replaceChildren(table, ...(links.length ? [el('p', { class: 'quiet' }, `${links.join(' · ')}. Dashed lines are the borders.`)] : []), el('label', { class: 'row' }, shown, 'Shown on the map'));
  }

  table() {
    const r = this.asks.get('basins')?.result, n = r?.cells ?? 0;
    if (!r?.index) return { head: [], rows: [] };
    const [s0, s1, t0, t1] = r.range, words = (/** @type {number} */ k) => (k >= 0 ? k + 1 : k === -1 ? 'not yet' : 'budget spent');
    return { head: ['s', 't', 'Minimum'], rows: Array.from(r.index, (/** @type {number} */ k, i) => [s0 + ((i % n) + 0.5) * (s1 - s0) / n, t0 + (Math.floor(i / n) + 0.5) * (t1 - t0) / n, words(k)]) };
  }

  setTheme() { this.update(); }
}

/** @param {number} n @param {number} all */
const percent = (n, all) => `${number((100 * n) / all, 3)} %, ${whole(n)}`;

/** A piece of what the map shows. @param {(g: CanvasRenderingContext2D, t: import('../marks.js').Theme) => void} paint */
function swatch(paint) {
  const c = el('canvas', { class: 'swatch', width: 60, height: 32, 'aria-hidden': 'true' }), g = c.getContext('2d'), t = readTheme();
  c.style.width = '30px';
  c.style.height = '16px';
  g.scale(2, 2);
  // On the middle of the heights lighter and darker are seen.
  const middle = ramp('sounding', t.dark).subarray(4 * 140, 4 * 140 + 3);
  g.fillStyle = `rgb(${middle.join(' ')})`;
  g.fillRect(0, 0, 30, 16);
  paint(g, t);
  g.strokeStyle = t.line3;
  g.strokeRect(0.5, 0.5, 29, 15);
  return c;
}
