// The landscape panel: relief and maps of the shown plane, the badge that says how honest it is, the pointer's reading,
// the panel's menu, and the bar of notices.

import { el, icon } from './icons.js';
import { inkOf } from './density.js';
import { Camera, MapPainter, MapView } from './map.js';
import { glyph, inksOf, readTheme } from './marks.js';
import { Multiples, arrange, celled, divergedAt } from './multiples.js';
import { number, plain, short, whole } from './numbers.js';
import { brief } from './panels/names.js';
import { expand, isExpanded, shrink } from './panels/panel.js';
import { RAMPS, ramp } from './ramp.js';
import { SurfaceView } from './surface.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./store.js').Walk} Walk */

const PLANES = /** @type {Record<string, string>} */ ({ pca: 'PCA', random: 'Random', direct: 'Direct', hessian: 'Hessian', 'hessian-top': 'Hessian, top two', points: 'Three points', line: 'Line', escape: 'Way out' });
/** The tools of the ground, in a panel of their own. */
const TOOLS = [['critical', 'Critical points'], ['basins', 'Basins'], ['paths', 'Paths'], ['here', 'Spectrum here']];
const CELLS = 121;
/** Milliseconds between two questions to the server about the place under the pointer. */
const PROBE = 100;
/** A frame that takes longer than this, in the middle of many, is too slow to follow. */
const SLOW = 50;
/** What a plane is good for, where the walks do not say it. */
const WORDS = /** @type {Record<string, string>} */ ({ random: 'Filter-normalised axes', hessian: 'Steepest axes at one point', points: 'Exact at three points', line: 'Exact along the line', escape: 'Towards the solution' });
const HEIGHT = 'height drawn at 0.42 of the width';
const FLAT = 'Flat view: this browser draws no 3D.';

/** The parts of the views that relief and map take, as in the style sheet. */
const SPLIT = 42 / 82;

let popovers = 0;

/** A button that opens a box beside it; the browser closes it on Escape and on a click elsewhere. @param {any} button @param {HTMLElement} box @param {() => void} [fill] before it opens @returns {() => void} that puts an open box beside its button */
function popover(button, box, fill) {
  box.id ||= `landscape-popover-${++popovers}`;
  box.setAttribute('popover', '');
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('popovertarget', box.id);
  box.addEventListener('beforetoggle', (e) => { if (/** @type {any} */ (e).newState === 'open') fill?.(); });
  const place = () => {
    const b = button.getBoundingClientRect(), width = box.offsetWidth, height = box.offsetHeight;
    box.style.left = `${Math.max(8, Math.min(b.right - width, innerWidth - width - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(b.bottom + 4, innerHeight - height - 8))}px`;
  };
  box.addEventListener('toggle', (e) => {
    const open = /** @type {any} */ (e).newState === 'open';
    button.setAttribute('aria-expanded', String(open));
    if (open) place();
  });
  return place;
}

/** A walk as the renderers see it. */
function newView() {
  return {
    id: '', key: '', slot: 1, hollow: false, faint: false, visible: false, ghost: false, from: 0, far: 0, farOf: 0,
    swarm: /** @type {Float32Array|null} */ (null), ends: /** @type {import('./marks.js').Ends|null} */ (null), path: /** @type {Float64Array} */ (new Float64Array(0)), loss: /** @type {Float64Array|null} */ (null), distance: /** @type {Float64Array|null} */ (null), count: 0, shown: 0, blend: 0,
  };
}

/**
 * Fills the view of a walk at a step.
 * @param {ReturnType<typeof newView>} v @param {Walk} w @param {number} at @param {boolean} ghost @param {number} from first step drawn
 */
function fill(v, w, at, ghost, from) {
  const rows = w.pathRows, i = rows.find(at), count = rows.count;
  const here = i >= 0 ? rows.at(i, 0) : 0, next = i + 1 < count ? rows.at(i + 1, 0) : here;
  v.visible = w.drawn && w.onPlane;
  v.path = w.path; v.loss = w.loss;
  if (v.distance !== w.distance || count < v.farOf) { v.far = v.farOf = 0; v.distance = w.distance; }
  if (w.distance) for (; v.farOf < count; v.farOf++) if (w.distance[v.farOf] > v.far) v.far = w.distance[v.farOf];
  v.count = count; v.shown = i + 1;
  v.blend = next > here ? Math.min(1, Math.max(0, (at - here) / (next - here))) : 0;
  v.ghost = ghost;
  v.from = ghost ? Math.max(0, rows.find(from)) : 0;
}

export class Landscape {
  /** @param {Session} session @param {HTMLElement} host */
  constructor(session, host) {
    this.session = session;
    this.picture = /** @type {any} */ ({ ground: null, walks: [], start: [0, 0], others: [], minima: [], saddles: [], axes: ['x', 'y'], range: [0, 1, 0, 1], swarm: null, ends: null, whole: true, quiver: null, layer: null, pointer: { on: false, cross: false, s: NaN, t: NaN, ds: NaN, dt: NaN } });
    /** What the picture's lists were made from. @type {any[]} */
    this.made = [];
    /** @type {{walk: Walk, view: ReturnType<typeof newView>, ghost: boolean}[]} */
    this.lines = [];
    this.camera = new Camera();
    /** The part of the ground that was asked for, and whether its height is logarithmic, null: as the ground has it. @type {number[]|null} */
    this.box = null;
    /** @type {boolean|null} */
    this.log = null;
    this.quiver = '';
    this.tooSlow = false;
    /** Where the points of each walk's swarm end, as far as it was seen. @type {(import('./marks.js').Ends & {step: number} | undefined)[]} */
    this.ends = [];
    /** Which of them the key beside the map tells. @type {any} */
    this.keyed = null;
    this.share = 0;
    this.drewAt = this.badgedAt = this.twinAt = this.waitingSince = 0;
    this.gaps = new Float64Array(60);
    this.gap = 0;
    this.warned = this.labelled = '';
    this.badgeWord = this.badgeTitle = '';
    this.sentCam = session.page.cam;
    this.build(host);
    this.events = {
      onStart: (/** @type {number} */ s, /** @type {number} */ t) => this.start(s, t),
      onHover: (/** @type {number} */ s, /** @type {number} */ t, /** @type {boolean} */ cross) => this.hover(s, t, cross),
      onBox: (/** @type {number[]} */ range) => { this.box = range; this.boxing(false); this.survey(); },
      onReset: () => this.wholeGround(),
      resets: () => this.box !== null,
      onChange: () => { session.dirty = true; },
    };
    this.map = new MapView(this.mapHost, { ...this.events, camera: this.camera });
    this.multiples = new Multiples(session, this.cellsHost, this.camera, this.events);
    /** @type {SurfaceView | null} */
    this.surface = null;
    /** Why there is no relief, in words. */
    this.flat = session.renderer === '2d' ? 'Flat view, as the link asks.' : '';
    if (session.renderer !== '2d' && !this.aside) this.raise();
    session.on('page', () => this.show());
    session.on('opened', (m) => this.open(m));
    session.on('asked', () => { this.bar.hidden = true; });
    session.on('plane', (m) => {
      const whose = session.walks.find((w) => w.onPlane);
      this.planeWord.textContent = `${PLANES[m.kind] ?? m.kind}${whose && session.walks.some((w) => !w.onPlane) ? ` · ${brief(whose)}` : ''}`;
      if (this.planeBox.matches(':popover-open')) this.planes?.fill();
      if (m.anchors?.length) this.layer();
      this.made.length = 0;
      const q = this.picture.pointer;
      if (q.on && Number.isNaN(q.ds)) this.hover(q.s, q.t, q.cross);
    });
    session.on('grid', (g) => this.onGrid(g));
    session.on('survey', (m) => { this.share = m.share; if (session.ground) this.unitWords(session.ground); });
    session.on('picture', (p) => { if (p.measure === 'basins') this.reach(p.frame); });
    session.on('quiver', (q) => { this.picture.quiver = q.method === null || !q.vectors?.length ? null : q; });
    session.on('minimum', () => { this.made.length = 0; });
    session.on('ground', () => { this.layer(); });
    session.on('fly', (m) => this.flyTo(m.point));
    session.on('hidden', () => { this.made.length = 0; });
    // The paths are whole: labels of levels that they came to pass move.
    session.on('state', (m) => { if (m.state === 'done' && this.labelled !== m.run) { this.labelled = m.run; this.map.stale = true; } });
    session.on('tell', (n) => this.tell(n));
    session.on('line', (l) => { if (l.up && this.bar.dataset.kind === 'line') this.bar.hidden = true; });
    new ResizeObserver(() => this.resize()).observe(this.views);
    // The presenter's page has its own sizes of lines and words.
    let presenting = document.body.classList.contains('presenting');
    new MutationObserver(() => {
      if (presenting === document.body.classList.contains('presenting')) return;
      presenting = !presenting;
      this.setTheme();
      this.show();
    }).observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.narrow = matchMedia('(max-width: 1199px)');
    this.narrow.addEventListener('change', () => this.show());
    this.small = matchMedia('(max-width: 699px)');
    this.small.addEventListener('change', () => this.setTheme());
    this.show();
  }

  /** @param {HTMLElement} host */
  build(host) {
    const session = this.session;
    const segments = (/** @type {string} */ label, /** @type {string[][]} */ list, /** @type {string} */ data, /** @type {(id: string) => void} */ go) => el('span', { class: 'segments', role: 'group', 'aria-label': label },
      ...list.map(([id, text]) => el('button', { type: 'button', class: id, [`data-${data}`]: id, 'data-testid': id === 'map' ? 'view-contour' : `${data}-${id}`, onclick: () => go(id) }, text)));
    this.badge = el('button', { type: 'button', class: 'slice', 'data-testid': 'badge-slice', hidden: true });
    this.slices = el('div', { class: 'landscape-box slices', role: 'group', 'aria-label': 'How honest the picture is' });
    popover(this.badge, this.slices, () => this.fillSlices());
    this.unit = el('span', { class: 'unit' });
    this.flatWord = el('span', { class: 'hint flat-word', role: 'status' });
    this.viewButtons = segments('View', [['surface', 'Surface'], ['map', 'Map'], ['both', 'Both']], 'view', (id) => session.setPage({ view: id, layout: 'overlay' }));
    this.layoutButtons = segments('Layout', [['overlay', 'Overlay'], ['split', 'Side by side']], 'layout', (id) => session.setPage({ layout: id }));
    this.planeWord = el('b', {});
    this.planeButton = el('button', { type: 'button', class: 'button planes', 'data-testid': 'plane-menu', hidden: true }, el('span', {}, 'Plane '), this.planeWord, icon('chevron', 12));
    this.planeBox = el('div', { class: 'landscape-box plane-box', role: 'group', 'aria-label': 'Plane' });
    this.placePlanes = popover(this.planeButton, this.planeBox, () => this.fillPlanes());
    this.more = el('button', { type: 'button', class: 'more', 'aria-label': 'More about the landscape', title: 'More', 'data-testid': 'landscape-menu' }, icon('more'));
    this.menu = el('div', { class: 'landscape-box landscape-menu', role: 'group', 'aria-label': 'Landscape' });
    popover(this.more, this.menu, () => this.fillMenu());
    this.hint = el('div', { class: 'hint' });
    this.swarmKey = el('ul', { class: 'swarm-key', 'aria-label': 'Where the starts end', 'data-testid': 'swarm-key', hidden: true });
    this.mapHost = el('div', { class: 'map-host' }, this.swarmKey);
    this.surfaceHost = el('div', { class: 'surface-host' });
    this.cellsHost = el('div', { class: 'cells-host' });
    this.pointer = el('div', { class: 'readout-line', 'data-testid': 'pointer' });
    this.spoken = el('div', { class: 'visually-hidden', 'aria-live': 'polite' });
    this.twinHost = el('div', { class: 'surface-host twin-host', hidden: true });
    this.views = el('div', { class: 'views both' }, this.surfaceHost, this.mapHost, this.twinHost, this.cellsHost);
    this.empty = el('div', { class: 'empty' });
    this.twin = el('div', { class: 'twin', hidden: true });
    this.bar = el('div', { class: 'bar-note', hidden: true, role: 'status' });
    this.panel = el('section', { class: 'panel landscape', 'aria-label': 'Landscape', 'data-panel': 'landscape' },
      el('header', {}, el('h2', {}, 'Landscape'), this.unit, this.viewButtons, this.layoutButtons, this.planeButton, el('span', { class: 'end' }), this.badge, this.more), this.slices, this.menu, this.planeBox,
      el('div', { class: 'body' }, this.views, this.hint, this.flatWord, this.pointer, this.twin, this.bar), this.spoken);
    this.panel.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => {
      const open = [this.menu, this.slices, this.planeBox].find((b) => b.matches(':popover-open'));
      if (e.key !== 'Escape' || !open) return;
      open.hidePopover();
      e.preventDefault();
      e.stopPropagation();
    });
    host.append(this.panel);
    this.aside = host.classList.contains('slot');
    const spec = this.spec = session.schema.panels.find((/** @type {any} */ p) => p.kind === 'landscape');
    if (this.aside && spec) /** @type {HTMLElement} */ (this.panel.querySelector('h2')).textContent = spec.title;
  }

  /** Makes the relief, where this browser can. */
  raise() {
    const session = this.session;
    try {
      this.surface = new SurfaceView(this.surfaceHost, {
        onStart: this.events.onStart, onHover: this.events.onHover, onCamera: () => this.keepCamera(),
        onLost: () => {
          // Taken down while the context is gone: what belongs to it could not be freed in the one that comes back.
          this.surface?.dispose();
          this.surface = null;
          this.flat = 'Flat view: the 3D picture was lost, and comes back when the browser can.';
          this.show();
        },
        onRestored: () => {
          if (this.surface) return;
          this.flat = '';
          this.raise();
          this.show();
        },
      });
      this.surface.setRamp(session.page.ramp);
      // The link's camera is put to it when it is shown first.
      this.sentCam = '';
    } catch {
      this.surface = null;
      this.flat = FLAT;
    }
  }

  // ---- what is shown ----

  /** Whether the relief can be shown. */
  get solid() { return this.surface !== null; }

  /** The view that the page asks for, as far as this browser and this width have it: surface, map, both or split. */
  get view() {
    if (this.session.page.layout === 'split') return 'split';
    if (!this.solid || this.aside) return 'map';
    const v = this.session.page.view;
    if (document.body.classList.contains('presenting')) return v === 'map' ? 'map' : 'surface';
    return v === 'both' && this.narrow?.matches ? 'map' : v === 'surface' || v === 'map' ? v : 'both';
  }

  show() {
    const v = this.view, page = this.session.page;
    this.views.className = `views ${v}`;
    (v === 'split' ? /** @type {HTMLElement} */ (this.views.parentElement ?? this.views) : v === 'surface' ? this.surfaceHost : this.mapHost).append(this.empty);
    for (const b of this.viewButtons.children) {
      b.setAttribute('aria-pressed', String(b.dataset.view === v));
      b.disabled = !this.solid && b.dataset.view !== 'map';
    }
    for (const b of this.layoutButtons.children) b.setAttribute('aria-pressed', String((b.dataset.layout === 'split') === (v === 'split')));
    this.flatWord.textContent = v === 'map' ? this.flat : '';
    this.say();
    this.map.setRamp(page.ramp);
    this.multiples.setRamp(page.ramp);
    this.surface?.setRamp(page.ramp);
    this.resize();
    if (page.cam !== this.sentCam) this.applyCamera(page.cam);
  }

  resize() {
    const v = this.view;
    if (v === 'split') { this.multiples.build(); this.multiples.resize(); } else this.map.resize();
    this.surface?.resize();
    this.second?.view.resize();
    this.session.dirty = true;
  }

  /** The words at the foot of the relief or the cells. */
  say() {
    const v = this.view;
    const n = this.session.walks.filter((w) => w.drawn && w.onPlane && !w.method.replica).length, shown = Math.min(6, n);
    const words = v === 'split' ? `one scale and one set of levels for all${n > shown ? ` · ${shown} of ${n} methods, the others are on the overlay` : ''}`
      : v === 'map' ? '' : `${HEIGHT} · drag to turn, click to set the start`;
    if (this.tooSlow && v !== 'map' && v !== 'split') {
      this.hint.replaceChildren(`${HEIGHT} · slow here: ${number(this.median(), 2)} ms a frame `, el('button', { type: 'button', class: 'link-button', onclick: () => this.session.setPage({ view: 'map' }) }, 'Flat view'));
    } else this.hint.textContent = words;
  }

  /** @param {string} cam */
  applyCamera(cam) {
    this.sentCam = cam;
    if (!this.surface) return;
    const c = cam.split(',').map(Number);
    if (c.length === 3 && c.every(Number.isFinite) && c[2] > 0) this.surface.fly(c[0], c[1], c[2]);
    else this.surface.resetCamera();
  }

  /** Tells the page where the camera is, so that links restore it. */
  keepCamera() {
    const s = this.surface;
    if (!s) return;
    const c = s.cam;
    this.sentCam = s.moved ? `${Math.round(c[0] * 10) / 10},${Math.round(c[1] * 10) / 10},${Math.round(c[2] * 100) / 100}` : '';
    this.session.setPage({ cam: this.sentCam });
  }

  setTheme() {
    const t = readTheme();
    this.map.setTheme(t);
    this.multiples.setTheme();
    this.surface?.setTheme(t);
    this.second?.view.setTheme(t);
    this.session.dirty = true;
  }

  /** The second surface, beside the relief, where the lab names one and the ground is a plane. @type {import('./twin.js').Twin | null} */
  second = null;
  summoned = false;

  /** Whether it stands in the map's place. */
  get doubled() { return !!this.spec?.heights && this.view === 'both' && this.session.opened?.dim === 2; }

  /** @param {any} p */
  drawSecond(p) {
    const on = this.doubled;
    if (this.twinHost.hidden === on) {
      this.twinHost.hidden = !on;
      this.views.classList.toggle('doubled', on);
      requestAnimationFrame(() => { this.second?.view.resize(); this.session.dirty = true; });
    }
    if (!on) return;
    if (!this.summoned) {
      this.summoned = true;
      import('./twin.js').then((m) => { this.second = new m.Twin(this, this.twinHost, this.spec); this.second.view.setTheme(readTheme()); this.session.dirty = true; }, () => { this.summoned = false; });
    }
    this.second?.draw(p);
  }

  // ---- the run and its ground ----

  /** @param {any} m */
  open(m) {
    this.planeButton.hidden = m.planes.length < 2;
    if (this.planeBox.matches(':popover-open')) this.planes?.fill();
    this.made.length = 0;
    const same = m.fork || m.again || this.problem === m.problem + JSON.stringify(m.domain);
    this.problem = m.problem + JSON.stringify(m.domain);
    if (!same) { this.box = null; this.log = null; this.camera.reset(); }
    const q = this.picture.pointer;
    // A click that set the start is answered by the new run: the reading there stays.
    if (q.on) this.hover(same ? q.s : NaN, q.t, q.cross);
    if (this.box || this.log !== null) this.survey();
    this.picture.quiver = null;
    if (this.quiver && !m.methods.some((/** @type {any} */ x) => x.id === this.quiver)) this.quiver = '';
    if (this.quiver) this.session.send({ type: 'view', quiver: { method: this.quiver } });
    if (!m.again) this.ends.length = 0;
    this.waitingSince = performance.now();
    this.say();
  }

  problem = '';

  // ---- planes and what the tools of the ground show ----

  /** @type {import('./ground/planes.js').PlaneMenu | null} */
  planes = null;

  /** Fills the choice of planes, which is fetched when it is opened first. */
  async fillPlanes() {
    try {
      const { PlaneMenu } = await import('./ground/planes.js');
      this.planes ??= new PlaneMenu(this.session, this.planeBox, (text) => this.setPlane(text), (id) => { this.box = null; this.session.showGround(id, this.grid()); });
      await this.planes.ready;
      this.planes.fill();
      this.placePlanes?.();
    } catch { this.planeBox.textContent = 'The server does not answer.'; }
  }

  /** Asks for another plane. @param {string} text as links name it */
  setPlane(text) {
    this.box = null;
    this.session.page.plane = text;
    this.session.look({ plane: text, grid: this.grid() });
  }

  /** Brings a critical point into view: by moving the map where the plane is the space, else by the plane of its own steepest ways. @param {any} p */
  flyTo(p) {
    if (this.view === 'surface' && this.session.whole) return;
    if (!this.session.whole) { this.setPlane(`hessian:critical.${p.id}`); return; }
    const r = this.picture.range, u = (p.s - r[0]) / (r[1] - r[0]), v = (p.t - r[2]) / (r[3] - r[2]), k = this.camera;
    if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) { if (this.box) this.wholeGround(); return; }
    this.camera.fly(Math.max(k.zoom, 2.5), u, v);
  }

  /** What the tools of the ground show, fetched when there is something. */
  async layer() {
    const { layerOf } = await import('./ground/layer.js');
    this.picture.layer ??= layerOf(this.session);
    this.session.dirty = true;
    return this.picture.layer;
  }


  grid() { return { cells: CELLS, ...(this.box ? { range: this.box } : {}), ...(this.log !== null ? { log: this.log } : {}) }; }

  /** Asks for the ground that is wished. */
  survey() { this.waitingSince = performance.now(); this.share = 0; this.session.look({ grid: this.grid() }); }

  wholeGround() {
    const had = this.box;
    this.box = null;
    this.camera.reset();
    if (had) this.survey();
  }

  /** @param {any} g */
  onGrid(g) {
    const before = this.picture.range;
    if (before.some((/** @type {number} */ v, /** @type {number} */ i) => v !== g.range[i])) {
      this.camera.reset();
      this.hover(NaN, NaN, false);
    }
    this.waitingSince = this.share = 0;
    this.unitWords(g);
  }

  /** @param {any} g */
  unitWords(g) {
    const far = this.share > 0 ? `surveying: ${Math.round(100 * this.share)} %` : '';
    this.unit.replaceChildren('height ', ...(g.log ? ['log', el('sub', {}, '10'), ' f'] : ['f']), g.preview ? ` · half resolution${far ? `, ${far}` : ''}` : far ? ` · ${far}` : this.box ? ' · part of the ground' : '');
  }

  /** @param {boolean} on */
  boxing(on) {
    this.map.boxing = on;
    this.map.canvas.classList.toggle('boxing', on);
    this.multiples.box(on);
    if (on) (this.view === 'split' ? this.multiples.cells[0]?.map : this.map)?.canvas.focus();
    this.pointer.textContent = on ? 'Draw a box on the map: its ground is computed anew.' : '';
  }

  /** @param {number} s @param {number} t */
  start(s, t) {
    this.session.setStart(s, t);
    const v = [Number(s.toPrecision(4)), Number(t.toPrecision(4))];
    if (this.session.whole) this.hover(v[0], v[1], this.picture.pointer.cross);
  }

  // ---- the pointer ----

  asked = 0;
  probing = 0;
  /** @type {AbortController | null} */
  abort = null;

  /** @param {number} s @param {number} t @param {boolean} cross */
  hover(s, t, cross) {
    const q = this.picture.pointer;
    this.session.dirty = true;
    clearTimeout(this.probing);
    this.abort?.abort();
    q.on = Number.isFinite(s);
    if (!q.on) {
      q.ds = q.dt = NaN;
      this.pointer.textContent = '';
      return;
    }
    q.cross = cross;
    q.s = s;
    q.t = t;
    this.read(this.map.picture ? this.map.lossAt(s, t) : NaN, NaN, NaN, false);
    if (!this.session.whole) { q.ds = q.dt = NaN; return; }
    const wait = Math.max(0, PROBE - (performance.now() - this.asked));
    this.probing = window.setTimeout(() => this.probe(s, t), wait);
  }

  /** Loss and gradient there, exact: the server's own. @param {number} s @param {number} t */
  async probe(s, t) {
    this.asked = performance.now();
    const abort = this.abort = new AbortController(), q = this.picture.pointer, run = this.session.opened.run;
    try {
      const r = await fetch(`${this.session.base}/api/probe`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ link: this.session.opened.link, x: [[s, t]], what: ['loss', 'grad'] }), signal: abort.signal });
      if (!r.ok) return;
      const p = (await r.json()).points[0];
      if (abort.signal.aborted || this.session.opened.run !== run || !q.on) return;
      q.ds = -(p.grad[0] ?? NaN);
      q.dt = -(p.grad[1] ?? NaN);
      this.read(p.loss ?? NaN, p.grad[0] ?? NaN, p.grad[1] ?? NaN, true);
      this.session.dirty = true;
    } catch {
      // A newer question took its place, or the line is down: what the ground says stays.
    }
  }

  /** Writes the reading at the pointer. @param {number} loss @param {number} gs @param {number} gt @param {boolean} exact */
  read(loss, gs, gt, exact) {
    const q = this.picture.pointer, [a, b] = this.picture.axes;
    let near = Infinity;
    for (const m of this.picture.minima) near = Math.min(near, Math.hypot(m.at[0] - q.s, m.at[1] - q.t));
    const parts = [`${a.length < 3 ? `${a} ` : ''}${number(q.s)}, ${b.length < 3 ? `${b} ` : ''}${number(q.t)}`];
    if (!Number.isNaN(loss)) parts.push(`loss ${number(loss)}`);
    if (exact) parts.push(`|∇f| ${number(Math.hypot(gs, gt))}`);
    if (near < Infinity) parts.push(`${number(near)} to the ${this.picture.minima.length > 1 ? 'nearest ' : ''}minimum`);
    this.pointer.textContent = parts.join(' · ');
    this.pointer.classList.toggle('exact', exact);
    // The same in full, for whoever copies it or checks it.
    Object.assign(this.pointer.dataset, { at: `${plain(q.s)},${plain(q.t)}`, loss: exact ? plain(loss) : '', gradient: exact ? `${plain(gs)},${plain(gt)}` : '' });
    if (exact && q.cross) this.spoken.textContent = this.pointer.textContent;
  }

  // ---- the menu ----

  fillMenu() {
    const session = this.session, page = session.page, ground = session.ground;
    const done = () => this.menu.hidePopover();
    const dark = readTheme().dark;
    const swatch = (/** @type {string} */ name) => {
      const c = el('canvas', { width: 64, height: 1, class: 'swatch', 'aria-hidden': 'true' }), g = c.getContext('2d'), image = g.createImageData(64, 1), t = ramp(name, dark);
      for (let i = 0; i < 64; i++) for (let k = 0; k < 4; k++) image.data[4 * i + k] = t[16 * i + k];
      g.putImageData(image, 0, 0);
      return c;
    };
    const radio = (/** @type {string} */ name) => el('label', { class: 'item' }, el('input', { type: 'radio', name: 'ramp', value: name, checked: page.ramp === name, onchange: () => session.setPage({ ramp: name }) }), el('span', {}, name), swatch(name));
    const check = (/** @type {string} */ label, /** @type {boolean} */ on, /** @type {(on: boolean) => void} */ go, test = '') => {
      const box = el('input', { type: 'checkbox', checked: on, 'data-testid': test || undefined, onchange: () => go(box.checked) });
      return el('label', { class: 'item' }, box, el('span', {}, label));
    };
    const act = (/** @type {string} */ label, /** @type {() => void} */ go, off = false, test = '') => el('button', { type: 'button', class: 'item', disabled: off, 'data-testid': test || undefined, onclick: () => { done(); go(); } }, label);
    const arrows = el('select', { 'aria-label': 'Arrows', 'data-testid': 'quiver', onchange: () => { this.quiver = arrows.value; this.picture.quiver = null; session.send({ type: 'view', quiver: { method: arrows.value || null } }); session.dirty = true; } },
      el('option', { value: '', selected: !this.quiver }, 'none'), ...session.walks.filter((w) => !w.method.replica).map((w) => el('option', { value: w.id, selected: this.quiver === w.id }, w.label)));
    this.menu.replaceChildren(
      el('fieldset', {}, el('legend', {}, 'Colours of height'), ...RAMPS.map(radio)),
      el('div', { class: 'group' },
        check('Logarithmic height', ground?.log ?? true, (on) => { this.log = on; this.survey(); }, 'ground-log'),
        el('label', { class: 'item' }, el('span', {}, 'Arrows: first step of'), arrows)),
      el('div', { class: 'group' },
        check('Side by side', page.layout === 'split', (on) => { session.setPage({ layout: on ? 'split' : 'overlay' }); done(); }),
        act('Zoom to a box', () => this.boxing(true), this.view === 'surface', 'zoom-box'),
        act('Whole ground', () => this.wholeGround(), !this.box && this.camera.zoom === 1, 'whole-ground'),
        act('Turn the relief back', () => { this.surface?.resetCamera(); this.keepCamera(); }, !this.solid)),
      el('div', { class: 'group' }, act(isExpanded(this.panel) ? 'Back to its place' : 'Expand', () => { if (!isExpanded(this.panel)) expand(this.panel); else shrink(); }), check('Data table', !this.twin.hidden, (on) => { this.showTwin(on); done(); }, 'landscape-table')),
      el('div', { class: 'group' }, ...TOOLS.map(([name, label]) => act(label, () => session.explore(name), false, `ground-${name}`))),
      el('details', { class: 'about' }, el('summary', {}, 'What is this?'),
        el('p', {}, 'Every point of the ground is a setting of the parameters, its height the loss there. Low ground is the coloured end. Each line is where a method went, its marker where it is.'),
        el('p', {}, 'Map: click or press Enter to set the start. The wheel, two fingers or + and − zoom, a drag moves, Shift and a drag draw a box. Arrow keys move the cross, 0 shows the whole ground.'),
        el('p', {}, 'Relief: drag or use the arrow keys to turn it, + and − to come closer.'),
        el('p', {}, 'Arrows point where the first step of the method leads; their length is on a fourth-root scale.')));
  }

  // ---- where the points of a swarm end ----

  /** Keeps where each point of a swarm ends. Going back does not forget it. @param {import('./wire.js').Frame} f */
  reach(f) {
    const old = this.ends[f.method], { opened } = this.session;
    if (old && old.step >= f.step) return;
    const minima = opened.minima ?? [], counts = new Uint32Array(minima.length + 2);
    let same = old !== undefined && old.names.length === f.data.length && (f.step < opened.steps) === (old.step < opened.steps);
    for (let i = 0; i < f.data.length; i++) {
      const k = inkOf(f.data[i]);
      if (k < counts.length) counts[k]++;
      if (same && old && f.data[i] !== old.names[i]) same = false;
    }
    if (same && old) { old.step = f.step; return; }
    const all = whole(f.data.length), key = minima.map((/** @type {any} */ m, /** @type {number} */ i) => ({ ink: 2 + i, text: `(${m.x.map((/** @type {number} */ v) => number(v, 3)).join(', ')})`, more: whole(counts[2 + i]) }));
    if (counts[1]) key.push({ ink: 1, text: 'diverged', more: whole(counts[1]) });
    if (counts[0]) key.push({ ink: 0, text: f.step < opened.steps ? 'not there yet' : 'at no minimum', more: whole(counts[0]) });
    if (key.length) key[0].more += ` of ${all}`;
    this.ends[f.method] = { names: f.data, columns: f.columns, range: opened.domain, key, step: f.step };
  }

  /** Writes the key beside the map. @param {import('./marks.js').Ends|null} ends */
  keyOf(ends) {
    this.keyed = ends;
    this.swarmKey.hidden = !ends;
    if (!ends) return;
    const rows = this.swarmKey.children;
    while (rows.length > ends.key.length) rows[rows.length - 1].remove();
    while (rows.length < ends.key.length) this.swarmKey.append(el('li', {}, el('i', { 'aria-hidden': 'true' }), el('span', {})));
    ends.key.forEach((k, i) => {
      rows[i].dataset.ink = String(Math.min(9, k.ink));
      rows[i].lastChild.textContent = `${k.ink > 1 ? '→ ' : ''}${k.text}: ${k.more}`;
    });
  }

  // ---- the data table ----

  /** @param {boolean} on */
  showTwin(on) {
    this.twin.hidden = !on;
    this.twinAt = 0;
    if (!on) { this.twin.replaceChildren(); this.more.focus(); return; }
    this.twinCaption = el('caption', {});
    this.twinBody = el('tbody', {});
    const [a, b] = this.picture.axes, off = !this.session.whole;
    const close = el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close the table', onclick: () => this.showTwin(false) }, icon('cross'));
    this.twinEnds = el('div', {});
    this.twin.replaceChildren(close, el('table', {}, this.twinCaption, el('thead', {}, el('tr', {}, ...['Method', a, b, 'Loss', ...(off ? ['Loss in this plane', 'Distance from it'] : [])].map((h) => el('th', { scope: 'col' }, h)))), this.twinBody), this.twinEnds);
    close.focus();
    this.session.dirty = true;
  }

  /** @type {any} */
  twinCaption = null;
  /** @type {any} */
  twinBody = null;
  /** @type {any} */
  twinEnds = null;

  /** @param {number} step */
  fillTwin(step) {
    const off = !this.session.whole;
    this.twinCaption.textContent = `Where each method is at step ${whole(step)}`;
    this.twinBody.replaceChildren(...this.session.walks.filter((w) => w.drawn && w.onPlane).map((w) => {
      const i = w.pathRows.find(step);
      const at = (/** @type {number} */ k) => (i >= 0 && k < w.pathRows.columns ? number(w.pathRows.at(i, k)) : '–');
      return el('tr', {}, el('th', { scope: 'row' }, w.label), ...[at(1), at(2), number(w.read('loss', step)), ...(off ? [at(3), at(4)] : [])].map((t) => el('td', {}, t)));
    }));
    this.twinEnds.replaceChildren(...this.session.walks.filter((w) => w.drawn && this.ends[w.method.index]).map((w) => {
      const e = /** @type {any} */ (this.ends[w.method.index]);
      return el('table', {}, el('caption', {}, `Where the starts of ${w.label} end, by step ${whole(e.step)}`), el('tbody', {}, ...e.key.map((/** @type {any} */ k) => el('tr', {}, el('th', { scope: 'row' }, k.ink > 1 ? `→ ${k.text}` : k.text), el('td', {}, k.more)))));
    }));
  }

  // ---- notices ----

  /** @param {import('./session.js').Notice} n */
  tell(n) {
    if (!n.title && !n.detail) { this.bar.hidden = true; return; }
    const close = () => { this.bar.hidden = true; };
    this.bar.replaceChildren(...[
      n.kind === 'diverged' ? icon('rising') : null,
      el('span', {}, n.title ? el('b', {}, n.title) : null, n.title ? ' ' : '', n.detail),
      n.action ? el('button', { type: 'button', class: 'button', onclick: () => { close(); n.action?.go(); } }, n.action.label) : null,
      el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Dismiss', onclick: close }, icon('cross')),
    ].filter((x) => x !== null));
    this.bar.dataset.kind = n.kind ?? '';
    this.bar.hidden = false;
  }

  /** Says once for each run which methods diverged, when the playhead passes there. @param {number} at */
  warn(at) {
    const walks = this.session.walks;
    let key = '';
    for (let i = 0; i < walks.length; i++) if (walks[i].state === 'diverged' && walks[i].stoppedAt >= 0 && at >= walks[i].stoppedAt && walks[i].drawn && !walks[i].method.replica) key += `${walks[i].id} `;
    if (!key) return;
    key = this.session.opened.run + key;
    if (key === this.warned) return;
    const before = this.warned;
    this.warned = key;
    const gone = walks.filter((w) => w.state === 'diverged' && w.stoppedAt >= 0 && at >= w.stoppedAt && w.drawn && !w.method.replica).sort((a, b) => b.stoppedAt - a.stoppedAt);
    const w = gone.find((x) => !before.startsWith(this.session.opened.run) || !before.slice(12).split(' ').includes(x.id)) ?? gone[0];
    const others = gone.filter((x) => x !== w).map((x) => `${x.label} at step ${whole(divergedAt(x))}`);
    const size = Number(w.method.hyper?.['step-size']);
    const because = w.limit > 0 && size > w.limit ? ` Its step size ${short(size)} is above the limit 2/λ = ${number(w.limit, 2)} at the steepest point it met.` : '';
    const stay = walks.filter((x) => x.drawn && !x.method.replica).length - gone.length;
    this.session.tell(`${w.label} diverged at step ${whole(divergedAt(w))}.`, `${because.trim()}${others.length ? ` So did ${others.join(', ')}.` : ''}${stay > 1 ? ' The others go on.' : stay === 1 ? ' The other goes on.' : ''}`.trim(),
      w.suggest > 0 ? { label: `Set ${number(w.suggest, 2)}`, go: () => { this.session.setClock(0); this.session.changeHyper(w.id, 'step-size', plain(w.suggest)); } } : undefined, 'diverged');
  }

  // ---- drawing ----

  /** Makes the lists of the picture anew when what they come from changed. */
  refresh() {
    const { opened, walks, past, plane, minimum, whole: direct } = this.session, p = this.picture;
    const from = this.made;
    if (from[0] === opened && from[1] === walks && from[2] === past && from[3] === plane && from[4] === minimum && from[5] === direct) return;
    this.made = [opened, walks, past, plane, minimum, direct];
    /** @type {Map<any, ReturnType<typeof newView>>} */
    const old = new Map(this.lines.map((l) => [l.walk, l.view]));
    const line = (/** @type {Walk} */ walk, /** @type {string} */ run, /** @type {boolean} */ ghost) => {
      const view = old.get(walk) ?? newView();
      Object.assign(view, { id: walk.id, key: `${run}/${walk.method.index}`, slot: walk.slot, hollow: walk.hollow, faint: walk.method.replica > 0 });
      return { walk, view, ghost };
    };
    // Another run's path lies on this plane only where the plane is the space itself; a walk that the turn left alone
    // goes the same way in both runs, and is drawn once.
    this.lines = [...(past && direct ? past.walks.filter((w) => this.session.turned(w.id)).map((w) => line(w, past.run, true)) : []), ...walks.map((w) => line(w, opened.run, false))];
    p.walks = this.lines.map((l) => l.view);
    p.axes = (plane?.axes ?? ['x', 'y']).map((/** @type {string} */ a) => a.replace(/-(?=\d)/g, '\u2212'));
    p.whole = direct;
    const near = (/** @type {number[]} */ a, /** @type {number[]} */ b) => Math.hypot(a[0] - b[0], a[1] - b[1]) < 1e-4;
    p.minima = direct ? (opened.minima ?? []).map((/** @type {any} */ m) => ({ at: m.x, loss: m.loss, text: `${m.border ? 'lowest, on the border' : 'minimum'} ${number(m.loss)}` })) : [];
    p.saddles = [];
    if (direct && minimum?.converged && minimum.x?.length === 2) {
      const list = minimum.index === 0 ? p.minima : p.saddles;
      if (!list.some((/** @type {any} */ m) => near(m.at, minimum.x))) list.push({ at: minimum.x, loss: minimum.loss, text: `${minimum.index === 0 ? 'minimum' : 'saddle'} ${number(minimum.loss)}` });
    }
    this.origin = [0, 0];
    this.say();
    if (!this.twin.hidden) this.showTwin(true);
  }

  origin = [0, 0];

  /** Fills a picture's moving parts. @param {any} p @param {typeof this.lines} lines @param {number} at */
  lay(p, lines, at) {
    const { opened, walks, past, plane, ground, swarms, whole: direct } = this.session;
    p.swarm = p.ends = null;
    for (let i = 0; i < lines.length; i++) {
      const l = lines[i];
      fill(l.view, l.walk, at, l.ghost, past?.from ?? 0);
      if (!l.ghost) {
        const k = l.walk.method.index;
        l.view.swarm = direct ? swarms[k] ?? null : null;
        l.view.ends = this.ends[k] ?? null;
        // One swarm is shown where all walks are: that of the first method that has one.
        if (p.swarm === null && l.view.visible && l.view.swarm) { p.swarm = l.view.swarm; p.ends = l.view.ends; }
      }
    }
    p.ground = ground;
    p.range = ground?.range ?? plane?.range ?? opened.domain;
    if (direct) p.start = opened.start;
    else {
      this.origin[0] = walks[0]?.path[0] ?? 0;
      this.origin[1] = walks[0]?.path[1] ?? 0;
      p.start = this.origin;
      // Two nets on one ground start apart.
      p.others.length = 0;
      for (const w of walks) if (w.drawn && w.onPlane && !w.method.replica && w.path.length && (w.path[0] !== this.origin[0] || w.path[1] !== this.origin[1])) p.others.push(w.path);
    }
  }

  /** @param {number} at */
  draw(at) {
    const session = this.session, p = this.picture, v = this.view, now = performance.now();
    this.refresh();
    this.lay(p, this.lines, at);
    this.emptyWord(now);
    if (v === 'split') this.multiples.draw(p, at);
    else if (v !== 'surface') this.map.draw(p);
    if (p.ends !== this.keyed && (!session.playing || !p.ends || !this.keyed || now - this.keyedAt > 500)) { this.keyedAt = now; this.keyOf(p.ends); }
    if (this.map.pending) session.dirty = true;
    const s = this.surface;
    if (s && v !== 'map' && v !== 'split' && this.surfaceHost.clientWidth > 40) {
      // Where the processor draws, the relief follows a few times a second, and the map keeps its pace.
      if (!s.software || !session.playing || now - this.reliefAt > 90) { this.reliefAt = now; s.draw(p); this.drawSecond(p); }
      this.pace(now);
    } else if (this.spec?.heights) this.drawSecond(p);
    this.warn(at);
    if (!session.playing || now - this.badgedAt > 250) {
      this.badgedAt = now;
      this.drawBadge(Math.floor(at));
    }
    if (!this.twin.hidden && (!session.playing || now - this.twinAt > 500)) { this.twinAt = now; this.fillTwin(Math.floor(at)); }
  }

  reliefAt = 0;
  keyedAt = 0;

  /** @param {number} now */
  emptyWord(now) {
    const { walks, ground } = this.session;
    let drawn = false;
    for (let i = 0; i < walks.length; i++) if (walks[i].drawn) { drawn = true; break; }
    if (!ground && this.waitingSince === 0) this.waitingSince = now;
    const words = !drawn ? 'No method is on. Choose one at the left, or press 1.' : ground || now - this.waitingSince < 300 ? '' : this.share > 0 ? `Surveying the ground: ${Math.round(100 * this.share)} %` : 'Surveying the ground';
    if (!ground && !words && drawn && !this.waking) this.waking = window.setTimeout(() => { this.waking = 0; this.session.dirty = true; }, 310);
    if (words !== this.emptyText) this.empty.textContent = this.emptyText = words;
  }

  emptyText = '';
  waking = 0;

  /** Watches how long frames take while the relief plays. @param {number} now */
  pace(now) {
    const gap = now - this.drewAt;
    this.drewAt = now;
    if (!this.session.playing || gap > 1000 || this.tooSlow) return;
    this.gaps[this.gap++ % 60] = gap;
    if (this.gap < 120 || this.gap % 60) return;
    if (this.median() > SLOW) { this.tooSlow = true; this.say(); }
  }

  median() { return Float64Array.from(this.gaps).sort()[30]; }

  // ---- the badge ----

  /** @param {number} step */
  drawBadge(step) {
    const { plane, walks, whole: direct } = this.session;
    this.badge.hidden = !plane;
    if (!plane) return;
    const train = this.trained();
    let word = 'Whole space: nothing hidden', cls = 'whole', title = 'Every point of this space is on the picture.';
    if (this.session.opened.imported) {
      word = 'Imported, not computed here';
      cls = 'off';
      title = 'A file brought this surface and these paths. This server has only drawn them.';
    } else if (!direct) {
      const kept = (plane.explained ?? []).slice(0, 2).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
      let gap = 0, inPlane = NaN, real = NaN;
      for (const w of walks) {
        const i = w.pathRows.find(step);
        for (let k = i; k >= 0 && k > i - 200; k--) {
          const pl = w.pathRows.at(k, 3), tl = w.read('loss', w.pathRows.at(k, 0));
          if (!Number.isFinite(pl)) continue;
          const g = Math.abs(Math.log10(pl) - Math.log10(tl));
          if (g > gap) { gap = g; inPlane = pl; real = tl; }
          break;
        }
      }
      const off = gap > 0.1 || (plane.explained?.length && kept < 0.8);
      word = off ? 'Off the plane' : plane.explained?.length ? `Plane keeps ${Math.round(100 * kept)} % of the path` : WORDS[plane.kind] ?? 'A plane through this space';
      title = gap > 0.1 ? `Off the plane: the true loss here is ${number(real)}, the picture says ${number(inPlane)}.` : off ? `The plane keeps ${Math.round(100 * kept)} % of the path.` : '';
      cls = off ? 'off' : '';
    }
    if (train) word += train;
    if (this.badgeWord !== word) {
      this.badgeWord = word;
      if (train) word = word.slice(0, -train.length);
      // A phone has room for the first words only.
      const cut = /^(Whole space|Plane keeps \d+ %)(.*)$/.exec(word), begin = cut ? cut[1] : word, rest = cut ? cut[2] : '';
      this.badge.replaceChildren(icon('badge', 12), el('span', {}, begin, rest ? el('span', { class: 'rest' }, rest) : null, train));
      this.badge.className = `slice ${cls}`;
    }
    if (this.badgeTitle !== title) this.badge.title = this.badgeTitle = title;
    if (this.slices.matches(':popover-open')) this.fillSlices();
  }

  /** The ground of a net is its loss on the rows it learns from: a reader must not take it for another. */
  trained() { return !this.session.whole && !this.session.opened?.imported && this.session.opened?.measures.some((/** @type {any} */ m) => m.id === 'test-loss') ? ' · train loss only' : ''; }

  /** Three rows: loss in this plane, true loss, distance from the plane. */
  fillSlices() {
    const { plane, walks, ground, step, whole: direct } = this.session;
    if (!plane) return;
    const shown = walks.filter((w) => w.drawn && w.onPlane && !w.method.replica);
    const rowOf = (/** @type {Walk} */ w) => w.pathRows.find(step);
    const plain3 = (/** @type {Walk} */ w) => {
      // The loss in the plane is computed at some records only: the last reading holds.
      for (let i = rowOf(w), k = i; k >= 0 && k > i - 200; k--) if (Number.isFinite(w.pathRows.at(k, 3))) return w.pathRows.at(k, 3);
      return NaN;
    };
    const rows = [['loss in this plane', (/** @type {Walk} */ w) => (direct ? w.read('loss', step) : plain3(w))], ['true loss', (/** @type {Walk} */ w) => w.read('loss', step)],
      ['distance from the plane', (/** @type {Walk} */ w) => (direct || w.pathRows.columns < 5 ? 0 : w.pathRows.at(Math.max(0, rowOf(w)), 4))]];
    if (this.session.opened.imported) { this.slices.replaceChildren(el('p', {}, this.badge.title), el('p', {}, this.session.opened.note ?? '')); return; }
    this.slices.replaceChildren(
      el('p', {}, this.badge.title || 'The picture is a plane through a larger space.'),
      el('table', {}, el('thead', {}, el('tr', {}, el('td', {}), ...shown.map((w) => el('th', { scope: 'col' }, glyph(w.slot, w.hollow), el('span', {}, w.label))))),
        el('tbody', {}, ...rows.map(([name, f]) => el('tr', {}, el('th', { scope: 'row' }, /** @type {string} */ (name)), ...shown.map((w) => el('td', {}, number(/** @type {any} */ (f)(w)))))))),
      el('div', { class: 'cuts' }, 'Cut through the dot of ', ...shown.slice(0, 8).map((w) => el('button', { type: 'button', class: 'link-button', 'data-testid': `cut-${w.id}`, onclick: () => { this.slices.hidePopover(); this.session.explore('paths', { at: `${w.id}@${this.session.step}` }); } }, w.label))),
      plane.explained?.length ? el('p', {}, `The axes keep ${plane.explained.slice(0, 2).map((/** @type {number} */ v) => `${number(100 * v, 3)} %`).join(' and ')} of the path.`) : '',
      direct ? '' : el('p', {}, [Number.isFinite(plane.cosine) ? `Cosine between the axes ${number(Math.abs(plane.cosine) < 1e-12 ? 0 : plane.cosine, 3)}` : '', plane.note ?? '', this.trained().slice(3)].filter(Boolean).join(' · ')),
      plane.anchors?.length ? el('p', {}, `Through ${plane.anchors.map((/** @type {any} */ a, /** @type {number} */ i) => `${this.picture.layer?.anchors[i]?.label ?? a.label} (loss ${number(a.loss ?? NaN)})`).join(', ')}.`) : '',
      ground?.holes ? el('p', {}, `${whole(ground.holes)} ${ground.holes === 1 ? 'cell has' : 'cells have'} no value; they are hatched.`) : '');
  }

  // ---- pictures of it ----

  /** @type {{map: MapPainter, surface: SurfaceView | null, lines: typeof Landscape.prototype.lines, of: any, timer: number} | null} */
  double = null;

  /** The landscape as it is shown, at so many pixels for each of the page's. @param {number} scale @returns {HTMLCanvasElement} */
  snapshot(scale) {
    const c = document.createElement('canvas');
    c.width = Math.round(this.views.clientWidth * scale);
    c.height = Math.round(this.views.clientHeight * scale);
    return this.paintAt(this.session.playhead(), c);
  }

  /**
   * Paints the landscape as it would be shown at a step, which may have a fraction, over the whole of a canvas. What is
   * on the page stays as it is.
   * @param {number} step @param {HTMLCanvasElement} canvas @returns {HTMLCanvasElement}
   */
  paintAt(step, canvas) {
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const theme = readTheme(), v = this.view;
    this.refresh();
    let d = this.double;
    if (!d) d = this.double = { map: new MapPainter(document.createElement('canvas'), { camera: this.camera, still: true }), surface: null, lines: [], of: null, timer: 0 };
    clearTimeout(d.timer);
    d.timer = window.setTimeout(() => { d.surface?.dispose(); this.double = null; }, 5000);
    if (d.of !== this.lines) {
      d.of = this.lines;
      d.lines = this.lines.map((l) => ({ ...l, view: { ...l.view, path: new Float64Array(0), distance: null, far: 0, farOf: 0 } }));
    }
    const p = { ...this.picture, walks: d.lines.map((l) => l.view), pointer: { ...this.picture.pointer, on: false } };
    this.lay(p, d.lines, step);
    // The page's own size in pixels of the page, so that lines and words keep their proportion to the picture.
    const scale = canvas.width / Math.max(1, this.views.clientWidth), width = canvas.width / scale, height = canvas.height / scale;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.fillStyle = theme.paper;
    g.fillRect(0, 0, canvas.width, canvas.height);
    g.setTransform(scale, 0, 0, scale, 0, 0);
    const split = v === 'both' ? Math.round(width * SPLIT) : v === 'surface' ? width : 0;
    const map = d.map;
    if (map.theme.paper !== theme.paper || map.theme.text !== theme.text) map.setTheme(theme);
    map.setRamp(this.session.page.ramp);
    if (v === 'split') this.paintCells(g, map, p, step, width, height, scale, theme);
    else if (split < width) {
      map.compact = false;
      map.margins();
      map.only = '';
      map.picture = null;
      map.setSize(width - split, height, scale);
      map.draw(p);
      g.drawImage(map.canvas, split, 0, width - split, height);
    }
    if (split > 0) {
      if (!d.surface && this.surface) d.surface = new SurfaceView(this.surfaceHost, { still: true });
      const s = d.surface;
      if (s && this.surface) {
        if (s.theme.paper !== theme.paper || s.theme.text !== theme.text) s.setTheme(theme);
        s.setRamp(this.session.page.ramp);
        s.moved = this.surface.moved;
        s.setSize(split, height, scale, scale);
        const cam = this.surface.cam;
        s.put(cam[0], cam[1], cam[2]);
        s.picture = p;
        s.copy(g, 0, 0, split, height);
      }
      g.font = theme.font;
      g.textAlign = 'left';
      g.textBaseline = 'alphabetic';
      g.fillStyle = theme.ink3;
      g.fillText(HEIGHT, 16, height - 10);
      if (v === 'both') {
        g.fillStyle = theme.line;
        g.fillRect(split, 0, 1, height);
      }
    }
    if (!this.session.whole && this.badgeWord) {
      // What the picture hides is said on the picture.
      g.font = theme.font;
      g.textAlign = 'right';
      g.textBaseline = 'top';
      g.fillStyle = theme.ink2;
      g.fillText(this.badgeWord, width - 8, 1);
    }
    return canvas;
  }

  /**
   * @param {CanvasRenderingContext2D} g @param {MapPainter} map @param {any} p @param {number} step @param {number} width @param {number} height @param {number} scale
   * @param {import('./marks.js').Theme} theme
   */
  paintCells(g, map, p, step, width, height, scale, theme) {
    const shown = celled(this.session.walks), [columns, rows] = arrange(shown.length, width, height), head = 24, foot = 20;
    const w = width / Math.max(1, columns), h = (height - foot) / Math.max(1, rows);
    map.compact = true;
    map.margins();
    shown.forEach((walk, i) => {
      const x = (i % columns) * w, y = Math.floor(i / columns) * h;
      map.only = walk.id;
      map.picture = null;
      map.setSize(w, h - head, scale);
      map.draw(p);
      g.drawImage(map.canvas, x, y + head, w, h - head);
      g.font = theme.font;
      g.textAlign = 'left';
      g.textBaseline = 'middle';
      g.fillStyle = theme.ink;
      g.fillText(`${walk.label}  ${number(walk.read('loss', step))}`, x + map.left, y + head / 2);
    });
    map.only = '';
    g.fillStyle = theme.ink3;
    g.textAlign = 'left';
    g.fillText('one scale and one set of levels for all', 16, height - foot / 2);
  }
}
