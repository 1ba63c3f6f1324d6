// Curves over the clock: the known future thin, what was played over it with dash and marker, up to the playhead.

import { el } from '../icons.js';
import { DASHES, FUTURE, drawMarker } from '../marks.js';
import { number, short, whole } from '../numbers.js';
import { fitCanvas, font, frame, line, reference } from './axes.js';
import { brief, cut } from './names.js';
import { View } from './panel.js';
import { FIRST, Scale, fit, tickText } from './scale.js';
import { Series } from './series.js';

/** @typedef {import('../store.js').Walk} Walk */

const CLOCKS = /** @type {Record<string, string>} */ ({ steps: 'step', evaluations: 'evaluations', gradients: 'gradients', epochs: 'epochs', time: 'time' });
const NONE = /** @type {number[]} */ ([]), BEFORE = [3, 3], LIMIT = [4, 3], BOUND = [2, 2];

/** @param {{y: number}} p @param {{y: number}} q */
const byHeight = (p, q) => p.y - q.y;

/** How a walk ended, as the run says it. @param {Walk} w */
export const endWords = (w) => /^diverged at step \d+/.exec(w.why)?.[0] ?? `diverged at step ${whole(w.stoppedAt)}`;

/** The name of a method's own limit: a rule with momentum bears more than 2/η, and others have a limit of their own. @param {string} label @param {Walk} w @param {number} v */
function limitName(label, w, v) {
  const { 'step-size': size, momentum = 0 } = w.method.hyper ?? {};
  if (label !== '2/η' || Math.abs(v * size - 2) < 1e-9) return label;
  return Math.abs(v * size - 2 * (1 + Number(momentum))) < 1e-9 ? '2(1+μ)/η' : 'limit';
}

/** A name in the room at the right. @param {Walk} w @param {CanvasRenderingContext2D} g @param {number} room */
const shortName = (w, g, room) => (g.measureText(w.label).width <= room ? w.label : cut(brief(w), g, room));

export class Curve extends View {
  /**
   * @param {import('./panel.js').Spec} spec @param {import('../session.js').Session} session
   * @param {{over?: boolean}} [options] over: it stands over the scrubber, with its insets and one playhead
   */
  constructor(spec, session, options = {}) {
    super(spec, session);
    this.over = !!options.over;
    this.can = { log: true, range: true, png: true, svg: true, smooth: true };
    this.smooth = 0;
    /** What x counts now. */
    this.clock = 'steps';
    this.big = 1;
    this.back = el('canvas', { class: 'layer', 'aria-hidden': 'true' });
    this.front = el('canvas', { class: 'layer', 'aria-hidden': 'true' });
    this.blank = el('p', { class: 'blank', hidden: true });
    this.plot.prepend(this.back, this.front, this.blank);
    this.plot.classList.add('curve');
    this.x = new Scale();
    this.y = new Scale();
    this.box = { left: 0, top: 0, width: 1, height: 1 };
    /** @type {Series[]} */
    this.series = [];
    /** @type {Series[]} what a fork left behind */
    this.before = [];
    /** @type {Series[]} limits that each method has of its own */
    this.limits = [];
    /** @type {{y: number, label: string}[]} those of them that hold for the whole run, as they were drawn last */
    this.level = [];
    /** @type {Series[]} seeds beside their median */
    this.seeds = [];
    /** @type {Series[]} low and high edge of each method's band, in turn */
    this.edges = [];
    /** @type {Series[]} all of them, in the order they are drawn */
    this.all = [];
    this.sum = -1;
    /** @type {Walk[] | null} */
    this.heldWalks = null;
    /** @type {import('../session.js').Past | null} */
    this.heldPast = null;
    this.heldClock = '';
    this.wasLog = false;
    this.found = { low: 0, high: 1, least: 1 };
    this.at = -1;
    this.ends = 0;
    /** @type {Map<string, string>} */
    this.shorts = new Map();
    /** @type {WeakMap<Walk, string>} */
    this.endings = new WeakMap();
    this.room = 0;
    /** Lines of reference with a measure of their own. */
    this.own = (spec.lines ?? []).filter((l) => l.measure);
    this.said = { narrow: false, kind: '', smooth: -1, clock: '', threshold: 0, still: false, text: '' };
    /** @type {{s: Series, i: number, held: boolean} | null} the record that is read, and whether by the keyboard */
    this.cursor = null;
    this.chosen = 0;
    /** @type {{y: number, s: Series, text: string}[]} */
    this.labels = [];
    this.onMove = (/** @type {PointerEvent} */ e) => { const r = this.plot.getBoundingClientRect(); this.point(e.clientX - r.left, e.clientY - r.top); };
    this.plot.addEventListener('pointermove', this.onMove);
    this.plot.addEventListener('click', (/** @type {MouseEvent} */ e) => { const r = this.plot.getBoundingClientRect(); const x = e.clientX - r.left; if (x >= this.box.left - 2 && x <= this.box.left + this.box.width + 2) this.session.seek(this.stepAt(x)); });
  }

  get measures() { return this.spec.measures ?? []; }
  get wanted() { return this.spec.clock || this.session.page.clock || 'steps'; }
  /** What x counts. A clock that stands still in this run, as evaluations do for plain descent, gives way to the steps. */
  running() {
    const c = this.wanted;
    if (c === 'steps') return c;
    let runs = this.session.known() === 0;
    for (const w of this.session.walks) if (w.rows.count && w.read(c, w.rows.last) > 0) runs = true;
    return runs ? c : 'steps';
  }
  /** What a clock counts, in words. @param {string} c */
  counts(c) { return CLOCKS[c] ?? this.measure(c).label.toLowerCase(); }
  get isLog() { return this.y.kind !== 'linear'; }
  /** What was asked of the scale: by hand, by the page's link for the curve over the scrubber, else null. */
  get asked() { return this.over ? this.session.page.log : this.log; }

  words() {
    const s = this.session;
    if (this.over && s.lag > 1 && s.playing) return `showing every ${s.lag}${s.lag % 10 === 2 && s.lag % 100 !== 12 ? 'nd' : s.lag % 10 === 3 && s.lag % 100 !== 13 ? 'rd' : s.lag % 10 === 1 && s.lag % 100 !== 11 ? 'st' : 'th'} step`;
    const said = this.said, narrow = !this.over && this.width < 480;
    if (said.narrow === narrow && said.kind === this.y.kind && said.smooth === this.smooth && said.clock === this.wanted && said.threshold === this.y.threshold && said.still === (this.clock !== this.wanted)) return said.text;
    const names = this.measures.map((m) => this.measure(m));
    const unit = names.find((m) => m.unit)?.unit;
    // A narrow header has no room for what the axis shows itself.
    const parts = [unit ?? '', names.length > 1 ? names.map((m, i) => `${['wide', 'thin', 'hair'][Math.min(i, 2)]} ${m.label.toLowerCase()}`).join(', ') : '', narrow && this.y.kind !== 'symlog' ? '' : this.y.words, this.smooth ? `mean of ${this.smooth} records` : '', this.clock === this.wanted ? (this.clock === 'steps' ? '' : `against ${this.counts(this.clock)}`) : `against steps: no ${this.counts(this.wanted)} counted`];
    this.said = { narrow, kind: this.y.kind, smooth: this.smooth, clock: this.wanted, threshold: this.y.threshold, still: this.clock !== this.wanted, text: parts.filter(Boolean).join(' · ') };
    return this.said.text;
  }

  get hangs() { return !this.over && this.width < 480 && this.measures.length > 1; }

  /** Makes the lines anew where run, methods, clock or smoothing changed. */
  arrange() {
    const s = this.session, past = s.past, clock = this.clock = this.running();
    let sum = this.smooth;
    for (const w of s.walks) sum = (sum * 3 + (w.drawn ? 1 : 2)) % 1000003;
    if (past) for (const w of past.walks) sum = (sum * 3 + (s.hidden.has(w.id) ? 1 : 2)) % 1000003;
    if (sum === this.sum && s.walks === this.heldWalks && past === this.heldPast && clock === this.heldClock) return;
    this.sum = sum;
    this.heldWalks = s.walks;
    this.heldPast = past;
    this.heldClock = clock;
    const walks = this.walks;
    this.stale = true;
    const room = Math.min(4096, s.opened.steps + 2);
    /** @type {Map<string, Walk[]>} */
    const groups = new Map();
    for (const w of walks) groups.set(w.id, [...(groups.get(w.id) ?? []), w]);
    const make = (/** @type {Walk[]} */ g, /** @type {string} */ m, /** @type {number} */ i, smooth = this.smooth) => new Series(g, m, i, this.clock, smooth, room);
    this.series = [...groups.values()].flatMap((g) => this.measures.map((m, i) => make(g, m, i)));
    // Solid before dashed, so that a stretch that several share shows them all.
    this.series.sort((a, b) => Number(DASHES[a.walk.slot].length > 0) - Number(DASHES[b.walk.slot].length > 0));
    this.seeds = [...groups.values()].flatMap((g) => (g.length > 1 ? g.flatMap((w) => this.measures.map((m, i) => make([w], m, i, 0))) : []));
    this.limits = [...groups.values()].flatMap((g) => this.own.map((l, i) => make([g[0]], /** @type {string} */ (l.measure), i, 0)));
    // What a band lies between is read, and drawn by nobody.
    this.edges = this.spec.band ? [...groups.values()].flatMap((g) => (this.spec.band ?? []).map((m, i) => make([g[0]], m, i, 0))) : [];
    this.before = [];
    if (past) {
      for (const w of past.walks) {
        // A method that the turn left alone goes the same way in both runs, and is drawn once.
        if (w.method.replica || s.hidden.has(w.id) || !s.turned(w.id)) continue;
        for (const [i, m] of this.measures.entries()) {
          // What both runs share is drawn once, as part of this one.
          const line = make([w], m, i, 0);
          line.from = past.from;
          this.before.push(line);
        }
      }
    }
    this.all = [...this.edges, ...this.before, ...this.seeds, ...this.limits, ...this.series];
    this.wasLog = false;
  }

  /** Takes new readings; true when there were any. */
  take() {
    let more = false;
    for (const s of this.all) if (s.update()) more = true;
    return more;
  }

  /** Fits the scales to what is known; true when they moved. */
  rescale() {
    const { x, y } = this, s = this.session;
    let low = Infinity, high = -Infinity, least = Infinity, far = 0;
    let whole = false;
    for (const k of this.series) if (k.walk.state !== 'diverged' && k.count > 0) whole = true;
    for (const k of this.all) {
      if (!k.count) continue;
      // A method that diverged runs out of the picture, it does not set its scale.
      const cut = whole && k.walk.state === 'diverged' && k.walk.method.replica === 0;
      low = Math.min(low, cut ? Math.min(k.y[0], k.low) : k.low);
      high = Math.max(high, cut ? k.y[0] : k.high);
      least = Math.min(least, k.size);
      if (this.clock !== 'steps') {
        const i = k.count - 1, share = k.step[i] > 0 ? s.opened.steps / k.step[i] : 1;
        far = Math.max(far, k.x[i] * (share > 1.02 ? share : 1));
      }
    }
    if (low <= high) for (const l of this.spec.lines ?? []) if (!l.measure) { low = Math.min(low, l.at); high = Math.max(high, l.at); }
    this.found.low = low;
    this.found.high = high;
    this.found.least = least;
    const { kind, low: yLow, high: yHigh, threshold } = y, xHigh = x.high;
    fit(y, this.found, this.asked ?? ((this.spec.log || this.wasLog) && (low > high || high > 0) ? true : null), this.range);
    if (y.kind === 'log') this.wasLog = true;
    const end = this.clock === 'steps' ? Math.max(1, s.opened.steps) : Math.max(far, 1e-12);
    // The end of another clock is a guess until the run is whole: it moves only when it is off by much.
    if (this.clock === 'steps' || x.high < end || x.high > end * 1.3 || s.known() >= s.opened.steps) x.set(this.spec.log_clock ? 'symlog' : 'linear', 0, end, this.clock === 'steps' ? FIRST : end * 1e-4);
    return kind !== y.kind || yLow !== y.low || yHigh !== y.high || threshold !== y.threshold || xHigh !== x.high;
  }

  /** @param {number} width @param {number} height */
  layout(width, height) {
    // For the back row everything is larger, and the plot does not stand over the track.
    const big = this.big = document.body.classList.contains('presenting') ? 1.7 : 1;
    const left = (this.over ? 56 : 48) * big, right = this.over && big === 1 && innerWidth >= 700 ? 92 : 20 * big;
    // Words that hang under the header keep clear of the first tick.
    const top = this.hangs && !this.chrome?.closest('.slot-2') ? 24 : 10;
    const b = { left, top, width: Math.max(20, width - left - right), height: Math.max(20, height - top - 24 * big) };
    this.x.place(b.left, b.left + b.width);
    this.y.place(b.top + b.height, b.top);
    return b;
  }

  /** @param {number} at */
  draw(at) {
    if (!this.session.opened || this.width < 40 || this.height < 30) return;
    this.arrange();
    const more = this.take(), ticks = this.ticked();
    if (ticks !== this.tickSum) { this.tickSum = ticks; this.stale = true; }
    if (more || this.stale) {
      if (this.rescale()) this.stale = true;
    } else if (at === this.at) return;
    this.at = at;
    if (fitCanvas(this.front, this.width, this.height)) this.stale = true;
    fitCanvas(this.back, this.width, this.height);
    if (this.stale) {
      this.stale = false;
      this.box = this.layout(this.width, this.height);
      for (const s of this.all) s.forget();
      const g = this.back.getContext('2d');
      const dpr = this.back.width / this.width;
      g.setTransform(dpr, 0, 0, dpr, 0, 0);
      g.clearRect(0, 0, this.width, this.height);
      this.ground(g, this.box);
      const none = this.walks.length === 0, empty = (this.all).every((s) => !s.count);
      this.blank.hidden = !(none || empty);
      this.blank.textContent = none ? 'No method is on.' : this.session.known() > 0 ? 'Not measured in this run.' : '';
    }
    const b = this.box;
    for (const s of this.all) s.trace(this.x, this.y, b.top - 40, b.top + b.height + 40);
    const g = this.front.getContext('2d'), dpr = this.front.width / this.width;
    g.setTransform(dpr, 0, 0, dpr, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    this.lines(g, b, at, true);
    if (this.over) this.names(g, b);
    if (this.over && this.clock === 'steps') this.playhead(g, this.x.at(Math.min(at, this.session.opened.steps)), this.big > 1 ? b.top + b.height : this.height);
    this.mark(g, b);
  }

  /** Grid, ticks and fixed lines. @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b */
  ground(g, b) {
    frame(g, b, this.x, this.y, this.theme, { text: this.clock === 'steps' ? whole : tickText, big: this.big });
    for (const l of this.spec.lines ?? []) if (!l.measure) reference(g, b, this.y.at(l.at), l.label, this.theme, false, this.big);
    // A control turned on the way changed the ground: what stands left and right of it is of two grounds.
    if (this.clock === 'steps') for (const m of this.session.opened.spec.moves ?? []) if (!m.name.includes('.')) reference(g, b, this.x.at(m.step), `${m.name} ${m.value}`, this.theme, true, this.big);
    if (this.spec.ticks && this.clock === 'steps') this.foretold(g, b);
  }

  tickSum = 0;

  /** A number that changes with the foretold steps. */
  ticked() {
    let n = 0;
    if (this.spec.ticks) for (const w of this.walks) for (const v of this.frame(this.spec.ticks, w)?.data ?? []) n = (n * 31 + (v === v ? v : 7)) % 1000000007;
    return n;
  }

  /** Steps that were foretold, as upright lines. @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b */
  foretold(g, b) {
    const id = this.spec.ticks ?? '', t = this.theme, seen = new Set();
    for (const w of this.walks) {
      const f = w.method.replica ? undefined : this.frame(id, w);
      for (const v of f?.data ?? []) {
        const x = Math.round(this.x.at(v)) + 0.5;
        if (!(x > b.left && x < b.left + b.width) || seen.has(x)) continue;
        g.setLineDash(BEFORE);
        g.lineWidth = 1;
        g.strokeStyle = t.ink3;
        line(g, x, b.top, x, b.top + b.height);
        g.setLineDash(NONE);
        seen.add(x);
      }
    }
    if (!seen.size) return;
    g.font = font(11 * this.big, t.sans);
    g.textAlign = 'left';
    g.textBaseline = 'top';
    cased(g, this.measure(id).label, Math.min(...seen) + 4, b.top + 2, t.ink2, t.paper);
  }

  /**
   * All lines up to the playhead, what is known after it thin.
   * @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b @param {number} at @param {boolean} traced whether the paths are at this scale
   */
  lines(g, b, at, traced) {
    const t = this.theme, right = b.left + b.width, top = b.top - 2, height = b.height + 4, steps = this.clock === 'steps';
    g.lineJoin = 'round';
    const one = steps ? this.x.at(at) : 0;
    for (let k = 0; k < this.edges.length; k += 2) this.between(g, this.edges[k], this.edges[k + 1], at);
    for (let played = 0; played < 2; played++) {
      if (steps) {
        g.save();
        g.beginPath();
        if (played) g.rect(b.left - 1, top, Math.max(0, one - b.left + 1), height); else g.rect(one, top, Math.max(0, right - one), height);
        g.clip();
      }
      for (const s of this.all) {
        if (!s.count || this.edges.includes(s)) continue;
        const slot = s.walk.slot, limit = this.limits.includes(s), seed = this.seeds.includes(s), left = this.before.includes(s);
        if (!steps) {
          const x = this.x.at(s.xAt(at));
          g.save();
          g.beginPath();
          if (played) g.rect(b.left - 1, top, Math.max(0, x - b.left + 1), height); else g.rect(x, top, Math.max(0, right - x), height);
          g.clip();
        }
        if (s.banded && !limit && !seed) {
          g.globalAlpha = played ? 0.14 : 0.05;
          g.fillStyle = t.m[slot];
          this.fill(g, s, traced);
        }
        g.strokeStyle = t.m[slot];
        g.globalAlpha = played ? (seed ? 0.35 : left ? 0.75 : 1) : seed ? 0.12 : FUTURE;
        g.lineWidth = this.big * (played && !seed && !limit && !left && s.order === 0 ? 2 : played && s.order === 1 ? 1.3 : 1);
        g.setLineDash(limit ? LIMIT : left ? BEFORE : this.spec.dashed?.includes(s.measure) ? BOUND : played && !seed ? DASHES[slot] : NONE);
        this.stroke(g, s, traced);
        if (!steps) g.restore();
      }
      if (steps) g.restore();
    }
    g.globalAlpha = 1;
    g.setLineDash(NONE);
    this.ends = 0;
    for (const s of this.series) this.head(g, b, s, at);
    // Each method's limit is named where its line ends; of those that lie together the first.
    /** @type {number[]} */
    const named = [];
    this.level.length = 0;
    for (const s of this.limits) {
      if (!s.count) continue;
      // What was read once holds for the whole run.
      if (s.count === 1 && s.step[0] === 0) {
        const y = this.y.at(s.y[0]);
        if (y < b.top || y > b.top + b.height || this.level.some((l) => Math.abs(l.y - y) < 0.1)) continue;
        this.level.push({ y, label: this.own[s.order].label });
        reference(g, b, y, '', t);
        continue;
      }
      g.font = font(11 * this.big, t.sans);
      g.textBaseline = 'alphabetic';
      const v = s.y[s.count - 1], y = this.y.at(v), x = this.x.at(s.x[s.count - 1]);
      if (y < b.top + 8 || y > b.top + b.height || named.some((k) => Math.abs(k - y) < 13 * this.big)) continue;
      named.push(y);
      const text = `${limitName(this.own[s.order].label, s.walk, v)} = ${short(v, 3)}`, flip = x + 6 + g.measureText(text).width > right;
      g.textAlign = flip ? 'right' : 'left';
      cased(g, text, flip ? right - 2 : x + 6, flip ? y - 4 : y + 4, t.ink2, t.paper);
    }
    this.levels(g, b);
  }

  /** Names the lines that hold for the whole run. Of a few that lie close each has its name on itself, side by side. @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b */
  levels(g, b) {
    const t = this.theme, close = 22 * this.big, level = this.level.sort(byHeight);
    g.font = font(11 * this.big, t.sans);
    g.textAlign = 'right';
    let x = 0;
    for (let i = 0; i < level.length; i++) {
      const { y, label } = level[i], after = i > 0 && y - level[i - 1].y < close, before = i + 1 < level.length && level[i + 1].y - y < close;
      if (!after) x = b.left + b.width - 2;
      else if (level[i - 1].label === label) continue;
      g.textBaseline = after || before ? 'middle' : 'alphabetic';
      cased(g, label, x, after || before ? y : y < b.top + 14 ? y + 13 : y - 5, t.ink2, t.paper);
      x -= g.measureText(label).width + 10;
    }
  }

  /** Shades what lies between two lines up to the playhead. @param {CanvasRenderingContext2D} g @param {Series} low @param {Series} high @param {number} at */
  between(g, low, high, at) {
    const n = Math.min(low.findStep(at), high.findStep(at)) + 1;
    if (n < 2) return;
    const stride = Math.max(1, Math.floor(n / 500)), y = (/** @type {number} */ v) => Math.max(-40, Math.min(1e4, this.y.at(v)));
    g.beginPath();
    for (let i = 0; i < n; i += stride) g.lineTo(this.x.at(low.x[i]), y(low.y[i]));
    for (let i = n - 1; i >= 0; i -= stride) g.lineTo(this.x.at(high.x[i]), y(high.y[i]));
    g.closePath();
    g.globalAlpha = 0.16;
    g.fillStyle = this.theme.m[low.walk.slot];
    g.fill();
    g.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} g @param {Series} s @param {boolean} traced */
  stroke(g, s, traced) {
    if (traced) { g.stroke(s.path); return; }
    g.beginPath();
    s.line(g, 0, this.x, this.y, -40, 1e4);
    g.stroke();
  }

  /** @param {CanvasRenderingContext2D} g @param {Series} s @param {boolean} traced */
  fill(g, s, traced) {
    if (traced) { if (s.band) g.fill(s.band); return; }
    g.beginPath();
    s.bandPath(g, this.x, this.y, -40, 1e4);
    g.fill();
  }

  /** A line's head, or the words where it ends for good. @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b @param {Series} s @param {number} at */
  head(g, b, s, at) {
    const i = s.find(s.xAt(at)), t = this.theme, w = s.walk;
    if (i < 0) return;
    const gone = w.state === 'diverged' && w.stoppedAt >= 0 && at >= w.stoppedAt;
    let v = s.y[i], x = s.x[i];
    if (!gone && i + 1 < s.count) {
      const u = (s.xAt(at) - s.x[i]) / (s.x[i + 1] - s.x[i] || 1), a = this.y.at(v), c = this.y.at(s.y[i + 1]);
      x = s.xAt(at);
      v = this.y.value(a + u * (c - a));
    }
    const px = this.x.at(x), raw = this.y.at(v), py = Math.min(b.top + b.height, Math.max(b.top, raw));
    if (gone && s.order === 0) {
      g.font = font(11 * this.big, t.sans, 600);
      g.textBaseline = 'middle';
      const text = this.ended(w, g), wide = g.measureText(text).width;
      const flip = px + 12 + wide > b.left + b.width;
      g.textAlign = flip ? 'right' : 'left';
      cased(g, text, flip ? px - 12 : px + 12, Math.max(b.top + 8 * this.big, py) + 14 * this.big * this.ends++, t.div, t.paper);
    }
    if (raw < b.top - 6 && gone) return;
    drawMarker(g, w.slot, px, py, this.big * (s.order ? 3 : 4), w.hollow || s.order > 0, t);
  }

  /** Names at the right, each where its line ends. @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b */
  names(g, b) {
    const t = this.theme, room = this.width - b.left - b.width - 28;
    if (room < 40) return;
    const left = b.left + b.width + 8;
    let n = 0;
    for (const s of this.series) {
      if (s.order > 0 || !s.count || (s.walk.state === 'diverged' && this.at >= s.walk.stoppedAt)) continue;
      const y = this.y.at(s.y[s.count - 1]);
      const l = this.labels[n] ?? (this.labels[n] = { y: 0, s, text: '' });
      n++;
      l.y = Math.min(b.top + b.height, Math.max(b.top, y));
      l.s = s;
    }
    this.labels.length = n;
    this.labels.sort(byHeight);
    for (let i = 1; i < n; i++) this.labels[i].y = Math.max(this.labels[i].y, this.labels[i - 1].y + 14);
    // Pushed below the foot they go up again.
    for (let i = n - 1, foot = b.top + b.height + 6; i >= 0; i--, foot -= 14) this.labels[i].y = Math.min(this.labels[i].y, foot);
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    g.font = font(11, t.sans);
    for (const l of this.labels) {
      if (l.y < b.top - 8) continue;
      drawMarker(g, l.s.walk.slot, left + 5, l.y, 3.5, l.s.walk.hollow, t);
      g.fillStyle = t.ink2;
      g.fillText(this.shortOf(l.s.walk, g, room), left + 15, l.y);
    }
  }

  /** Name and end of a walk. @param {Walk} w @param {CanvasRenderingContext2D} g */
  ended(w, g) {
    let text = this.endings.get(w);
    if (text === undefined) this.endings.set(w, text = `${shortName(w, g, 80 * this.big)} ${endWords(w)}`);
    return text;
  }

  /** @param {Walk} w @param {CanvasRenderingContext2D} g @param {number} room */
  shortOf(w, g, room) {
    if (room !== this.room) { this.room = room; this.shorts.clear(); }
    let s = this.shorts.get(w.label);
    if (s === undefined) this.shorts.set(w.label, s = shortName(w, g, room));
    return s;
  }

  /** @param {CanvasRenderingContext2D} g @param {number} x @param {number} height */
  playhead(g, x, height) {
    g.strokeStyle = this.theme.accent;
    g.lineWidth = 2;
    line(g, x, 0, x, height);
  }

  // ---- readout ----

  /** The step under a pixel. @param {number} px */
  stepAt(px) {
    const v = Math.min(this.x.high, Math.max(0, this.x.value(px)));
    if (this.clock === 'steps') return Math.round(v);
    const s = this.series.find((k) => k.count > 0);
    const i = s ? s.find(v) : -1;
    return s && i >= 0 ? s.step[i] : 0;
  }

  /** @param {number} px @param {number} py */
  point(px, py) {
    const b = this.box;
    if (px < b.left - 4 || px > b.left + b.width + 4) { this.leave(); return; }
    const xv = this.x.value(px);
    let best = -1, near = Infinity;
    this.series.forEach((s, k) => {
      const i = s.find(xv);
      if (i < 0) return;
      const d = Math.abs(this.y.at(s.y[i]) - py);
      if (d < near) { near = d; best = k; }
    });
    if (best < 0) { this.leave(); return; }
    this.chosen = best;
    this.read(this.series[best], Math.max(0, this.series[best].find(xv)), false);
  }

  /** Reads a line at one of its records. @param {Series} s @param {number} i @param {boolean} held by the keyboard */
  read(s, i, held) {
    const x = this.x.at(s.x[i]), y = Math.min(this.box.top + this.box.height, Math.max(this.box.top, this.y.at(s.y[i])));
    this.cursor = { s, i, held };
    const time = s.walk.read('time', s.step[i]);
    const what = this.measures.length > 1 ? `${s.walk.label} ${this.measure(s.measure).label.toLowerCase()}` : s.walk.label;
    const value = s.walks.length > 1 ? `${what}, median of ${s.walks.length} seeds` : what;
    const unit = this.measure(s.measure).unit;
    this.tell(`step ${whole(s.step[i])}${Number.isFinite(time) && time !== s.step[i] ? ` · time ${number(time)}` : ''} · ${value} ${number(s.y[i])}${unit && !unit.includes(' ') ? `\u2009${unit}` : ''}`, x, y);
    this.at = -1;
    this.session.dirty = true;
  }

  /** The readout's hairline. @param {CanvasRenderingContext2D} g @param {{left: number, top: number, width: number, height: number}} b */
  mark(g, b) {
    const c = this.cursor;
    if (!c || c.i >= c.s.count) return;
    const x = this.x.at(c.s.x[c.i]), y = Math.min(b.top + b.height, Math.max(b.top, this.y.at(c.s.y[c.i])));
    g.strokeStyle = this.theme.line3;
    g.lineWidth = 1;
    line(g, Math.round(x) + 0.5, b.top, Math.round(x) + 0.5, b.top + b.height);
    g.beginPath();
    g.arc(x, y, 3, 0, 2 * Math.PI);
    g.fillStyle = this.theme.ink;
    g.fill();
  }

  leave() {
    super.leave();
    if (!this.cursor) return;
    this.cursor = null;
    this.at = -1;
    this.session.dirty = true;
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const list = this.series.filter((s) => s.count > 0);
    if (!list.length) return false;
    const s = list[Math.min(this.chosen, list.length - 1)];
    if (e.key === 'Enter' && this.cursor) { this.session.seek(this.cursor.s.step[this.cursor.i]); return true; }
    if (e.key === 'Escape') { if (!this.cursor?.held) return false; this.leave(); return true; }
    const across = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity, PageUp: -100, PageDown: 100 }[e.key], along = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (across === undefined && along === undefined) return false;
    const step = this.cursor ? this.cursor.s.step[this.cursor.i] : this.session.step;
    let i = Math.max(0, s.find(s.xAt(step)));
    let k = list.indexOf(s);
    if (along) { k = (k + along + list.length) % list.length; this.chosen = this.series.indexOf(list[k]); i = Math.max(0, list[k].find(list[k].xAt(step))); } else if (across) i = Math.min(s.count - 1, Math.max(0, this.cursor ? i + across * (e.shiftKey && Math.abs(across) === 1 ? 10 : 1) : i));
    this.chosen = this.series.indexOf(list[k]);
    this.read(list[k], i, true);
    return true;
  }

  // ---- files ----

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height */
  paint(g, width, height) {
    const b = this.layout(width, height);
    this.ground(g, b);
    this.lines(g, b, this.session.playhead(), false);
    if (this.over) {
      const own = this.width;
      this.width = width;
      this.names(g, b);
      this.width = own;
      if (this.clock === 'steps') this.playhead(g, this.x.at(this.session.playhead()), b.top + b.height);
    }
    this.stale = true;
    this.session.dirty = true;
  }

  table() {
    const list = this.series.filter((s) => s.count > 0);
    const head = [this.counts(this.clock), ...list.flatMap((s) => { const name = `${s.walk.label}${this.measures.length > 1 ? ` ${this.measure(s.measure).label.toLowerCase()}` : ''}`; return s.banded ? [`${name}${s.walks.length > 1 ? ' median' : ' mean'}`, `${name} ${s.walks.length > 1 ? '10 %' : 'least'}`, `${name} ${s.walks.length > 1 ? '90 %' : 'largest'}`] : [name]; })];
    /** @type {Map<number, (string | number)[]>} */
    const rows = new Map();
    let column = 1;
    for (const s of list) {
      const n = s.banded ? 3 : 1;
      for (let i = 0; i < s.count; i++) {
        let r = rows.get(s.x[i]);
        if (!r) { r = new Array(head.length).fill(''); r[0] = s.x[i]; rows.set(s.x[i], r); }
        r[column] = s.y[i];
        if (n === 3) { r[column + 1] = s.least[i]; r[column + 2] = s.most[i]; }
      }
      column += n;
    }
    return { head, rows: [...rows.values()].sort((a, c) => Number(a[0]) - Number(c[0])) };
  }
}

/** @param {CanvasRenderingContext2D} g @param {string} text @param {number} x @param {number} y @param {string} ink @param {string} paper */
export function cased(g, text, x, y, ink, paper) {
  g.lineJoin = 'round';
  g.lineWidth = 3;
  g.strokeStyle = paper;
  g.strokeText(text, x, y);
  g.fillStyle = ink;
  g.fillText(text, x, y);
}
