// A view on one canvas, drawn whole when its readings, size or look changed.

import { el } from '../icons.js';
import { fitCanvas } from './axes.js';
import { View } from './panel.js';

export class Plotted extends View {
  /** @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session */
  constructor(spec, session) {
    super(spec, session);
    this.canvas = el('canvas', { class: 'layer', 'aria-hidden': 'true' });
    this.blank = el('p', { class: 'blank', hidden: true });
    this.plot.prepend(this.canvas, this.blank);
    this.sum = -1;
    this.hand = -1;
    this.plot.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => {
      const r = this.plot.getBoundingClientRect();
      this.point(e.clientX - r.left, e.clientY - r.top);
    });
  }

  /** How much larger everything is for a class. */
  get big() { return document.body.classList.contains('presenting') ? 1.7 : 1; }

  /** A number that changes with what is drawn. @param {number} at */
  stamp(at) {
    let n = 0;
    for (const w of this.session.walks) {
      n = (n * 31 + (w.drawn ? 1 : 0)) % 1000000007;
      for (const id of this.spec.measures ?? []) {
        const f = this.frame(id, w);
        n = (n * 31 + (f ? f.step + 1 : 0)) % 1000000007;
      }
      for (const l of this.spec.lines ?? []) {
        if (!l.measure || this.measure(l.measure).kind !== 'scalar') continue;
        const v = w.read(l.measure, at);
        n = (n * 31 + (v === v ? Math.abs(v * 1e3) % 1e6 : 7)) % 1000000007;
      }
    }
    return n;
  }

  /** Whether there is anything to draw. @returns {boolean} */
  ready() { return this.walks.some((w) => (this.spec.measures ?? []).some((id) => this.frame(id, w)?.rows)); }

  /** Words of an empty panel. */
  missing() { return this.walks.length ? 'Not measured up to this step.' : 'No method is on.'; }

  /** The step of what is shown. */
  shownStep() {
    let step = -1;
    for (const w of this.walks) for (const id of this.spec.measures ?? []) step = Math.max(step, this.frame(id, w)?.step ?? -1);
    return step;
  }

  /** @param {number} at */
  draw(at) {
    if (!this.session.opened || this.width < 30 || this.height < 20) return;
    const sum = this.stamp(at);
    if (sum === this.sum && !this.stale) return;
    this.sum = sum;
    this.stale = false;
    const ready = this.ready();
    this.blank.hidden = ready;
    if (!ready) this.blank.textContent = this.missing();
    fitCanvas(this.canvas, this.width, this.height);
    const g = this.canvas.getContext('2d'), dpr = this.canvas.width / this.width;
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    if (ready) this.paint(g, this.width, this.height);
  }

  /** The pointer is here. @param {number} x @param {number} y */
  point(x, y) { void x; void y; }
}
