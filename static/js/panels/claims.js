// All claims of the lab: those of this run with their verdicts, the others with the preset that they are judged on.

import { el, icon } from '../icons.js';
import { View } from './panel.js';

/** @type {Record<string, [string, string]>} */
const WORDS = { holds: ['check', 'holds'], fails: ['cross', 'fails'], 'not-yet': ['ring', 'not yet'], unjudged: ['unjudged', 'not tested'] };

export class ClaimsView extends View {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: false, range: false, png: false, svg: false, smooth: false };
    this.list = el('ul', { class: 'all-claims' });
    this.plot.classList.add('rows');
    this.plot.prepend(this.list);
    this.plot.setAttribute('aria-roledescription', 'list');
    /** @type {Map<string, any>} the newest verdict of each claim of this run, which the column keeps */
    this.verdicts = new Map();
    session.on('opened', () => this.refresh());
    session.on('claim', () => this.refresh());
  }

  /** @returns {any[]} those of this run first */
  claims() {
    const all = this.session.schema.claims ?? [], own = new Set((this.session.opened?.claims ?? []).map((/** @type {any} */ c) => c.id));
    return [...all.filter((/** @type {any} */ c) => own.has(c.id)), ...all.filter((/** @type {any} */ c) => !own.has(c.id))];
  }

  words() { return `${(this.session.opened?.claims ?? []).length} of ${(this.session.schema.claims ?? []).length} about this run`; }

  draw() {
    if (!this.stale || !this.session.opened || this.width < 30) return;
    this.stale = false;
    const { session } = this, own = new Set(session.opened.claims.map((/** @type {any} */ c) => c.id));
    const held = this.list.contains(document.activeElement) ? document.activeElement?.getAttribute('data-claim') : null;
    this.list.replaceChildren(...this.claims().map((c) => {
      const m = this.verdicts.get(c.id), verdict = own.has(c.id) ? m?.verdict ?? 'not-yet' : 'unjudged';
      const [glyph, word] = WORDS[verdict] ?? WORDS.unjudged;
      const preset = session.schema.presets.find((/** @type {any} */ p) => p.id === c.preset);
      const status = own.has(c.id)
        ? el('p', { class: 'status' }, el('b', {}, word), m?.got ? ` · ${m.got}` : '', `, want ${m?.want || c.want}`)
        : el('p', { class: 'status' }, preset ? el('button', { type: 'button', class: 'link', 'data-claim': c.id, onclick: () => session.openLink(new URLSearchParams({ preset: c.preset })) }, `Open “${preset.title}”`) : 'needs no run', ` · want ${c.want}`);
      return el('li', { class: own.has(c.id) ? verdict : 'elsewhere' }, el('span', { class: 'disc' }, icon(glyph, 12)), el('div', {}, el('p', { class: 'statement' }, c.statement), status, el('p', { class: 'source' }, c.source)));
    }));
    if (held) /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-claim="${CSS.escape(held)}"]`))?.focus();
  }

  table() {
    const own = new Set((this.session.opened?.claims ?? []).map((/** @type {any} */ c) => c.id));
    return { head: ['Claim', 'Verdict', 'Got', 'Want', 'Preset', 'Source'], rows: this.claims().map((c) => { const m = this.verdicts.get(c.id); return [c.statement, own.has(c.id) ? WORDS[m?.verdict]?.[1] ?? 'not yet' : 'elsewhere', m?.got ?? '', c.want, c.preset ?? '', c.source]; }) };
  }
}
