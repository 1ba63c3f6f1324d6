// The panel of the ground: its critical points, its basins, the paths between two points, its curvature at one. What is
// asked goes to the server; what comes back is shown here, and on map and relief.

import { fileName, recipe, save } from '../export.js';
import { el } from '../icons.js';
import { View } from '../panels/panel.js';
import { asksOf } from './asks.js';
import { BasinTool } from './basins.js';
import { CriticalTool } from './critical.js';
import { HereTool } from './here.js';
import { layerOf } from './layer.js';
import { PathTool, joins } from './paths.js';
import { styled } from './style.js';

/** @type {[string, string, new (view: GroundView) => import('./tool.js').Tool][]} */
const TOOLS = [['critical', 'Critical points', CriticalTool], ['basins', 'Basins', BasinTool], ['paths', 'Paths', PathTool], ['here', 'Spectrum here', HereTool]];

/** What each tool asks; it is on offer where one of them is. @type {Record<string, string[]>} */
const NEEDS = { critical: ['critical-points'], basins: ['basins'], paths: ['line', 'connect', 'string'], here: ['spectrum', 'density'] };

export class GroundView extends View {
  /** @param {import('../panels/panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    styled();
    this.asks = asksOf(session);
    this.layer = layerOf(session);
    this.can = { log: false, range: false, png: true, svg: true, smooth: false };
    this.plot.classList.add('ground');
    this.plot.removeAttribute('aria-roledescription');
    /** @type {Map<string, import('./tool.js').Tool>} */
    this.tools = new Map();
    this.name = '';
    this.buttons = el('span', { class: 'segments', role: 'group', 'aria-label': 'Tool' }, ...TOOLS.map(([name, label]) => el('button', { type: 'button', 'data-tool': name, 'data-testid': `tool-${name}`, 'aria-pressed': 'false', onclick: () => this.open(name) }, label)));
    this.asks.watch((name) => { if (this.tool.tools.includes(name)) this.renew(); });
    session.on('opened', (m) => { if (!m.again) this.turn(); this.offer(); });
    session.on('plane', () => this.renew());
    session.on('state', () => this.renew());
    session.on('ground', (m) => this.open(m.name, m.ask));
    this.preset = '';
    this.open(session.tool.name || 'critical', session.tool.ask);
    if (!session.tool.name) this.turn();
    this.offer();
  }

  /** The tool that is shown. */
  get tool() { return /** @type {import('./tool.js').Tool} */ (this.tools.get(this.name)); }

  segments() { return this.buttons; }

  /** What a run is about is shown first, when its preset is another one. */
  turn() {
    const s = this.session, preset = s.opened?.spec.preset ?? '';
    if (preset === this.preset) return;
    this.preset = preset;
    if (!joins(s)) return;
    this.open('paths');
    /** @type {PathTool} */ (this.tool).turn('connect');
  }

  /** Shows the tools that the server has for this ground. */
  offer() {
    const tools = this.session.opened?.tools;
    for (const b of this.buttons.children) {
      const needs = NEEDS[b.dataset.tool];
      b.hidden = !!tools && !needs.some((/** @type {string} */ t) => tools.includes(t));
    }
    const now = this.buttons.querySelector(`[data-tool=${this.name}]`);
    if (now?.hidden) { const first = [...this.buttons.children].find((b) => !b.hidden); if (first) { this.open(first.dataset.tool); return; } }
    this.renew();
  }

  pictures() { return []; }

  /** Shows a tool. @param {string} name @param {any} [ask] what it begins with */
  open(name, ask) {
    if (name !== this.name) {
      this.name = name;
      let tool = this.tools.get(name);
      if (!tool) this.tools.set(name, tool = new (/** @type {typeof TOOLS[0]} */ (TOOLS.find((t) => t[0] === name))[2])(this));
      for (const b of this.buttons.children) b.setAttribute('aria-pressed', String(b.dataset.tool === name));
      this.plot.replaceChildren(...tool.box);
      this.plot.setAttribute('aria-label', `${this.spec.title}: ${TOOLS.find((t) => t[0] === name)?.[1]}`);
      this.plot.scrollTop = 0;
    }
    if (ask) this.tool.begin(ask);
    this.renew();
  }

  /** A click on a mark of the map or in a list: the point is shown here. @param {number} id */
  pick(id) {
    this.session.explore('critical', { point: id });
  }

  waiting = false;

  /** Says the newest, once for however many changes come together. */
  renew() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => { this.waiting = false; if (this.session.opened) this.tool.update(); });
  }

  setTheme() {
    super.setTheme();
    for (const t of this.tools.values()) t.setTheme();
  }

  /** @param {any} g @param {number} width @param {number} height */
  paint(g, width, height) { this.tool.picture()?.paint(g, width, height); }

  table() { return this.tool.table(); }

  /** Escape stops what is at work. @param {KeyboardEvent} e */
  key(e) {
    if (e.key !== 'Escape') return false;
    let stopped = false;
    for (const t of this.tool.tools) stopped = this.asks.cancel(t) || stopped;
    return stopped;
  }

  leave() { this.readout.hidden = true; }

  /** @returns {[string, () => Promise<void>, string][]} */
  items() { return [['JSON', () => this.saveJSON(), 'answers whole']]; }

  /** All answers of the shown tool, with the recipe of the run. */
  async saveJSON() {
    const s = this.session, answers = Object.fromEntries(this.tool.tools.map((t) => [t, this.asks.get(t)]).filter(([, e]) => e).map(([t, e]) => { const { ask, state, converged, why, evaluations, result } = /** @type {any} */ (e); return [t, { ask, state, converged, why, evaluations, result }]; }));
    save(new Blob([`${JSON.stringify({ schema: 1, recipe: JSON.parse(await recipe(s)), plane: s.plane?.text ?? s.plane?.kind, explorations: answers }, null, 1)}\n`], { type: 'application/json' }), fileName(s, 'json', `ground-${this.name}`));
  }
}
