// The chrome that every panel has: a header with title, unit, segments and one menu, the plot, and its table.

import { el, icon } from '../icons.js';
import { drawMarker, readTheme } from '../marks.js';
import { number, parse, plain } from '../numbers.js';
import { prose } from '../tex.js';
import { font } from './axes.js';

/** @typedef {import('../session.js').Session} Session */
/** @typedef {import('../store.js').Walk} Walk */
/** @typedef {import('../marks.js').Theme} Theme */
/** @typedef {{id: string, kind: string, title: string, help?: string, measures?: string[], log?: boolean, clock?: string, lines?: {label: string, at: number, measure?: string, rank?: boolean, upright?: boolean}[], ticks?: string, log_clock?: boolean, history?: string, scale?: string, ellipse?: string, reference?: string, contours?: string, drag?: string[], point_names?: string[], points?: string[], box?: string, links?: string, nodes?: string, values?: string, place?: string, band?: string[], dashed?: string[], counts?: string, types?: string, type_names?: string[], names?: string[], outline?: string, across?: string, down?: string, joined?: string[], heights?: string, heights_label?: string, heights_measure?: string}} Spec a panel of the schema */

/** Colours of the page now, with the one of what lies below zero. */
function theme() { return { ...readTheme(), warm: getComputedStyle(document.documentElement).getPropertyValue('--warm').trim() }; }

/** What draws one panel. Kinds override what they can do. */
export class View {
  /** @param {Spec} spec @param {Session} session */
  constructor(spec, session) {
    this.spec = spec;
    this.session = session;
    this.theme = theme();
    /** @type {ThalwegPanel | null} */
    this.chrome = null;
    /** @type {Map<string, import('../wire.js').Frame[]> | null} what was sent, by measure and method's index */
    this.frames = null;
    this.width = 0;
    this.height = 0;
    /** Something else than the playhead changed. */
    this.stale = true;
    /** @type {boolean | null} the reader's choice of a log scale */
    this.log = null;
    /** @type {{from: number | null, to: number | null}} the reader's choice of ends */
    this.range = { from: null, to: null };
    this.can = { log: false, range: false, png: true, svg: false, smooth: false };
    this.readout = el('output', { class: 'plot-readout', hidden: true });
    this.plot = el('div', { class: 'plot', tabindex: 0, role: 'group', 'aria-roledescription': 'plot', 'aria-label': spec.title }, this.readout);
    this.plot.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || !this.key(e)) return;
      e.preventDefault();
      e.stopPropagation();
    });
    this.plot.addEventListener('blur', () => this.leave());
    this.plot.addEventListener('pointerleave', () => this.leave());
    this.observer = new ResizeObserver(([r]) => {
      // A canvas that was cleared and then hidden may come back with an older picture (seen in Chromium): it is made anew.
      if (!this.width && r.contentRect.width) for (const c of this.plot.querySelectorAll('canvas')) c.width = 0;
      this.width = r.contentRect.width;
      this.height = r.contentRect.height;
      this.leave();
      this.refresh();
    });
    this.observer.observe(this.plot);
  }

  /** Asks for a whole draw. */
  refresh() { this.stale = true; this.session.dirty = true; }

  setTheme() { this.theme = theme(); this.refresh(); }

  /** The methods that are switched on. @returns {Walk[]} */
  get walks() { return this.session.walks.filter((w) => w.drawn); }

  /** @param {string} id */
  measure(id) { return measureOf(this.session, id); }

  /** The header's unit. @returns {string} */
  words() { return ''; }

  /** Whether the unit stands under the header, for want of room in it. @returns {boolean} */
  get hangs() { return false; }

  /** @returns {string} */
  title() { return this.spec.title; }

  /** @param {number} at the playhead */
  draw(at) { void at; }

  /** Vectors and pictures that the server should send. @returns {string[]} */
  pictures() { return [...(this.spec.measures ?? []), ...(this.spec.lines ?? []).map((l) => l.measure ?? ''), this.spec.ticks ?? ''].filter((id) => id && this.measure(id).kind !== 'scalar'); }

  /** The newest reading of a vector or picture. @param {string} measure @param {Walk} w @returns {import('../wire.js').Frame | undefined} */
  frame(measure, w) { return this.frames?.get(measure)?.[w.method.index]; }

  get isLog() { return this.log ?? !!this.spec.log; }

  /** Draws the present picture for a file. @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) { void g; void width; void height; }

  /** Further files on offer: name, what writes it, a word on it. @returns {[string, () => Promise<void>, string][]} */
  items() { return []; }

  /** The header's choice beside the menu. @returns {HTMLElement | null} */
  segments() { return null; }

  /** The numbers that are shown. @returns {{head: string[], rows: (string | number)[][]}} */
  table() { return { head: [], rows: [] }; }

  /** A key on the plot; true when it was taken. @param {KeyboardEvent} e */
  key(e) { void e; return false; }

  /** The pointer or the focus left the plot. */
  leave() { this.readout.hidden = true; }

  /** @param {string} text @param {number} x @param {number} y in the plot */
  tell(text, x, y) {
    const r = this.readout;
    if (r.textContent !== text) r.textContent = text;
    r.hidden = false;
    const right = x > this.width / 2;
    r.style.left = right ? 'auto' : `${x + 12}px`;
    r.style.right = right ? `${this.width - x + 12}px` : 'auto';
    r.style.top = `${Math.max(0, Math.min(this.height - 26, y - 30))}px`;
  }

  /** Markers and names in a line. @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} right @param {Theme} t */
  legend(g, x, y, right, t) {
    g.font = font(11, t.sans);
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    for (const w of this.walks) {
      if (w.method.replica) continue;
      const width = g.measureText(w.label).width + 30;
      if (x + width > right) break;
      drawMarker(g, w.slot, x + 5, y, 4, w.hollow, t);
      g.fillStyle = t.ink2;
      g.fillText(w.label, x + 15, y);
      x += width;
    }
  }

  dispose() { this.observer.disconnect(); }
}

/** A measure of the schema or of the plane. @param {Session} s @param {string} id @returns {{id: string, label: string, kind: string, unit: string, log: boolean, help: string}} */
export function measureOf(s, id) {
  const lists = [s.opened?.measures, s.schema.measures, s.schema.plane_measures];
  for (const list of lists) {
    const m = list?.find((/** @type {any} */ k) => k.id === id);
    if (m) return m;
  }
  return { id, label: id.replaceAll('-', ' ').replace(/^./, (c) => c.toUpperCase()), kind: 'scalar', unit: '', log: false, help: '' };
}

let menus = 0;

export class ThalwegPanel extends HTMLElement {
  said = '';
  worded = 0;
  titled = '';
  mirrored = 0;
  later = 0;
  /** @type {View | undefined} */
  view;
  /** @type {Session | undefined} */
  session;

  /**
   * @param {Session} session @param {View} view @param {HTMLElement | null} [segments] what stands in the header beside the menu
   */
  show(session, view, segments = null) {
    this.session = session;
    this.view = view;
    view.chrome = this;
    this.classList.add('panel');
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', view.spec.title);
    this.dataset.panel = view.spec.id;
    this.dataset.kind = view.spec.kind;
    this.dataset.testid = `panel-${view.spec.id}`;
    this.unit = el('span', { class: 'unit' });
    this.heading = el('h2', {}, view.spec.title);
    const id = `menu-of-panel-${++menus}`;
    this.menu = el('div', { class: 'panel-menu', id, popover: 'auto', role: 'dialog', tabindex: -1, 'aria-label': `${view.spec.title}: menu` });
    this.more = el('button', { type: 'button', class: 'more', popovertarget: id, 'aria-haspopup': 'dialog', 'aria-label': `More about ${view.spec.title}`, title: 'More', 'data-testid': 'panel-menu' }, dots());
    this.menu.addEventListener('beforetoggle', (/** @type {any} */ e) => { if (e.newState === 'open') this.build(); });
    this.menu.addEventListener('toggle', (/** @type {any} */ e) => { if (e.newState === 'open') this.place(); });
    this.menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => this.walkMenu(e));
    this.mirror = el('div', { class: 'mirror', hidden: true, tabindex: 0, role: 'group', 'aria-label': `${view.spec.title} as a table`, 'data-testid': 'panel-table' });
    this.body = el('div', { class: 'body' }, view.plot, this.mirror);
    this.titled = view.spec.title;
    this.replaceChildren(el('header', {}, this.heading, this.unit, el('span', { class: 'end' }), segments, this.more), this.body, this.menu);
    return this;
  }

  /** @param {number} at */
  draw(at) {
    const { view } = this;
    if (!view) return;
    view.draw(at);
    // Words change no faster than they are read.
    const now = performance.now();
    if (this.session?.playing && now - this.worded < 100) return;
    this.worded = now;
    const words = view.words(), title = view.title();
    if (title !== this.titled) this.heading.textContent = this.titled = title;
    this.unit.classList.toggle('below', view.hangs);
    if (words !== this.said) {
      this.said = words;
      this.unit.textContent = words;
      this.unit.title = words;
    }
    if (this.mirror.hidden || this.later) return;
    // The table follows once a second; what comes between is not forgotten.
    this.later = window.setTimeout(() => { this.later = 0; if (!this.mirror.hidden) this.fillMirror(); }, Math.max(0, 1000 - (now - this.mirrored)));
  }

  build() {
    const { view, session } = this;
    if (!view || !session) return;
    const { can } = view;
    // What writes files is fetched when the first one is wanted.
    const file = (/** @type {'savePNG' | 'saveSVG' | 'saveCSV'} */ write) => { import('./save.js').then((m) => m[write](view, session)).catch((e) => session.tell('No file', e.message)); };
    const item = (/** @type {string} */ label, /** @type {() => void} */ go, /** @type {boolean | null} */ on = null, note = '', test = '') =>
      el('button', { type: 'button', 'aria-pressed': on === null ? undefined : String(on), 'data-testid': test || undefined, onclick: () => { this.menu.hidePopover(); go(); } },
        el('span', { class: 'tick' }, on ? icon('check', 12) : null), label, note ? el('span', { class: 'unit' }, note) : null);
    const end = (/** @type {'from' | 'to'} */ k) => el('input', { type: 'text', inputmode: 'decimal', 'aria-label': `Range ${k}`, placeholder: 'auto', value: view.range[k] === null ? '' : plain(/** @type {number} */ (view.range[k])), onchange: (/** @type {Event} */ e) => {
      const f = /** @type {HTMLInputElement} */ (e.target), v = parse(f.value);
      const other = k === 'from' ? view.range.to : view.range.from;
      const wrong = f.value.trim() !== '' && !Number.isFinite(v) ? `A number is needed. You wrote ${f.value}.` : other !== null && (k === 'from' ? v >= other : v <= other) ? 'From must lie below to.' : '';
      fault.textContent = wrong;
      if (wrong) return;
      view.range[k] = f.value.trim() === '' ? null : v;
      view.refresh();
    } });
    const fault = el('p', { class: 'fault', role: 'alert' });
    this.menu.replaceChildren(...[
      can.log ? item('Log scale', () => this.setLog(!view.isLog), view.isLog, '', 'panel-log') : null,
      can.range ? el('div', { class: 'ends', role: 'group', 'aria-label': 'Range' }, el('span', { class: 'tick' }), 'Range', end('from'), 'to', end('to')) : null,
      can.range ? fault : null,
      can.smooth ? this.smoothing() : null,
      item(isExpanded(this) ? 'Back to its place' : 'Expand', () => (isExpanded(this) ? shrink() : expand(this)), null, isExpanded(this) ? 'Esc' : 'E', 'panel-expand'),
      can.png ? item('PNG', () => file('savePNG'), null, 'twice the size', 'panel-png') : null,
      can.svg ? item('SVG', () => file('saveSVG'), null, 'vectors', 'panel-svg') : null,
      item('CSV', () => file('saveCSV'), null, 'full precision', 'panel-csv'),
      ...view.items().map(([label, go, note]) => item(label, () => { go().catch((e) => session.tell('No file', e.message)); }, null, note)),
      item('Table', () => this.setMirror(this.mirror.hidden), !this.mirror.hidden, '', 'panel-mirror'),
      el('button', { type: 'button', 'data-testid': 'panel-help', onclick: () => this.explain() }, el('span', { class: 'tick' }), 'What is this?'),
    ].filter(Boolean));
    this.menu.classList.remove('words');
  }

  /** Choice of the window of a running mean. */
  smoothing() {
    const view = /** @type {any} */ (this.view);
    const select = el('select', { 'aria-label': 'Smoothing', onchange: () => { view.smooth = Number(select.value); view.refresh(); } },
      ...[[0, 'off'], [10, '10 records'], [50, '50 records'], [200, '200 records']].map(([v, label]) => el('option', { value: v, selected: view.smooth === v }, String(label))));
    return el('div', { class: 'ends', role: 'group', 'aria-label': 'Smoothing' }, el('span', { class: 'tick' }), 'Mean over', select);
  }

  explain() {
    const { view } = this;
    if (!view) return;
    const parts = (view.spec.measures ?? []).map((id) => view.measure(id)).filter((m) => m.help);
    this.menu.classList.add('words');
    this.menu.replaceChildren(el('h3', {}, view.spec.title), view.spec.help ? el('p', {}, ...prose(view.spec.help, this.session?.schema)) : '',
      ...parts.map((m) => el('p', {}, el('b', {}, m.label), ' ', ...prose(m.help, this.session?.schema))));
    this.place();
  }

  /** Under its button, inside the window. */
  place() {
    const b = this.more.getBoundingClientRect(), m = this.menu;
    const width = m.offsetWidth, height = m.offsetHeight;
    m.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, b.right - width))}px`;
    m.style.top = `${b.bottom + 4 + height > innerHeight - 8 ? Math.max(8, b.top - height - 4) : b.bottom + 4}px`;
    // The focus inside keeps Escape with the menu.
    if (!m.contains(document.activeElement)) /** @type {HTMLElement} */ (m.querySelector('button') ?? m).focus();
  }

  /** @param {KeyboardEvent} e */
  walkMenu(e) {
    const list = [...this.menu.querySelectorAll('button,input,select')], i = list.indexOf(/** @type {Element} */ (document.activeElement));
    const inField = document.activeElement?.matches('input,select');
    const next = { ArrowDown: i + 1, ArrowUp: i - 1, Home: inField ? NaN : 0, End: inField ? NaN : list.length - 1 }[e.key];
    if (e.key !== 'Escape') e.stopPropagation();
    if (next === undefined || Number.isNaN(next) || (inField && document.activeElement?.matches('select'))) return;
    e.preventDefault();
    /** @type {HTMLElement} */ (list[(next + list.length) % list.length])?.focus();
  }

  /** @param {boolean} on */
  setLog(on) {
    if (!this.view) return;
    this.view.log = on;
    this.view.range = { from: null, to: null };
    this.view.refresh();
  }

  /** @param {boolean} on */
  setMirror(on) {
    this.mirror.hidden = !on;
    this.view?.plot.classList.toggle('covered', on);
    if (on) { this.fillMirror(); this.mirror.focus(); }
  }

  fillMirror() {
    const { view } = this;
    if (!view) return;
    this.mirrored = performance.now();
    const { head, rows } = view.table();
    // A table is read by people: of long ones every so-many-th row; the CSV has them all.
    const every = Math.ceil(rows.length / 200), scroll = this.mirror.scrollTop;
    const shown = every > 1 ? rows.filter((_, i) => i % every === 0 || i === rows.length - 1) : rows;
    this.mirror.replaceChildren(el('table', {}, el('caption', {}, view.spec.title, every > 1 ? `, every ${every}th of ${rows.length} rows` : ''),
      el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))),
      el('tbody', {}, ...shown.map((r) => el('tr', {}, ...r.map((c) => el('td', {}, typeof c === 'number' ? number(c) : String(c))))))),
    rows.length ? '' : el('p', {}, 'Nothing measured yet at this step.'));
    this.mirror.scrollTop = scroll;
  }
}
customElements.define('thalweg-panel', ThalwegPanel);

/** Three dots. */
function dots() {
  const svg = icon('', 16);
  svg.innerHTML = '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.2"/>';
  return svg;
}

/** @type {{panel: HTMLElement, holder: HTMLElement} | null} the panel that has the stage, and what keeps its place */
let expanded = null;

/** @param {HTMLElement} panel */
export const isExpanded = (panel) => expanded?.panel === panel;

/** Gives a panel the stage; the others stay. @param {HTMLElement} panel */
export function expand(panel) {
  const stage = document.querySelector('.stage');
  if (!stage || isExpanded(panel)) return;
  shrink();
  const title = panel.getAttribute('aria-label') ?? 'This panel';
  const holder = el('div', { class: `panel away ${panel.classList.contains('time') ? 'time' : ''}` },
    el('p', {}, `${title} has the stage.`), el('button', { type: 'button', class: 'button', onclick: () => shrink() }, 'Back to its place'));
  panel.replaceWith(holder);
  stage.append(panel);
  panel.classList.add('expanded');
  expanded = { panel, holder };
  /** @type {HTMLElement | null} */ (panel.querySelector('.plot, canvas[tabindex]'))?.focus({ preventScroll: true });
  panel.dispatchEvent(new CustomEvent('expanded', { bubbles: true, detail: true }));
}

/** Puts the expanded panel back; false when there is none. */
export function shrink() {
  if (!expanded) return false;
  const { panel, holder } = expanded;
  expanded = null;
  panel.classList.remove('expanded');
  holder.replaceWith(panel);
  /** @type {HTMLElement | null} */ (panel.querySelector('.plot, canvas[tabindex]'))?.focus({ preventScroll: true });
  panel.dispatchEvent(new CustomEvent('expanded', { bubbles: true, detail: false }));
  return true;
}

/** The key E: the panel with the focus, else the one under the pointer, else the landscape takes the stage or leaves it. */
export function toggleExpanded() {
  if (shrink()) return;
  const panel = document.activeElement?.closest('.panel') ?? [...document.querySelectorAll('.panel:hover')].pop() ?? document.querySelector('.panel.landscape');
  if (panel && !panel.classList.contains('away')) expand(/** @type {HTMLElement} */ (panel));
}
