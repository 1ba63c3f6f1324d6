// The page for the back row: one claim, the landscape, the legend with live losses, the loss curve, and the transport.

import { el } from './icons.js';
import { glyph } from './marks.js';
import { number, whole } from './numbers.js';

/** @typedef {import('./session.js').Session} Session */

export class Presenter {
  /** @param {Session} session @param {import('./claims.js').Claims} claims @param {HTMLElement} main */
  constructor(session, claims, main) {
    this.session = session;
    this.claims = claims;
    this.legend = el('ul', { class: 'presenter-legend', 'aria-label': 'Losses' });
    this.big = el('span', { class: 'presenter-step' });
    main.append(this.legend, el('div', { class: 'presenter-readout' }, 'step ', this.big));
    /** @type {{id: string, value: any, text: string}[]} */
    this.rows = [];
    this.step = -1;
    session.on('opened', () => this.build());
    session.on('hidden', () => this.build());
  }

  get on() { return document.body.classList.contains('presenting'); }

  /** @param {boolean} [on] */
  show(on) {
    const now = document.body.classList.toggle('presenting', on);
    if (!now) { this.claims.where(); return; }
    // The claim that is still open, or failed, is the one to talk about.
    const cells = [...this.claims.cells.values()], open = cells.findIndex((c) => c.verdict !== 'holds');
    this.claims.current = 0;
    this.claims.go(Math.max(0, open));
    this.build();
  }

  setTheme() { this.build(); }

  build() {
    this.step = -1;
    const shown = this.session.walks.filter((w) => w.drawn && !w.method.replica).slice(0, 8);
    this.rows = shown.map((w) => ({ id: w.id, value: el('span', { class: 'value' }), text: '' }));
    this.legend.replaceChildren(...shown.map((w, i) => el('li', {}, glyph(w.slot, w.hollow), el('span', {}, w.label), this.rows[i].value)));
    this.session.dirty = true;
  }

  /** @param {number} at */
  draw(at) {
    const step = Math.floor(at);
    if (!this.on || step === this.step) return;
    this.step = step;
    this.big.textContent = whole(step);
    for (const r of this.rows) {
      const w = this.session.walks.find((x) => x.id === r.id);
      const text = !w ? '' : w.state === 'diverged' && w.stoppedAt >= 0 && step >= w.stoppedAt ? 'diverged' : number(w.read('loss', step));
      if (text !== r.text) r.value.textContent = r.text = text;
    }
  }
}
