// The lesson: a drawer over the side panels. Each section says something, sets up a run, asks before it plays, and shows which claim judges it.

import { el, icon } from './icons.js';
import { paragraphs, plainProse, prose, render } from './tex.js';

/** @typedef {import('./session.js').Session} Session */
/**
 * @typedef {object} Section
 * @property {string} title @property {string} text @property {string} [formula] @property {string} [open] @property {string} [see] @property {string[]} [proves] @property {string} [not]
 * @property {{question: string, options: string[], answer: number, because: string}} [predict]
 */
/** @typedef {{section: Section, root: any, fields: any, reveal: any, note: any, show: any, shown: boolean, run: string}} Part */

/** What the page remembers between visits; a browser may refuse that. @param {string} key @param {string} [value] */
export function memory(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    // A private window: nothing is remembered, nothing breaks.
  }
  return null;
}

export class Lesson {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.key = `thalweg.lesson.${session.lab}`;
    /** @type {HTMLElement | null} where the focus was */
    this.from = null;
    /** The section whose run is being opened, and the claim that waits for it. */
    this.asked = -1;
    this.wanted = '';
    /** @type {Part[]} */
    this.parts = [];
    this.body = el('div', { class: 'lesson-body' });
    this.root = el('aside', { class: 'lesson', id: 'lesson', hidden: true, 'aria-label': 'Lesson', tabindex: -1, 'data-testid': 'lesson' },
      el('header', {}, el('h2', {}, 'Lesson'), el('span', { class: 'unit' }, session.schema.title),
        el('button', { type: 'button', class: 'tool', onclick: () => print() }, 'Print'),
        el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close the lesson', onclick: () => this.toggle(false) }, icon('cross'))),
      this.body);
    document.body.append(this.root);
    this.root.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
      if (e.key !== 'Escape') return;
      e.stopPropagation();
      this.toggle(false);
    });
    for (const type of ['pointerover', 'pointerout']) this.body.addEventListener(type, (/** @type {Event} */ e) => this.point(e));
    session.on('opened', (m) => this.opened(m));
    session.on('state', () => this.look());
    new ResizeObserver(() => this.fit()).observe(document.querySelector('.claims') ?? document.body);
    addEventListener('beforeprint', () => this.unfold(true));
    addEventListener('afterprint', () => this.unfold(false));
  }

  get open() { return !this.root.hidden; }

  /** Shows or hides the drawer. @param {boolean} [on] */
  toggle(on = !this.open) {
    if (on === this.open) return;
    if (on) {
      this.from = /** @type {HTMLElement} */ (document.activeElement);
      if (!this.parts.length) this.build();
      this.fit();
      this.root.hidden = false;
      this.root.focus({ preventScroll: true });
      this.parts.find((p) => p.root.open)?.root.scrollIntoView({ block: 'nearest' });
    } else {
      this.root.hidden = true;
      if (this.from?.isConnected) this.from.focus({ preventScroll: true });
      this.from = null;
    }
    this.session.emit('lesson', { open: on });
  }

  /** The claims stay in sight above the drawer. */
  fit() {
    const claims = document.querySelector('.claims')?.getBoundingClientRect(), bar = document.querySelector('.bar')?.getBoundingClientRect();
    const top = claims?.height ? claims.bottom : bar?.bottom ?? 0;
    this.root.style.setProperty('--lesson-top', `${Math.round(Math.min(top, innerHeight / 3))}px`);
  }

  build() {
    const sections = /** @type {Section[]} */ (this.session.schema.lesson ?? []);
    const last = Number(memory(this.key) ?? 0);
    this.parts = sections.map((s, i) => this.part(s, i, i === last || (i === 0 && !(last < sections.length))));
    this.body.replaceChildren(...this.parts.map((p) => p.root));
    if (!sections.length) this.body.append(el('p', {}, 'This laboratory has no lesson.'));
  }

  /** One section: claim, widget, formula, claim. @param {Section} s @param {number} i @param {boolean} open @returns {Part} */
  part(s, i, open) {
    const { schema } = this.session;
    /** @type {Part} */
    const p = { section: s, root: null, fields: null, reveal: null, note: null, show: null, shown: false, run: '' };
    p.root = el('details', { class: 'lesson-part', name: 'lesson', open, 'data-testid': `lesson-${i + 1}` },
      el('summary', {}, el('span', { class: 'number' }, String(i + 1)), el('h3', {}, ...prose(s.title, schema)), icon('chevron')),
      ...paragraphs(s.text, schema));
    p.root.addEventListener('toggle', () => { if (p.root.open && !this.printing) memory(this.key, String(i)); });
    if (s.open || s.predict) p.root.append(this.widget(p, i));
    if (s.formula) p.root.append(el('div', { class: 'lesson-formula', tabindex: 0, role: 'group', 'aria-label': 'Formula' }, render(s.formula, { display: true, schema })));
    if (s.see && !s.predict) p.root.append(this.see(s));
    const proves = (s.proves ?? []).map((id) => this.claim(id)).filter((x) => x !== null);
    if (proves.length) p.root.append(el('div', { class: 'lesson-proves' }, el('h4', {}, 'Proves'), el('ul', {}, ...proves)));
    if (s.not) p.root.append(el('div', { class: 'lesson-not' }, el('h4', {}, 'Not'), ...paragraphs(s.not, schema)));
    return p;
  }

  /** What the section does with the stage: sets up a run, and asks first. @param {Part} p @param {number} i */
  widget(p, i) {
    const s = p.section, { schema } = this.session;
    const set = s.open ? el('button', { type: 'button', class: 'button', 'data-testid': `try-${i + 1}`, onclick: () => this.try(i) }, 'Try this') : null;
    if (!s.predict) return el('div', { class: 'lesson-widget' }, set);
    const name = `predict-${i + 1}`;
    const show = el('button', { type: 'button', class: 'tool edge', 'data-testid': `show-${i + 1}`, onclick: () => this.reveal(p) }, 'Show');
    p.show = show;
    p.note = el('p', { class: 'lesson-vote', role: 'status' }, 'Choose before you play.');
    p.reveal = el('div', { class: 'lesson-answer', hidden: true, tabindex: -1, 'data-testid': `answer-${i + 1}` });
    p.fields = el('fieldset', { class: 'lesson-predict', 'data-testid': name },
      el('legend', {}, ...prose(s.predict.question, schema)),
      ...s.predict.options.map((o, k) => el('label', {}, el('input', { type: 'radio', name, value: k, onchange: () => this.vote(p) }), el('span', {}, ...prose(o, schema)))));
    return el('div', { class: 'lesson-widget' }, p.fields, el('div', { class: 'row' }, set, show, p.note), p.reveal);
  }

  /** @param {Section} s */
  see(s) { return el('div', { class: 'lesson-see' }, el('h4', {}, 'See'), ...paragraphs(s.see ?? '', this.session.schema)); }

  /** A claim that judges the section, as a way to its cell. @param {string} id */
  claim(id) {
    const c = this.session.schema.claims.find((/** @type {any} */ k) => k.id === id);
    if (!c) return null;
    return el('li', {}, el('button', { type: 'button', class: 'lesson-claim', 'data-claim': id, onclick: () => this.go(c) }, c.statement), el('span', { class: 'unit' }, ` ${c.source}`));
  }

  // ---- what happens ----

  /** Opens the section's run, paused at its start: it is played by hand. @param {number} i */
  try(i) {
    const s = this.parts[i].section, open = s.open ?? '';
    this.session.pause();
    this.session.hidden.clear();
    this.asked = i;
    this.parts[i].run = '';
    this.session.openLink(open.includes('=') ? new URLSearchParams(open) : new URLSearchParams({ preset: open }));
  }

  /** @param {any} m */
  opened(m) {
    if (this.asked >= 0) {
      const p = this.parts[this.asked];
      p.run = m.run;
      this.asked = -1;
      // On a phone the sheet hides the stage: the run that was asked for is shown.
      if (matchMedia('(max-width: 699px)').matches) this.toggle(false);
    }
    if (this.wanted) { const id = this.wanted; this.wanted = ''; requestAnimationFrame(() => this.flash(id)); }
    this.look();
  }

  /** The run of a section has reached its end: what was asked is answered. */
  look() {
    const { opened, state } = this.session;
    if (!opened || state !== 'done' || this.session.step < opened.steps) return;
    for (const p of this.parts) if (p.section.predict && !p.shown && p.run === opened.run && this.choice(p) >= 0) this.reveal(p);
  }

  /** @param {Part} p */
  choice(p) {
    const f = p.fields?.querySelector('input:checked');
    return f ? Number(f.value) : -1;
  }

  /** @param {Part} p */
  vote(p) {
    if (p.shown) return;
    p.note.textContent = p.section.open ? 'Now play. The end of the run answers.' : 'Press Show for the answer.';
    this.look();
  }

  /** Marks the answer, says why, and where to look. @param {Part} p */
  reveal(p) {
    const q = p.section.predict;
    if (!q || p.shown) return;
    p.shown = true;
    const chosen = this.choice(p);
    [...p.fields.querySelectorAll('label')].forEach((label, k) => {
      label.classList.toggle('answer', k === q.answer);
      if (k === q.answer) label.append(el('b', {}, icon('check', 12), ' the answer'));
      else if (k === chosen) label.append(el('span', { class: 'unit' }, 'your vote'));
    });
    for (const f of p.fields.querySelectorAll('input')) f.disabled = true;
    p.note.textContent = chosen < 0 ? `The answer: ${plainProse(q.options[q.answer])}.` : chosen === q.answer ? 'As you said.' : `You said: ${plainProse(q.options[chosen])}.`;
    p.reveal.replaceChildren(...paragraphs(q.because, this.session.schema), ...(p.section.see ? [this.see(p.section)] : []));
    p.reveal.hidden = false;
    if (document.activeElement === p.show) p.reveal.focus();
    p.show.hidden = true;
  }

  /** Goes to a claim of the strip; opens its run first where it is another's. @param {any} c */
  go(c) {
    if (!document.getElementById(`claim-${c.id}`)) {
      if (!c.preset) return;
      this.wanted = c.id;
      this.session.pause();
      this.session.openLink(new URLSearchParams({ preset: c.preset }));
      return;
    }
    this.flash(c.id);
  }

  /** @param {string} id of a claim that is in the strip */
  flash(id) {
    const cell = document.getElementById(`claim-${id}`);
    if (!cell) return;
    if (matchMedia('(max-width: 699px)').matches) this.toggle(false);
    cell.scrollIntoView({ block: 'nearest', inline: 'center' });
    cell.classList.add('pointed');
    setTimeout(() => cell.classList.remove('pointed'), 1600);
    this.session.emit('claim-shown', { id });
  }

  /** A symbol under the pointer shows what it stands for. @param {Event} e */
  point(e) {
    const symbol = /** @type {Element} */ (e.target).closest('.sym');
    const of = [...symbol?.classList ?? []].find((c) => c.startsWith('of-'))?.slice(3);
    for (const x of document.querySelectorAll('.pointed-symbol')) x.classList.remove('pointed-symbol');
    if (!of || e.type === 'pointerout') return;
    for (const x of document.querySelectorAll(`.control[data-id="${CSS.escape(of)}"], .rate[data-hyper="${CSS.escape(of)}"], .panel[data-id="${CSS.escape(of)}"]`)) x.classList.add('pointed-symbol');
  }

  /** On paper every section is open. @param {boolean} on */
  unfold(on) {
    if (!this.open) return;
    this.printing = on;
    for (const p of this.parts) {
      if (on) {
        p.root.dataset.was = String(p.root.open);
        p.root.removeAttribute('name');
        p.root.open = true;
      } else {
        p.root.open = p.root.dataset.was === 'true';
        p.root.setAttribute('name', 'lesson');
      }
    }
  }

  printing = false;
}
