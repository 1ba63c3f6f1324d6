// The lab's further panels, drawn by kind: curves over the steps, spectra, images and points as they arrive.

import { Curve } from './curve.js';
import { el } from './icons.js';
import { number } from './numbers.js';
import { readTheme } from './marks.js';

/** @typedef {import('./store.js').Walk} Walk */
/** @typedef {import('./wire.js').Frame} Frame */

export class Panels {
  /**
   * @param {HTMLElement} host @param {any[]} panels of the schema @param {any[]} measures
   * @param {(measures: string[]) => void} want tells the server which pictures are looked at
   */
  constructor(host, panels, measures, want) {
    this.measures = measures;
    this.want = want;
    this.tabs = el('div', { class: 'tabs', role: 'tablist' });
    this.body = el('div', { class: 'body' });
    host.append(el('header', {}, this.tabs), this.body);
    this.list = panels;
    this.stamp = '';
    /** @type {Curve | null} */
    this.curve = null;
    /** @type {any} */
    this.panel = null;
    /** @type {Map<string, Frame>} the newest frame of a measure and method */
    this.frames = new Map();
    this.steps = 1;
    for (const p of panels) this.tabs.append(el('button', { type: 'button', role: 'tab', 'data-panel': p.id, onclick: () => this.show(p) }, p.title));
    if (panels.length) this.show(panels[0]);
  }

  /** @param {any} p */
  show(p) {
    this.panel = p;
    for (const t of this.tabs.children) t.setAttribute('aria-selected', String(t.dataset.panel === p.id));
    this.body.replaceChildren();
    this.curve = null;
    this.stamp = '';
    if (p.kind === 'curve') {
      const host = el('div', { class: 'body' });
      host.style.height = '100%';
      this.body.append(host);
      this.curve = new Curve(host, { measures: p.measures, log: !!p.log, left: 44, right: 20, steps: this.steps, axis: true });
    }
    this.want(this.pictures());
  }

  /** Ids of the vectors and pictures of the open panel. */
  pictures() {
    return (this.panel?.measures ?? []).filter((/** @type {string} */ id) => this.measures.find((m) => m.id === id && m.kind !== 'scalar'));
  }

  /** @param {Frame} f @param {string} measure */
  take(f, measure) { this.frames.set(`${measure}/${f.method}`, f); this.stamp = ''; }

  forget() { this.frames.clear(); this.stamp = ''; }

  setTheme() { this.curve?.setTheme(); this.stamp = ''; }

  /** @param {Walk[]} walks @param {number} playhead @param {number} steps */
  draw(walks, playhead, steps) {
    this.steps = steps;
    if (this.curve) {
      this.curve.options.steps = steps;
      this.curve.draw(walks, playhead);
      return;
    }
    const p = this.panel;
    if (!p) return;
    const key = [...this.frames].map(([k, f]) => k + f.step).join();
    if (key === this.stamp) return;
    this.stamp = key;
    const box = el('div', { class: 'picture' });
    for (const id of this.pictures()) {
      const measure = this.measures.find((m) => m.id === id);
      walks.forEach((w) => {
        const f = this.frames.get(`${id}/${w.method.index}`);
        if (!f || !f.rows || !w.drawn) return;
        box.append(el('div', {}, `${w.label}: ${measure.label.toLowerCase()} at step ${f.step}`), measure.kind === 'vector' ? bars(f) : image(f));
      });
    }
    if (!box.childElementCount) box.append(el('div', {}, 'Nothing measured yet at this step.'));
    this.body.replaceChildren(box);
  }
}

/** A matrix in shades of ink, dark where large. @param {Frame} f */
function image(f) {
  const c = el('canvas', { width: f.columns, height: f.rows, role: 'img', 'aria-label': `image of ${f.rows} by ${f.columns}` });
  const g = c.getContext('2d'), t = readTheme();
  const ink = rgb(t.ink), paper = rgb(t.paper);
  let low = Infinity, high = -Infinity;
  for (const v of f.data) if (Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); }
  const d = g.createImageData(f.columns, f.rows);
  f.data.forEach((v, i) => {
    const a = Number.isFinite(v) ? (v - low) / (high - low || 1) : 0;
    for (let k = 0; k < 3; k++) d.data[4 * i + k] = paper[k] + a * (ink[k] - paper[k]);
    d.data[4 * i + 3] = 255;
  });
  g.putImageData(d, 0, 0);
  c.title = `${number(low)} light, ${number(high)} dark`;
  return c;
}

/** Values as bars about zero. @param {Frame} f */
function bars(f) {
  const w = 312, h = 90, dpr = Math.min(2, devicePixelRatio || 1);
  const values = Array.from(f.data);
  const c = el('canvas', { class: 'smooth', width: w * dpr, height: h * dpr, role: 'img', 'aria-label': values.map((v) => number(v)).join(', ').slice(0, 400) });
  const g = c.getContext('2d'), t = readTheme();
  g.scale(dpr, dpr);
  const high = Math.max(0, ...values), low = Math.min(0, ...values), span = high - low || 1;
  const zero = 4 + ((h - 8) * high) / span, width = Math.max(1, Math.min(24, (w - 8) / values.length - 1));
  g.fillStyle = t.ink2;
  values.forEach((v, i) => { const y = 4 + ((h - 8) * (high - v)) / span; g.fillRect(4 + (i * (w - 8)) / values.length, Math.min(y, zero), width, Math.max(1, Math.abs(y - zero))); });
  g.fillStyle = t.line3;
  g.fillRect(0, zero, w, 1);
  c.title = `${number(low)} to ${number(high)}`;
  return c;
}

/** @param {string} colour as #rrggbb */
function rgb(colour) {
  const n = Number.parseInt(colour.trim().slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}
