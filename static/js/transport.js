// Play, step, speed and the track: the track stands under the curve with the same insets, so one line crosses both.

import { el, icon } from './icons.js';
import { number, whole } from './numbers.js';
import { SPEEDS } from './session.js';
import { FIRST } from './panels/scale.js';
import { timeSpec } from './panels/time.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {{step: number, icon: string, text: string}} Mark */

const CLOCKS = [['steps', 'steps'], ['evaluations', 'evals'], ['time', 'time']];
/** Marks closer than this many pixels are drawn as one. */
const CLOSE = 14;

export class Transport {
  /** @param {Session} session @param {HTMLElement} root @param {{fork: () => void}} act */
  constructor(session, root, act) {
    this.session = session;
    const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ test, /** @type {() => void} */ go, cls = '') =>
      el('button', { type: 'button', 'aria-label': label, title: label, 'data-testid': test, class: cls, onclick: go }, icon(name));
    this.play = button('play', 'Play', 'play', () => session.toggle(), 'play');
    this.speed = el('select', { 'aria-label': 'Speed', onchange: () => session.setSpeed(Number(this.speed.value)) }, ...SPEEDS.map((v) => el('option', { value: v }, `${v}×`)));
    this.rate = el('div', {});
    this.live = el('button', { type: 'button', class: 'button to-live', hidden: true, onclick: () => session.toLive() }, 'Back to live');
    this.pace = el('div', { class: 'pace' }, this.speed, this.rate);
    this.phoneStep = el('b', {});
    this.phoneOf = el('span', {});
    this.phone = el('div', { class: 'phone-step' }, this.phoneStep, this.phoneOf);
    this.keys = el('div', { class: 'keys', id: 'transport', tabindex: -1, role: 'group', 'aria-label': 'Transport' },
      button('restart', 'Back to the start (R)', 'restart', () => session.restart()), button('back', 'One step back (,)', 'step-back', () => session.stepBy(-1)),
      this.play, button('forward', 'One step forward (.)', 'step-fwd', () => session.stepBy(1)), el('div', { class: 'speed' }, this.pace, this.live), this.phone);
    this.buffered = el('i', { class: 'buffered' });
    this.played = el('i', { class: 'played' });
    this.line = el('i', { class: 'line' });
    this.head = el('i', { class: 'head' });
    this.events = el('div', { class: 'events' });
    this.axis = el('div', { class: 'axis', 'aria-hidden': 'true' });
    this.tip = el('div', { class: 'track-tip', hidden: true });
    this.rail = el('div', { class: 'rail', role: 'slider', tabindex: 0, 'aria-label': 'Step', 'aria-valuemin': 0, 'aria-valuemax': 0, 'aria-valuenow': 0, 'data-testid': 'scrubber' },
      el('i', { class: 'come' }), this.buffered, this.played, this.line, this.head);
    this.track = el('div', { class: 'track' }, el('div', { class: 'rail-box' }, this.rail, this.events, this.axis, this.tip));
    this.step = el('span', { class: 'step', 'data-testid': 'step-value' });
    this.of = el('span', { class: 'of' });
    this.clocks = el('div', { class: 'segments', role: 'group', 'aria-label': 'Clock' },
      ...CLOCKS.map(([id, label]) => el('button', { type: 'button', 'data-clock': id, onclick: () => session.setPage({ clock: id }) }, label)));
    this.fork = el('button', { type: 'button', class: 'tool edge', 'data-testid': 'fork', title: 'Turn a step size here: the earlier path is shared, both futures stay', 'aria-label': 'Fork here', onclick: act.fork }, icon('fork'));
    this.readout = el('div', { class: 'readout' }, el('div', {}, this.step, ' ', this.of), this.clocks, this.fork);
    root.append(this.keys, this.track, this.readout);
    this.steps = 1;
    /** Whether the curve over the track lays its steps out by their logarithm: then so does the track. */
    this.bent = !!timeSpec(session.schema).log_clock;
    /** What was drawn last; the page is touched only where it changed. */
    this.shown = { step: -1, at: -1, known: -1, playing: false, speed: 0, reading: '', live: false };
    /** @type {Map<string, Mark>} marks of claims, by claim */
    this.verdicts = new Map();
    this.held = false;
    const at = (/** @type {PointerEvent} */ e) => { const r = this.rail.getBoundingClientRect(); return Math.round(this.stepOf(Math.min(1, Math.max(0, (e.clientX - r.left) / r.width)))); };
    this.rail.addEventListener('pointerdown', (/** @type {PointerEvent} */ e) => { this.rail.setPointerCapture(e.pointerId); this.held = true; session.seek(at(e)); });
    this.rail.addEventListener('pointermove', (/** @type {PointerEvent} */ e) => { if (this.held) session.seek(at(e)); this.hover(at(e)); });
    this.rail.addEventListener('pointerup', () => { this.held = false; });
    this.rail.addEventListener('pointercancel', () => { this.held = false; });
    this.rail.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    this.rail.addEventListener('focus', () => this.hover(session.step));
    this.rail.addEventListener('blur', () => { this.tip.hidden = true; });
    // States come many times a second, ends of methods seldom.
    let ends = '';
    session.on('opened', (m) => { if (!m.again) this.verdicts.clear(); ends = ''; this.clock(); this.scale(); this.mark(); });
    session.on('state', () => {
      const now = session.walks.map((w) => w.state + w.stoppedAt).join();
      if (now !== ends) { ends = now; this.mark(); }
    });
    session.on('claim', (m) => this.judge(m));
    session.on('line', (m) => this.head.classList.toggle('hollow', !m.up));
    session.on('page', () => this.clock());
    new ResizeObserver(() => { this.scale(); this.mark(); }).observe(this.rail);
    this.clock();
  }

  clock() { for (const b of this.clocks.children) b.setAttribute('aria-pressed', String(b.dataset.clock === this.session.page.clock)); this.shown.step = -1; }

  /** How far along the track a step lies, in per cent. @param {number} step */
  share(step) { return 100 * (this.bent ? Math.asinh(step / FIRST) / Math.asinh(this.steps / FIRST) : step / this.steps); }

  /** The step at a part of the track. @param {number} part 0 to 1 */
  stepOf(part) { return this.bent ? FIRST * Math.sinh(part * Math.asinh(this.steps / FIRST)) : part * this.steps; }

  /** The numbers under the track. */
  scale() {
    const steps = this.session.opened?.steps ?? 1, width = this.rail.clientWidth;
    this.steps = steps;
    const raw = steps / Math.max(2, Math.min(4, width / 110)), unit = 10 ** Math.floor(Math.log10(raw));
    const gap = Math.max(1, unit * ([1, 2, 5, 10].find((k) => k * unit >= raw * 0.999) ?? 10));
    const ticks = [];
    for (let s = 0; s <= steps; s = this.bent ? Math.max(1, 10 * s) : s + gap) {
      const t = el('span', {}, whole(s));
      t.style.left = `${this.share(s)}%`;
      ticks.push(t);
    }
    this.axis.replaceChildren(...ticks);
    this.phoneOf.textContent = `of ${whole(steps)} steps`;
    this.shown.step = this.shown.at = this.shown.known = -1;
  }

  /** Says what a step holds, over the track. @param {number} step */
  hover(step) {
    const { walks, opened } = this.session;
    if (!opened) return;
    const lead = walks.filter((w) => w.drawn && step <= w.rows.last).sort((a, b) => a.read('loss', step) - b.read('loss', step))[0];
    const time = lead?.read('time', step);
    this.tip.textContent = `step ${whole(step)}${time !== undefined && Number.isFinite(time) ? ` · time ${number(time, 3)}` : ''}${lead ? ` · ${lead.label.toLowerCase()} ${number(lead.read('loss', step))}` : ' · not computed yet'}`;
    this.tip.style.left = `${Math.min(88, Math.max(12, this.share(step)))}%`;
    this.tip.hidden = false;
  }

  /** @param {number} at */
  draw(at) {
    const s = this.session, step = Math.floor(at), known = s.known(), now = this.shown;
    // The head stands where the curve's line does, also between two steps.
    if (at !== now.at) {
      now.at = at;
      const x = `${this.share(at)}%`;
      this.played.style.width = x;
      this.head.style.left = x;
      this.line.style.left = x;
    }
    if (step !== now.step) {
      const lead = s.walks[0], clock = s.page.clock;
      this.step.textContent = clock === 'steps' ? whole(step) : number(lead?.read(clock, step) ?? NaN);
      this.of.textContent = clock === 'steps' ? `/ ${whole(this.steps)}` : `step ${whole(step)}`;
      this.phoneStep.textContent = whole(step);
      this.rail.setAttribute('aria-valuenow', String(step));
      this.rail.setAttribute('aria-valuemax', String(this.steps));
      this.rail.setAttribute('aria-valuetext', `step ${step} of ${this.steps}`);
      now.step = step;
    }
    if (known !== now.known) {
      this.buffered.style.width = `${this.share(Math.max(known, 0))}%`;
      now.known = known;
    }
    if (now.playing !== s.playing) {
      now.playing = s.playing;
      this.play.replaceChildren(icon(s.playing ? 'pause' : 'play'));
      this.play.setAttribute('aria-label', s.playing ? 'Pause' : 'Play');
      this.play.title = s.playing ? 'Pause (Space)' : 'Play (Space)';
    }
    if (now.speed !== s.speed) {
      now.speed = s.speed;
      if (!this.speed.querySelector(`option[value="${s.speed}"]`)) this.speed.append(el('option', { value: s.speed }, `${s.speed}×`));
      this.speed.value = String(s.speed);
      this.rate.textContent = `${whole(s.speed * s.opened.rate)} steps/s`;
    }
    // Away from what came last, the way back takes the speed's place.
    const behind = !s.playing && known > step + Math.max(2, s.speed * s.opened.rate * 1.5);
    if (behind !== now.live) {
      now.live = behind;
      this.live.hidden = !behind;
      this.pace.hidden = behind;
    }
  }

  /** @param {any} m a claim's verdict */
  judge(m) {
    if (m.verdict === 'holds' || m.verdict === 'fails') {
      const word = m.verdict === 'holds' ? 'holds' : 'fails';
      const statement = this.session.opened.claims.find((/** @type {any} */ c) => c.id === m.claim)?.statement ?? m.claim;
      this.verdicts.set(m.claim, { step: m.step ?? this.steps, icon: m.verdict === 'holds' ? 'check' : 'cross', text: `${word}: ${statement}` });
    } else this.verdicts.delete(m.claim);
    this.mark();
  }

  /** Events on the track: branches, ends, verdicts; those that would cover each other share a mark. */
  mark() {
    const { opened, past, walks } = this.session;
    if (!opened) return;
    /** @type {Mark[]} */
    const list = [...this.verdicts.values()];
    if (past) list.push({ step: past.from, icon: 'fork', text: `forked at step ${whole(past.from)}: the earlier path is shared` });
    for (const w of walks) if (w.state === 'diverged' && w.stoppedAt >= 0) list.push({ step: w.stoppedAt, icon: 'rising', text: `${w.label} ${w.why}` });
    list.sort((a, b) => a.step - b.step);
    const near = (CLOSE * this.steps) / Math.max(1, this.rail.clientWidth);
    /** @type {Mark[]} */
    const joined = [];
    for (const m of list) {
      const last = joined[joined.length - 1];
      if (last && last.icon === m.icon && m.step - last.step < near) last.text += `; ${m.text}`;
      else joined.push({ ...m });
    }
    this.events.replaceChildren(...joined.map((m) => {
      const b = el('button', { type: 'button', class: `event ${m.icon}`, 'data-tip': `Step ${whole(m.step)}: ${m.text}.`, 'aria-label': `Step ${m.step}: ${m.text}`, onclick: () => this.session.seek(m.step) }, icon(m.icon, 14));
      b.style.left = `${this.share(m.step)}%`;
      return b;
    }));
  }
}
