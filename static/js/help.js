// The keys: what they do, and the switch that turns the single letters off.

import { el } from './icons.js';
import { memory } from './lesson.js';

/** @typedef {import('./session.js').Session} Session */

const STORE = 'thalweg.letters';

/** The two columns of the dialog, each of groups of keys and what they do. @type {[string, [string[], string][]][][]} */
const COLUMNS = [[
  ['Time', [
    [['Space'], 'play or pause'], [['.', '→'], 'one step on'], [[',', '←'], 'one step back'], [['Shift', '→'], 'ten steps'],
    [['Home', 'End'], 'first, last step'], [['R'], 'back to the start'], [['N'], 'new seed'],
  ]],
  ['Methods', [
    [['1', '–', '9'], 'method on or off'], [['↑', '↓'], 'a step size, in its field'],
  ]],
], [
  ['View', [
    [['S'], 'surface'], [['C'], 'map'], [['B'], 'both'], [['L'], 'log or linear loss'], [['E'], 'expand the panel'],
    [['F'], 'full screen'], [['P'], 'presenter'], [['+', '−'], 'zoom the landscape'], [['?'], 'these keys'], [['Esc'], 'close, leave'],
  ]],
]];

export class Help {
  /** @param {Session} session @param {{tour?: {start: () => void}}} [parts] */
  constructor(session, parts = {}) {
    this.session = session;
    /** Whether single letters are keys; arrows, Space and the like always are. */
    this.letters = memory(STORE) !== 'off';
    const toggle = el('input', { type: 'checkbox', role: 'switch', id: 'letters', checked: this.letters, onchange: () => {
      this.letters = toggle.checked;
      memory(STORE, this.letters ? 'on' : 'off');
      this.root.classList.toggle('letters-off', !this.letters);
    } });
    this.root = el('dialog', { class: `help${this.letters ? '' : ' letters-off'}`, 'aria-labelledby': 'help-title', 'data-testid': 'help' },
      el('h2', { id: 'help-title' }, 'Keys'),
      el('div', { class: 'help-groups' }, ...COLUMNS.map((groups) => el('div', {}, ...groups.map(([title, keys]) => el('section', {}, el('h3', {}, title),
        el('dl', {}, ...keys.map(([caps, verb]) => el('div', { class: caps.every((k) => /^[A-Z1-9–.,?]$/.test(k)) ? 'letter-key' : undefined },
          el('dt', {}, ...caps.map((k) => (k === '–' ? k : el('kbd', {}, k)))), el('dd', {}, verb))))))))),
      el('div', { class: 'foot' }, el('label', { class: 'switch' }, toggle, 'Single-letter keys'),
        parts.tour ? el('button', { type: 'button', class: 'button', 'data-testid': 'tour-again', onclick: () => { this.root.close(); parts.tour?.start(); } }, 'Tour') : null,
        el('button', { type: 'button', class: 'button', autofocus: true, onclick: () => this.root.close() }, 'Close')));
    // A click beside the dialog closes it.
    this.root.addEventListener('click', (/** @type {MouseEvent} */ e) => { if (e.target === this.root) this.root.close(); });
    document.body.append(this.root);
  }

  open() { if (!this.root.open) this.root.showModal(); }
}
