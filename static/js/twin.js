// The second surface of a ground, such as a potential, as a relief beside the first: the same walks, one camera.

import { el } from './icons.js';
import { SurfaceView } from './surface.js';

/** How many cells a side: a coarse surface comes first. */
const SIDES = [24, 64];

export class Twin {
  /** @param {import('./landscape.js').Landscape} landscape @param {HTMLElement} host @param {import('./panels/panel.js').Spec} spec */
  constructor(landscape, host, spec) {
    this.landscape = landscape;
    this.name = spec.heights ?? '';
    this.run = '';
    /** @type {any} */
    this.ground = null;
    /** @type {any} */
    this.picture = null;
    this.cam = '';
    this.word = el('p', { class: 'twin-word', role: 'status' });
    host.append(el('p', { class: 'twin-title' }, spec.heights_label ?? ''), this.word);
    this.view = new SurfaceView(host, { onStart: landscape.events.onStart, onHover: landscape.events.onHover, onCamera: () => {
      const c = this.view.cam;
      landscape.surface?.put(c[0], c[1], c[2]);
      if (landscape.surface) landscape.surface.moved = true;
      landscape.keepCamera();
    } });
    this.view.setRamp(landscape.session.page.ramp);
  }

  /** Fetches the surface of the shown run, coarse, then fine. */
  async fetch() {
    const { session } = this.landscape, run = this.run = session.opened.run;
    this.ground = null;
    this.word.textContent = '';
    for (const cells of SIDES) {
      const answer = await fetch(`${session.base}/api/runs/${run}/heights?name=${encodeURIComponent(this.name)}&cells=${cells}`).catch(() => null);
      if (this.run !== run) return;
      if (!answer?.ok) { this.word.textContent = answer?.status === 404 ? 'No second surface in this run.' : 'The server does not answer.'; return; }
      const g = await answer.json();
      if (this.run !== run) return;
      const values = Float32Array.from(g.values, (/** @type {number | null} */ v) => v ?? NaN);
      this.ground = { ...g, min: g.min ?? 0, max: g.max ?? 1, values, version: `${run}/${this.name}/${cells}` };
      this.word.textContent = g.holes ? `${g.holes} ${g.holes === 1 ? 'cell has' : 'cells have'} no finite value.` : '';
      session.dirty = true;
    }
  }

  /** @param {any} p the picture of the first surface */
  draw(p) {
    const { session, surface } = this.landscape;
    if (session.opened.run !== this.run) this.fetch();
    if (!this.ground || !surface) return;
    this.picture = { ...p, ground: this.ground, range: this.ground.range, quiver: null };
    const c = surface.cam, key = c.map((v) => v.toFixed(3)).join();
    if (key !== this.cam && c[2] > 0) { this.cam = key; this.view.moved = surface.moved; this.view.put(c[0], c[1], c[2]); }
    this.view.draw(this.picture);
  }

  dispose() { this.view.dispose(); }
}
