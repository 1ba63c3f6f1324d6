// Play, step, speed and the track: the track stands under the curve with the same insets, so one line crosses both.

import { el, icon } from './icons.js';
import { whole } from './numbers.js';

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128];

/**
 * @typedef {object} Actions
 * @property {() => void} toggle @property {(n: number) => void} step @property {(step: number) => void} seek
 * @property {() => void} restart @property {(v: number) => void} speed @property {(clock: string) => void} clock @property {() => void} fork
 */

export class Transport {
  /** @param {HTMLElement} root @param {Actions} act */
  constructor(root, act) {
    const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ test, /** @type {() => void} */ go, cls = '') =>
      el('button', { type: 'button', 'aria-label': label, title: label, 'data-testid': test, class: cls, onclick: go }, icon(name));
    this.play = button('play', 'Play', 'play', act.toggle, 'play');
    this.speed = el('select', { 'aria-label': 'Speed', onchange: () => act.speed(Number(this.speed.value)) }, ...SPEEDS.map((v) => el('option', { value: v }, `${v}×`)));
    this.rate = el('div', {});
    this.phone = el('div', { class: 'phone-step' });
    this.keys = el('div', { class: 'keys', id: 'transport', role: 'group', 'aria-label': 'Transport' },
      button('restart', 'Back to the start (R)', 'restart', act.restart), button('back', 'One step back (,)', 'step-back', () => act.step(-1)),
      this.play, button('forward', 'One step forward (.)', 'step-fwd', () => act.step(1)), el('div', { class: 'speed' }, this.speed, this.rate), this.phone);
    this.buffered = el('i', { class: 'buffered' });
    this.played = el('i', { class: 'played' });
    this.line = el('i', { class: 'line' });
    this.head = el('i', { class: 'head' });
    this.events = el('div', {});
    this.rail = el('div', { class: 'rail', role: 'slider', tabindex: 0, 'aria-label': 'Step', 'aria-valuemin': 0, 'data-testid': 'scrubber' },
      el('i', { class: 'come' }), this.buffered, this.played, this.line, this.head, this.events);
    this.track = el('div', { class: 'track' }, this.rail);
    this.step = el('span', { class: 'step', 'data-testid': 'step-value' });
    this.of = el('span', { class: 'of' });
    this.clocks = el('div', { class: 'segments', role: 'group', 'aria-label': 'Clock' });
    for (const [id, label] of [['steps', 'steps'], ['evaluations', 'evals'], ['time', 'time']]) this.clocks.append(el('button', { type: 'button', 'data-clock': id, 'aria-pressed': id === 'steps', onclick: () => { this.clock = id; for (const b of this.clocks.children) b.setAttribute('aria-pressed', String(b.dataset.clock === id)); act.clock(id); } }, label));
    this.clock = 'steps';
    this.playing = false;
    this.shownSpeed = 0;
    this.fork = el('button', { type: 'button', class: 'tool edge', 'data-testid': 'fork', title: 'Turn a step size here: the earlier path is shared, both futures stay', 'aria-label': 'Fork here', onclick: act.fork }, icon('fork'));
    this.readout = el('div', { class: 'readout' }, el('div', {}, this.step, ' ', this.of), this.clocks, this.fork);
    root.append(this.keys, this.track, this.readout);
    this.steps = 1;
    const at = (/** @type {PointerEvent} */ e) => { const r = this.rail.getBoundingClientRect(); return Math.round(Math.min(1, Math.max(0, (e.clientX - r.left) / r.width)) * this.steps); };
    this.rail.addEventListener('pointerdown', (/** @type {PointerEvent} */ e) => { this.rail.setPointerCapture(e.pointerId); this.held = true; act.seek(at(e)); });
    this.rail.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => { if (this.held) act.seek(at(e)); else this.rail.title = `step ${whole(at(e))}`; });
    this.rail.addEventListener('pointerup', () => { this.held = false; });
    this.rail.addEventListener('pointercancel', () => { this.held = false; });
  }

  /**
   * @param {{step: number, steps: number, known: number, playing: boolean, speed: number, rate: number, reading: string}} s
   */
  draw(s) {
    this.steps = s.steps;
    const x = `${(100 * s.step) / s.steps}%`;
    this.played.style.width = x;
    this.buffered.style.width = `${(100 * Math.max(s.known, 0)) / s.steps}%`;
    this.head.style.left = x;
    this.line.style.left = x;
    this.step.textContent = s.reading;
    this.of.textContent = this.clock === 'steps' ? `/ ${whole(s.steps)}` : `step ${whole(s.step)}`;
    this.phone.textContent = whole(s.step);
    this.rail.setAttribute('aria-valuenow', String(s.step));
    this.rail.setAttribute('aria-valuemax', String(s.steps));
    this.rail.setAttribute('aria-valuetext', `step ${s.step} of ${s.steps}`);
    if (this.playing !== s.playing) {
      this.playing = s.playing;
      this.play.replaceChildren(icon(s.playing ? 'pause' : 'play'));
      this.play.setAttribute('aria-label', s.playing ? 'Pause' : 'Play');
    }
    if (this.shownSpeed !== s.speed) {
      this.shownSpeed = s.speed;
      if (!SPEEDS.includes(s.speed) && !this.speed.querySelector(`option[value="${s.speed}"]`)) this.speed.append(el('option', { value: s.speed }, `${s.speed}×`));
      this.speed.value = String(s.speed);
      this.rate.textContent = `${whole(s.speed * s.rate)} steps/s`;
    }
  }

  /** @param {{step: number, icon: string, text: string}[]} events */
  mark(events) {
    this.events.replaceChildren(...events.map((e) => {
      const m = el('span', { class: 'event', title: e.text }, icon(e.icon, 14));
      m.style.left = `${(100 * e.step) / this.steps}%`;
      return m;
    }));
  }
}
