// The controls column: preset, methods with their step sizes, and the lab's controls, all made from the schema.

import { accept, control, mark, rate, refusal, refuse, tip } from './controls.js';
import { el, icon } from './icons.js';
import { glyph } from './marks.js';
import { letter, symbolClass } from './tex.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./store.js').Walk} Walk */

/** Methods that stand in the list although they are switched off. */
const USUAL = ['gd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adagrad', 'lbfgs', 'gradient-flow'];
/** The hyper-parameter that a method's row shows. */
const RATES = ['step-size', 'time-step', 'sigma'];

export class Sidebar {
  /** @param {Session} session @param {HTMLElement} host */
  constructor(session, host) {
    this.session = session;
    this.list = el('div', { class: 'controls-list' });
    /** @type {string[]} the methods in the order they stand in: a switch does not move them */
    this.order = [];
    this.ordered = '';
    this.box = el('aside', { class: 'controls', 'aria-label': 'Controls', tabindex: -1 }, this.list);
    host.append(this.box);
    /** The run whose limits are marked. */
    this.limited = '';
    session.on('opened', () => this.build());
    session.on('hidden', () => this.build());
    session.on('imported', () => this.build());
    session.on('state', () => this.limit());
    session.on('asked', () => this.clear());
    session.on('fault', (m) => this.fault(m));
  }

  /** Shows or hides the column where it is a drawer. @param {boolean} [on] */
  show(on) { return this.box.classList.toggle('shown', on); }

  /** The switch of the n-th method from the top. @param {number} n from 1 */
  method(n) { return this.box.querySelectorAll('.method')[n - 1]?.getAttribute('data-id') ?? ''; }

  /** Puts the focus on the first step size: turning it here forks the run. */
  focusRate() {
    const f = /** @type {HTMLInputElement | null} */ (this.box.querySelector('.method:not(.off) input.rate'));
    this.show(true);
    f?.focus();
    return !!f;
  }

  clear() {
    for (const c of this.box.querySelectorAll('.control')) accept(c);
  }

  /** Says at the field what was wrong with its value. @param {any} m */
  fault(m) {
    const field = String(m.field ?? '');
    const box = this.box.querySelector(`[data-id="${CSS.escape(field)}"]`) ?? this.box.querySelector(`[data-id="${CSS.escape(field.split('.')[0])}"]`);
    if (!box?.querySelector('.fault')) {
      // What is spoken of is named once, as its link writes it.
      const said = refusal(field ? { label: field } : undefined, String(m.detail ?? '')), named = field !== '' && said.startsWith(`${field} `);
      const title = named ? field : field ? `${field} was refused.` : String(m.title ?? 'this was refused').replace(/^./, (c) => c.toUpperCase()).replace(/\.?$/, '.');
      this.session.tell(title, `${named ? said.slice(field.length + 1) : said}${this.session.opened ? '' : ' The run shown here leaves it out.'}`);
      return;
    }
    const written = /** @type {HTMLInputElement | null} */ (box.querySelector('input:not([type=range])'))?.value;
    refuse(box, refusal(this.named(field), String(m.detail), written));
    const folded = /** @type {HTMLDetailsElement | null} */ (box.closest('details'));
    if (folded) folded.open = true;
    this.show(true);
  }

  /** The control or hyper-parameter that a refusal speaks of. @param {string} field */
  named(field) {
    const { schema, walks } = this.session;
    const [id, hyper] = field.split('.');
    const kind = schema.methods.find((/** @type {any} */ k) => k.id === (walks.find((w) => w.id === id)?.method.method ?? id));
    return hyper ? kind?.hyper.find((/** @type {any} */ h) => h.id === hyper) : schema.controls.find((/** @type {any} */ c) => c.id === id);
  }

  build() {
    this.limited = '';
    const { opened, schema } = this.session;
    if (!opened) return;
    const focused = document.activeElement?.id, scroll = this.box.scrollTop;
    const folds = ['rare', 'settings'].filter((k) => this.box.querySelector(`details.${k}`)?.hasAttribute('open'));
    this.list.replaceChildren(this.preset(), this.methods(folds), ...this.groups(opened.spec.values, schema.controls));
    this.box.scrollTop = scroll;
    // The slider of a step size is there once its field has had the focus.
    if (focused?.endsWith('-slider')) document.getElementById(focused.slice(0, -7))?.focus({ preventScroll: true });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** What else is said beneath the preset. @type {HTMLElement | null} */
  aside = null;

  preset() {
    const { opened, schema } = this.session;
    const preset = schema.presets.find((/** @type {any} */ p) => p.id === opened.spec.preset);
    const select = el('select', { id: 'preset', 'aria-label': 'Preset', onchange: () => {
      const p = new URLSearchParams();
      if (select.value) p.set('preset', select.value);
      this.session.hidden.clear();
      this.session.openLink(p);
    } }, el('option', { value: '', selected: !preset }, 'Own settings'), ...schema.presets.map((/** @type {any} */ p) => el('option', { value: p.id, selected: p === preset }, p.title)));
    return el('section', { 'data-part': 'preset' }, el('h2', {}, 'Preset', el('span', { class: 'unit' }, preset ? `${schema.presets.indexOf(preset) + 1} of ${schema.presets.length}` : '')),
      select, preset?.note ? el('p', { class: 'note' }, preset.note) : null, opened.note ? el('p', { class: 'note said', 'data-testid': 'scene-note' }, opened.note) : null, this.aside);
  }

  /** @param {string[]} folds what is unfolded: rare, settings */
  methods(folds) {
    const { walks, schema } = this.session;
    const inRun = walks.filter((w) => !w.method.replica);
    const others = schema.methods.filter((/** @type {any} */ k) => !inRun.some((w) => w.method.method === k.id));
    const row = (/** @type {any} */ k) => this.row(k.id, k.label, k.slot || 8, false, null);
    // What stands open in the list stays where it is while methods are switched on and off; another preset or ground lays it anew.
    const spec = this.session.opened.spec, laid = `${spec.preset} ${spec.values.problem}`;
    if (laid !== this.ordered) { this.ordered = laid; this.order = []; }
    const rows = [...inRun.map((w) => ({ id: w.id, make: () => this.row(w.id, w.label, w.slot, w.hollow, w) })), ...others.filter((/** @type {any} */ k) => USUAL.includes(k.id)).map((/** @type {any} */ k) => ({ id: k.id, make: () => row(k) }))];
    this.order = [...this.order, ...rows.map((r) => r.id).filter((id) => !this.order.includes(id))];
    rows.sort((a, b) => this.order.indexOf(a.id) - this.order.indexOf(b.id));
    const rare = others.filter((/** @type {any} */ k) => !USUAL.includes(k.id));
    return el('section', { 'aria-label': 'Methods', 'data-part': 'methods' }, el('h2', {}, 'Methods', this.unit()), ...rows.map((r) => r.make()),
      rare.length ? el('details', { class: 'rare', open: folds.includes('rare') }, el('summary', {}, 'More methods'), ...rare.map(row)) : null, this.settings(inRun, folds.includes('settings')));
  }

  /** What the rows' numbers are: the step size and its letter. */
  unit() {
    const h = this.session.schema.methods.flatMap((/** @type {any} */ k) => k.hyper).find((/** @type {any} */ x) => x.id === 'step-size');
    return el('span', { class: `unit ${symbolClass(this.session.schema, 'step-size')}`, ...(h ? tip(h) : {}) }, 'step size ', letter(h?.symbol || '\\eta'));
  }

  /** The other hyper-parameters of the methods that run. @param {Walk[]} walks @param {boolean} open */
  settings(walks, open) {
    const { schema, opened } = this.session;
    const boxes = walks.filter((w) => w.drawn).map((w) => {
      const kind = schema.methods.find((/** @type {any} */ k) => k.id === w.method.method), shown = RATES.find((h) => h in w.method.hyper);
      const own = (kind?.hyper ?? []).filter((/** @type {any} */ h) => h.id !== shown && h.id in w.method.hyper);
      if (!own.length) return null;
      return el('fieldset', { class: 'hypers' }, el('legend', {}, w.label), ...own.map((/** @type {any} */ h) => {
        const moved = (opened.spec.moves ?? []).filter((/** @type {any} */ m) => m.name === `${w.id}.${h.id}`).pop();
        return control({ ...h, id: `${w.id}.${h.id}` }, moved ? moved.value : w.method.hyper[h.id], (t) => this.session.changeHyper(w.id, h.id, t), { schema, of: h.id });
      }));
    }).filter((x) => x !== null);
    return boxes.length ? el('details', { class: 'settings', open }, el('summary', {}, 'Settings of the methods'), ...boxes) : null;
  }

  /** @param {string} id @param {string} label @param {number} slot @param {boolean} hollow @param {Walk | null} w */
  row(id, label, slot, hollow, w) {
    const on = !!w && !this.session.hidden.has(id);
    const kind = this.session.schema.methods.find((/** @type {any} */ k) => k.id === (w?.method.method ?? id));
    const toggle = el('button', { type: 'button', id: `m-${id}`, 'aria-pressed': String(on), ...(kind?.help ? { 'data-tip': kind.help, 'data-tip-name': label } : {}), onclick: () => this.session.toggleMethod(id) }, glyph(slot, hollow), el('span', {}, label));
    /** @type {any} */
    let end = el('span', { class: 'off-word' }, 'off');
    if (on && w) {
      const hyper = RATES.find((h) => h in w.method.hyper);
      end = hyper ? this.rate(w, hyper, kind) : el('span', {});
    }
    return el('div', { class: `method control ${on ? 'on' : 'off'}`, 'data-testid': `method-${id}`, 'data-id': id }, toggle, end, el('p', { class: 'fault', role: 'alert' }));
  }

  /** The field of a method's step size. @param {Walk} w @param {string} hyper @param {any} kind */
  rate(w, hyper, kind) {
    const moved = (this.session.opened.spec.moves ?? []).filter((/** @type {any} */ m) => m.name === `${w.id}.${hyper}`).pop();
    const v = Number(moved ? moved.value : w.method.hyper[hyper]);
    const schema = kind?.hyper.find((/** @type {any} */ h) => h.id === hyper);
    return rate(schema, v, (t) => this.session.changeHyper(w.id, hyper, t), { id: `r-${w.id}`, 'data-hyper': hyper, 'aria-label': `${hyper.replace('-', ' ')} of ${w.label}`, class: `rate ${symbolClass(this.session.schema, hyper)}` }, () => this.limits(w, v));
  }

  /** The longest step size that is stable where the walk is now, or was when it broke: the present one over sharpness ÷ limit. @param {Walk} w @param {number} now */
  limits(w, now) {
    if (w.limit) return [{ at: w.limit, label: 'Limit at the steepest point it met:' }];
    const ratio = w.read('stability-ratio', this.session.step), certified = this.session.walks[0].read('largest-step', Infinity);
    return [...(ratio > 0 && Number.isFinite(ratio) ? [{ at: now / ratio, label: 'Limit where it stands:' }] : []),
      ...(certified > 0 ? [{ at: certified, label: 'Certified by the potential:' }] : [])];
  }

  /** Marks on the sliders of controls what theory says of this run, once it is read. */
  limit() {
    const { walks, schema, opened } = this.session;
    if (!opened || this.limited === opened.run || !walks.some((w) => w.rows.count > 0)) return;
    this.limited = opened.run;
    for (const c of schema.controls) {
      const at = c.limit ? walks.map((w) => w.read(c.limit, 0)).find((v) => Number.isFinite(v)) : undefined, box = this.box.querySelector(`[data-id="${CSS.escape(c.id)}"]`);
      if (at !== undefined && box) mark(box, c, Number(opened.spec.values[c.id]), { at, label: schema.measures.find((/** @type {any} */ m) => m.id === c.limit)?.label ?? '' });
    }
  }

  /** Whether a ground needs a file that is not there: then its control is shown instead of a run that would be refused. @param {string} problem */
  needsFile(problem) {
    const { schema, opened } = this.session;
    if (!schema.controls.some((/** @type {any} */ c) => c.id === problem && c.accept) || opened.spec.values[problem]) return false;
    const field = /** @type {HTMLSelectElement | null} */ (this.box.querySelector('#c-problem')), box = this.box.querySelector(`[data-id="${CSS.escape(problem)}"]`);
    if (field) field.value = String(opened.spec.values.problem);
    if (box) refuse(box, 'This ground is made of a file: choose or drop one here.');
    /** @type {HTMLElement | null | undefined} */ (box?.querySelector('.file-field button'))?.focus();
    return true;
  }

  /** @param {any} values @param {any[]} controls @returns {HTMLElement[]} */
  groups(values, controls) {
    const session = this.session;
    /** @type {Map<string, HTMLElement>} */
    const groups = new Map();
    const group = (/** @type {string} */ name) => {
      let g = groups.get(name);
      if (!g) groups.set(name, g = el('section', { 'aria-label': name }, el('h2', {}, name)));
      return /** @type {HTMLElement} */ (g);
    };
    const problems = controls.find((c) => c.id === 'problem')?.choices ?? [];
    for (const c of controls) {
      // A control named after a ground, or with its name before a dash, belongs to that ground alone.
      const whose = problems.find((/** @type {any} */ o) => o.id === c.id || c.id.startsWith(`${o.id}-`));
      if (whose && values.problem !== whose.id && !c.accept) continue;
      // What is said of a file's parts stands under the file.
      const file = controls.find((k) => k.accept && c.id.startsWith(`${k.id}-`));
      if (file && !values[file.id]) continue;
      const g = group(c.group || 'Ground');
      const moved = (session.opened.spec.moves ?? []).filter((/** @type {any} */ m) => m.name === c.id).pop();
      g.append(control(c, moved ? moved.value : values[c.id], (t) => (c.id === 'problem' && this.needsFile(t) ? undefined : session.change(c.id, t)), { schema: session.schema, base: session.base, session }));
      if (c.id === 'problem' && problems.some((/** @type {any} */ o) => o.id === 'formula') && values.problem !== 'formula') {
        g.append(el('button', { type: 'button', id: 'new-surface', class: 'button', onclick: () => session.change('problem', 'formula') }, `New ${c.label.toLowerCase()}`));
      }
      if (c.id === 'formula' && values.problem === 'formula') {
        for (const id of Object.keys(values)) {
          if (id.length > 1 || controls.some((k) => k.id === id)) continue;
          g.append(control({ id, label: id, unit: '', kind: 'real', min: -1e6, max: 1e6, log: false, default: 1, live: false, symbol: '', help: `The letter ${id} of the formula.` }, Number(values[id]), (t) => session.change(id, t)));
        }
      }
    }
    const { seed: now, steps: last } = session.opened.spec;
    const term = (/** @type {string} */ id) => { const t = (session.schema.terms ?? []).find((/** @type {any} */ x) => x.id === id); return t ? { 'data-tip': t.help, 'data-tip-name': t.label } : {}; };
    const seed = el('input', { type: 'text', id: 'seed', inputmode: 'numeric', value: String(now), 'aria-label': 'Seed', 'data-testid': 'seed', ...term('seed'), onchange: () => session.setParameter('seed', seed.value) });
    const steps = el('input', { type: 'text', id: 'steps', inputmode: 'numeric', value: String(last), 'data-testid': 'steps', onchange: () => session.setParameter('steps', steps.value) });
    group('Run').append(el('div', { class: 'row control', 'data-id': 'seed' }, el('button', { type: 'button', class: 'button', onclick: () => session.newSeed() }, icon('die'), 'New seed'), seed, el('p', { class: 'fault', role: 'alert' })),
      el('div', { class: 'control kind-text', 'data-id': 'steps' }, el('label', { for: 'steps', ...term('steps') }, 'Steps'), steps, el('p', { class: 'fault', role: 'alert' })));
    return [...groups.values()];
  }
}
