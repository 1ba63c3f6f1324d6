// The side column: the lab's panels in the schema's order, the first ones open, the others as tabs of the last place.

import { el } from '../icons.js';
import { Curve } from './curve.js';
import { isExpanded, shrink, ThalwegPanel } from './panel.js';
import { StepView } from './step.js';
import { TableView } from './table.js';
import { timeSpec } from './time.js';

export { expand, shrink, toggleExpanded } from './panel.js';

/** @typedef {import('../session.js').Session} Session */
/** @typedef {import('./panel.js').Spec} Spec */

/** @typedef {new (spec: Spec, session: Session) => import('./panel.js').View} Kind */

/** What most labs show first. @type {Record<string, Kind>} */
const KINDS = { curve: Curve, table: TableView, step: StepView };
/** What is fetched when it is shown first. @type {Record<string, () => Promise<Kind>>} */
const LATER = {
  spectrum: () => import('./spectrum.js').then((m) => m.Spectrum), image: () => import('./image.js').then((m) => m.ImageView), points: () => import('./points.js').then((m) => m.PointsView),
  barcode: () => import('./barcode.js').then((m) => m.Barcode),
  graph: () => import('./graph.js').then((m) => m.GraphView), ground: () => import('../ground/panel.js').then((m) => m.GroundView), claims: () => import('./claims.js').then((m) => m.ClaimsView),
};

/** The tools of the ground: every lab that shows one has them. @type {Spec} */
const GROUND = { id: 'ground', kind: 'ground', title: 'The ground', help: 'What the ground itself is like, apart from those who walk on it: its critical points, its basins, the paths between two points, and its curvature at one.' };

/** Height of the column from which three panels have room. */
const TALL = 600;

export class Side {
  /** @param {Session} session @param {HTMLElement} host @param {HTMLElement | null} [first] what has the first place for good */
  constructor(session, host, first = null) {
    this.session = session;
    this.host = host;
    /** The panel over the scrubber, whose pictures come the same way. */
    this.over = timeSpec(session.schema);
    /** @type {Spec[]} */
    this.specs = session.schema.panels.filter((/** @type {Spec} */ p) => (p.kind in KINDS || p.kind in LATER) && p.id !== this.over.id && p.place !== 'stage');
    if (session.schema.panels.some((/** @type {Spec} */ p) => p.kind === 'landscape') && !this.specs.some((p) => p.kind === 'ground')) this.specs.push(GROUND);
    /** @type {Map<string, ThalwegPanel>} panels made so far */
    this.made = new Map();
    /** @type {Map<string, import('../wire.js').Frame[]>} the newest reading of each measure by method */
    this.frames = new Map();
    this.tabs = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Panels', onkeydown: (/** @type {KeyboardEvent} */ e) => this.walkTabs(e) });
    this.slots = [0, 1, 2].map((i) => (i === 0 && first) || el('div', { class: `slot slot-${i}` }));
    first?.classList.add('slot-0');
    this.kept = first ? 1 : 0;
    this.slots[2].append(this.tabs);
    host.append(...this.slots);
    this.last = '';
    /** @type {boolean | null} */
    this.three = null;
    this.wanted = '';
    /** @type {Spec[]} those that are tabs */
    this.rest = [];
    /** @type {Map<string, any>} the newest verdict of each claim of this run, for a panel that may open later */
    this.verdicts = new Map();
    session.on('opened', (m) => { if (!m.again) { this.verdicts.clear(); this.forget(); } this.turnTo(m.spec.preset); this.leave(m.absent); });
    session.on('claim', (m) => this.verdicts.set(m.claim, m));
    session.on('picture', (p) => this.take(p.frame, p.measure));
    session.on('ground', () => {
      this.flash(this.specs.find((p) => p.kind === 'ground')?.id ?? '');
      // On a phone the sheet opens first.
      requestAnimationFrame(() => { this.tabs.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); if (innerWidth < 700) this.slots[2].scrollIntoView({ block: 'start' }); });
    });
    new ResizeObserver(() => this.lay()).observe(host);
    this.lay();
  }

  preset = '';

  /** Opens the panel that a preset's first claim speaks of, when the preset is another one. @param {string} preset */
  turnTo(preset) {
    if (!preset || preset === this.preset) return;
    this.preset = preset;
    const claim = this.session.schema.claims?.find((/** @type {any} */ c) => c.preset === preset && c.panel);
    if (claim && this.rest.some((p) => p.id === claim.panel)) this.open(claim.panel);
  }

  /** Leaves an open tab that has nothing to show in this run. @param {string[]} absent measures that no walk gives */
  leave(absent) {
    const bare = (/** @type {Spec | undefined} */ p) => !!p?.measures?.length && p.measures.every((m) => absent.includes(m));
    const other = bare(this.rest.find((p) => p.id === this.last)) && this.rest.find((p) => !bare(p));
    if (other) this.open(other.id);
  }

  /** The panel of a spec, made when it is first shown. @param {Spec} spec */
  panel(spec) {
    let p = this.made.get(spec.id);
    if (p) return p;
    const made = p = /** @type {ThalwegPanel} */ (el('thalweg-panel', { id: `panel-${spec.id}`, class: 'panel' }));
    this.made.set(spec.id, made);
    const kind = KINDS[spec.kind];
    if (kind) this.fill(made, spec, kind);
    else {
      LATER[spec.counts ? 'barcode' : spec.kind]().then((k) => { this.fill(made, spec, k); this.look(); }, () => {
        // No connection: the next look at it tries again.
        this.made.delete(spec.id);
        made.replaceChildren(el('p', { class: 'blank' }, 'The server does not answer.'));
      });
    }
    return made;
  }

  /** @param {ThalwegPanel} panel @param {Spec} spec @param {Kind} kind */
  fill(panel, spec, kind) {
    const view = new kind(spec, this.session);
    view.frames = this.frames;
    if (spec.kind === 'claims') /** @type {any} */ (view).verdicts = this.verdicts;
    panel.show(this.session, view, spec.kind === 'spectrum' && !spec.counts ? modes(/** @type {any} */ (view)) : view.segments());
    view.refresh();
  }

  /** Three places where there is room for them, two where not. */
  lay() {
    const phone = innerWidth < 700, three = phone || this.host.clientHeight >= TALL || this.host.clientHeight === 0;
    if (three === this.three) return;
    this.three = three;
    const open = three ? 2 : 1;
    this.host.classList.toggle('two', !three);
    for (let i = this.kept; i < 2; i++) {
      const spec = i < open ? this.specs[i - this.kept] : undefined;
      this.slots[i].hidden = !spec;
      if (spec) this.put(this.slots[i], this.panel(spec));
    }
    this.rest = this.specs.slice(open - this.kept);
    this.slots[2].hidden = !this.rest.length;
    this.tabs.replaceChildren(...this.rest.map((p) => el('button', { type: 'button', role: 'tab', id: `tab-${p.id}`, 'data-panel-tab': p.id, 'aria-selected': 'false', tabindex: -1, onclick: () => this.open(p.id) }, p.title)));
    const first = this.rest.find((p) => p.id === this.last) ?? this.rest[0];
    if (first) this.open(first.id);
    this.look();
  }

  /** @param {HTMLElement} slot @param {ThalwegPanel} panel */
  put(slot, panel) {
    if (isExpanded(panel)) shrink();
    for (const old of [...slot.children]) if (old !== this.tabs && old !== panel) { if (old.classList.contains('away')) shrink(); }
    for (const old of [...slot.children]) if (old !== this.tabs && old !== panel) old.remove();
    if (panel.parentNode !== slot) slot.append(panel);
    panel.view?.refresh();
  }

  /** Opens a tab. @param {string} id */
  open(id) {
    const spec = this.rest.find((p) => p.id === id);
    if (!spec) return;
    this.last = id;
    for (const t of this.tabs.children) {
      const on = t.dataset.panelTab === id;
      t.setAttribute('aria-selected', String(on));
      t.tabIndex = on ? 0 : -1;
      if (on) t.setAttribute('aria-controls', `panel-${id}`); else t.removeAttribute('aria-controls');
      if (on) this.tabs.scrollTo?.({ left: t.offsetLeft - 24 });
    }
    this.put(this.slots[2], this.panel(spec));
    this.look();
  }

  /** @param {KeyboardEvent} e */
  walkTabs(e) {
    const list = [...this.tabs.children], i = list.indexOf(/** @type {Element} */ (document.activeElement));
    const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: list.length - 1 }[e.key];
    if (i < 0 || next === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    const t = list[(next + list.length) % list.length];
    this.open(t.dataset.panelTab);
    t.focus();
  }

  /** Panels that are open now. @returns {ThalwegPanel[]} */
  shown() { return [...this.made.values()].filter((p) => p.isConnected); }

  /** Ids of the vectors and pictures that the open panels show. */
  pictures() { return [...new Set([...(this.over.ticks ? [this.over.ticks] : []), ...this.shown().flatMap((p) => p.view?.pictures() ?? [])])]; }

  look() {
    const measures = this.pictures(), key = measures.join();
    if (key === this.wanted) return;
    this.wanted = key;
    this.session.look({ measures });
  }

  /** @param {import('../wire.js').Frame} f @param {string} measure */
  take(f, measure) {
    let list = this.frames.get(measure);
    if (!list) this.frames.set(measure, list = []);
    list[f.method] = f;
  }

  forget() {
    this.frames.clear();
    for (const p of this.made.values()) p.view?.refresh();
  }

  setTheme() { for (const p of this.made.values()) p.view?.setTheme(); }

  /** @param {number} at */
  draw(at) { for (const p of this.made.values()) if (p.isConnected) p.draw(at); }

  /** Shows the panel of that id, wherever it is, and underlines its title once. @param {string} id */
  flash(id) {
    if (this.rest.some((p) => p.id === id)) this.open(id);
    const panel = document.querySelector(`.panel[data-panel="${CSS.escape(id)}"]`) ?? (id === 'landscape' ? document.querySelector('.panel.landscape') : null);
    const title = panel?.closest('.slot-2') ? this.tabs.querySelector('[aria-selected=true]') : panel?.querySelector('h2');
    if (!title) return;
    title.classList.remove('flash');
    // Reading the box starts the animation anew.
    void title.getBoundingClientRect();
    title.classList.add('flash');
    setTimeout(() => title.classList.remove('flash'), 900);
  }
}

/** Bars or how many lie where. @param {import('./spectrum.js').Spectrum} view */
function modes(view) {
  const set = (/** @type {boolean} */ density) => {
    view.density = density;
    for (const b of box.children) b.setAttribute('aria-pressed', String((b.dataset.mode === 'density') === density));
    view.refresh();
  };
  const box = el('span', { class: 'segments', role: 'group', 'aria-label': 'Picture' }, ...['values', 'density'].map((m) => el('button', { type: 'button', 'data-mode': m, 'aria-pressed': String(m === 'values'), onclick: () => set(m === 'density') }, m)));
  return box;
}
