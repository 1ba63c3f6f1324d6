// The first visit: six steps beside the things they speak of. Doing what a step says is what takes one on.

import { el, icon } from './icons.js';
import { memory } from './lesson.js';

/** @typedef {import('./session.js').Session} Session */
/**
 * @typedef {object} Step
 * @property {string[]} at where it points: the first of these that is in sight @property {string} title @property {string} text @property {string} then in italics
 * @property {(session: Session) => boolean} [when] whether it says something true of this lab @property {string} [elsewhere] what stands in italics there
 * @property {(session: Session, from: any) => boolean} done whether it was done, given what was seen when the step began
 */

const STORE = 'thalweg.tour';
const GAP = 12, EDGE = 8;

/** Where the methods are to be found while they are folded away. */
const SHEET = ['.sheet-tabs [data-sheet="methods"]', '.drawer-button'];

/** @type {Step[]} */
const STEPS = [
  {
    at: ['.map-host canvas', '.surface-host canvas', '.landscape .body'], title: 'Drop a marble.', text: 'Click anywhere on the surface.', then: 'That point is a pair of numbers; the height is the loss. Press space.',
    when: (s) => s.schema.controls.some((/** @type {any} */ c) => c.id === 'start'),
    done: (s, from) => String(s.opened?.spec.values.start) !== from.start && s.playing,
  },
  {
    at: ['[data-testid="method-momentum"]', ...SHEET], title: 'Two walkers, one start.', text: 'Turn on momentum beside gradient descent.', then: 'Same start, same slope, different memory. Which one reaches the floor first?',
    done: (s, from) => s.walks.some((w) => w.id === 'momentum' && w.drawn) && (from.momentum ? s.step >= s.opened.steps : true),
  },
  {
    at: ['[data-testid="method-gd"] .rate', '.method.on .rate', ...SHEET], title: 'Too bold.', text: 'Drag the step size up until one trail breaks.', then: '“Diverged at step k” is a result, not an accident: the step was longer than the valley is kind.',
    done: (s) => s.walks.some((w) => w.state === 'diverged' && s.step >= w.stoppedAt),
  },
  {
    at: ['[data-testid="fork"]', '[data-testid="scrubber"]'], title: 'Go back in time.', text: 'Scrub to before the break, halve the step, press Fork.', then: 'Both futures stay on screen; the common past is drawn once.',
    done: (s, from) => !!s.opened?.parent && s.opened.run !== from.run,
  },
  {
    at: ['[data-testid="badge-slice"]'], title: 'Do not trust the picture yet.', text: 'Look at the slice badge: plane loss, true loss, distance from the plane.', then: 'In two dimensions they agree. In the network lab they will not.',
    elsewhere: 'Where the plane leaves something out, they do not agree.',
    done: () => document.querySelector('[data-testid="badge-slice"]')?.getAttribute('aria-expanded') === 'true',
  },
  {
    at: ['[data-testid="copy-link"]', '[data-testid="export"]'], title: 'Take it with you.', text: 'Copy the link or export.', then: 'The figure carries its recipe; dropping it on a page brings this very run back.',
    done: () => false,
  },
];

export class Tour {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Step[]} */
    this.steps = [];
    this.at = -1;
    this.aside = false;
    /** @type {any} */
    this.seen = {};
    this.box = el('div', { class: 'tour', popover: 'manual', role: 'dialog', 'aria-labelledby': 'tour-title', 'aria-describedby': 'tour-text', 'data-testid': 'tour' });
    this.ring = el('div', { class: 'tour-ring', popover: 'manual', 'aria-hidden': 'true' });
    // First in the order of the keyboard, after the skip link, although it stands beside what it speaks of.
    const skip = document.querySelector('.skip');
    if (skip) skip.after(this.box); else document.body.prepend(this.box);
    document.body.append(this.ring);
    this.box.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => { if (e.key === 'Escape') { e.stopPropagation(); this.end(); } });
    addEventListener('resize', () => this.place());
    // An open lesson is read alone: the tour waits behind it.
    session.on('lesson', (m) => { this.aside = !!m.open; this.reveal(); });
    document.addEventListener('scroll', () => this.place(), { capture: true, passive: true });
    for (const type of ['opened', 'state', 'hidden']) session.on(type, () => this.look());
    document.addEventListener('click', (e) => {
      if (this.at < 0) return;
      // The last step is done by the click itself, the badge's by what its click has opened.
      if (this.at === this.steps.length - 1 && this.steps[this.at].at.some((q) => /** @type {Element} */ (e.target).closest(q))) this.end();
      else setTimeout(() => this.look(), 120);
    });
  }

  /** Starts by itself on a first visit, where it is not in the way. */
  offer() {
    const quiet = document.querySelector('main[data-embed]') || (new URLSearchParams(location.search).get('hide') ?? '').split(',').includes('tour') || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!quiet && !memory(STORE)) this.start(false);
  }

  /** @param {boolean} [focus] whether somebody asked for it */
  start(focus = true) {
    this.steps = STEPS.filter((s) => s.at.some((q) => document.querySelector(q)) && (s.when?.(this.session) ?? true));
    if (!this.steps.length) return;
    this.at = 0;
    this.reveal();
    this.go(0, focus);
  }

  end() {
    if (this.at < 0) return;
    const inside = this.box.contains(document.activeElement), target = this.target(this.steps[this.at]);
    this.at = -1;
    memory(STORE, 'seen');
    this.box.hidePopover();
    this.ring.hidePopover();
    if (inside) target?.focus?.({ preventScroll: true });
  }

  /** @param {Step} s @returns {HTMLElement | null} */
  target(s) {
    for (const q of s.at) for (const e of document.querySelectorAll(q)) if (e.getClientRects().length && e.getBoundingClientRect().width > 8) return /** @type {HTMLElement} */ (e);
    return null;
  }

  /** @param {number} i @param {boolean} [focus] */
  go(i, focus = true) {
    if (i >= this.steps.length) { this.end(); return; }
    this.at = i;
    const s = this.steps[i], last = i === this.steps.length - 1;
    const { session } = this;
    this.seen = { start: String(session.opened?.spec.values.start), momentum: session.walks.some((w) => w.id === 'momentum' && w.drawn), run: session.opened?.run };
    const next = el('button', { type: 'button', class: 'button', 'data-testid': 'tour-next', onclick: () => this.go(this.at + 1) }, last ? 'Done' : 'Next');
    this.box.replaceChildren(
      el('p', { class: 'tour-count' }, `${i + 1} of ${this.steps.length}`, el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Skip the tour', 'data-testid': 'tour-skip', onclick: () => this.end() }, icon('cross'))),
      el('h2', { id: 'tour-title' }, s.title), el('div', { id: 'tour-text', role: 'status' }, el('p', {}, s.text), el('p', { class: 'then' }, s.elsewhere && session.lab !== 'race' ? s.elsewhere : s.then)),
      el('div', { class: 'foot' }, i > 0 ? el('button', { type: 'button', class: 'tool', onclick: () => this.go(this.at - 1) }, 'Back') : null, el('button', { type: 'button', class: 'tool', onclick: () => this.end() }, 'Skip'), next));
    const t = this.target(s);
    t?.scrollIntoView({ block: 'nearest' });
    this.place();
    if (focus) next.focus({ preventScroll: true });
  }

  /** Shows the tour while it runs, except beside an open lesson. */
  reveal() {
    if (this.at < 0) return;
    for (const part of [this.box, this.ring]) if (part.matches(':popover-open') === this.aside) part.togglePopover(!this.aside);
    this.place();
  }

  /** Goes on when the step was done. */
  look() {
    if (this.at < 0) return;
    const s = this.steps[this.at];
    if (this.at < this.steps.length - 1 && s.done(this.session, this.seen)) this.go(this.at + 1, this.box.contains(document.activeElement));
    else requestAnimationFrame(() => this.place());
  }

  /** Beside its target: on the side where there is most room, so that the target itself stays free. */
  place() {
    if (this.at < 0 || this.aside) return;
    const t = this.target(this.steps[this.at]);
    this.ring.hidden = !t;
    const w = this.box.offsetWidth, h = this.box.offsetHeight;
    if (!t) {
      // What it speaks of is not in sight: it waits in the corner.
      this.box.style.left = `${Math.max(EDGE, innerWidth - w - 2 * EDGE)}px`;
      this.box.style.top = `${Math.max(EDGE, innerHeight - h - 80)}px`;
      return;
    }
    const a = t.getBoundingClientRect(), style = this.box.style;
    const clampX = (/** @type {number} */ x) => Math.max(EDGE, Math.min(x, innerWidth - w - EDGE)), clampY = (/** @type {number} */ y) => Math.max(EDGE, Math.min(y, innerHeight - h - EDGE));
    const room = { right: innerWidth - a.right, left: a.left, below: innerHeight - a.bottom, above: a.top };
    let x = a.left, y = a.bottom + GAP;
    if (room.right >= w + 2 * GAP && a.width < innerWidth / 2) { x = a.right + GAP; y = a.top + a.height / 2 - h / 2; }
    else if (room.below >= h + 2 * GAP) { x = a.left + a.width / 2 - w / 2; y = a.bottom + GAP; }
    else if (room.above >= h + 2 * GAP) { x = a.left + a.width / 2 - w / 2; y = a.top - h - GAP; }
    else if (room.left >= w + 2 * GAP) { x = a.left - w - GAP; y = a.top + a.height / 2 - h / 2; }
    else { x = a.right - w - GAP; y = a.top + GAP; }
    style.left = `${clampX(x)}px`;
    style.top = `${clampY(y)}px`;
    const r = this.ring.style;
    r.left = `${a.left - 4}px`;
    r.top = `${a.top - 4}px`;
    r.width = `${a.width + 8}px`;
    r.height = `${a.height + 8}px`;
  }
}
