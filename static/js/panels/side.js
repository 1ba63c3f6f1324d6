// The side column: the table at the step, and the lab's further panels.

import { el } from '../icons.js';
import { glyph } from '../marks.js';
import { number, whole } from '../numbers.js';
import { Panels } from '../panels.js';

/** @typedef {import('../session.js').Session} Session */

export class Side {
  /** @param {Session} session @param {HTMLElement} host */
  constructor(session, host) {
    this.session = session;
    this.title = el('span', { class: 'unit' });
    this.table = el('table', { class: 'values', 'data-testid': 'legend' });
    this.minimum = el('p', { class: 'minimum' });
    const more = el('section', { class: 'panel', 'aria-label': 'Panels' });
    host.append(el('section', { class: 'panel', 'aria-label': 'Values', 'data-panel': 'values' }, el('header', {}, el('h2', {}, 'At step'), this.title), this.table, this.minimum), more);
    const { schema } = session;
    const loss = schema.panels.find((/** @type {any} */ p) => p.kind === 'curve' && p.measures?.includes('loss'));
    this.panels = new Panels(more, schema.panels.filter((/** @type {any} */ p) => ['curve', 'spectrum', 'image', 'points'].includes(p.kind) && p !== loss), schema.measures, (measures) => session.look({ measures }));
    session.on('opened', (m) => { if (!m.again) this.panels.forget(); });
    session.on('picture', (p) => this.panels.take(p.frame, p.measure));
  }

  setTheme() { this.panels.setTheme(); this.table.dataset.key = ''; }

  /** Shows the panel of that id and underlines its title once. @param {string} id */
  flash(id) {
    const p = this.panels.list.find((/** @type {any} */ x) => x.id === id);
    if (p) this.panels.show(p);
  }

  /** @param {number} at */
  draw(at) {
    const { walks, opened } = this.session;
    this.panels.draw(walks, at, opened.steps);
    this.values(Math.floor(at));
  }

  /** @param {number} step */
  values(step) {
    const { walks, opened, minimum } = this.session, table = this.table;
    this.title.textContent = whole(step);
    const distance = walks.some((w) => w.names.includes('distance') && Number.isFinite(w.read('distance', step)));
    const accuracy = !distance && walks.some((w) => w.names.includes('test-accuracy'));
    const third = distance ? 'distance' : accuracy ? 'test-accuracy' : '';
    const shown = walks.filter((w) => w.drawn && !w.method.replica);
    const key = shown.map((w) => w.id).join() + third + opened.run;
    if (table.dataset.key !== key) {
      table.dataset.key = key;
      table.replaceChildren(el('tr', {}, el('th', { scope: 'col' }, 'Method'), el('th', { scope: 'col' }, 'Loss'), el('th', { scope: 'col' }, '|∇f|'), third ? el('th', { scope: 'col' }, distance ? 'Distance' : 'Test acc.') : null),
        ...shown.map((w) => el('tr', { 'data-row': w.id }, el('td', {}, glyph(w.slot, w.hollow), w.label), el('td', { 'data-testid': `loss-${w.id}` }), el('td', {}), third ? el('td', {}) : null)));
    }
    shown.forEach((w, i) => {
      const cells = table.rows[i + 1].cells;
      const ended = w.stoppedAt >= 0 && step >= w.stoppedAt && w.state === 'diverged';
      cells[1].textContent = ended ? w.why.match(/^diverged at step \d+/)?.[0] ?? `diverged at step ${w.stoppedAt}` : number(w.read('loss', step));
      cells[1].className = ended ? 'diverged' : '';
      cells[1].colSpan = ended ? (third ? 3 : 2) : 1;
      for (let k = 2; k < cells.length; k++) { cells[k].hidden = ended; cells[k].textContent = number(w.read(k === 2 ? 'gradient-norm' : third, step)); }
    });
    this.minimum.textContent = minimum?.label ? `${minimum.label.replace(/^./, (/** @type {string} */ c) => c.toUpperCase())}${minimum.x.length <= 4 ? ` (${minimum.x.map((/** @type {number} */ v) => number(Math.abs(v) < 1e-12 ? 0 : v)).join(', ')})` : ''}, loss ${number(minimum.loss ?? NaN)}, Hessian eigenvalues ${minimum.eigenvalues.slice(0, 4).map((/** @type {number} */ v) => number(v)).join(', ')}${minimum.eigenvalues.length > 4 ? ', …' : ''}: where ${minimum.method} leads, polished by Newton's method.` : '';
  }
}
