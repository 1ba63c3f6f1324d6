// Critical points: a search over the ground, the points it found with their kinds, the spectrum at one of them, and the
// ways down from it.

import { el } from '../icons.js';
import { number, whole } from '../numbers.js';
import { kindOf, nameOf } from './places.js';
import { Profile, WIDE } from './profile.js';
import { Progress, Tool, doubt, sheet, tuple } from './tool.js';

/** How the kinds are drawn, as on the map: 14 px, ink. @type {Record<string, string>} */
const GLYPHS = {
  minimum: '<path d="M1 7h12M7 1v12"/>', saddle: '<path d="M2 2l10 10M12 2L2 12"/>', maximum: '<path d="M7 1.5l6 10.5H1z"/>', degenerate: '<path d="M2 2h10v10H2zM2 7h10"/>',
  'not converged': '<circle cx="7" cy="7" r="5" stroke-dasharray="2 2"/>', trap: '<path d="M1.5 2.5h11L7 12z"/>',
};

/** @param {string} kind */
export function kindGlyph(kind) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [k, v] of Object.entries({ viewBox: '0 0 14 14', width: 14, height: 14, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' })) svg.setAttribute(k, String(v));
  svg.innerHTML = GLYPHS[kind] ?? GLYPHS['not converged'];
  return svg;
}

const many = (/** @type {number} */ n, /** @type {string} */ one, /** @type {string} */ more) => `${whole(n)} ${n === 1 ? one : more}`;

export class CriticalTool extends Tool {
  /** @param {import('./panel.js').GroundView} view */
  constructor(view) {
    super(view);
    this.chosen = 0;
    this.search = new Progress(this, 'critical-points', 'Search', 'evaluations', () => this.asks.ask('critical-points', { starts: 64 }));
    this.down = new Progress(this, 'descend', 'Walk down', 'evaluations', () => this.asks.ask('descend', { at: `critical.${this.chosen}` }));
    this.notes = el('div', {});
    this.list = el('div', { class: 'scroll list' });
    this.profile = new Profile();
    this.profile.box.classList.add('low');
    this.of = el('div', { class: 'point' });
    this.ways = el('div', {});
    /** @type {HTMLElement[]} */
    this.box = [this.search.box, this.notes, this.list, this.of, this.profile.box, this.down.box, this.ways];
    this.layer.onPick = (id) => this.view.pick(id);
    /** What the list was made from. @type {any} */
    this.made = null;
  }

  get tools() { return ['critical-points', 'descend']; }
  picture() { return this.profile; }

  /** @param {any} ask */
  begin(ask) { if (ask.point) this.choose(ask.point); }

  /** @returns {any[]} */
  get points() { return this.asks.get('critical-points')?.result?.points ?? []; }

  update() {
    const e = this.asks.get('critical-points'), r = e?.result;
    this.search.update('Search again', 'Newton’s method from 64 starts: every point where the slope is zero.');
    if (this.made !== r) {
      this.made = r;
      if (!this.points.some((p) => p.id === this.chosen)) this.forget();
      this.fill();
    }
    const said = doubt(e);
    this.notes.replaceChildren(...[said, r ? this.morse(r) : null].filter((x) => x !== null));
    this.detail();
  }

  forget() {
    this.chosen = 0;
    this.layer.choose(0);
    this.asks.forget('descend');
  }

  /** What was found, and whether it can be all. @param {any} r */
  morse(r) {
    const m = r.morse, traps = r.traps?.length ?? 0;
    const known = m?.expected !== null && m?.expected !== undefined, flat = this.points.filter((p) => kindOf(p) === 'degenerate').length;
    const parts = m ? [many(m.minima, 'minimum', 'minima'), many(m.saddles, 'saddle', 'saddles'), many(m.maxima, 'maximum', 'maxima')] : [];
    // The alternating sum says something only where it is known what it must be.
    const counts = known ? `${parts[0]} − ${parts[1]} + ${parts[2]} = ${number(m.sum)}` : `${parts.join(', ')}${flat ? `, ${whole(flat)} degenerate` : ''}.`;
    const judged = !known || this.asks.busy('critical-points') ? '' : m.sum === m.expected ? ': as it must be on a ground that rises on all sides.' : `. It must be ${number(m.expected)}: not all were found.`;
    return el('div', { class: 'verdict', 'data-testid': 'morse' }, counts, judged, r.tried < r.starts && !this.asks.busy('critical-points') ? ` ${whole(r.tried)} of ${whole(r.starts)} starts tried.` : '',
      traps ? el('span', { class: 'sub' }, `${many(traps, 'gradient-norm trap', 'gradient-norm traps')}: there the slope is smallest, yet not zero (|g| ${r.traps.slice(0, 3).map((/** @type {any} */ t) => number(t.grad, 3)).join(', ')}).`) : null);
  }

  fill() {
    const points = this.points;
    if (!points.length) { this.list.replaceChildren(); return; }
    const ends = (/** @type {any} */ p) => { const v = p.eigenvalues ?? []; let low = Infinity, high = -Infinity; for (const x of v) { low = Math.min(low, x); high = Math.max(high, x); } return v.length ? [low, high] : [NaN, NaN]; };
    this.list.replaceChildren(el('table', { 'data-testid': 'critical-table' },
      el('thead', {}, el('tr', {}, ...['Point', 'Loss', 'Index', 'Flat', 'Lowest', 'Highest', '|g|', 'Hits'].map((h) => el('th', { scope: 'col', title: TITLES[h] }, h)))),
      el('tbody', {}, ...points.map((p) => {
        const kind = kindOf(p), [low, high] = ends(p), sure = kind !== 'not converged';
        const pick = el('button', { type: 'button', class: 'pick', 'data-testid': `critical-${p.id}`, 'aria-label': `${nameOf(p)}, loss ${number(p.loss)}${sure ? `, index ${p.index}` : ''}: show it` }, kindGlyph(kind), String(p.id));
        return el('tr', { 'data-id': p.id, 'data-kind': kind, class: sure ? '' : 'open-row', 'aria-selected': String(p.id === this.chosen), onclick: () => this.choose(p.id) },
          el('td', {}, pick, p.possibly?.length ? el('span', { class: 'maybe', title: `Possibly equal to ${p.possibly.join(', ')}: the invariants agree, no match was found` }, ` ≈ ${p.possibly.join(', ')}?`) : null),
          ...(sure ? [number(p.loss), `${p.partial ? '≥\u2009' : ''}${p.index}`, p.partial ? '–' : String(p.nullity), number(low, 3), number(high, 3), number(p.grad, 1), whole(p.hits)] : [number(p.loss), '–', '–', '–', '–', number(p.grad, 1), whole(p.hits)]).map((t) => el('td', {}, t)));
      }))));
  }

  /** Shows a point: on the list, its spectrum, and where it lies. @param {number} id */
  choose(id) {
    const p = this.points.find((k) => k.id === id), s = this.session;
    if (!p) return;
    if (id !== this.chosen) this.asks.forget('descend');
    this.chosen = id;
    this.layer.choose(id);
    for (const row of this.list.querySelectorAll('tr[data-id]')) row.setAttribute('aria-selected', String(row.dataset.id === String(id)));
    const row = this.list.querySelector(`tr[data-id="${id}"]`);
    if (row) this.list.scrollTop = Math.max(0, Math.min(this.list.scrollTop, row.offsetTop - 27), row.offsetTop + row.offsetHeight - this.list.clientHeight);
    s.emit('fly', { point: p });
    this.detail();
  }

  detail() {
    const p = this.points.find((k) => k.id === this.chosen), walk = this.asks.get('descend');
    this.of.hidden = this.down.box.hidden = this.ways.hidden = !p;
    if (!p) { this.profile.set(null); return; }
    const kind = kindOf(p), name = nameOf(p).replace(/^./, (c) => c.toUpperCase());
    this.of.replaceChildren(el('p', {}, el('b', {}, name), ` ${tuple(p.x)} · loss ${number(p.loss)}`, p.distance > 1e-9 ? ` · ${number(p.distance)} off the plane` : '', kind === 'not converged' ? ` · not critical: ${p.why || `|g| = ${number(p.grad)}`}` : ''),
      p.clusters?.some((/** @type {any} */ c) => c.count > 1) ? el('p', { class: 'quiet' }, `Eigenvalues ${p.clusters.slice(0, 8).map((/** @type {any} */ c) => `${number(c.value, 3)}${c.count > 1 ? ` × ${c.count}` : ''}`).join(', ')}${p.clusters.length > 8 ? ', …' : ''}`) : '');
    const v = (p.eigenvalues ?? []).slice().sort((/** @type {number} */ a, /** @type {number} */ b) => b - a);
    this.profile.set(v.length ? { title: `Spectrum at ${nameOf(p)}`, across: 'rank', up: 'Hessian eigenvalue', bars: v, ...(v.length > 12 ? WIDE : {}), unsure: kind === 'not converged' } : null);
    const negative = p.index > 0;
    this.down.box.hidden = !negative || kind === 'not converged';
    this.ways.hidden = !negative;
    this.down.update('Walk down again', `both ways along ${p.index === 1 ? 'the negative direction' : `each of the ${p.index} negative directions`}`);
    const paths = walk?.result?.paths ?? [];
    this.ways.replaceChildren(...[doubt(walk), paths.length ? sheet('Ways down', ['Along', 'Ends at', 'Loss', '|g|'], paths.map((/** @type {any} */ w) => {
      const end = this.points.find((k) => k.id === w.end?.id);
      return [`λ ${number(w.eigenvalue, 3)} ${w.sign < 0 ? '−' : '+'}`, end ? el('button', { type: 'button', class: 'pick', onclick: () => this.choose(end.id) }, kindGlyph(kindOf(end)), nameOf(end)) : String(w.end?.label ?? '–'), number(w.end?.loss ?? NaN), number(w.end?.grad ?? NaN, 2)];
    })) : null].filter((x) => x !== null));
    const table = this.ways.querySelector('table');
    if (table) table.dataset.testid = 'descend-table';
  }

  table() {
    const d = Math.max(0, ...this.points.map((p) => p.x?.length ?? 0));
    return { head: ['Point', 'Kind', 'Loss', 'Gradient norm', 'Index', 'Nullity', 'Lowest eigenvalue', 'Highest eigenvalue', 'Hits', 'Possibly equal to', ...Array.from({ length: d }, (_, i) => `x${i + 1}`)],
      rows: this.points.map((p) => [p.id, kindOf(p), p.loss, p.grad, p.index, p.nullity, Math.min(...(p.eigenvalues ?? [NaN])), Math.max(...(p.eigenvalues ?? [NaN])), p.hits, (p.possibly ?? []).join(' '), ...Array.from({ length: d }, (_, i) => p.x?.[i] ?? '')]) };
  }
}

const TITLES = /** @type {Record<string, string>} */ ({ Index: 'In how many directions the ground falls away', Flat: 'Nullity: eigenvalues within the tolerance of 0', Lowest: 'Lowest eigenvalue of the Hessian', Highest: 'Highest eigenvalue of the Hessian', '|g|': 'Norm of the gradient', Hits: 'How many starts led here' });
