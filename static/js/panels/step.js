// One step taken apart: the update that comes next, from the slope to the step, as dials of directions with lengths.

import { el } from '../icons.js';
import { glyph } from '../marks.js';
import { number, whole } from '../numbers.js';
import { plainTeX, render } from '../tex.js';
import { fitCanvas, font, line } from './axes.js';
import { View } from './panel.js';

/** @typedef {import('../store.js').Walk} Walk */
/** @typedef {{symbol: string, label: string, vector?: (number | null)[], norm: number | null, plane?: [number, number]}} Part */
/** @typedef {{method: string, step: number, parts: Part[]}} Anatomy */

/** Milliseconds between two questions to the server while it plays. */
const PACE = 250;
const DIAL = 56, NONE = /** @type {number[]} */ ([]);

export class StepView extends View {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.can = { log: false, range: false, png: true, svg: true, smooth: false };
    this.choice = el('div', { class: 'step-choice', role: 'group', 'aria-label': 'Method whose step is shown' });
    this.dials = el('div', { class: 'dials' });
    this.blank = el('p', { class: 'blank', hidden: true });
    this.beside = el('dl', { class: 'beside' });
    this.plot.classList.add('rows', 'step');
    this.plot.prepend(this.choice, this.dials, this.beside, this.blank);
    this.method = '';
    this.sum = -1;
    /** @type {Walk | undefined} */
    this.chosen = undefined;
    /** @type {Walk[] | null} */
    this.held = null;
    this.shape = '';
    /** @type {Anatomy | null} */
    this.shown = null;
    /** @type {{walk: Walk, step: number} | null} */
    this.asked = null;
    this.waiting = 0;
    this.why = '';
    /** @type {Walk | null} whose step is shown */
    this.of = null;
    this.besideStep = -1;
    this.besideTime = -Infinity;
    this.busy = false;
    this.last = 0;
    session.on('opened', (m) => {
      this.asked = null;
      // Another run's step is not this one's.
      if (!m.fork && !m.again) { this.shown = this.of = null; this.why = ''; this.besideStep = -1; this.beside.replaceChildren(); }
      this.refresh();
    });
    session.on('plane', () => { this.asked = null; this.refresh(); });
  }

  /** The method that is dissected: the one chosen, else the last that is on, whose rule says most. */
  get walk() {
    /** @type {Walk | undefined} */
    let last;
    for (const w of this.session.walks) {
      if (!w.drawn || w.method.replica) continue;
      if (w.id === this.method) return w;
      last = w;
    }
    return last;
  }

  title() { const w = this.walk; return w ? `One step of ${w.label}` : this.spec.title; }
  words() { return this.shown ? `step ${whole(this.shown.step)}` : ''; }
  pictures() { return []; }

  /** @param {number} at */
  draw(at) {
    const s = this.session, w = this.walk;
    if (!s.opened || this.width < 30) return;
    this.choose(w);
    if (!w) {
      this.blank.hidden = false;
      this.blank.textContent = 'No method is on.';
      this.dials.replaceChildren();
      this.beside.replaceChildren();
      this.shown = null;
      this.shape = '';
      return;
    }
    // The last update of a method that has stopped began one step before.
    const end = w.stoppedAt >= 0 ? Math.min(w.stoppedAt, s.opened.steps) : s.opened.steps, step = Math.max(0, Math.min(Math.floor(at), end - 1));
    // What is not computed yet cannot be taken apart: it is asked for when the row has come.
    if (!this.busy && step <= w.rows.last && (!this.asked || step !== this.asked.step || w !== this.asked.walk)) {
      const now = performance.now();
      if (now - this.last >= (s.playing ? PACE : 60)) {
        this.last = now;
        this.asked = { walk: w, step };
        this.ask(w, step, s.opened.run);
      } else if (!s.playing && !this.waiting) this.waiting = window.setTimeout(() => { this.waiting = 0; s.dirty = true; }, PACE);
    }
    if (this.stale) { this.stale = false; this.show(); }
    // Numbers that nobody could read are not written: ten times a second while playing.
    const now = performance.now();
    if (step !== this.besideStep && (!this.session.playing || now - this.besideTime > 100)) {
      this.besideStep = step;
      this.besideTime = now;
      this.numbers(w, step);
    }
  }

  /** @param {Walk | undefined} w */
  choose(w) {
    let sum = 0;
    for (const k of this.session.walks) sum = (sum * 17 + (k.drawn && !k.method.replica ? k.slot : 0)) % 1000003;
    if (sum === this.sum && w === this.chosen && this.session.walks === this.held) return;
    this.sum = sum;
    this.chosen = w;
    this.held = this.session.walks;
    this.choice.replaceChildren(...this.walks.filter((k) => !k.method.replica).map((k) => el('button', { type: 'button', 'aria-pressed': String(k === w), 'aria-label': k.label, title: k.label, onclick: () => { this.method = k.id; this.asked = null; this.besideStep = -1; this.refresh(); } }, glyph(k.slot, k.hollow))));
  }

  /** @param {Walk} w @param {number} step @param {string} run */
  async ask(w, step, run) {
    const s = this.session, plane = s.plane ? `&plane=${encodeURIComponent(s.plane.kind)}` : '';
    this.busy = true;
    try {
      const r = await fetch(`${s.base}/api/runs/${run}/step?method=${encodeURIComponent(w.id)}&step=${step}${plane}`);
      const answer = await r.json();
      if (s.opened.run !== run || this.walk?.id !== w.id) return;
      this.shown = r.ok ? answer : null;
      this.why = String((r.ok ? answer.why : answer.detail ?? answer.title) ?? '').replace(/^./, (c) => c.toUpperCase());
      this.of = w;
    } catch {
      this.why = 'The server does not answer.';
      this.shown = null;
    } finally {
      this.busy = false;
      this.refresh();
    }
  }

  show() {
    const a = this.shown;
    this.blank.hidden = !!a?.parts.length;
    if (!a?.parts.length) {
      this.blank.textContent = this.why || (a ? 'This method stands still here.' : this.of ? '' : 'A step is taken apart once it is computed.');
      this.dials.replaceChildren();
      this.shape = '';
      return;
    }
    const shape = a.parts.map((p) => p.symbol + p.label).join('|') + this.theme.paper;
    if (shape !== this.shape) {
      this.shape = shape;
      this.dials.replaceChildren(...a.parts.map((p) => el('figure', {}, el('canvas', { 'aria-hidden': 'true' }), el('figcaption', {}, el('span', { class: 'symbol' }, render(p.symbol, { schema: this.session.schema })), el('span', { class: 'label' }, p.label), el('span', { class: 'norm' })))));
    }
    a.parts.forEach((p, i) => {
      const f = this.dials.children[i], c = f.querySelector('canvas');
      fitCanvas(c, DIAL, DIAL);
      const g = c.getContext('2d'), dpr = c.width / DIAL;
      g.setTransform(dpr, 0, 0, dpr, 0, 0);
      g.clearRect(0, 0, DIAL, DIAL);
      this.dial(g, DIAL / 2, DIAL / 2, DIAL / 2 - 1, p, i, a.parts.length);
      f.querySelector('.norm').textContent = p.norm === null ? '–' : number(p.norm);
      f.title = `${p.label}: length ${p.norm === null ? '–' : number(p.norm)}${p.plane ? `, on the plane ${number(p.plane[0])}, ${number(p.plane[1])}` : ''}`;
    });
  }

  /** The colour of a part: ink, the darker the nearer to the step, which has the method's own. @param {number} i @param {number} n */
  colour(i, n) { const t = this.theme; return i === n - 1 && this.of ? t.m[this.of.slot] : i === 0 ? t.ink3 : t.ink; }

  /** A part's direction on the plane; off any plane its entries as bars about zero. @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} r @param {Part} p @param {number} i @param {number} n */
  dial(g, x, y, r, p, i, n) {
    const t = this.theme;
    g.setLineDash(NONE);
    g.lineWidth = 1;
    g.strokeStyle = t.line;
    if (!p.plane) {
      const v = (p.vector ?? []).slice(0, 48), most = Math.max(1e-300, ...v.map((k) => Math.abs(k ?? 0)));
      line(g, x - r, y, x + r, y);
      g.fillStyle = this.colour(i, n);
      v.forEach((k, j) => { const h = ((k ?? 0) / most) * (r - 4), w = (2 * r) / v.length; g.fillRect(x - r + j * w, Math.min(y, y - h), Math.max(1, w - 1), Math.max(0.5, Math.abs(h))); });
      return;
    }
    line(g, x - r, y, x + r, y);
    line(g, x, y - r, x, y + r);
    g.strokeStyle = t.line2;
    g.beginPath();
    g.arc(x, y, r, 0, 2 * Math.PI);
    g.stroke();
    const d = Math.hypot(p.plane[0], p.plane[1]);
    if (!(d > 0)) return;
    // Dials show directions; the lengths stand below them. A part that leaves the plane has a shorter arrow.
    const share = p.norm ? Math.min(1, d / p.norm) : 1, ux = p.plane[0] / d, uy = -p.plane[1] / d, k = (r - 4) * Math.max(0.34, share);
    const tx = x + k * ux, ty = y + k * uy;
    g.strokeStyle = g.fillStyle = this.colour(i, n);
    g.lineWidth = 2;
    line(g, x, y, tx - 5 * ux, ty - 5 * uy);
    g.beginPath();
    g.moveTo(tx, ty);
    g.lineTo(tx - 8 * ux - 4 * uy, ty - 8 * uy + 4 * ux);
    g.lineTo(tx - 8 * ux + 4 * uy, ty - 8 * uy - 4 * ux);
    g.closePath();
    g.fill();
  }

  /** The numbers beside. @param {Walk} w @param {number} step */
  numbers(w, step) {
    const list = (this.spec.measures ?? []).map((id) => ({ m: this.measure(id), v: w.read(id, step) })).filter((k) => Number.isFinite(k.v));
    this.beside.replaceChildren(...list.map((k) => el('div', { title: k.m.help }, el('dt', {}, k.m.label), el('dd', {}, number(k.v)))));
  }

  legend() { /* the title names the method */ }

  /** @param {CanvasRenderingContext2D} g @param {number} width */
  paint(g, width) {
    const parts = this.shown?.parts ?? [], t = this.theme, each = Math.min(120, width / Math.max(1, parts.length));
    parts.forEach((p, i) => {
      const x = (i + 0.5) * each + (width - each * parts.length) / 2;
      this.dial(g, x, 50, 38, p, i, parts.length);
      g.textAlign = 'center';
      g.textBaseline = 'middle';
      g.font = font(14, t.serif);
      g.fillStyle = t.ink;
      g.fillText(plainTeX(p.symbol), x, 108);
      g.font = font(12, t.sans);
      g.fillStyle = t.ink2;
      g.fillText(p.label, x, 128);
      g.fillText(p.norm === null ? '–' : number(p.norm), x, 146);
    });
  }

  table() {
    const parts = this.shown?.parts ?? [], n = Math.max(0, ...parts.map((p) => p.vector?.length ?? 0));
    return { head: ['Part', 'Length', ...Array.from({ length: n }, (_, i) => `Entry ${i + 1}`)], rows: parts.map((p) => [`${p.label} ${plainTeX(p.symbol)}`, p.norm ?? NaN, ...(p.vector ?? []).map((v) => v ?? NaN)]) };
  }
}
