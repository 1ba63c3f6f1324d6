// The table at the step: a row for each method, a column for each measure that there is room for.

import { el } from '../icons.js';
import { glyph } from '../marks.js';
import { number, whole } from '../numbers.js';
import { plainTeX } from '../tex.js';
import { endWords } from './curve.js';
import { brief } from './names.js';
import { View } from './panel.js';

/** @typedef {import('../store.js').Walk} Walk */

/** Milliseconds between two looks while it plays: numbers that change faster cannot be read. */
const PACE = 100, SORT = 500;

export class TableView extends View {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: false, range: false, png: false, svg: false, smooth: false };
    this.values = el('table', { class: 'values', 'data-testid': 'legend' });
    this.minimum = el('p', { class: 'minimum' });
    this.plot.classList.add('rows');
    this.plot.prepend(this.values, this.minimum);
    this.plot.setAttribute('aria-roledescription', 'table');
    /** @type {{walk: Walk, row: any, cells: any[], said: string[]}[]} */
    this.lines = [];
    /** @type {string[]} */
    this.columns = [];
    this.key1 = '';
    this.step = -1;
    /** How many messages had come when it was drawn: the rows of one method may come after another's. */
    this.seen = -1;
    this.drawn = 0;
    this.sorted = 0;
    session.addEventListener('minimum', () => this.refresh());
  }

  title() { return this.spec.title === 'At this step' ? `At step ${whole(this.session.step)}` : this.spec.title; }
  words() {
    const seeds = this.session.walks.reduce((n, w) => Math.max(n, w.method.replica + 1), 1);
    return [this.spec.title === 'At this step' ? '' : `step ${whole(this.session.step)}`, seeds > 1 ? `median of ${seeds} seeds` : ''].filter(Boolean).join(' · ');
  }

  /** @param {string} id */
  heading(id) {
    const m = this.measure(id);
    if (m.label.length <= 9) return m.label;
    const letter = Object.entries(this.session.schema.symbols ?? {}).find(([, of]) => of === id);
    return letter ? plainTeX(letter[0]) : { 'gradient-norm': '|∇f|', 'step-norm': '|Δ|', 'test-accuracy': 'Test acc.' }[id] ?? m.label;
  }

  /** The measures that this run has and that there is room for. */
  fit() {
    const has = (this.spec.measures ?? []).filter((id) => this.session.walks.some((w) => w.names.includes(id) && this.any(w, id)));
    const tight = this.width < 320;
    this.values.classList.toggle('tight', tight);
    return has.slice(0, Math.max(1, Math.floor(tight ? (this.width - 32 - 104) / 54 : (this.width - 32 - 124) / 60)));
  }

  /** @param {Walk} w @param {string} id */
  any(w, id) { return w.rows.count === 0 || !Number.isNaN(w.read(id, w.rows.last)); }

  /** @param {number} at */
  draw(at) {
    const s = this.session, step = Math.floor(at), now = performance.now();
    if (!s.opened || this.width < 30) return;
    if (!this.stale && (step === this.step && s.frames === this.seen || (s.playing && now - this.drawn < PACE))) return;
    if (s.playing && now - this.drawn < PACE && this.lines.length) { s.dirty = true; return; }
    this.drawn = now;
    this.step = step;
    this.seen = s.frames;
    const shown = this.walks.filter((w) => !w.method.replica), columns = this.fit();
    const key = `${s.opened.run}|${shown.map((w) => `${w.id}${w.slot}`)}|${columns}`;
    if (key !== this.key1) { this.key1 = key; this.build(shown, columns); }
    this.stale = false;
    for (const l of this.lines) this.fill(l, step);
    if (!s.playing || now - this.sorted > SORT) { this.sorted = now; this.order(step); }
    this.say();
  }

  /** @param {Walk[]} walks @param {string[]} columns */
  build(walks, columns) {
    this.columns = columns;
    this.lines = walks.map((w) => {
      const cells = columns.map((id) => el('td', { 'data-testid': id === 'loss' ? `loss-${w.id}` : undefined }));
      return { walk: w, row: el('tr', { 'data-row': w.id }, el('th', { scope: 'row', title: w.label }, glyph(w.slot, w.hollow), el('span', {}, brief(w))), ...cells), cells, said: columns.map(() => '') };
    });
    this.body = el('tbody', {}, ...this.lines.map((l) => l.row));
    this.values.replaceChildren(el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Method'), ...columns.map((id) => el('th', { scope: 'col', title: this.measure(id).label }, this.heading(id))))), this.body);
  }

  /** What a method reads, the median of its seeds where there are several. @param {Walk} w @param {string} id @param {number} step */
  reading(w, id, step) {
    if (this.session.opened.methods.length === 1 || !this.session.walks.some((k) => k.id === w.id && k !== w)) return w.read(id, step);
    const all = this.session.walks.filter((k) => k.id === w.id && !this.gone(k, step)).map((k) => k.read(id, step)).filter((v) => Number.isFinite(v)).sort((a, b) => a - b);
    const n = all.length;
    return n ? (all[(n - 1) >> 1] + all[n >> 1]) / 2 : NaN;
  }

  /** @param {Walk} w @param {number} step */
  gone(w, step) { return w.state === 'diverged' && w.stoppedAt >= 0 && step >= w.stoppedAt; }

  /** @param {{walk: Walk, row: any, cells: any[], said: string[]}} l @param {number} step */
  fill(l, step) {
    const gone = this.gone(l.walk, step), n = l.cells.length;
    for (let k = 0; k < n; k++) {
      const text = gone ? (k === 0 ? endWords(l.walk) : '') : number(this.reading(l.walk, this.columns[k], step));
      if (text === l.said[k] && gone === l.cells[0].classList.contains('diverged')) continue;
      l.said[k] = text;
      l.cells[k].textContent = text;
      l.cells[k].hidden = gone && k > 0;
    }
    l.cells[0].classList.toggle('diverged', gone);
    l.cells[0].colSpan = gone ? n : 1;
  }

  /** The best first, those that diverged last. @param {number} step */
  order(step) {
    const first = this.columns[0];
    const rank = (/** @type {Walk} */ w) => { const v = this.reading(w, first, step); return this.gone(w, step) ? Infinity : Number.isNaN(v) ? 1e308 : v; };
    const before = this.lines.map((l) => l.row);
    this.lines.sort((a, b) => rank(a.walk) - rank(b.walk));
    if (this.lines.some((l, i) => l.row !== before[i])) this.body?.append(...this.lines.map((l) => l.row));
  }

  /** Where the best walk leads. */
  say() {
    const m = this.session.minimum;
    let text = !m?.label ? '' : `${m.label.replace(/^./, (/** @type {string} */ c) => c.toUpperCase())}${m.x.length <= 4 ? ` (${m.x.map((/** @type {number} */ v) => number(Math.abs(v) < 1e-12 ? 0 : v)).join(', ')})` : ''}, loss ${number(m.loss ?? NaN)}, Hessian eigenvalues ${m.eigenvalues.slice(0, 4).map((/** @type {number} */ v) => number(v)).join(', ')}${m.eigenvalues.length > 4 ? ', …' : ''}: where ${(this.session.walks.find((w) => w.id === m.method)?.label ?? m.method).replace(/^[A-Z](?=[a-z])/, (/** @type {string} */ c) => c.toLowerCase())} leads, polished by Newton's method.`;
    // Numbers in running text are not parted at a line's end.
    text = text.replaceAll('\u2009', '\u202f');
    if (this.minimum.textContent !== text) this.minimum.textContent = text;
  }

  table() {
    const columns = (this.spec.measures ?? []).filter((id) => this.session.walks.some((w) => w.names.includes(id))), step = this.session.step;
    return { head: ['Method', 'Seed', ...columns.map((id) => this.measure(id).label)], rows: this.walks.map((w) => [w.label, w.method.replica + 1, ...columns.map((id) => (this.gone(w, step) ? endWords(w) : w.read(id, step)))]) };
  }
}
