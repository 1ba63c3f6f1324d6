// Controls made from the schema: one builder for each kind, none for a lab.

import { formulaField } from './formula.js';
import { el } from './icons.js';
import { number, parse, plain, short, whole } from './numbers.js';
import { letter, plainTeX, symbolClass } from './tex.js';

/**
 * @typedef {object} Control
 * @property {string} id @property {string} label @property {string} unit @property {string} kind
 * @property {number | string} [min] @property {number | string} [max] @property {boolean} log @property {any} default
 * @property {boolean} live @property {string} [group] @property {string} [symbol] @property {string} [limit] a measure @property {string} help @property {any[]} [choices] @property {string[]} [accept] kinds of files
 */
/** @typedef {{at: number, label: string}} Limit a bound that theory sets, marked on the slider */
/**
 * @typedef {object} Extras
 * @property {any} [schema] the lab's, for the colour of the control's symbol
 * @property {Limit[]} [limits]
 * @property {string[]} [axes] the names of a vector's two entries
 * @property {string} [base] the path prefix of the program, for what the server is asked
 * @property {import('./session.js').Session} [session] of a control that takes files
 * @property {string} [of] the id that the lab's symbols know the control by, where it is another
 */

/** @param {number | string | undefined} v */
const bound = (v) => (v === 'inf' ? Infinity : v === '-inf' ? -Infinity : Number(v ?? 0));

/** The text of a value as links have it. @param {any} v @returns {string} */
export function text(v) {
  if (Array.isArray(v)) return v.map((x) => (Array.isArray(x) ? x.map(plain).join(',') : plain(x))).join(Array.isArray(v[0]) ? '/' : ',');
  return typeof v === 'number' ? plain(v) : String(v ?? '');
}

/** The range of a control in words, nothing where it has none. @param {Control} c */
export function range(c) {
  if (c.kind !== 'real' && c.kind !== 'whole') return '';
  const lo = bound(c.min), hi = bound(c.max), unit = c.unit ? `\u2009${c.unit}` : '';
  if (lo === -Infinity && hi === Infinity) return 'Any number.';
  if (hi === Infinity) return `From ${short(lo)}${unit} up.`;
  if (lo === -Infinity) return `Up to ${short(hi)}${unit}.`;
  return `${short(lo)} to ${short(hi)}${unit}${c.kind === 'whole' ? ', whole' : ''}.`;
}

/** The attributes that give an element the tip of a control. @param {Control} c @param {Limit[]} [limits] */
export function tip(c, limits = []) {
  if (!c.help) return {};
  return { 'data-tip': c.help, 'data-tip-name': c.label, 'data-tip-symbol': c.symbol || undefined, 'data-tip-range': [range(c), ...limits.map((l) => `${l.label} ${short(l.at)}.`)].filter(Boolean).join(' ') || undefined };
}

/**
 * Builds one control. change is called with the text of the value when somebody settles on it.
 * @param {Control} c @param {any} value @param {(text: string) => void} change @param {Extras} [extras]
 * @returns {HTMLElement}
 */
export function control(c, value, change, extras = {}) {
  const id = `c-${c.id}`, fault = `${id}-fault`;
  const field = build(c, value, change, id, extras);
  for (const f of field) for (const input of f.matches('input, select') ? [f] : f.querySelectorAll('input, select')) input.setAttribute('aria-describedby', fault);
  const unit = c.unit ? el('span', { class: 'unit' }, ` ${c.unit}`) : null;
  const changed = differs(value, c.default);
  const pair = c.kind === 'vector' && Array.isArray(value) && value.length === 2;
  const name = [changed ? el('span', { class: 'dot', role: 'img', 'aria-label': 'changed' }) : null, c.label, c.symbol ? ' ' : null, c.symbol ? letter(c.symbol) : null, unit];
  return el('div', { class: `control kind-${c.kind}${pair ? ' pair' : ''}${changed ? ' changed' : ''} ${extras.schema ? symbolClass(extras.schema, extras.of ?? c.id) : ''}`.trim(), 'data-testid': `control-${c.id}`, 'data-id': c.id },
    pair ? el('span', { class: 'name', id: `${id}-name`, ...tip(c) }, ...name) : el('label', { class: 'name', for: id, ...tip(c, extras.limits) }, ...name), ...field,
    el('p', { class: 'fault', id: fault, 'data-testid': c.id === 'formula' ? 'formula-error' : undefined, role: 'alert' }));
}

/** Whether a value is another than the default; a default that depends on other controls is not known here. @param {any} value @param {any} normal */
function differs(value, normal) { return normal !== null && normal !== undefined && text(value) !== text(normal); }

/** @param {Control} c @param {any} value @param {(text: string) => void} change @param {string} id @param {Extras} extras @returns {HTMLElement[]} */
function build(c, value, change, id, extras) {
  if (c.accept?.length && extras.session) return [fileField(c, text(value), id, extras.session)];
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
      return numeric(c, Number(value === 'inf' ? Infinity : value), change, id, extras);
    case 'vector':
      if (Array.isArray(value) && value.length === 2) return pairOf(value, change, id, extras.axes ?? ['x', 'y']);
  }
  if (c.id === 'formula') return formulaField(text(value), change, id, extras.base ?? '');
  const f = el('input', { id, type: 'text', value: text(value), spellcheck: 'false', autocomplete: 'off', class: c.kind, onchange: () => change(f.value.trim()) });
  return [f];
}

/** The place of a file; what fills it is fetched with the first one. @param {Control} c @param {string} value @param {string} id @param {import('./session.js').Session} session */
function fileField(c, value, id, session) {
  const host = el('div', { class: 'file-field' });
  import('./bring/field.js').then((m) => m.fillField(host, c, value, session, id), () => host.replaceChildren('The server does not answer.'));
  return host;
}

/**
 * A field that shows four digits, gives all of them to whoever edits it, and settles on Enter or when it is left.
 * @param {Record<string, any>} attributes @param {number} value @param {(text: string) => void} settle
 * @param {(v: number) => string} [show]
 */
function numberField(attributes, value, settle, show = short) {
  const field = el('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', spellcheck: 'false', ...attributes, value: show(value) });
  field.dataset.full = plain(value);
  field.addEventListener('focus', () => { field.value = field.dataset.full; field.select(); });
  field.addEventListener('blur', () => { if (field.value === field.dataset.full && !Number.isNaN(parse(field.value))) field.value = show(parse(field.value)); });
  field.addEventListener('change', () => {
    const v = parse(field.value), t = Number.isNaN(v) ? field.value.trim() : plain(v);
    if (t === field.dataset.full) return;
    field.dataset.full = t;
    settle(t);
  });
  return field;
}

/** Two entries with the names of their axes; a pasted "1.5, 2" fills both. @param {number[]} value @param {(text: string) => void} change @param {string} id @param {string[]} axes */
function pairOf(value, change, id, axes) {
  const now = value.map(plain);
  const entry = (/** @type {number} */ i) => numberField({ id: i ? `${id}-2` : id, class: 'value', 'aria-labelledby': `${id}-name ${id}-axis-${i}` }, value[i], (t) => {
    const both = t.split(/[,;\s]+/);
    if (both.length === 2 && both.every((x) => !Number.isNaN(parse(x)))) now.splice(0, 2, ...both.map((x) => plain(parse(x))));
    else now[i] = t;
    change(now.join(','));
  }, (v) => number(v));
  return [el('span', { class: 'entries' }, ...axes.slice(0, 2).flatMap((a, i) => [el('i', { class: 'letter', id: `${id}-axis-${i}` }, a), entry(i)]))];
}

/** How a slider lays out its numbers. @param {Control} c @param {number} value */
function scaleOf(c, value) {
  const min = bound(c.min), max = bound(c.max);
  // A range too wide for a slider shows the stretch around the value.
  let low = min, high = max;
  const log = c.log && min >= 0;
  if (log) {
    const around = value > 0 && Number.isFinite(value) ? value : typeof c.default === 'number' && c.default > 0 ? c.default : 1;
    if (low <= 0) low = Math.min(1e-6, around / 10);
    if (!Number.isFinite(high) || Math.log10(high / low) > 9) { low = Math.max(low, 10 ** (Math.floor(Math.log10(around)) - 4)); high = Math.min(high, 10 ** (Math.ceil(Math.log10(around)) + 3)); }
  } else if (!Number.isFinite(high) || !Number.isFinite(low) || high - low > 2000) {
    const r = Math.max(10, 4 * Math.abs(value || 1));
    low = Math.max(min, -r);
    high = Math.min(max, r);
  }
  // A share that is kept, such as 0.99: what matters is how far it is from one.
  const share = !log && c.kind === 'real' && min === 0 && max < 1 && max > 0.99;
  const to = (/** @type {number} */ v) => (log ? Math.log10(Math.max(v, low)) : share ? -Math.log10(1 - Math.min(v, max)) : v);
  const from = (/** @type {number} */ p) => (log ? Number((10 ** p).toPrecision(3)) : share ? Number((1 - 10 ** -p).toPrecision(p > 2 ? 6 : 3)) : p);
  if (share) high = Math.min(max, Math.max(0.999, 1 - (1 - value) / 10));
  return { low, high, log, share, to, from };
}

/** Where a slider has ticks: at 1, 3 and 10 of each decade, or at round numbers. @param {ReturnType<typeof scaleOf>} s */
function ticksOf(s) {
  /** @type {number[]} */
  const list = [];
  if (s.share) return [0, 0.7, 0.9, 0.97, 0.99, 0.997, 0.999].filter((v) => v <= s.high);
  if (s.log) {
    const from = Math.floor(Math.log10(s.low)), to = Math.ceil(Math.log10(s.high)), many = to - from > 5;
    for (let d = from; d <= to; d++) for (const m of many ? [1] : [1, 3]) list.push(Number(`${m}e${d}`));
  } else {
    const span = s.high - s.low, ten = 10 ** Math.floor(Math.log10(span / 4 || 1)), step = [1, 2, 5, 10].map((k) => k * ten).find((v) => span / v <= 5) ?? span;
    for (let k = Math.ceil(s.low / step); k * step <= s.high * (1 + 1e-12); k++) list.push(k * step);
  }
  return list.filter((v) => v >= s.low * (1 - 1e-12) && v <= s.high * (1 + 1e-12));
}

/**
 * A slider under a field, which follows it while it is dragged. @param {Control} c @param {number} value @param {any} field
 * @param {(text: string) => void} change @param {Limit[]} limits @param {Record<string, any>} [attributes]
 */
function sliderOf(c, value, field, change, limits, attributes = {}) {
  const min = bound(c.min), max = bound(c.max), s = scaleOf(c, value), lo = s.to(s.low), hi = s.to(s.high);
  const at = (/** @type {number} */ v) => Math.min(1, Math.max(0, (s.to(v) - lo) / (hi - lo || 1)));
  const whole = c.kind === 'whole' && !s.log;
  const slider = el('input', { type: 'range', min: lo, max: hi, step: whole ? 1 : (hi - lo) / 400, 'aria-label': c.label, 'aria-valuetext': short(value), ...attributes });
  slider.value = String(s.to(value));
  const shown = () => { const v = s.from(Number(slider.value)); return c.kind === 'whole' ? Math.round(v) : Number(v.toPrecision(6)); };
  const box = el('div', { class: 'slider' }, slider,
    ...ticksOf(s).map((v) => tick(at(v), 'tick')), ...limits.filter((l) => l.at >= s.low && l.at <= s.high).map((l) => tick(at(l.at), 'tick limit')));
  const fill = (/** @type {number} */ v) => box.style.setProperty('--at', String(at(v)));
  fill(value);
  slider.addEventListener('input', () => { field.value = short(shown()); slider.setAttribute('aria-valuetext', field.value); fill(shown()); });
  const settle = (/** @type {number} */ v) => { const t = plain(Math.min(max, Math.max(min, v))); if (t !== field.dataset.full) { field.dataset.full = t; field.value = short(parse(t)); change(t); } };
  slider.addEventListener('change', () => settle(shown()));
  slider.addEventListener('dblclick', () => { if (typeof c.default === 'number') { fill(c.default); settle(c.default); } });
  return box;
}

/** Marks what theory says on the slider of a control that is there already. @param {Element} box @param {Control} c @param {number} value @param {Limit} limit */
export function mark(box, c, value, limit) {
  const s = scaleOf(c, value), slider = box.querySelector('.slider'), lo = s.to(s.low), hi = s.to(s.high);
  if (!slider || !(limit.at >= s.low && limit.at <= s.high)) return;
  slider.append(tick((s.to(limit.at) - lo) / (hi - lo || 1), 'tick limit'));
  slider.after(el('p', { class: 'unit' }, `${limit.label}: ${short(limit.at)}`));
}

/** A slider with the value as a field. @param {Control} c @param {number} value @param {(text: string) => void} change @param {string} id @param {Extras} extras @returns {HTMLElement[]} */
function numeric(c, value, change, id, extras) {
  const field = numberField({ id, class: 'value' }, value, change);
  return [field, sliderOf(c, value, field, change, extras.limits ?? [])];
}

/** @param {number} at from 0 to 1 @param {string} name */
function tick(at, name) {
  const t = el('i', { class: name });
  t.style.setProperty('--tick', String(at));
  return t;
}

/**
 * A step size in its row: a field that can be typed into, turned by the arrow keys and dragged sideways, a hundred pixels a decade.
 * While it has the focus a slider hangs under the row, with the limit that theory sets.
 * @param {Control | undefined} c @param {number} value @param {(text: string) => void} change @param {Record<string, any>} attributes
 * @param {() => Limit[]} [limits] as they are when the slider is shown
 */
export function rate(c, value, change, attributes, limits = () => []) {
  const log = c?.log ?? true, min = c ? bound(c.min) : 0, max = c ? bound(c.max) : Infinity;
  const field = numberField({ class: 'rate', ...attributes, ...(c ? tip(c) : {}) }, value, change);
  const fit = (/** @type {number} */ v) => Number(Math.min(max, Math.max(min, v)).toPrecision(2));
  const moved = (/** @type {number} */ from, /** @type {number} */ by) => fit(log && from > 0 ? from * 10 ** by : from + by * ((Number.isFinite(max - min) ? max - min : 1) / 4));
  /** @type {{x: number, from: number, moved: boolean} | null} */
  let drag = null;
  field.addEventListener('pointerdown', (/** @type {PointerEvent} */ e) => {
    if (e.button || document.activeElement === field || e.pointerType === 'touch') return;
    // The field takes the focus only when the pointer has not moved: then it is being typed into.
    e.preventDefault();
    drag = { x: e.clientX, from: parse(field.dataset.full), moved: false };
    field.setPointerCapture(e.pointerId);
  });
  field.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => {
    if (!drag) return;
    const d = e.clientX - drag.x;
    if (!drag.moved && Math.abs(d) < 4) return;
    drag.moved = true;
    field.classList.add('dragged');
    field.value = short(moved(drag.from, d / 100));
  });
  const drop = () => {
    if (!drag) return;
    const was = drag;
    drag = null;
    field.classList.remove('dragged');
    if (!was.moved) { field.focus(); return; }
    field.dispatchEvent(new Event('change'));
  };
  field.addEventListener('pointerup', drop);
  field.addEventListener('pointercancel', () => { drag = null; field.classList.remove('dragged'); field.value = short(parse(field.dataset.full)); });
  field.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== 'ArrowUp' && e.key !== 'ArrowDown') return;
    const v = parse(field.value);
    if (Number.isNaN(v)) return;
    e.preventDefault();
    field.value = plain(moved(v, (e.key === 'ArrowUp' ? 1 : -1) * (e.shiftKey ? 1 : 0.1)));
  });
  /** @type {HTMLElement | null} */
  let hung = null;
  field.addEventListener('focus', () => {
    const row = field.closest('.method');
    if (!c || !row || hung) return;
    const marks = limits(), v = parse(field.dataset.full);
    hung = el('div', { class: attributes.class?.replace(/^rate/, 'rate-slider') ?? 'rate-slider' }, sliderOf(c, Number.isNaN(v) ? value : v, field, change, marks, { id: `${attributes.id}-slider`, 'aria-label': attributes['aria-label'] }),
      ...marks.map((l) => el('p', { class: 'unit' }, `${l.label} ${short(l.at)}`)));
    row.append(hung);
    const leave = (/** @type {FocusEvent} */ e) => {
      if (row.contains(/** @type {Node | null} */ (e.relatedTarget))) return;
      row.removeEventListener('focusout', leave);
      hung?.remove();
      hung = null;
    };
    row.addEventListener('focusout', leave);
  });
  return field;
}

/**
 * What was wrong with a value, as a sentence about the control: its name, the range, what was written.
 * @param {{label: string, symbol?: string} | undefined} c @param {string} detail as the server gives it @param {string} [written] what stands in the field
 */
export function refusal(c, detail, written) {
  const name = c?.symbol ? plainTeX(c.symbol) : c?.label ?? '';
  // "methods: step-size: must lie between …; got 40": the path of ids says where, which the field's place says already.
  const said = detail.replace(/^(?:[\w.-]+: )+/, '').replace(/^column/, 'At column').replace(/(\d)e([+-])0?(\d)/g, (_, d, sign, e) => `${d}e${sign === '-' ? '−' : ''}${e}`).replace(/(^|[\s[(])-(?=\d)/g, '$1−');
  const [what, got] = said.split(/; got /);
  const about = (/** @type {string} */ t) => (name && /^(must|is|holds|has) /.test(t) ? `${name} ${t}` : t.replace(/^./, (x) => x.toUpperCase())).replace(/\.?$/, '.');
  const wrote = got === undefined ? '' : written && written.length <= 24 ? written.replace(/^-(?=[\d.])/, '−') : got.replace(/\.$/, '');
  const parted = what.replace(/(?<![\w.])\d{4,15}(?![\w.])/g, (n) => whole(Number(n)));
  return [...parted.split('; ').map(about), wrote ? `You wrote ${wrote}.` : ''].filter(Boolean).join(' ');
}

/** Marks a control as refused: the value stays, the sentence stands under it. @param {Element} box the control @param {string} sentence */
export function refuse(box, sentence) {
  box.classList.add('refused');
  box.querySelector('input:not([type=range]), select')?.setAttribute('aria-invalid', 'true');
  const place = box.querySelector('.fault');
  if (place) place.textContent = sentence;
}

/** Takes the mark of a refusal off. @param {Element} box */
export function accept(box) {
  box.classList.remove('refused');
  for (const f of box.querySelectorAll('[aria-invalid]')) f.removeAttribute('aria-invalid');
  const place = box.querySelector('.fault');
  if (place) place.textContent = '';
}
