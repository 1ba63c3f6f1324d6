// The panel over the scrubber: the loss against the chosen clock, with the playhead that the track shares.

import { Curve } from '../curve.js';
import { el } from '../icons.js';

/** @typedef {import('../session.js').Session} Session */

export class TimePanel {
  /** @param {Session} session @param {HTMLElement} host */
  constructor(session, host) {
    this.session = session;
    this.body = el('div', { class: 'body' });
    this.buttons = el('span', { class: 'segments end', role: 'group', 'aria-label': 'Scale', 'data-testid': 'log-toggle' },
      ...['log', 'linear'].map((k) => el('button', { type: 'button', 'data-log': k, onclick: () => session.setPage({ log: k === 'log' }) }, k)));
    this.unit = el('span', { class: 'unit' });
    this.panel = el('section', { class: 'panel time', 'aria-label': 'Loss', 'data-panel': 'loss' }, el('header', {}, el('h2', {}, 'Loss'), this.unit, this.buttons), this.body);
    host.append(this.panel);
    this.curve = new Curve(this.body, { measures: ['loss'], log: true, left: 56, right: innerWidth < 700 ? 20 : 92, steps: 1, axis: true, seek: (s) => session.seek(s) });
    session.on('page', () => this.scale());
    this.scale();
  }

  scale() {
    const log = this.session.page.log ?? true;
    this.curve.options.log = log;
    for (const b of this.buttons.children) b.setAttribute('aria-pressed', String((b.dataset.log === 'log') === log));
    this.unit.textContent = `at each step, ${log ? 'log' : 'linear'} scale`;
  }

  setTheme() { this.curve.setTheme(); }

  /** @param {number} at */
  draw(at) {
    const s = this.session;
    this.curve.options.steps = s.opened.steps;
    this.curve.draw(s.walks, at);
    if (s.lag > 1 && s.playing) this.unit.textContent = `showing every ${s.lag}th step`;
  }
}
