// What the tools of the ground share: their place in the panel, a bar of progress with its button, and words for answers
// that are not whole.

import { el } from '../icons.js';
import { number, whole } from '../numbers.js';

/** @typedef {import('../session.js').Session} Session */
/** @typedef {import('./asks.js').Exploration} Exploration */
/** @typedef {import('./panel.js').GroundView} GroundView */

export class Tool {
  /** @param {GroundView} view */
  constructor(view) {
    this.view = view;
    this.session = view.session;
    this.asks = view.asks;
    this.layer = view.layer;
    this.box = /** @type {HTMLElement[]} */ ([]);
  }

  /** The explorations that this tool shows. @returns {string[]} */
  get tools() { return []; }

  /** Something of it changed, or it is shown again. */
  update() {}

  /** What it begins with. @param {any} ask */
  begin(ask) { void ask; }

  /** The picture for files, null where there is none. @returns {import('./profile.js').Profile | null} */
  picture() { return null; }

  /** The numbers that are shown. @returns {{head: string[], rows: (string | number)[][]}} */
  table() { return { head: [], rows: [] }; }

  setTheme() { this.picture()?.setTheme(); }
}

/** The bar of one exploration: how far it is, what it took, and the button that starts or stops it. */
export class Progress {
  /** @param {Tool} tool @param {string} name of the exploration @param {string} label of the button @param {string} what is counted @param {() => void} go */
  constructor(tool, name, label, what, go) {
    this.tool = tool;
    this.name = name;
    this.label = label;
    this.what = what;
    this.button = el('button', { type: 'button', class: 'button', 'data-testid': `ground-${name}-go`, onclick: () => { if (tool.asks.busy(name)) tool.asks.cancel(name); else go(); } }, label);
    this.fill = el('i', {});
    this.rail = el('span', { class: 'rail', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, hidden: true }, this.fill);
    this.words = el('span', { 'aria-live': 'polite' });
    this.box = el('div', { class: 'progress' }, this.button, this.rail, this.words);
  }

  /** @param {string} [again] what the button says when there is an answer @param {string} [none] what is said before there is one @param {string} [note] what is said beside an answer */
  update(again = this.label, none = '', note = '') {
    const e = this.tool.asks.get(this.name), busy = this.tool.asks.busy(this.name);
    const label = busy ? 'Stop' : e?.result ? again : this.label;
    if (this.button.textContent !== label) this.button.textContent = label;
    this.button.title = busy ? 'Escape stops it, too' : '';
    this.rail.hidden = !busy;
    const share = Math.round(100 * (e?.share ?? 0));
    this.fill.style.width = `${share}%`;
    this.rail.setAttribute('aria-valuenow', String(share));
    const words = !e ? none : e.state === 'failed' ? '' : e.state === 'asked' ? (this.tool.session.state === 'done' ? 'asked' : 'begins when the run is computed') : `${busy ? `${share} % · ` : ''}${whole(e.evaluations)} ${this.what}${note && ` · ${note}`}`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}

/** Words over an answer that is not whole; null for one that is. @param {Exploration | undefined} e */
export function doubt(e) {
  if (!e || e.state === 'asked' || e.state === 'running') return null;
  if (e.state === 'failed') return el('p', { class: 'unsure', role: 'alert' }, el('b', {}, 'No answer: '), sentence(e.why || 'the server gave no reason'));
  if (e.state === 'stopped') return el('p', { class: 'unsure' }, el('b', {}, 'Stopped: '), sentence(e.why || 'what was found so far stays'));
  return e.converged ? null : el('p', { class: 'unsure' }, el('b', {}, 'Not converged: '), sentence(e.why || 'the numbers may still move'));
}

/** @param {string} s */
export const sentence = (s) => (/[.!?]$/.test(s) ? s : `${s}.`);

/** A place in brackets. @param {ArrayLike<number> | undefined} x */
export const tuple = (x) => (x && x.length <= 4 ? `(${Array.from(x, (v) => number(Math.abs(v) < 1e-12 ? 0 : v)).join(', ')})` : '');

/** A table of the panel, which scrolls where it has no room. @param {string} caption @param {string[]} head @param {(string | Node)[][]} rows */
export function sheet(caption, head, rows) {
  return el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption }, el('table', { class: 'plain' }, el('caption', {}, caption), el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))),
    el('tbody', {}, ...rows.map((r) => el('tr', {}, ...r.map((c, i) => el(i ? 'td' : 'th', i ? {} : { scope: 'row' }, c)))))));
}
