// Tips: what a thing means, its formula, its range; after a moment of hovering, at once on focus, by a long press on glass.
//
// An element asks for one by data-tip (the meaning, with TeX between dollar signs), and may add data-tip-name, data-tip-symbol and
// data-tip-formula (both TeX) and data-tip-range. The parts of a control need none of their own: its label's is theirs.

import { el } from './icons.js';
import { letter, prose, render } from './tex.js';

const HOVER = 400, LEAVE = 160, PRESS = 500, GAP = 8;

/** The element that says what is under this one. @param {EventTarget | null} t @returns {HTMLElement | null} */
function holder(t) {
  if (!(t instanceof Element)) return null;
  return t.closest('[data-tip]') ?? t.closest('input, select')?.closest('.control')?.querySelector('[data-tip]') ?? null;
}

/** @param {Document} doc @param {() => any} [schema] of the lab, for the colours of symbols */
export function installTips(doc, schema = () => undefined) {
  const box = el('div', { class: 'tip', id: 'tip', role: 'tooltip', popover: 'manual' });
  doc.body.append(box);
  /** @type {HTMLElement | null} */
  let shown = null;
  /** @type {Element | null} */
  let described = null;
  /** @type {string | null} what described that element otherwise */
  let before = null;
  /** @type {HTMLElement | null} */
  let wanted = null;
  // A press that puts the focus somewhere asks for no tip.
  let timer = 0, pressed = 0, quiet = false;

  /** @param {HTMLElement} e @param {Element} [focused] */
  function show(e, focused) {
    clearTimeout(timer);
    wanted = e;
    if (shown === e) return;
    hide();
    const d = e.dataset;
    if (!d.tip) return;
    box.replaceChildren(...[
      d.tipName ? el('b', {}, d.tipName, d.tipSymbol ? ' ' : null, d.tipSymbol ? letter(d.tipSymbol) : null) : null, el('p', {}, ...prose(d.tip, schema())),
      d.tipFormula ? el('p', { class: 'formula' }, render(d.tipFormula, { schema: schema() })) : null, d.tipRange ? el('p', { class: 'range' }, d.tipRange) : null,
    ].filter((x) => x !== null));
    box.showPopover();
    shown = e;
    described = focused ?? e;
    before = described.getAttribute('aria-describedby');
    described.setAttribute('aria-describedby', before ? `${before} tip` : 'tip');
    place();
    // Formulas change the height when KaTeX arrives.
    if (/\$/.test(d.tip) || d.tipFormula) setTimeout(() => { if (shown === e) place(); }, 250);
  }

  function hide() {
    clearTimeout(timer);
    wanted = null;
    if (!shown) return;
    if (before) described?.setAttribute('aria-describedby', before);
    else described?.removeAttribute('aria-describedby');
    box.hidePopover();
    shown = null;
  }

  /** Beside the column of controls, else under the element, above it where there is no room. */
  function place() {
    if (!shown) return;
    const a = shown.getBoundingClientRect(), w = box.offsetWidth, h = box.offsetHeight;
    const column = shown.closest('.controls')?.getBoundingClientRect();
    let x = a.left, y = a.bottom + GAP;
    if (column && column.right + GAP + w < innerWidth) { x = column.right + GAP; y = a.top - 6; }
    else if (y + h > innerHeight - GAP) y = a.top - GAP - h;
    box.style.left = `${Math.max(GAP, Math.min(x, innerWidth - w - GAP))}px`;
    box.style.top = `${Math.max(GAP, Math.min(y, innerHeight - h - GAP))}px`;
  }

  const later = () => { clearTimeout(timer); timer = window.setTimeout(hide, LEAVE); };
  doc.addEventListener('pointerover', (e) => {
    if (e.pointerType === 'touch') return;
    if (box.contains(/** @type {Node} */ (e.target))) { clearTimeout(timer); return; }
    // A control's fields and slider answer to the focus only: a tip over a thing being dragged is in the way.
    const t = /** @type {Element} */ (e.target).closest('[data-tip]');
    if (!t) { wanted = null; if (shown && !shown.matches(':focus-visible') && described === shown) later(); else if (!shown) clearTimeout(timer); return; }
    if (t === shown) { clearTimeout(timer); return; }
    if (t === wanted || quiet) return;
    clearTimeout(timer);
    wanted = /** @type {HTMLElement} */ (t);
    timer = window.setTimeout(() => show(/** @type {HTMLElement} */ (t)), HOVER);
  });
  doc.addEventListener('pointermove', (e) => { if (e.pointerType !== 'touch') quiet = false; }, { passive: true });
  doc.addEventListener('focusin', (e) => {
    const t = /** @type {Element} */ (e.target), h = holder(t);
    if (h && t.matches(':focus-visible') && !quiet) show(h, t);
    else if (!box.contains(t)) hide();
  });
  doc.addEventListener('focusout', () => hide());
  doc.addEventListener('keydown', (e) => {
    quiet = false;
    if (e.key !== 'Escape' || !shown) return;
    hide();
    e.stopPropagation();
    e.preventDefault();
  }, true);
  doc.addEventListener('pointerdown', (e) => {
    if (box.contains(/** @type {Node} */ (e.target))) return;
    hide();
    quiet = true;
    clearTimeout(pressed);
    const t = e.pointerType === 'touch' ? holder(e.target) : null;
    if (t) pressed = window.setTimeout(() => show(t), PRESS);
  });
  for (const type of ['pointerup', 'pointercancel', 'scroll']) doc.addEventListener(type, () => clearTimeout(pressed), { capture: true, passive: true });
  doc.addEventListener('contextmenu', (e) => { if (shown && holder(e.target) === shown) e.preventDefault(); });
  // The focus may have scrolled its element into sight: the tip goes along. A tip that only hovers goes.
  doc.addEventListener('scroll', (e) => {
    if (!shown || e.target === box || !(/** @type {Node} */ (e.target).contains(shown))) return;
    if (described?.matches(':focus')) place(); else hide();
  }, { capture: true, passive: true });
  doc.addEventListener('input', hide);
  addEventListener('resize', hide);
  return { hide };
}
