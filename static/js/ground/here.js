// The curvature at one point: the Hessian's eigenvalues, all of them or those at both ends, by layer, or as a density.

import { el } from '../icons.js';
import { number, whole } from '../numbers.js';
import { choice, usual } from './places.js';
import { Profile, WIDE } from './profile.js';
import { Progress, Tool, doubt } from './tool.js';

/** How the values were come by. @type {Record<string, string>} */
const SOURCES = { problem: 'exact, as the problem gives them', dense: 'the whole Hessian, its columns by exact products', lanczos: 'both ends by Lanczos', differences: 'FD: products by differences of the gradient' };

export class HereTool extends Tool {
  /** @param {import('./panel.js').GroundView} view */
  constructor(view) {
    super(view);
    this.at = '';
    this.layerOf = '';
    this.asked = el('div', { class: 'ask' });
    this.go = new Progress(this, 'spectrum', 'Spectrum', 'products', () => this.asks.ask('spectrum', { at: this.at }));
    this.goDensity = new Progress(this, 'density', 'Density', 'products', () => this.asks.ask('density', { at: this.at }));
    this.notes = el('div', {});
    this.badges = el('div', { class: 'badges' });
    this.values = new Profile();
    this.blocks = el('div', {});
    this.density = new Profile();
    this.densityNotes = el('div', {});
    /** @type {HTMLElement[]} */
    this.box = [this.asked, this.go.box, this.notes, this.badges, this.values.box, this.blocks, this.goDensity.box, this.densityNotes, this.density.box];
    this.run = '';
  }

  get tools() { return ['spectrum', 'density']; }
  picture() { return this.values.shape || !this.density.shape ? this.values : this.density; }
  setTheme() { this.values.setTheme(); this.density.setTheme(); }

  /** @param {any} ask */
  begin(ask) { if (ask.at) { this.at = ask.at; this.form(); this.asks.ask('spectrum', { at: this.at }); } }

  form() {
    const s = this.session;
    if (!this.at || (!this.at.startsWith('critical.') && !s.walks.some((w) => w.id === this.at.split('@')[0]))) this.at = usual(s, 1)[0];
    this.asked.replaceChildren(el('label', {}, el('span', {}, 'At'), choice(s, this.at, 'At', (v) => { this.at = v; }, { test: 'spectrum-at' })));
    this.run = this.key;
  }

  get key() { const s = this.session; return `${s.opened.run} ${s.walks.length} ${s.state} ${s.playing ? '' : s.step}`; }

  update() {
    if (this.run !== this.key && !this.asked.contains(document.activeElement)) this.form();
    const e = this.asks.get('spectrum'), r = e?.result, d = this.asks.get('density'), p = d?.result;
    this.go.update('Again', 'The curvatures at this point.');
    this.goDensity.update('Again', 'How many eigenvalues lie where, with its error.');
    this.notes.replaceChildren(...[doubt(e), r?.note ? el('p', { class: 'quiet' }, r.note) : null].filter((x) => x !== null));
    this.badges.hidden = !r;
    if (r) {
      const block = r.blocks?.find((/** @type {any} */ b) => b.label === this.layerOf), values = sorted(block?.values ?? r.values), gap = !r.full && !block;
      this.badges.replaceChildren(...[SOURCES[r.source] ?? r.source, r.full ? `all ${whole(r.values.length)} values` : `${whole(r.values.length)} of the values, at the ends`, Number.isFinite(r.trace) ? `trace ${number(r.trace)}` : '',
        r.asymmetry > 1e-6 ? `asymmetry ${number(r.asymmetry, 2)}: not smooth here` : '', r.residuals?.length ? `largest residual ${number(Math.max(...r.residuals), 2)}` : ''].filter(Boolean).map((t) => el('span', {}, t)));
      this.values.set({ title: 'Eigenvalues', across: gap ? 'rank; those between are not computed' : 'rank', up: 'Hessian eigenvalue', bars: values, ...(values.length > 12 ? WIDE : {}), levels: r.lines ?? [], unsure: !e?.converged && e?.state !== 'running' });
      const pick = el('select', { 'aria-label': 'Block', 'data-testid': 'spectrum-block', onchange: () => { this.layerOf = pick.value; this.view.renew(); } }, el('option', { value: '' }, 'all weights'), ...(r.blocks ?? []).map((/** @type {any} */ b) => el('option', { value: b.label, selected: b.label === this.layerOf }, b.label)));
      const multiple = (r.clusters ?? []).filter((/** @type {any} */ c) => c.count > 1);
      if (!this.blocks.contains(document.activeElement)) {
        this.blocks.replaceChildren(...[r.blocks?.length ? el('div', { class: 'ask' }, el('label', {}, el('span', {}, 'Of'), pick)) : null,
          multiple.length ? el('p', { class: 'quiet' }, `Equal to 1e−7: ${multiple.slice(0, 8).map((/** @type {any} */ c) => `${number(c.value, 3)} × ${whole(c.count)}`).join(', ')}${multiple.length > 8 ? ', …' : ''}`) : !r.full ? el('p', { class: 'quiet' }, 'Lanczos does not tell how often a value stands.') : null].filter((x) => x !== null));
      }
    } else { this.values.set(null); this.blocks.replaceChildren(); }
    const error = p && p.trace !== 0 ? p.trace_error : NaN;
    this.densityNotes.replaceChildren(...[doubt(d), p ? el('div', { class: 'badges' }, ...[`trace ${number(p.trace)} ± ${number(error, 2)}`, `${whole(p.probes)} random probes of ${whole(p.steps)} steps`, 'the band is one standard error'].map((t) => el('span', {}, t))) : null].filter((x) => x !== null));
    this.density.set(p ? { title: 'Density of eigenvalues', across: 'Hessian eigenvalue', up: 'density', log: true, least: 1e-7, lines: [{ label: 'density', x: p.x, y: p.density, ...(p.low && p.high ? { band: { low: p.low, high: p.high } } : {}) }], places: (r?.lines ?? []), unsure: d?.state !== 'running' && !d?.converged } : null);
  }

  table() {
    const r = this.asks.get('spectrum')?.result, p = this.asks.get('density')?.result;
    if (r) return { head: ['Rank', 'Eigenvalue', 'Residual'], rows: r.values.map((/** @type {number} */ v, /** @type {number} */ i) => [i + 1, v, r.residuals?.[i] ?? '']) };
    return p ? { head: ['Eigenvalue', 'Density', 'Low', 'High'], rows: Array.from(p.x, (/** @type {number} */ x, i) => [x, p.density[i], p.low?.[i] ?? '', p.high?.[i] ?? '']) } : { head: [], rows: [] };
  }
}

/** From the highest down. @param {number[]} v */
const sorted = (v) => v.slice().sort((a, b) => b - a);
