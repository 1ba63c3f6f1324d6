// The strip of claims: a glyph, a word and a colour for each verdict, in that order of reliance.

import { el, icon } from './icons.js';

/** @type {Record<string, [string, string]>} */
const words = { holds: ['check', 'holds'], fails: ['cross', 'fails'], 'not-yet': ['ring', 'not yet'], unjudged: ['unjudged', 'not tested'] };

export class Claims {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, any>} */
    this.cells = new Map();
  }

  /** @param {{id: string, statement: string, source: string}[]} claims */
  open(claims) {
    this.cells.clear();
    this.root.replaceChildren(...claims.map((c) => {
      const disc = el('span', { class: 'disc' }), status = el('span', { class: 'status', 'data-testid': 'claim-status' }), detail = el('span', { class: 'detail' }, c.source);
      const cell = el('button', { type: 'button', class: 'claim', 'data-testid': `claim-${c.id}`, 'aria-expanded': 'false', onclick: () => cell.setAttribute('aria-expanded', String(cell.classList.toggle('open'))) },
        disc, el('span', { class: 'statement' }, c.statement), status, detail);
      this.cells.set(c.id, { cell, disc, status, verdict: '' });
      return cell;
    }));
    for (const c of claims) this.set({ claim: c.id, verdict: 'not-yet', got: 'judged when the run is whole', want: '' });
  }

  /** @param {{claim: string, verdict: string, got: string, want: string}} m */
  set(m) {
    const c = this.cells.get(m.claim);
    if (!c) return;
    const [glyph, word] = words[m.verdict] ?? words.unjudged;
    if (c.verdict) c.cell.classList.remove(c.verdict);
    c.cell.classList.add(m.verdict);
    c.verdict = m.verdict;
    c.disc.replaceChildren(icon(glyph, 12));
    c.status.replaceChildren(el('b', {}, word), m.got ? ` · ${m.got}` : '', m.want ? `, want ${m.want}` : '');
    c.status.title = c.status.textContent;
  }

  /** @returns {string[]} verdicts in words */
  say() { return [...this.cells.values()].map((c) => `${c.cell.querySelector('.statement').textContent}: ${words[c.verdict]?.[1] ?? ''}`); }
}
