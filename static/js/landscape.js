// The landscape panel: relief and map of the shown plane, the badge that says how honest it is, and the bar of notices.

import { el, icon } from './icons.js';
import { readTheme } from './marks.js';
import { MapView } from './map.js';
import { number } from './numbers.js';
import { SurfaceView } from './surface.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./store.js').Walk} Walk */

const PLANES = /** @type {Record<string, string>} */ ({ pca: 'PCA', random: 'Random', direct: 'Direct' });

export class Landscape {
  /** @param {Session} session @param {HTMLElement} host */
  constructor(session, host) {
    this.session = session;
    this.flat = '';
    this.picture = /** @type {any} */ ({ ground: null, walks: [], start: [0, 0], minima: [], axes: ['x', 'y'], range: [0, 1, 0, 1], swarm: null, whole: true });
    this.badge = el('button', { type: 'button', class: 'slice', 'data-testid': 'badge-slice', 'aria-expanded': 'false' });
    this.slices = el('div', { class: 'slice-table', hidden: true });
    this.badge.addEventListener('click', () => { this.slices.hidden = !this.slices.hidden; this.badge.setAttribute('aria-expanded', String(!this.slices.hidden)); session.dirty = true; });
    this.unit = el('span', { class: 'unit' });
    this.viewButtons = el('span', { class: 'segments', role: 'group', 'aria-label': 'View' },
      ...[['surface', 'Surface'], ['map', 'Map'], ['both', 'Both']].map(([id, label]) => el('button', { type: 'button', class: id, 'data-view': id, 'data-testid': id === 'map' ? 'view-contour' : `view-${id}`, onclick: () => session.setPage({ view: id }) }, label)));
    this.planeButtons = el('span', { class: 'segments', role: 'group', 'aria-label': 'Plane' });
    this.hint = el('div', { class: 'hint' });
    this.mapHost = el('div', { class: 'map-host' });
    this.surfaceHost = el('div', { class: 'surface-host' }, this.hint);
    this.pointer = el('div', { class: 'readout-line' });
    this.views = el('div', { class: 'views both' }, this.surfaceHost, this.mapHost);
    this.empty = el('div', { class: 'empty' });
    this.bar = el('div', { class: 'bar-note', hidden: true, role: 'status' });
    this.panel = el('section', { class: 'panel landscape', 'aria-label': 'Landscape' },
      el('header', {}, el('h2', {}, 'Landscape'), this.unit, this.viewButtons, this.planeButtons, el('span', { class: 'end' }), this.badge), this.slices, el('div', { class: 'body' }, this.views, this.pointer, this.empty), this.bar);
    host.append(this.panel);

    const start = (/** @type {number} */ s, /** @type {number} */ t) => session.setStart(s, t);
    this.map = new MapView(this.mapHost, { onStart: start, onHover: (s, t, loss) => { this.pointer.textContent = Number.isFinite(s) ? `${number(s)}, ${number(t)}${Number.isFinite(loss) ? ` · loss ${number(loss)}` : ''}` : ''; } });
    /** @type {SurfaceView | null} */
    this.surface = null;
    if (session.renderer !== '2d') {
      try {
        this.surface = new SurfaceView(this.surfaceHost, { onStart: start, onLost: () => { this.surface?.dispose(); this.surface = null; this.flat = 'Flat view: the 3D context was lost'; this.show(); } });
      } catch {
        this.surface = null;
      }
    }
    if (this.surface) this.hint.textContent = 'height drawn at 0.42 of the width · drag to turn, click to set the start';
    else this.flat = session.renderer === '2d' ? '' : 'Flat view: this browser draws no 3D';
    session.on('page', () => this.show());
    session.on('opened', (m) => this.open(m));
    session.on('asked', () => { this.bar.hidden = true; });
    session.on('plane', (m) => { for (const b of this.planeButtons.children) b.setAttribute('aria-pressed', String(b.dataset.plane === m.kind)); });
    session.on('grid', (g) => { this.unit.textContent = `height ${g.log ? 'log₁₀ f' : 'f'}${g.preview ? ' · half resolution' : ''}${this.flat ? ` · ${this.flat}` : ''}`; });
    session.on('tell', (n) => this.tell(n));
    session.on('line', (l) => { if (l.up && this.bar.dataset.kind === 'line') this.bar.hidden = true; });
    new ResizeObserver(() => { this.map.resize(); this.surface?.resize(); session.dirty = true; }).observe(this.views);
    this.show();
  }

  /** @param {import('./session.js').Notice} n */
  tell(n) {
    this.bar.replaceChildren(el('span', {}, el('b', {}, n.title), ` ${n.detail}`), n.action ? el('button', { type: 'button', class: 'button', onclick: () => { this.bar.hidden = true; n.action?.go(); } }, n.action.label) : null,
      el('button', { type: 'button', class: 'button', onclick: () => { this.bar.hidden = true; } }, 'Close'));
    this.bar.dataset.kind = n.kind ?? '';
    this.bar.hidden = false;
  }

  /** @param {any} m */
  open(m) {
    this.planeButtons.replaceChildren(...(m.planes.length > 1 ? m.planes.map((/** @type {string} */ k) => el('button', { type: 'button', 'data-plane': k, onclick: () => { this.session.page.plane = k; this.session.look({ plane: k }); } }, PLANES[k] ?? k)) : []));
    this.planeButtons.hidden = m.planes.length < 2;
  }

  /** The view that the page asks for, as far as this browser has it. */
  get view() { return this.surface ? this.session.page.view : 'map'; }

  show() {
    this.views.className = `views ${this.view}`;
    for (const b of this.viewButtons.children) b.setAttribute('aria-pressed', String(b.dataset.view === this.view));
    this.map.resize();
    this.surface?.resize();
    this.session.dirty = true;
  }

  setTheme() {
    const t = readTheme();
    this.map.setTheme(t);
    this.surface?.setTheme(t);
  }

  /** @param {Walk} w @param {number} at @param {boolean} ghost */
  walk(w, at, ghost) {
    const i = w.pathRows.find(at);
    const next = i + 1 < w.pathRows.count ? w.pathRows.at(i + 1, 0) : at;
    const here = i >= 0 ? w.pathRows.at(i, 0) : 0;
    const v = w.view;
    v.visible = w.drawn && w.onPlane;
    v.path = w.path; v.loss = w.loss; v.distance = w.distance; v.count = w.pathRows.count; v.shown = i + 1;
    v.blend = next > here ? Math.min(1, Math.max(0, (at - here) / (next - here))) : 0;
    v.ghost = ghost;
    return v;
  }

  /** @param {number} at */
  draw(at) {
    const { opened, walks, past, plane, ground, minimum } = this.session;
    const p = this.picture, whole = this.session.whole;
    p.ground = ground;
    // Another run's path lies on this plane only where the plane is the space itself.
    p.walks = [...(past && whole ? past.walks.map((w) => this.walk(w, Infinity, true)) : []), ...walks.map((w) => this.walk(w, at, false))];
    p.axes = plane?.axes ?? ['x', 'y'];
    p.range = ground?.range ?? plane?.range ?? opened.domain;
    p.whole = whole;
    p.start = whole ? opened.start : [walks[0]?.path[0] ?? 0, walks[0]?.path[1] ?? 0];
    p.minima = whole ? (opened.minima ?? []).map((/** @type {any} */ m) => ({ at: m.x, loss: m.loss })) : [];
    if (whole && minimum?.converged && minimum.index === 0 && !p.minima.some((/** @type {any} */ m) => Math.hypot(m.at[0] - minimum.x[0], m.at[1] - minimum.x[1]) < 1e-4)) p.minima.push({ at: minimum.x, loss: minimum.loss });
    p.swarm = this.session.swarm;
    this.empty.textContent = walks.some((w) => w.drawn) ? (ground ? '' : 'Surveying the ground') : 'No method is on. Choose one at the left, or press 1.';
    if (this.view !== 'surface') this.map.draw(p);
    if (this.surface && this.view !== 'map' && this.surfaceHost.clientWidth > 40) this.surface.draw(p);
    this.drawBadge(Math.floor(at));
  }

  /** @param {number} step */
  drawBadge(step) {
    const { plane, walks, ground, whole } = this.session;
    this.badge.hidden = !plane;
    if (!plane) return;
    let word = 'Whole space: nothing hidden', cls = 'whole';
    if (!whole) {
      const kept = (plane.explained ?? []).slice(0, 2).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
      let gap = 0;
      for (const w of walks) {
        const i = w.pathRows.find(step);
        for (let k = i; k >= 0 && k > i - 200; k--) {
          const pl = w.pathRows.at(k, 3), tl = w.read('loss', w.pathRows.at(k, 0));
          if (Number.isFinite(pl)) { gap = Math.max(gap, Math.abs(Math.log10(pl) - Math.log10(tl))); break; }
        }
      }
      const off = gap > 0.1 || (plane.explained?.length && kept < 0.8);
      word = off ? 'Off the plane' : plane.explained?.length ? `Plane keeps ${Math.round(100 * kept)} % of the path` : 'A plane through this space';
      cls = off ? 'off' : '';
    }
    if (this.badge.textContent !== word) this.badge.replaceChildren(icon('badge', 12), word);
    this.badge.className = `slice ${cls}`;
    if (this.slices.hidden) return;
    const rows = walks.filter((w) => w.drawn).map((w) => {
      const i = w.pathRows.find(step), columns = w.pathRows.columns;
      const pl = i >= 0 ? (columns > 3 ? w.pathRows.at(i, 3) : w.read('loss', step)) : NaN;
      return el('tr', {}, el('td', {}, w.label), el('td', {}, number(pl)), el('td', {}, number(w.read('loss', step))), el('td', {}, i >= 0 && columns > 3 ? number(w.pathRows.at(i, 4)) : '0'));
    });
    this.slices.replaceChildren(el('table', {}, el('tr', {}, ...['', 'loss in this plane', 'true loss', 'distance'].map((h) => el('td', {}, h))), ...rows),
      el('div', {}, plane.explained?.length ? `The axes keep ${plane.explained.slice(0, 2).map((/** @type {number} */ v) => `${number(100 * v, 3)} %`).join(' and ')} of the path; a walk without aim keeps about 81 % on its first.` : plane.note || 'Every point of this space is on the picture.'),
      ground?.holes ? el('div', {}, `${ground.holes} cells have no value; they are hatched.`) : null);
  }
}
