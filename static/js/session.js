// One run as the page knows it: the stream, what came of it, the playhead, and the commands that change the run.

import { text } from './controls.js';
import { number, whole } from './numbers.js';
import { Stream } from './socket.js';
import { Walk } from './store.js';
import * as wire from './wire.js';

/** Link parameters of the page, not of the run. */
export const PAGE_KEYS = ['fork', 'step', 'view', 'cam', 'log', 'plane', 'layout', 'clock', 'renderer', 'hide', 'theme', 'embed'];
/** Speeds on offer; 1 is the run's own rate. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128];

/** @typedef {{title: string, detail: string, action?: {label: string, go: () => void}, kind?: string}} Notice */
/** @typedef {{run: string, walks: Walk[], from: number, opened: any, plane: any}} Past */

/** What a link says of the page. @param {URLSearchParams} p */
function pageOf(p) {
  const log = p.get('log');
  return {
    view: p.get('view') ?? 'both', layout: p.get('layout') ?? 'overlay', cam: p.get('cam') ?? '', plane: p.get('plane') ?? '',
    clock: p.get('clock') ?? 'steps', log: /** @type {boolean | null} null: as the range asks */ (log === 'on' ? true : log === 'off' ? false : null), ramp: 'sounding',
  };
}

/** The text of a method without its hyper-parameters. @param {string} t */
const idOf = (t) => t.split(':')[0].split('=')[0];

/**
 * Tells of everything by events: opened, state, plane, grid, claim, quiver, picture, minimum, page, fault, tell, line, exploration, ground.
 * The details are the stream's messages; a picture's detail is {frame, measure}.
 */
export class Session extends EventTarget {
  /** @param {string} base @param {string} lab @param {any} schema */
  constructor(base, lab, schema) {
    super();
    this.base = base;
    this.lab = lab;
    this.schema = schema;
    const query = new URLSearchParams(location.search);
    this.page = pageOf(query);
    this.renderer = query.get('renderer') ?? '';
    /** @type {any} the message that opened the run */
    this.opened = null;
    /** @type {Walk[]} */
    this.walks = [];
    /** @type {Past | null} the run that this one branched off, and where */
    this.past = null;
    /** The method whose ground is shown, where each has its own; empty is the first. */
    this.shown = '';
    /** @type {any} */
    this.plane = null;
    /** @type {any} */
    this.ground = null;
    /** @type {any} where a walk leads, polished by Newton's method */
    this.minimum = null;
    /** The points of each walk that moves many. @type {(Float32Array | undefined)[]} */
    this.swarms = [];
    this.state = 'ready';
    this.playing = false;
    this.speed = 1;
    /** Which tool of the ground was asked for last, and what it is to begin with. @type {{name: string, ask?: any}} */
    this.tool = { name: '' };
    /** One of so many steps is shown. */
    this.lag = 1;
    this.frames = 0;
    this.dirty = true;
    /** @type {Set<string>} methods that are in the run but not in the pictures */
    this.hidden = new Set();
    this.clockStep = 0;
    this.clockTime = 0;
    this.wantPlay = false;
    /** Whether the shown run was told to play and has not answered yet. */
    this.starting = false;
    this.push = false;
    this.wantedStep = Number(query.get('step')) || 0;
    this.asked = '';
    /** A file that a link names and the server lacks, and the parameters of that link. @type {{id: string, link: URLSearchParams} | null} */
    this.missing = null;
    /** Whether an open is unanswered; what is asked meanwhile waits, so that a connection never watches a row of runs. */
    this.opening = false;
    this.waiting = false;
    /** @type {{step: number, link: string, parent: string, opened: boolean} | null} a fork that is being opened from a link */
    this.forking = null;
    /** The run beside this one that is being opened again after a cut. */
    this.rejoining = '';
    /** @type {any} */
    this.gridHead = null;
    /** @type {{plane?: string, grid?: any, measures?: string[]}} what the panels look at */
    this.looks = { grid: { cells: 121 }, measures: [] };
    this.seeking = 0;
    /** Where the server was asked to put the playhead: older states do not move it back. */
    this.target = -1;
    this.targetTime = 0;
    /** When the page was told to stand still: a state that was on its way then does not set it going. */
    this.stilled = -Infinity;
    this.stream = new Stream(base, {
      up: () => this.up(),
      down: (seconds) => this.down(seconds),
      frames: (list) => { this.frames++; for (const f of list) this.take(f); this.dirty = true; },
      message: (m) => this.message(m),
    });
    document.addEventListener('visibilitychange', () => this.stream.send({ type: 'view', hidden: document.hidden }));
    addEventListener('popstate', () => this.openFrom(location.search));
  }

  /** @param {string} type @param {any} [detail] */
  emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); this.dirty = true; }

  /** Calls f with the detail of each event of a type. @param {string} type @param {(detail: any) => void} f */
  on(type, f) { this.addEventListener(type, (e) => f(/** @type {CustomEvent} */ (e).detail)); }

  /** Says something over the foot of the landscape. @param {string} title @param {string} detail @param {{label: string, go: () => void}} [action] @param {string} [kind] */
  tell(title, detail, action, kind) { this.emit('tell', { title, detail, action, kind }); }

  // ---- the playhead ----

  /** The last step of which every part is known. */
  known() { let m = 0; for (const w of this.walks) m = Math.max(m, w.rows.last); return m; }

  playhead() {
    if (!this.opened) return 0;
    const s = this.playing ? this.clockStep + ((performance.now() - this.clockTime) / 1000) * this.speed * this.opened.rate : this.clockStep;
    return Math.min(s, Math.max(this.known(), this.playing ? 0 : this.clockStep), this.opened.steps);
  }

  get step() { return Math.floor(this.playhead()); }

  /** @param {number} step */
  setClock(step) { this.clockStep = step; this.clockTime = performance.now(); this.dirty = true; }

  // ---- commands ----

  /** @param {any} command for the shown run */
  send(command) { this.stream.send(this.opened && command.type !== 'open' && !command.run ? { run: this.opened.run, ...command } : command); }

  play() {
    if (!this.opened) return;
    if (this.playhead() >= this.opened.steps) this.seek(0);
    if (this.seeking) this.sendSeek();
    this.wantPlay = this.starting = true;
    this.stilled = -Infinity;
    this.send({ type: 'play' });
  }

  pause() {
    this.setClock(this.step);
    this.playing = this.wantPlay = this.starting = false;
    this.stilled = performance.now();
    this.send({ type: 'pause' });
  }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  /** @param {number} n steps, negative ones go back */
  stepBy(n) {
    if (!this.opened) return;
    const from = this.step;
    this.playing = this.wantPlay = this.starting = false;
    this.stilled = performance.now();
    this.send({ type: 'pause' });
    this.goTo(from + n);
    this.sendSeek();
  }

  /** Puts the playhead on a step of the run. @param {number} step */
  goTo(step) {
    this.setClock(Math.min(this.opened.steps, Math.max(0, Math.round(step))));
    this.target = this.clockStep;
    this.targetTime = performance.now();
  }

  sendSeek() {
    clearTimeout(this.seeking);
    this.seeking = 0;
    this.send({ type: 'seek', step: this.target < 0 ? this.step : this.target });
  }

  /** @param {number} step */
  seek(step) {
    if (!this.opened) return;
    this.goTo(step);
    clearTimeout(this.seeking);
    // A state that comes before it is sent may have settled the target.
    const wanted = this.clockStep;
    this.seeking = window.setTimeout(() => { this.target = wanted; this.sendSeek(); }, 50);
  }

  restart() { this.pause(); this.seek(0); }

  /** To the end of what is computed. */
  toLive() { this.seek(this.known()); }

  /** @param {number} v */
  setSpeed(v) { this.setClock(this.playhead()); this.speed = v; this.send({ type: 'speed', value: v }); }

  /** What the panels look at; the swarm rides along where there is one. @param {{plane?: string, grid?: any, measures?: string[]}} looks */
  look(looks) {
    Object.assign(this.looks, looks);
    if (!this.opened) return;
    this.send({ type: 'view', ...this.whose(), ...looks, ...(looks.measures ? { measures: this.pictures(looks.measures) } : {}), ...(looks.plane && !looks.grid ? { grid: { cells: 121 } } : {}) });
  }

  /** Which ground a view is about. */
  whose() { return this.shown ? { ground: this.shown } : {}; }

  /** Shows the ground of another method, on a plane of the same kind. @param {string} id @param {any} grid */
  showGround(id, grid) {
    const [kind, points] = (this.plane?.text ?? this.plane?.kind ?? '').split(':');
    this.shown = id;
    // A link names the ground by the point that its plane goes through.
    const one = /** @type {Record<string, string>} */ ({ escape: '@0', random: '', hessian: '', 'hessian-top': '' })[kind];
    this.page.plane = one !== undefined ? `${kind}:${id}${one}` : points ? '' : this.page.plane;
    this.look({ ...(this.page.plane ? { plane: this.page.plane } : {}), grid });
  }

  /** Where there is a swarm it rides along, and where each of its points ends. @param {string[]} ids */
  pictures(ids) {
    if (!(Number(this.opened.spec.values.swarm) > 0)) return ids;
    const ends = this.opened.measures.some((/** @type {any} */ m) => m.id === 'basins' && m.kind === 'image') && !ids.includes('basins');
    return [...ids, ...(ends ? ['basins'] : []), 'swarm'];
  }

  /** The parameters of the shown run's link, or of the one that was asked for last. */
  parameters() { return new URLSearchParams((this.opening ? this.asked : this.opened?.link ?? '').split('?')[1] ?? ''); }

  /** Opens a link of the run's parameters. @param {URLSearchParams} p */
  openLink(p) {
    p.delete('labv');
    for (const k of PAGE_KEYS) p.delete(k);
    this.asked = `/lab/${this.lab}?${p}`;
    this.wantPlay = this.playing || this.starting;
    this.forking = null;
    this.emit('asked');
    if (this.opening) this.waiting = true;
    else this.ask(this.asked);
  }

  /** @param {string} link */
  ask(link) { this.opening = true; this.stream.send({ type: 'open', link }); }

  /** An open was answered: what was asked meanwhile is next. */
  answered() {
    this.opening = false;
    if (!this.waiting) return;
    this.waiting = false;
    this.ask(this.asked);
  }

  /** Opens what a page link says, the view with it. @param {string} search */
  openFrom(search) {
    const p = new URLSearchParams(search), fork = p.get('fork'), moves = p.get('moves');
    this.page = { ...pageOf(p), ramp: this.page.ramp };
    this.wantedStep = Number(p.get('step')) || 0;
    this.push = this.wantPlay = this.starting = false;
    this.forking = null;
    for (const k of PAGE_KEYS) p.delete(k);
    // A lab's bare address opens its first preset: no screen without a claim. A link of a run says its labv at least.
    if (!p.size && this.schema.presets.length) p.set('preset', this.schema.presets[0].id);
    this.asked = `/lab/${this.lab}?${p}`;
    if (fork !== null && moves) {
      const parent = new URLSearchParams(p), before = moves.split(';').filter((m) => Number(m.split(':')[0]) < Number(fork)).join(';');
      if (before) parent.set('moves', before); else parent.delete('moves');
      this.forking = { step: Number(fork), link: this.asked, parent: `/lab/${this.lab}?${parent}`, opened: false };
    }
    this.emit('page');
    this.waiting = false;
    this.ask(this.forking?.parent ?? this.asked);
  }

  /** The methods of the run as texts, one for each id. @returns {string[]} */
  methodTexts() { return (this.opening ? this.parameters().get('methods')?.split(';') : null) ?? [...this.opened.spec.methods]; }

  /** Sets a control, by a turn where it is live. @param {string} id @param {string} value */
  change(id, value) {
    const p = this.parameters();
    const c = this.schema.controls.find((/** @type {any} */ k) => k.id === id);
    if (id === 'problem') {
      // Another ground has its own start and step sizes: what was set for the old one goes.
      // The paths of a file are its own.
      const methods = this.methodTexts().map((t) => t.split(':')[0]).filter((t) => !/(^|=)recorded$/.test(t)).join(';');
      for (const k of [...p.keys()]) p.delete(k);
      if (methods) p.set('methods', methods);
      p.set('steps', String(this.opened.spec.steps));
      p.set('seed', String(this.opened.spec.seed));
    } else if (c?.live && this.step > 0) {
      this.send({ type: 'turn', step: Math.min(this.step, this.opened.steps - 1), name: id, value });
      return;
    }
    p.set(id, value);
    this.openLink(p);
  }

  /** Sets a hyper-parameter: away from step 0 this forks the run. @param {string} id @param {string} hyper @param {string} value */
  changeHyper(id, hyper, value) {
    const step = this.step;
    if (step > 0 && step < this.opened.steps) {
      this.wantPlay = this.playing || this.starting;
      this.emit('asked');
      this.send({ type: 'turn', step, name: `${id}.${hyper}`, value });
      return;
    }
    const p = this.parameters();
    const written = new RegExp(`([:,])${hyper}=[^,]*`);
    p.set('methods', this.methodTexts().map((t) => {
      if (idOf(t) !== id) return t;
      return written.test(t) ? t.replace(written, `$1${hyper}=${value}`) : `${t}${t.includes(':') ? ',' : ':'}${hyper}=${value}`;
    }).join(';'));
    p.delete('moves');
    this.openLink(p);
  }

  /** @param {string} id a method of the run, or a kind that is not in it */
  toggleMethod(id) {
    const p = this.parameters();
    const w = this.walks.find((x) => x.id === id);
    if (w && this.hidden.has(id)) {
      this.hidden.delete(id);
      w.drawn = true;
      this.emit('hidden');
      return;
    }
    let list = this.methodTexts();
    if (list.some((t) => idOf(t) === id)) list = list.filter((t) => idOf(t) !== id);
    else list.push(id);
    if (!list.length) {
      // A run has at least one method: the last one is only taken out of the pictures.
      this.hidden.add(id);
      if (w) w.drawn = false;
      this.emit('hidden');
      return;
    }
    this.hidden.delete(id);
    p.set('methods', list.join(';'));
    p.delete('moves');
    this.openLink(p);
  }

  /** @param {string} name @param {string} value */
  setParameter(name, value) {
    const p = this.parameters();
    p.set(name, value.trim());
    p.delete('moves');
    this.openLink(p);
  }

  newSeed() { this.setParameter('seed', String((Number(this.opened.spec.seed) + 1) % 2 ** 53)); }

  /** @param {number} s @param {number} t a place of the plane that is the whole space */
  setStart(s, t) {
    if (!this.whole || !this.schema.controls.some((/** @type {any} */ c) => c.id === 'start')) return;
    this.setClock(0);
    this.change('start', text([Number(s.toPrecision(4)), Number(t.toPrecision(4))]));
  }

  /** Whether a method goes another way here than in the run that this one left: a turn of its own, or of a control, came between. @param {string} id */
  turned(id) {
    const before = this.past?.opened.spec.moves ?? [], own = this.opened?.spec.moves ?? [];
    const known = (/** @type {any} */ m) => before.some((/** @type {any} */ b) => b.step === m.step && b.name === m.name && String(b.value) === String(m.value));
    return own.some((/** @type {any} */ m) => !known(m) && (!m.name.includes('.') || m.name.split('.')[0] === id));
  }

  /** Whether the shown plane is the whole space. */
  get whole() { return this.plane?.kind === 'direct' && this.opened?.dim === 2 && !this.opened.imported; }

  /** Opens the tools of the ground. @param {string} name @param {any} [ask] what it begins with */
  explore(name, ask) { this.tool = { name, ask }; this.emit('ground', this.tool); }

  /** @param {Partial<Session['page']>} change of the page's own state */
  setPage(change) {
    Object.assign(this.page, change);
    this.emit('page');
  }

  /** This run at this step with this view, as a link of the whole page. */
  pageLink() {
    const p = this.parameters(), page = this.page;
    if (this.step > 0) p.set('step', String(this.step));
    if (this.past) p.set('fork', String(this.past.from));
    if (page.view !== 'both') p.set('view', page.view);
    if (page.cam) p.set('cam', page.cam);
    if (page.log !== null) p.set('log', page.log ? 'on' : 'off');
    if (page.layout !== 'overlay') p.set('layout', page.layout);
    if (page.clock !== 'steps') p.set('clock', page.clock);
    if (this.plane && planeText(this.plane) !== this.opened.planes[0]) p.set('plane', planeText(this.plane));
    return `${location.origin}${this.base}/lab/${this.lab}${queryOf(p)}`;
  }

  // ---- messages ----

  up() {
    this.emit('line', { up: true });
    if (document.hidden) this.stream.send({ type: 'view', hidden: true });
    const unanswered = this.opening;
    this.opening = this.waiting = false;
    if (!this.opened) { this.openFrom(unanswered && this.asked ? `?${this.asked.split('?')[1] ?? ''}` : location.search); return; }
    if (unanswered) {
      this.forking = null;
      this.ask(this.asked);
      return;
    }
    if (this.past) {
      this.rejoining = this.past.run;
      this.stream.send({ type: 'open', link: this.past.opened.link });
    }
    this.stream.send({ type: 'open', link: this.opened.link, step: this.step });
  }

  /** @param {number} seconds until the next try */
  down(seconds) {
    this.setClock(this.step);
    this.wantPlay = this.wantPlay || this.playing;
    this.playing = false;
    this.emit('line', { up: false });
    if (this.opened) this.tell('Connection lost', `at step ${whole(this.step)}. Trying again in ${number(seconds)} s. You can still look back.`, undefined, 'line');
  }

  /** @param {any} m */
  message(m) {
    const mine = m.run === this.opened?.run;
    switch (m.type) {
      case 'opened': this.onOpened(m); break;
      case 'state': if (mine) this.onState(m); break;
      case 'claim': if (mine) this.emit('claim', m); break;
      case 'plane':
        if (mine) this.onPlane(m);
        else if (this.past && m.run === this.past.run && layPlane(this.past.walks, this.shown, m)) this.past.plane = m;
        break;
      case 'grid': if (mine) this.gridHead = m; break;
      case 'quiver': if (mine) this.emit('quiver', m); break;
      case 'survey': if (mine) this.emit('survey', m); break;
      case 'exploration': if (mine) this.emit('exploration', m); break;
      case 'lag': if (mine) { this.lag = m.every; this.dirty = true; } break;
      case 'error': this.onError(m); break;
    }
  }

  /** @param {wire.Frame} f */
  take(f) {
    const mine = f.run === this.opened?.run, past = !mine && this.past?.run === f.run ? this.past : null;
    if (!mine && !past) return;
    const w = (past?.walks ?? this.walks)[f.method], plane = w?.plane;
    switch (f.kind) {
      case wire.SCALARS: w?.rows.add(f.data, f.rows); return;
      case wire.PATH: if (w && plane && f.measure === plane.version) w.addPath(f.data, f.rows, f.columns); return;
    }
    if (!mine) return;
    if (f.kind === wire.GRID) {
      const h = this.gridHead;
      if (!h || f.measure !== h.version) return;
      this.ground = { ...h, min: h.min ?? 0, max: h.max ?? 1, values: f.data, version: `${h.run}/${f.measure}/${f.rows}/${f.sequence}` };
      this.emit('grid', this.ground);
      return;
    }
    const measure = this.opened.measures[f.measure];
    if (measure) this.emit('picture', { frame: f, measure: measure.id });
    else if (f.kind === wire.POINTS && f.method >= 0) this.swarms[f.method] = /** @type {Float32Array} */ (f.data);
  }

  /** @param {any} m */
  onOpened(m) {
    if (this.rejoining && m.run === this.rejoining) {
      this.rejoining = '';
      this.stream.send({ type: 'seek', run: m.run, step: m.steps });
      return;
    }
    const parting = this.forking;
    if (parting && !parting.opened) {
      // First the run without the turns, to be drawn beside: all of it, at once.
      parting.opened = true;
      this.past = { run: m.run, walks: contestants(m), from: parting.step, opened: m, plane: null };
      this.stream.send({ type: 'seek', run: m.run, step: m.steps });
      this.stream.send({ type: 'view', run: m.run, ...(this.page.plane ? { plane: this.page.plane } : {}) });
      this.stream.send({ type: 'open', link: parting.link });
      return;
    }
    this.forking = null;
    const old = this.opened;
    const fork = !!old && m.parent === old.run;
    const again = !!old && m.run === old.run && this.walks.length === m.methods.length;
    const shut = new Set([old?.run, this.past?.run]);
    if (fork) this.past = { run: old.run, walks: this.walks, from: m.forked_at, opened: old, plane: this.plane };
    else if (!parting && !again) this.past = null;
    this.opened = m;
    this.state = m.state;
    for (const run of shut) if (run && run !== m.run && run !== this.past?.run) this.stream.send({ type: 'close', run });
    if (fork) this.stream.send({ type: 'seek', run: old.run, step: old.steps });
    if (!again) {
      this.walks = contestants(m);
      for (const w of this.walks) w.drawn = !this.hidden.has(w.id);
      this.plane = this.minimum = null;
      const names = [this.page.plane.split(':')[1]?.split(/[@,]/)[0], this.shown, this.schema.presets.find((/** @type {any} */ x) => x.id === m.spec.preset)?.ground];
      this.shown = names.find((id) => id && this.walks.some((w) => w.id === id)) ?? '';
      this.swarms = [];
      if (!fork) this.ground = this.gridHead = null;
    }
    this.lag = 1;
    if (!fork && !again) this.speed = SPEEDS.slice(1).find((v) => m.steps / (v * m.rate) <= 20) ?? 128;
    this.send({ type: 'speed', value: this.speed });
    this.playing = false;
    this.setClock(m.step);
    this.looks.grid = { cells: 121 };
    this.send({ type: 'view', ...this.whose(), grid: this.looks.grid, measures: this.pictures(this.looks.measures ?? []), ...(m.planes.includes(this.page.plane.split(':')[0]) ? { plane: this.page.plane } : {}) });
    const url = this.base + m.link + (this.past ? `${m.link.includes('?') ? '&' : '?'}fork=${this.past.from}` : '');
    if (this.push && location.pathname + location.search !== url) history.pushState(null, '', url);
    this.push = true;
    this.emit('opened', { ...m, fork, again });
    this.starting = this.wantPlay;
    if (this.starting) this.send({ type: 'play' });
    else if (this.wantedStep > 0 && !fork) this.seek(this.wantedStep);
    this.wantedStep = 0;
    if (this.opening) this.answered();
  }

  /** @param {any} m */
  onState(m) {
    this.state = m.state;
    const was = this.playing;
    this.playing = m.state === 'running' && performance.now() - this.stilled > 1500;
    if (m.state !== 'ready') this.starting = false;
    const older = this.target >= 0 && m.step !== this.target && performance.now() - this.targetTime < 1500;
    if (!older) this.target = -1;
    if (older) this.setClock(this.playhead());
    else if (!this.playing || !was || Math.abs(this.playhead() - m.step) > Math.max(12, 0.4 * this.speed * this.opened.rate)) this.setClock(m.step);
    if (m.speed) this.speed = m.speed;
    m.methods?.forEach((/** @type {any} */ s, /** @type {number} */ i) => {
      const w = this.walks[i];
      if (w) { w.state = s.state; w.why = s.why; w.stoppedAt = s.stopped_at ?? -1; w.limit = s.limit ?? 0; w.suggest = s.suggest ?? 0; }
    });
    if (m.state === 'failed') this.tell('The run stopped', m.why ?? '', undefined, 'failed');
    if (m.state === 'done' && !this.minimum && this.opened.dim <= 200 && !this.opened.imported) this.polish();
    this.emit('state', m);
  }

  /** Asks where the best walk leads. */
  async polish() {
    this.minimum = { pending: true };
    const best = this.walks.filter((w) => w.state !== 'diverged').sort((a, b) => a.read('loss', Infinity) - b.read('loss', Infinity))[0];
    if (!best) return;
    const run = this.opened.run;
    const r = await fetch(`${this.base}/api/runs/${run}/minimum?method=${encodeURIComponent(best.id)}`);
    if (!r.ok || this.opened.run !== run) return;
    this.minimum = await r.json();
    this.emit('minimum', this.minimum);
  }

  /** @param {any} m */
  onPlane(m) {
    const other = !this.plane || planeText(this.plane) !== planeText(m);
    if (!layPlane(this.walks, this.shown, m)) return;
    this.plane = m;
    if (other && this.ground && (m.kind !== 'direct' || this.ground.run !== m.run)) this.ground = null;
    this.emit('plane', m);
  }

  /** @param {any} m */
  onError(m) {
    this.emit('fault', m);
    if (this.forking) {
      // The run beside it cannot be had: the run itself is shown alone.
      const { link, opened } = this.forking;
      this.forking = null;
      if (!opened) { this.ask(link); return; }
    }
    if (this.opened) {
      if (this.opening) this.answered();
      return;
    }
    // A link that is refused still shows the lab: without what was refused, else by its defaults.
    const [path, search] = this.asked.split('?');
    const p = new URLSearchParams(search), root = String(m.field ?? '').split('.')[0];
    const names = [String(m.field ?? ''), root, ...(p.has('methods') && (p.get('methods') ?? '').includes(root) ? ['methods'] : [])].filter((k) => p.has(k));
    // A file that is not here takes the ground made of it along; the link waits for the file.
    const file = this.schema.controls.find((/** @type {any} */ c) => c.id === m.field && c.accept);
    if (file && p.get(file.id)) {
      this.missing = { id: String(p.get(file.id)), link: new URLSearchParams(p) };
      if (p.get('problem') === file.id) names.push('problem');
      if (/(^|[;=])recorded(:|;|$)/.test(p.get('methods') ?? '')) names.push('methods', 'steps');
    }
    const next = names.length ? (names.forEach((k) => p.delete(k)), `${path}?${p}`) : `${path}?`;
    if (next === this.asked) return;
    this.asked = next;
    this.ask(next);
  }
}

/** A query as links write it: readable, with what the run's own links escape. @param {URLSearchParams} p */
function queryOf(p) {
  const q = decodeURIComponent(String(p)).replaceAll(';', '%3B').replaceAll(' ', '%20').replaceAll('+', '%2B');
  return q ? `?${q}` : '';
}

/** A plane as links name it. @param {any} m */
const planeText = (m) => m.text ?? m.kind;

/** Gives the walks on a ground its plane: what they have of their paths holds on that plane alone. True where it is the ground that is shown. @param {Walk[]} walks @param {string} shown method whose ground it is @param {any} m */
function layPlane(walks, shown, m) {
  const on = (/** @type {number} */ i) => !m.walks || m.walks.includes(i);
  walks.forEach((w, i) => {
    if (!on(i)) return;
    const old = w.plane;
    if (!old || old.run !== m.run || planeText(old) !== planeText(m) || (m.kind !== 'direct' && old.version !== m.version)) w.clearPath(m.columns.length);
    w.plane = m;
  });
  if (!on(Math.max(0, walks.findIndex((w) => w.id === shown)))) return false;
  walks.forEach((w, i) => { w.onPlane = on(i); });
  return true;
}

/** The walks of a run, each with its colour: a method's own slot, else the next one free. @param {any} m the opened message */
function contestants(m) {
  const own = new Set(m.methods.map((/** @type {any} */ x) => x.slot).filter(Boolean));
  /** @type {Map<string, {slot: number, hollow: boolean}>} */
  const given = new Map();
  const taken = new Set();
  return m.methods.map((/** @type {any} */ x, /** @type {number} */ i) => {
    let g = given.get(x.id);
    if (!g) {
      g = { slot: x.slot, hollow: false };
      if (!g.slot || taken.has(g.slot)) {
        g.slot = 1;
        while (g.slot <= 8 && (taken.has(g.slot) || own.has(g.slot))) g.slot++;
        if (g.slot > 8) g = { slot: (given.size % 8) + 1, hollow: true };
      }
      taken.add(g.slot);
      given.set(x.id, g);
    }
    const label = x.id === x.method ? x.label : x.id.startsWith(`${x.method}-`) ? `${x.label} ${x.id.slice(x.method.length + 1)}` : x.id;
    return new Walk({ ...x, index: i, label }, m.columns, g.slot, g.hollow);
  });
}
