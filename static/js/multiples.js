// Side by side: one map for each method, all over the same ground, with one scale, one set of levels and one camera.

import { el } from './icons.js';
import { Camera, MapView } from './map.js';
import { glyph, readTheme } from './marks.js';
import { number } from './numbers.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./store.js').Walk} Walk */

/** More cells than this are too small to read. */
export const CELLS = 6;

/** The walks that have a cell. @param {Walk[]} walks */
export function celled(walks) { return walks.filter((w) => w.drawn && w.onPlane && !w.method.replica).slice(0, CELLS); }

/** The step that was not finite: the one after the last good record. @param {Walk} w */
export function divergedAt(w) { return Number(w.why.match(/at step (\d+)/)?.[1] ?? w.stoppedAt); }

/** Columns and rows of so many cells in a box. @param {number} n @param {number} width @param {number} height */
export function arrange(n, width, height) {
  if (width < 480) return [n > 1 ? 2 : 1, Math.ceil(n / 2)];
  const columns = n <= 3 ? Math.max(1, n) : n === 4 ? (width > 3.2 * height ? 4 : 2) : 3;
  return [columns, Math.ceil(n / columns)];
}

export class Multiples {
  /** @param {Session} session @param {HTMLElement} host @param {Camera} camera @param {import('./map.js').MapEvents} events */
  constructor(session, host, camera, events) {
    this.session = session;
    this.host = host;
    this.camera = camera;
    this.events = events;
    this.ramp = 'sounding';
    /** @type {{walk: Walk, map: MapView, loss: HTMLElement, text: string}[]} */
    this.cells = [];
    this.written = 0;
  }

  build() {
    const shown = celled(this.session.walks);
    if (shown.length === this.cells.length && shown.every((w, i) => w === this.cells[i].walk)) return;
    this.clear();
    this.cells = shown.map((walk) => {
      const box = el('div', { class: 'cell-map' }), loss = el('span', { class: 'cell-loss' });
      this.host.append(el('section', { class: 'cell', 'aria-label': walk.label }, el('header', {}, glyph(walk.slot, walk.hollow), el('span', { class: 'cell-name' }, walk.label), loss), box));
      const map = new MapView(box, { ...this.events, compact: true, camera: this.camera, label: `Map of ${walk.label}` });
      map.only = walk.id;
      map.setRamp(this.ramp);
      return { walk, map, loss, text: '' };
    });
    this.resize();
  }

  clear() {
    for (const c of this.cells) c.map.dispose();
    this.cells = [];
    this.host.replaceChildren();
  }

  resize() {
    const [columns, rows] = arrange(this.cells.length, this.host.clientWidth, this.host.clientHeight);
    this.host.style.gridTemplate = `repeat(${Math.max(1, rows)}, minmax(0, 1fr)) / repeat(${Math.max(1, columns)}, minmax(0, 1fr))`;
    for (const c of this.cells) c.map.resize();
  }

  setTheme() { const t = readTheme(); for (const c of this.cells) c.map.setTheme(t); }

  /** @param {string} name */
  setRamp(name) { this.ramp = name; for (const c of this.cells) c.map.setRamp(name); }

  /** @param {boolean} on the next drag draws a box */
  box(on) { for (const c of this.cells) { c.map.boxing = on; c.map.canvas.classList.toggle('boxing', on); } }

  /** @param {import('./marks.js').Picture} picture @param {number} at */
  draw(picture, at) {
    this.build();
    const now = performance.now(), write = !this.session.playing || now - this.written > 100;
    if (write) this.written = now;
    for (let i = 0; i < this.cells.length; i++) {
      const c = this.cells[i];
      c.map.draw(picture);
      if (c.map.pending) this.session.dirty = true;
      if (!write) continue;
      const ended = c.walk.state === 'diverged' && c.walk.stoppedAt >= 0 && at >= c.walk.stoppedAt;
      const text = ended ? `diverged at step ${divergedAt(c.walk)}` : number(c.walk.read('loss', at));
      if (text !== c.text) { c.loss.textContent = c.text = text; c.loss.classList.toggle('diverged', ended); }
    }
  }
}
