// Controls made from the schema: one builder for each kind, none for a lab.

import { el } from './icons.js';
import { parse, plain, short } from './numbers.js';

/**
 * @typedef {object} Control
 * @property {string} id @property {string} label @property {string} unit @property {string} kind
 * @property {number | string} [min] @property {number | string} [max] @property {boolean} log @property {any} default
 * @property {boolean} live @property {string} [group] @property {string} help @property {any[]} [choices]
 */

/** @param {number | string | undefined} v */
const bound = (v) => (v === 'inf' ? Infinity : v === '-inf' ? -Infinity : Number(v ?? 0));

/** The text of a value as links have it. @param {any} v @returns {string} */
export function text(v) {
  if (Array.isArray(v)) return v.map((x) => (Array.isArray(x) ? x.map(plain).join(',') : plain(x))).join(Array.isArray(v[0]) ? '/' : ',');
  return typeof v === 'number' ? plain(v) : String(v ?? '');
}

/**
 * Builds one control. change is called with the text of the value when somebody settles on it.
 * @param {Control} c @param {any} value @param {(text: string) => void} change
 * @returns {HTMLElement}
 */
export function control(c, value, change) {
  const id = `c-${c.id}`;
  const field = build(c, value, change, id);
  const unit = c.unit ? el('span', { class: 'unit' }, ` ${c.unit}`) : null;
  return el('div', { class: `control ${c.kind}`, 'data-testid': `control-${c.id}`, 'data-id': c.id },
    el('label', { for: id, title: c.help }, c.label, unit), ...field,
    el('p', { class: 'fault', 'data-testid': c.id === 'formula' ? 'formula-error' : undefined, role: 'alert' }));
}

/** @param {Control} c @param {any} value @param {(text: string) => void} change @param {string} id @returns {HTMLElement[]} */
function build(c, value, change, id) {
  switch (c.kind) {
    case 'choice': {
      const s = el('select', { id, onchange: () => change(s.value) }, ...(c.choices ?? []).map((o) => el('option', { value: o.id, selected: o.id === value }, o.label)));
      return [s];
    }
    case 'switch': {
      const s = el('input', { id, type: 'checkbox', role: 'switch', checked: value === 'on' || value === true, onchange: () => change(s.checked ? 'on' : 'off') });
      return [s];
    }
    case 'real':
    case 'whole':
      return numeric(c, Number(value === 'inf' ? Infinity : value), change, id);
    default: {
      const f = el('input', { id, type: 'text', value: text(value), spellcheck: 'false', autocomplete: 'off', class: c.kind, 'data-testid': c.id === 'formula' ? 'formula-input' : undefined, onchange: () => change(f.value.trim()) });
      return [f];
    }
  }
}

/** A slider with the value as a field. @param {Control} c @param {number} value @param {(text: string) => void} change @param {string} id @returns {HTMLElement[]} */
function numeric(c, value, change, id) {
  const min = bound(c.min), max = bound(c.max);
  const field = el('input', { id, type: 'text', inputmode: 'decimal', class: 'value', value: short(value), 'data-full': plain(value) });
  field.addEventListener('focus', () => { field.value = field.dataset.full ?? ''; field.select(); });
  field.addEventListener('blur', () => { if (field.value === field.dataset.full) field.value = short(parse(field.value)); });
  const settle = (/** @type {string} */ t) => { field.dataset.full = t; change(t); };
  field.addEventListener('change', () => settle(Number.isNaN(parse(field.value)) ? field.value : plain(parse(field.value))));
  // A range too wide for a slider shows the stretch around the value.
  let low = min, high = max;
  const log = c.log && min >= 0;
  if (log && low <= 0) low = Math.min(1e-6, (value || 1) / 10);
  if (!Number.isFinite(high) || (!log && (high - low > 2000))) { const r = Math.max(10, 4 * Math.abs(value || 1)); low = Math.max(min, -r); high = Math.min(max, r); }
  const to = (/** @type {number} */ v) => (log ? Math.log10(Math.max(v, low)) : v);
  const from = (/** @type {number} */ v) => (log ? Number((10 ** v).toPrecision(3)) : v);
  const step = c.kind === 'whole' && !log ? 1 : (to(high) - to(low)) / 400;
  const slider = el('input', { type: 'range', min: to(low), max: to(high), step, 'aria-label': c.label });
  slider.value = String(to(value));
  slider.addEventListener('input', () => { field.value = short(shown()); });
  const shown = () => { const v = from(Number(slider.value)); return c.kind === 'whole' ? Math.round(v) : Number(v.toPrecision(6)); };
  slider.addEventListener('change', () => settle(plain(Math.min(max, Math.max(min, shown())))));
  slider.addEventListener('dblclick', () => { if (typeof c.default === 'number') settle(plain(c.default)); });
  return [field, slider];
}
