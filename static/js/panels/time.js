// The loss over the scrubber: its x axis is the track, one line crosses both.

import { el } from '../icons.js';
import { Curve } from './curve.js';
import { ThalwegPanel } from './panel.js';

/** @typedef {import('../session.js').Session} Session */

/** The panel that stands over the scrubber: the one that asks for it, else the first curve of the loss. @param {any} schema @returns {import('./panel.js').Spec} */
export function timeSpec(schema) {
  const curves = schema.panels.filter((/** @type {any} */ p) => p.kind === 'curve');
  return curves.find((/** @type {any} */ p) => p.place === 'time') ?? curves.find((/** @type {any} */ p) => p.measures?.includes('loss')) ?? curves[0] ?? { id: 'loss', kind: 'curve', title: 'Loss', measures: ['loss'], log: true };
}

export class TimePanel {
  /** @param {Session} session @param {HTMLElement} host */
  constructor(session, host) {
    this.session = session;
    this.view = new Curve(timeSpec(session.schema), session, { over: true });
    this.segments = el('span', { class: 'segments', role: 'group', 'aria-label': 'Scale', 'data-testid': 'log-toggle' },
      ...['log', 'linear'].map((k) => el('button', { type: 'button', 'data-log': k, onclick: () => session.setPage({ log: k === 'log' }) }, k)));
    this.panel = /** @type {ThalwegPanel} */ (el('thalweg-panel', { class: 'time' }));
    this.panel.show(session, this.view, this.segments);
    // Here the choice of scale belongs to the page and its link.
    this.panel.setLog = (on) => session.setPage({ log: on });
    host.append(this.panel);
    /** @type {boolean | null} */
    this.pressed = null;
    session.addEventListener('page', () => { this.view.range = { from: null, to: null }; this.view.refresh(); });
  }

  /** @param {number} at */
  draw(at) {
    this.panel.draw(at);
    if (this.pressed === this.view.isLog) return;
    this.pressed = this.view.isLog;
    for (const b of this.segments.children) b.setAttribute('aria-pressed', String((b.dataset.log === 'log') === this.pressed));
  }

  setTheme() { this.view.setTheme(); }
}
