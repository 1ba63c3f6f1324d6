// A table before it is used: its first rows, what each column is for, what is wrong where, and its text to mend that in.

import { sentence } from '../drop.js';
import { el } from '../icons.js';
import { whole } from '../numbers.js';
import { dialog } from './dialog.js';
import { inWords, LIMITS, TABLE_BYTES, upload } from './upload.js';

/** @typedef {import('./upload.js').Report} Report */
/** @typedef {import('./upload.js').Problem} Problem */
/**
 * @typedef {object} Use
 * @property {string} base
 * @property {(report: Report, mapping: {target: string, inputs: string}) => Promise<string>} go opens the run; resolves with what was refused
 */

/** Text beyond this is not put into a field, which would stand still over it. */
const EDITABLE = 1 << 20;
const ROLES = [['input', 'Input'], ['label', 'Label'], ['none', 'Not used']];

/** Where a problem lies in a text: the cell, or its whole line. @param {string} text @param {Problem} p @param {string} separator @returns {[number, number]} */
export function span(text, { line, column }, separator) {
  let from = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', from);
    if (end < 0) break;
    from = end + 1;
  }
  let to = text.indexOf('\n', from);
  if (to < 0) to = text.length;
  if (column < 1) return [from, to];
  let quoted = false, cell = 1, start = from;
  for (let i = from; i < to; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === separator) {
      if (cell === column) return [start, i];
      cell++;
      start = i + 1;
    }
  }
  return cell === column ? [start, to] : [from, to];
}

/** Columns from 0 as numbers from 1, runs of them as ranges. @param {number[]} list */
export function ranges(list) {
  /** @type {string[]} */
  const out = [];
  for (let i = 0, j = 0; i < list.length; i = j) {
    for (j = i + 1; j < list.length && list[j] === list[j - 1] + 1; j++);
    out.push(j - i > 1 ? `${list[i] + 1}-${list[j - 1] + 1}` : String(list[i] + 1));
  }
  return out.join(',');
}

/**
 * Opens the dialog on a table, or on a text that is none yet.
 * @param {Use} use @param {{name: string, text: string, report?: Report, refused?: string, mapping?: {target: string, inputs: string}}} what
 */
export function tableDialog(use, what) {
  /** @type {Report | undefined} */
  let report = what.report;
  /** @type {string[]} what each column is for */
  let roles = [];
  const about = el('p', { class: 'about' });
  const fault = el('p', { class: 'fault', role: 'alert', 'data-testid': 'table-refused' });
  const problems = el('div', { class: 'problems' });
  const preview = el('div', { class: 'preview', tabindex: 0, role: 'group', 'aria-label': 'The first rows, and what each column is for' });
  const text = el('textarea', { class: 'table-text', rows: 8, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', wrap: 'off', 'aria-label': 'Text of the table', 'data-testid': 'table-text' });
  const lines = el('div', { class: 'line-numbers', 'aria-hidden': 'true' });
  const count = el('span', { class: 'unit', role: 'status' });
  const again = el('button', { type: 'button', class: 'button', 'data-testid': 'table-check', onclick: () => check() }, 'Check again');
  const view = el('details', { class: 'text-view' }, el('summary', {}, 'Text of the table'), el('div', { class: 'text-box' }, lines, text), el('div', { class: 'row' }, again, count));
  const train = el('button', { type: 'button', class: 'button primary', 'data-testid': 'table-train', onclick: () => go() }, 'Train on this table');
  const box = dialog(what.name || 'Your table', 'table-dialog', [about, fault, problems, preview, view], [el('span', { class: 'unit limits' }, LIMITS.table), el('button', { type: 'button', class: 'button', onclick: () => box.close() }, 'Cancel'), train]);
  const editable = what.text.length <= EDITABLE;
  if (editable) text.value = what.text;
  else view.replaceChildren(el('summary', {}, 'Text of the table'), el('p', { class: 'unit' }, 'Too long to be mended here: mend it in its own program and drop it again.'));
  /** The text that the report is of. */
  let checked = what.text;

  const number = () => {
    const n = text.value.split('\n').length;
    lines.textContent = Array.from({ length: Math.min(n, 5200) }, (_, i) => i + 1).join('\n');
    lines.style.setProperty('--digits', String(String(n).length));
  };
  text.addEventListener('scroll', () => { lines.scrollTop = text.scrollTop; });
  text.addEventListener('input', () => { number(); count.textContent = text.value === checked ? '' : 'changed'; });
  text.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) check(); });

  /** Shows the place of a problem in the text. @param {Problem} p */
  const show = (p) => {
    view.open = true;
    if (!editable) return;
    const [from, to] = span(text.value, p, report?.summary?.separator ?? ',');
    text.focus();
    text.setSelectionRange(from, to);
    // Browsers scroll to a selection only when somebody types.
    const high = Number.parseFloat(getComputedStyle(text).lineHeight) || 18;
    text.scrollTop = Math.max(0, (p.line - 3) * high);
    text.scrollLeft = 0;
    lines.scrollTop = text.scrollTop;
    text.scrollIntoView({ block: 'nearest' });
  };

  /** Whether a problem lies in a column that the run does not read. @param {Problem} p */
  const idle = (p) => p.column > 0 && roles[p.column - 1] === 'none';

  const list = () => {
    const all = report?.problems ?? [], open = all.filter((p) => !idle(p)), n = open.length + (report?.more ?? 0);
    problems.replaceChildren(...(all.length ? [
      el('h3', {}, n ? `${whole(n)} ${n === 1 ? 'problem' : 'problems'} to mend` : 'Nothing wrong in the columns that are used'),
      el('ul', {}, ...all.map((p) => el('li', {}, p.line > 0 ? el('button', { type: 'button', class: `link-button${idle(p) ? ' idle' : ''}`, onclick: () => show(p) }, sentence(p.text)) : el('span', {}, sentence(p.text)), idle(p) ? el('span', { class: 'unit' }, ' not used') : null))),
      report?.more ? el('p', { class: 'unit' }, `and ${whole(report.more)} more`) : null].filter((x) => x !== null) : []));
    const inputs = roles.filter((r) => r === 'input').length, labels = roles.filter((r) => r === 'label').length;
    const lacks = !report ? 'No table yet.' : labels !== 1 ? 'One column has to be the label.' : !inputs ? 'At least one column has to be an input.' : '';
    train.disabled = !!lacks || n > 0;
    train.title = lacks || (n ? 'Mend what is listed first, or leave its column out.' : '');
  };

  /** The columns as a table with a choice over each. */
  const fill = () => {
    about.textContent = report ? `${sentence(inWords(report))} Columns are parted by ${({ ',': 'commas', ';': 'semicolons', '\t': 'tabs' })[/** @type {','} */ (report.summary.separator)] ?? 'commas'}${report.summary.header ? '; the first line names them.' : '; no line names them.'}` : '';
    const columns = report?.summary?.columns ?? [];
    preview.hidden = !columns.length;
    const rows = Math.max(0, ...columns.map((/** @type {any} */ c) => c.first.length));
    const name = (/** @type {any} */ c, /** @type {number} */ i) => c.name || `Column ${i + 1}`;
    preview.replaceChildren(el('table', {},
      el('thead', {},
        el('tr', {}, ...columns.map((/** @type {any} */ c, /** @type {number} */ i) => el('th', { scope: 'col' }, el('span', {}, name(c, i)),
          el('select', { 'aria-label': `What ${name(c, i)} is for`, 'data-testid': `role-${i + 1}`, onchange: (/** @type {Event} */ e) => turn(i, /** @type {HTMLSelectElement} */ (e.target).value) }, ...ROLES.map(([id, label]) => el('option', { value: id, selected: roles[i] === id }, label)))))),
        el('tr', { class: 'kinds' }, ...columns.map((/** @type {any} */ c) => el('td', {}, c.kind === 'class' ? `${whole(c.distinct)} ${c.distinct === 1 ? 'value' : 'values'}` : 'numbers', c.kind === 'number' && c.not_numbers ? `, ${whole(c.not_numbers)} not` : '')))),
      el('tbody', {}, ...Array.from({ length: rows }, (_, r) => el('tr', {}, ...columns.map((/** @type {any} */ c) => el('td', {}, c.first[r] ?? '')))))));
    list();
  };

  /** @param {number} i @param {string} role */
  const turn = (i, role) => {
    // There is one label: the other column that was it becomes an input.
    if (role === 'label') roles = roles.map((r) => (r === 'label' ? 'input' : r));
    roles[i] = role;
    const held = document.activeElement?.getAttribute('data-testid');
    fault.textContent = '';
    fill();
    if (held) /** @type {HTMLElement | null} */ (box.root.querySelector(`[data-testid="${held}"]`))?.focus();
  };

  /** What a new report says of the columns: those of the same name keep what they are for. @param {Report} r */
  const take = (r) => {
    const before = new Map((report?.summary?.columns ?? []).map((/** @type {any} */ c, /** @type {number} */ i) => [c.name || i, roles[i]]));
    const { columns, target } = r.summary, known = roles.length === columns.length;
    roles = columns.map((/** @type {any} */ c, /** @type {number} */ i) => (known && before.get(c.name || i)) || (i + 1 === target ? 'label' : 'input'));
    report = r;
  };

  const check = async () => {
    fault.textContent = '';
    const blob = new Blob([text.value], { type: 'text/csv' });
    if (blob.size > TABLE_BYTES) { fault.textContent = `The text has ${whole(blob.size)} bytes, at most ${whole(TABLE_BYTES)} are taken.`; return; }
    again.disabled = true;
    count.textContent = 'checking…';
    try {
      const r = await upload(use.base, blob, { name: what.name, text: text.value });
      if (r.kind !== 'table') throw new Error('This is no table.');
      take(r);
      count.textContent = r.problems.length ? '' : 'no problems';
    } catch (e) {
      count.textContent = '';
      report = undefined;
      fault.textContent = /** @type {Error} */ (e).message;
    }
    checked = text.value;
    again.disabled = false;
    fill();
  };

  const go = async () => {
    if (editable && text.value !== checked) { await check(); if (train.disabled) return; }
    if (!report) return;
    const name = (/** @type {number} */ i) => report?.summary.columns[i].name || String(i + 1), columns = roles.map((_, i) => i);
    const target = columns.find((i) => roles[i] === 'label') ?? 0, inputs = columns.filter((i) => roles[i] === 'input');
    // What is the table's own choice stays out of the link.
    const usual = target + 1 === report.summary.target && inputs.length === columns.length - 1;
    // By name where the names are plain and few, else by number.
    const names = columns.map(name), plain = report.summary.header && new Set(names).size === names.length && names.every((n) => n && !/[,;\s]/.test(n) && !/^[\d-]+$/.test(n));
    const named = inputs.map(name).join(',');
    const mapping = usual ? { target: '', inputs: '' } : plain && named.length <= 200 ? { target: names[target], inputs: named } : { target: String(target + 1), inputs: ranges(inputs) };
    train.disabled = true;
    const refused = await use.go(report, mapping);
    train.disabled = false;
    if (refused) { fault.textContent = sentence(refused); fault.scrollIntoView({ block: 'nearest' }); } else box.close();
  };

  if (report) take(report);
  if (what.mapping?.target && report) {
    const { target, inputs } = what.mapping, at = (/** @type {string} */ t) => report?.summary.columns.findIndex((/** @type {any} */ c, /** @type {number} */ i) => c.name === t || String(i + 1) === t) ?? -1;
    const used = inputs ? inputs.split(',').flatMap((t) => { const r = /^(\d+)-(\d+)$/.exec(t.trim()); return r ? Array.from({ length: Number(r[2]) - Number(r[1]) + 1 }, (_, k) => Number(r[1]) + k - 1) : [at(t.trim())]; }) : roles.map((_, i) => i);
    roles = roles.map((_, i) => (i === at(target) ? 'label' : used.includes(i) ? 'input' : 'none'));
  }
  fault.textContent = what.refused ?? '';
  if (editable) number();
  view.open = !report || report.problems.length > 0;
  fill();
  box.shown.then(() => { (report?.problems.length || !report ? box.root.querySelector('.problems button') ?? text : train).focus(); });
}
