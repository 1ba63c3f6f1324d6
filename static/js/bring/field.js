// The control that holds a file: a place to drop one, to choose or paste one; then what it holds, and the way back.

import { el, icon } from '../icons.js';
import { apply, undo, undoable } from './apply.js';
import { styled } from './style.js';
import { takeFile } from './take.js';
import { forget, inWords, LIMITS, originOf, reportOf } from './upload.js';

/** @typedef {import('../session.js').Session} Session */

/** The endings that a file chooser shows first. @type {Record<string, string>} */
const ENDINGS = { table: '.csv,.tsv,.txt', checkpoint: '.safetensors', surface: '.npz', paths: '.npz' };

/**
 * Fills the place of the control.
 * @param {HTMLElement} host @param {any} c the control of the schema @param {string} value the file's SHA-256, empty for none
 * @param {Session} session @param {string} id of the element that the control's label names
 */
export async function fillField(host, c, value, session, id) {
  await styled();
  const fault = `${id}-fault`, table = c.accept.includes('table');
  const say = (/** @type {string} */ words) => { const place = document.getElementById(fault); if (place) place.textContent = words; };
  const take = (/** @type {File | Blob} */ file, /** @type {string} */ name) => { say(''); takeFile({ base: session.base, session, control: c }, file, name, say); };
  const input = el('input', { type: 'file', hidden: true, tabindex: -1, accept: [...new Set(c.accept.map((/** @type {string} */ k) => ENDINGS[k]))].join(','), 'data-testid': `file-${c.id}`, 'aria-label': c.label });
  input.addEventListener('change', () => { const f = input.files[0]; input.value = ''; if (f) take(f, f.name); });
  const choose = el('button', { type: 'button', class: 'button', id, 'aria-describedby': `${id}-limits ${fault}`, onclick: () => input.click() }, value ? 'Choose another' : 'Choose a file');
  const draw = table ? el('button', { type: 'button', class: 'button', 'data-testid': `draw-${c.id}`, onclick: () => import('./draw.js').then((m) => m.drawDialog({ base: session.base, go: (r) => apply(session, c, r, 'the drawn points') })) }, 'Draw points') : null;
  const paste = table ? el('button', { type: 'button', class: 'button', 'data-testid': `paste-${c.id}`, onclick: () => openTable({ name: 'Pasted table', text: '' }) }, 'Paste') : null;
  const limits = el('p', { class: 'unit limits', id: `${id}-limits` }, [...new Set(c.accept.map((/** @type {string} */ k) => LIMITS[k]))].join('; '), '.');

  /** @param {any} what */
  const openTable = (what) => import('./table.js').then((m) => m.tableDialog({ base: session.base, go: (r, map) => apply(session, c, r, what.name, { [`${c.id}-target`]: map.target, [`${c.id}-inputs`]: map.inputs }) }, what));

  /** @param {...(Node | null)} inside */
  const zone = (...inside) => {
    const z = el('div', { class: 'drop-zone', 'data-testid': `drop-${c.id}` }, ...inside);
    let depth = 0;
    const files = (/** @type {DragEvent} */ e) => !!e.dataTransfer?.types.includes('Files');
    // The page's own veil stays away while the file is over this place.
    z.addEventListener('dragenter', (/** @type {DragEvent} */ e) => { if (files(e)) { e.preventDefault(); depth++; z.classList.add('over'); } });
    z.addEventListener('dragleave', () => { if (--depth <= 0) { depth = 0; z.classList.remove('over'); } });
    z.addEventListener('dragover', (/** @type {DragEvent} */ e) => { if (files(e)) e.preventDefault(); });
    z.addEventListener('drop', (/** @type {DragEvent} */ e) => {
      const f = e.dataTransfer?.files[0];
      depth = 0;
      z.classList.remove('over');
      if (!f) return;
      e.preventDefault();
      take(f, f.name);
    });
    z.addEventListener('paste', (/** @type {ClipboardEvent} */ e) => {
      const f = e.clipboardData?.files[0], t = e.clipboardData?.getData('text/plain');
      if (f) take(f, f.name);
      else if (t && table) take(new Blob([t], { type: 'text/csv' }), 'Pasted table');
      else return;
      e.preventDefault();
    });
    return z;
  };
  const empty = (/** @type {string} */ words) => zone(icon('import'), el('span', {}, words), el('div', { class: 'row' }, choose, paste, draw));
  const what = table ? 'Drop a table here' : 'Drop a file here';
  if (!value) { host.replaceChildren(empty(what), limits, input); return; }
  /** @type {import('./upload.js').Report | null} */
  let report = null, error = '';
  try {
    report = await reportOf(session.base, value);
  } catch (e) {
    error = /** @type {Error} */ (e).message;
  }
  if (!report) {
    forget(value);
    host.replaceChildren(empty(error || `The file ${value.slice(0, 12)}… is not on this server: drop it again`), limits, input);
    return;
  }
  const held = report, origin = originOf(value), values = session.opened.spec.values;
  const columns = held.kind === 'table' ? el('button', { type: 'button', class: 'button', 'data-testid': `columns-${c.id}`, onclick: () => openTable({ name: origin?.name || 'Your table', text: origin?.text ?? '', report: held, mapping: { target: values[`${c.id}-target`] ?? '', inputs: values[`${c.id}-inputs`] ?? '' } }) }, 'Columns') : null;
  const remove = el('button', { type: 'button', class: 'button', 'data-testid': `remove-${c.id}`, onclick: () => removeFile(session, c) }, 'Remove');
  const back = undoable(session, value) ? el('button', { type: 'button', class: 'button', 'data-testid': `undo-${c.id}`, onclick: () => undo(session) }, 'Undo import') : null;
  host.replaceChildren(zone(el('p', { class: 'file-name' }, el('b', {}, origin?.name || `${held.kind} ${value.slice(0, 12)}`)), el('p', {}, `${inWords(held).replace(/^./, (x) => x.toUpperCase())}.`),
    held.problems.length ? el('p', { class: 'unit' }, `${held.problems.length + held.more} lines or cells have faults; columns that are used have none.`) : null,
    el('div', { class: 'row' }, columns, choose, draw, remove, back)),
    el('p', { class: 'unit limits' }, held.stored ? 'The link holds its SHA-256; this server keeps the file.' : 'The link holds its SHA-256. This server forgets the file an hour after its last use; exports carry it.'), input);
}

/** Opens the run without the file: where the file is the ground itself, with the first ground of the list. @param {Session} session @param {any} c */
function removeFile(session, c) {
  const p = session.parameters();
  for (const k of [...p.keys()]) if (k === c.id || k.startsWith(`${c.id}-`)) p.delete(k);
  p.delete('moves');
  if (session.opened.spec.values.problem === c.id) {
    p.delete('problem');
    if (session.methodTexts().some((t) => /(^|=)recorded(:|$)/.test(t))) { p.delete('methods'); p.delete('steps'); }
  }
  session.openLink(p);
}
