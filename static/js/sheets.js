// On a phone, controls and panels are sheets over the lower part of the page: the map stays in sight above them.

import { el } from './icons.js';

const SHEETS = [['methods', 'Methods'], ['controls', 'Controls'], ['panels', 'Panels'], ['lesson', 'Lesson']];

export class Sheets {
  /** @param {HTMLElement[]} hosts the elements that open as sheets @param {() => void} lesson opens the lesson */
  constructor(hosts, lesson) {
    this.bar = el('nav', { class: 'sheet-tabs', 'aria-label': 'Sheets' },
      ...SHEETS.map(([id, label]) => el('button', { type: 'button', 'data-sheet': id, 'aria-expanded': 'false', onclick: () => (id === 'lesson' ? (this.show(''), lesson()) : this.show(this.open === id ? '' : id)) }, label)));
    document.body.append(this.bar);
    this.hosts = hosts;
    for (const h of hosts) this.grab(h);
  }

  get open() { return document.body.dataset.sheet ?? ''; }

  /** @param {string} id of a sheet, nothing closes */
  show(id) {
    if (id) document.body.dataset.sheet = id;
    else delete document.body.dataset.sheet;
    for (const b of this.bar.children) b.setAttribute('aria-expanded', String(b.dataset.sheet === id));
  }

  /** The bar at the top of a sheet: a tap or a pull down closes it. @param {HTMLElement} host */
  grab(host) {
    let from = 0, moved = 0;
    const bar = el('button', { type: 'button', class: 'sheet-grab', 'aria-label': 'Close the sheet', onclick: () => this.show('') });
    bar.addEventListener('pointerdown', (/** @type {PointerEvent} */ e) => { from = e.clientY; moved = 0; bar.setPointerCapture(e.pointerId); });
    bar.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => { if (bar.hasPointerCapture(e.pointerId)) host.style.translate = `0 ${(moved = Math.max(0, e.clientY - from))}px`; });
    bar.addEventListener('pointerup', () => { host.style.translate = ''; if (moved > 60) this.show(''); });
    bar.addEventListener('pointercancel', () => { host.style.translate = ''; });
    host.prepend(bar);
  }
}
