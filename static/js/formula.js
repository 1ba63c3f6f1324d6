// The field of a formula: it is typeset while it is typed; what cannot be read is pointed at, and the last good form stays.

import { refusal } from './controls.js';
import { el } from './icons.js';
import { render } from './tex.js';

const PAUSE = 120, AROUND = 14;

/** The last formula that was typeset, and how: the controls are built anew whenever a run opens. */
let last = { text: '', tex: '' };

/**
 * @param {string} value @param {(text: string) => void} change @param {string} id @param {string} base the program's path prefix
 * @returns {HTMLElement[]}
 */
export function formulaField(value, change, id, base) {
  const field = el('input', { id, type: 'text', value, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', class: 'formula', 'data-testid': 'formula-input', onchange: () => change(field.value.trim()) });
  const preview = el('output', { class: 'formula-preview', for: id, 'data-testid': 'formula-preview' });
  const caret = el('p', { class: 'formula-caret', 'aria-hidden': 'true', hidden: true });
  /** @type {AbortController | null} */
  let asking = null;
  let timer = 0, spoken = '';

  async function ask() {
    asking?.abort();
    const mine = asking = new AbortController(), text = field.value.trim();
    try {
      const r = await fetch(`${base}/api/formula`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ formula: text }), signal: mine.signal });
      const answer = await r.json();
      if (mine.signal.aborted) return;
      if (answer.fault) bad(text, answer.fault);
      else if (r.ok) { last = { text, tex: answer.tex }; good(answer.tex); }
    } catch {
      // Cut short by the next letter, or no connection: the last good form stays.
    }
  }

  /** @param {string} tex */
  function good(tex) {
    preview.classList.remove('stale');
    preview.replaceChildren(render(tex, { display: true }));
    point('', -1);
    if (spoken) say('');
    spoken = '';
  }

  /** @param {string} sentence */
  function say(sentence) {
    const box = field.closest('.control'), fault = box?.querySelector('.fault');
    if (fault) fault.textContent = sentence;
    box?.classList.toggle('refused', sentence !== '');
    if (sentence) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }

  /** @param {string} text @param {{column: number, detail: string}} fault */
  function bad(text, fault) {
    preview.classList.add('stale');
    spoken = refusal(undefined, fault.detail);
    say(spoken);
    point(text, fault.column - 1);
  }

  /** Shows the formula around a place, with that letter marked. @param {string} text @param {number} at */
  function point(text, at) {
    const letters = [...text];
    caret.hidden = at < 0;
    if (at < 0) return;
    const from = Math.max(0, at - AROUND);
    caret.replaceChildren(`${from > 0 ? '…' : ''}${letters.slice(from, at).join('')}`, el('mark', {}, letters[at] ?? ' '), `${letters.slice(at + 1, at + 1 + AROUND).join('')}${letters.length > at + 1 + AROUND ? '…' : ''}`);
  }

  field.addEventListener('input', () => { clearTimeout(timer); timer = window.setTimeout(ask, PAUSE); });
  if (last.text === value.trim()) good(last.tex); else ask();
  return [field, preview, caret];
}
