// The strip of claims: a glyph, a word and a colour for each verdict, in that order of reliance.

import { el, icon } from './icons.js';
import { number } from './numbers.js';

/** @typedef {import('./session.js').Session} Session */

/** @type {Record<string, [string, string]>} */
const WORDS = { holds: ['check', 'holds'], fails: ['cross', 'fails'], 'not-yet': ['ring', 'not yet'], unjudged: ['ring', 'not tested'] };
/** In this order they stand where not all have room. */
const ORDER = ['fails', 'not-yet', 'unjudged', 'holds'];
const ROOM = 5;

/** Plain text as print has it: a true minus, indices low and powers high. @param {string} text */
function printed(text) {
  const minus = text.replace(/(^|[^\w.)\]])-(?=[\d.])/g, '$1−').replace(/ - /g, ' − ').replace(/(\d)e[-](\d)/g, '$1e−$2').replace(/(\d)e(−?)0+(\d)/g, '$1e$2$3');
  return minus.split(/(_[A-Za-z0-9]+|\^[A-Za-z0-9]+)/).map((part) => (part[0] === '_' ? el('sub', {}, part.slice(1)) : part[0] === '^' ? el('sup', {}, part.slice(1)) : part));
}

/** A verdict's numbers at the length of a glance; its tooltip and its opened row have them whole. @param {string} text */
function brief(text) { return text.replace(/(?<![\w.])-?\d+\.\d{4,}(e[-+]?\d+)?/g, (n) => number(Number(n))); }

export class Claims {
  /** @param {Session} session @param {HTMLElement} host @param {(panel: string) => void} flash shows the panel that a claim reads */
  constructor(session, host, flash) {
    this.session = session;
    this.flash = flash;
    this.count = el('span', { class: 'claims-count', 'aria-hidden': 'true' });
    this.strip = el('div', { class: 'claims-strip', role: 'group', 'aria-label': 'Claims' });
    this.root = el('section', { class: 'claims', 'aria-label': 'Claims' }, this.strip, this.count);
    host.append(this.root);
    /** @type {Map<string, {cell: any, disc: any, status: any, whole: any, verdict: string}>} */
    this.cells = new Map();
    this.current = 0;
    session.on('opened', (m) => { if (!m.again) this.open(m.claims); });
    session.on('claim', (m) => { this.set(m); this.sort(); });
    this.strip.addEventListener('scroll', () => this.where(), { passive: true });
  }

  /** @param {any[]} claims */
  open(claims) {
    this.cells.clear();
    this.root.hidden = !claims.length;
    this.strip.replaceChildren(...claims.map((c, i) => {
      const about = this.session.schema.claims.find((/** @type {any} */ k) => k.id === c.id) ?? c;
      const disc = el('span', { class: 'disc' }), status = el('span', { class: 'status', 'data-testid': 'claim-status' });
      const whole = el('span', {}), detail = el('span', { class: 'detail' }, whole, el('span', {}, c.source), about.seeded ? el('span', {}, 'A fact about chance: judged at its own seed.') : null, about.long ? el('span', {}, 'Also run over more seeds by thalweg verify.') : null);
      const cell = el('button', { type: 'button', class: 'claim', id: `claim-${c.id}`, 'data-testid': `claim-${c.id}`, 'data-order': i, 'aria-expanded': 'false', onclick: () => {
        const open = cell.classList.toggle('open');
        cell.setAttribute('aria-expanded', String(open));
        if (open && about.panel) this.flash(about.panel);
      } }, disc, el('span', { class: 'statement' }, ...printed(c.statement)), status, detail);
      if (c.statement.length > 90) cell.classList.add('long');
      this.cells.set(c.id, { cell, disc, status, whole, verdict: '' });
      return cell;
    }));
    for (const c of claims) this.set({ claim: c.id, verdict: 'not-yet', got: 'judged when the run is whole', want: '' });
    this.current = 0;
    this.where();
  }

  /** @param {{claim: string, verdict: string, got: string, want: string}} m */
  set(m) {
    const c = this.cells.get(m.claim);
    if (!c) return;
    const [glyph, word] = WORDS[m.verdict] ?? WORDS.unjudged;
    if (c.verdict) c.cell.classList.remove(c.verdict);
    c.cell.classList.add(m.verdict);
    c.verdict = m.verdict;
    c.disc.replaceChildren(icon(glyph, 12));
    const said = `${m.got}${m.want ? `${m.got ? ', ' : ''}want ${m.want}` : ''}`;
    c.status.replaceChildren(el('b', {}, word), el('span', { class: 'dot' }, said ? ' · ' : ''), ...printed(brief(said)));
    c.status.title = `${word} · ${said}`;
    c.whole.replaceChildren(...printed(said));
  }

  /** More than have room: those that fail come first. */
  sort() {
    if (this.cells.size <= ROOM) return;
    const rank = (/** @type {any} */ c) => ORDER.indexOf(c.verdict) * 1000 + Number(c.cell.dataset.order);
    [...this.cells.values()].sort((a, b) => rank(a) - rank(b)).forEach((c, i) => { if (this.strip.children[i] !== c.cell) this.strip.insertBefore(c.cell, this.strip.children[i] ?? null); });
  }

  /** Goes to a claim: the n-th further on. @param {number} n */
  go(n) {
    const cells = this.strip.children;
    if (!cells.length) return;
    this.current = Math.min(cells.length - 1, Math.max(0, this.current + n));
    for (const c of cells) c.classList.toggle('current', c === cells[this.current]);
    const cell = cells[this.current];
    this.strip.scrollTo({ left: cell.offsetLeft - this.strip.offsetLeft });
    this.say();
  }

  /** Shows a claim by its id. @param {string} id */
  show(id) {
    const c = this.cells.get(id);
    if (!c) return;
    c.cell.scrollIntoView({ block: 'nearest', inline: 'center' });
    c.cell.focus();
  }

  where() {
    const cells = [...this.strip.children];
    const left = this.strip.scrollLeft + this.strip.offsetLeft;
    if (!document.body.classList.contains('presenting')) {
      const i = cells.findIndex((c) => c.offsetLeft + c.offsetWidth / 2 > left);
      this.current = Math.max(0, i);
    }
    cells.forEach((c, i) => c.classList.toggle('current', i === this.current));
    this.say();
  }

  say() { this.count.textContent = this.cells.size > 1 ? `${this.current + 1} / ${this.cells.size}` : ''; }

  /** @returns {Record<string, string>} verdicts by claim */
  verdicts() { return Object.fromEntries([...this.cells].map(([k, c]) => [k, c.verdict])); }
}
