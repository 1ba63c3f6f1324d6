// Paths between two points and cuts through one: the loss along a line, along the curve that joins two nets, along a
// string that is drawn over a pass.

import { el } from '../icons.js';
import { number, whole } from '../numbers.js';
import { choice, found, kindOf, usual } from './places.js';
import { Profile } from './profile.js';
import { Progress, Tool, doubt, sheet } from './tool.js';

/** @type {Record<string, {label: string, go: string, what: string, none: string}>} */
const KINDS = {
  cut: { label: 'Cut', go: 'Cut', what: 'losses', none: 'The loss along one direction through a point.' },
  line: { label: 'Line', go: 'Draw the line', what: 'losses', none: 'The loss on the straight way from one point to another, and a little beyond.' },
  connect: { label: 'Connect', go: 'Connect', what: 'evaluations', none: 'Straight, with the neurons in the same order, and along a trained curve.' },
  string: { label: 'String', go: 'Draw the string', what: 'gradients', none: 'A string between two minima falls sideways until it lies on the way over the pass.' },
};
const DIRECTIONS = [['gradient', 'down the slope'], ['top', 'steepest curvature'], ['bottom', 'lowest curvature'], ['random', 'random']];

/** Whether a run is about the ways between two nets: its preset has claims about the ground, and two methods walk on it. @param {import('../session.js').Session} s */
export function joins(s) {
  const preset = s.opened?.spec.preset, kinds = new Map(s.schema.panels.map((/** @type {any} */ p) => [p.id, p.kind]));
  return !!preset && s.schema.claims.some((/** @type {any} */ c) => c.preset === preset && kinds.get(c.panel) === 'ground') && new Set(s.walks.map((w) => w.id)).size > 1;
}

export class PathTool extends Tool {
  /** @param {import('./panel.js').GroundView} view */
  constructor(view) {
    super(view);
    /** Runs of two nets are about the ways between them. */
    this.kind = this.joins ? 'connect' : 'line';
    this.from = this.to = this.at = '';
    this.direction = 'gradient';
    this.images = 31;
    this.springs = false;
    this.buttons = el('span', { class: 'segments', role: 'group', 'aria-label': 'Path' }, ...Object.entries(KINDS).map(([k, v]) => el('button', { type: 'button', 'data-kind': k, 'data-testid': `path-${k}`, onclick: () => this.turn(k) }, v.label)));
    this.asked = el('div', { class: 'ask pairs' });
    /** @type {Record<string, Progress>} */
    this.bars = Object.fromEntries(Object.entries(KINDS).map(([k, v]) => [k, new Progress(this, k === 'cut' ? 'line' : k, v.go, v.what, () => this.go())]));
    this.bar = el('div', {});
    this.notes = el('div', {});
    this.badges = el('div', { class: 'badges' });
    this.profile = new Profile();
    this.numbers = el('div', {});
    /** @type {HTMLElement[]} */
    this.box = [this.buttons, this.asked, this.bar, this.notes, this.profile.box, this.badges, this.numbers];
    this.run = '';
    /** The run that was asked about by itself. */
    this.own = '';
  }

  /** Whether the run is about the ways between two points. */
  get joins() { return joins(this.session); }

  /** The exploration that is asked. */
  get name() { return this.kind === 'cut' ? 'line' : this.kind; }
  get tools() { return ['line', 'connect', 'string']; }
  picture() { return this.profile; }

  /** @param {any} ask */
  begin(ask) {
    if (!ask.at) return;
    this.at = ask.at;
    this.turn('cut');
    this.go();
  }

  /** @param {string} kind */
  turn(kind) { this.kind = kind; this.form(); this.update(); }

  go() {
    const ask = this.kind === 'cut' ? { at: this.at, direction: this.direction } : { from: this.from, to: this.to, ...(this.kind === 'string' ? { images: this.images, ...(this.springs ? { springs: true } : {}) } : {}) };
    this.asks.ask(this.name, ask);
  }

  form() {
    const s = this.session, minima = found(s).filter((p) => kindOf(p) === 'minimum');
    const [a, b] = this.kind === 'string' && minima.length > 1 ? [`critical.${minima[0].id}`, `critical.${minima[1].id}`] : usual(s, 2);
    const own = (/** @type {string} */ text) => (text.startsWith('critical.') ? found(s).some((p) => `critical.${p.id}` === text) : s.walks.some((w) => w.id === text.split('@')[0]));
    if (!own(this.from) || !own(this.to) || (this.kind === 'string' && minima.length > 1 && !this.from.startsWith('critical.'))) { this.from = a; this.to = b; }
    if (!own(this.at)) this.at = `${s.walks[0].id}@${s.step}`;
    const row = (/** @type {string} */ name, /** @type {any} */ field) => el('label', {}, el('span', {}, name), field);
    const pick = (/** @type {[string, string][] | string[][]} */ list, /** @type {string} */ now, /** @type {string} */ label, /** @type {(v: string) => void} */ go) => { const f = el('select', { 'aria-label': label, onchange: () => go(f.value) }, ...list.map(([v, words]) => el('option', { value: v, selected: v === now }, words))); return f; };
    this.asked.replaceChildren(...(this.kind === 'cut' ? [row('Through', choice(s, this.at, 'Through', (v) => { this.at = v; })), row('Along', pick(DIRECTIONS, this.direction, 'Direction', (v) => { this.direction = v; }))]
      : [row('From', choice(s, this.from, 'From', (v) => { this.from = v; }, { test: 'path-from' })), row('To', choice(s, this.to, 'To', (v) => { this.to = v; }, { test: 'path-to' })),
        ...(this.kind === 'string' ? [row('Images', pick([['31', '31'], ['61', '61']], String(this.images), 'Images', (v) => { this.images = Number(v); })), row('Held by', pick([['even', 'equal lengths'], ['springs', 'springs (NEB)']], this.springs ? 'springs' : 'even', 'What holds the images apart', (v) => { this.springs = v === 'springs'; }))] : [])]));
    const tools = s.opened.tools;
    for (const b2 of this.buttons.children) {
      b2.setAttribute('aria-pressed', String(b2.dataset.kind === this.kind));
      b2.hidden = !!tools && !tools.includes(b2.dataset.kind === 'cut' ? 'line' : b2.dataset.kind);
    }
    this.run = `${s.opened.run} ${s.walks.length} ${found(s).length} ${s.state}`;
  }

  update() {
    const s = this.session;
    if (this.run !== `${s.opened.run} ${s.walks.length} ${found(s).length} ${s.state}` && !this.asked.contains(document.activeElement)) this.form();
    const k = KINDS[this.kind], bar = this.bars[this.kind];
    if (this.bar.firstChild !== bar.box) this.bar.replaceChildren(bar.box);
    // What a run is about need not be asked for.
    if (this.kind === 'connect' && this.joins && s.state === 'done' && !this.asks.get('connect') && this.own !== s.opened.run) { this.own = s.opened.run; this.go(); }
    const e = this.asks.get(this.name), fits = e && (this.kind !== 'cut' && this.kind !== 'line' ? true : (this.kind === 'cut') === (e.ask.at !== undefined)), r = fits ? e.result : null;
    this.notes.replaceChildren(...[fits ? doubt(e) : null].filter((x) => x !== null));
    const unsure = !!e && !e.converged && e.state !== 'running';
    const said = r ? this.say(r) : { shape: null, badges: [], numbers: null, note: '' };
    bar.update(`${k.go} again`, k.none, said.note);
    this.badges.replaceChildren(...said.badges.filter(Boolean).map((t) => el('span', {}, t)));
    this.badges.hidden = !said.badges.length;
    this.profile.set(said.shape ? { ...said.shape, unsure } : null);
    this.numbers.replaceChildren(...(said.numbers ? [said.numbers] : []));
  }

  /** @param {any} r @returns {{shape: import('./profile.js').Shape | null, badges: string[], numbers: Node | null, note?: string}} */
  say(r) {
    const train = this.session.opened.measures.some((/** @type {any} */ m) => m.id === 'test-loss') ? 'train loss only' : '';
    if (this.kind === 'connect') {
      const b = r.barriers ?? {}, lines = /** @type {import('./profile.js').Line[]} */ ([
        { label: 'straight', x: r.t, y: r.straight, dash: [2, 3], ink: 'ink2' },
        ...(r.permuted ? [{ label: 'permuted', x: r.t, y: r.permuted, dash: [8, 4], ink: 'ink2' }] : []),
        ...(r.signed ? [{ label: 'turned', x: r.t, y: r.signed, dash: [12, 3, 2, 3], ink: 'ink2' }] : []),
        ...(r.curve?.length ? [{ label: 'curve', x: r.t, y: r.curve, width: 2.4 }] : []),
      ]);
      const d = r.distance;
      return { shape: { title: 'Loss between two nets', across: 'way from one net to the other', up: 'loss', lines }, note: r.moved === undefined ? '' : `${whole(r.moved)} neurons reordered, ${whole(r.turned ?? 0)} turned`, badges: [train, d ? `distance ${number(d.before, 3)}, after it ${number(d.after, 3)}` : ''],
        numbers: sheet('Barrier: the highest loss over the straight line between the ends', ['Way', 'barrier', 'highest loss'], lines.map((l) => [l.label, number(b[{ turned: 'signed' }[l.label] ?? l.label] ?? NaN), number(Math.max(...Array.from(l.y)))])) };
    }
    if (this.kind === 'string') {
      const x = r.arc ?? r.images.map((/** @type {any} */ _, /** @type {number} */ i) => i), high = r.highest, pass = r.saddle;
      return { shape: { title: 'Loss along the string', across: 'length along the string', up: 'loss', lines: [{ label: `${r.loss.length} images`, x, y: r.loss, dots: true }], spots: [{ x: x[high], y: r.loss[high], text: 'highest image', ring: true }], levels: pass ? [{ label: `pass ${number(pass.loss, 6)}`, at: pass.loss }] : [] },
        badges: [train, `${r.loss.length} images`, `${whole(r.iterations)} iterations`],
        numbers: sheet('Heights on the way', ['Place', 'loss', 'over the higher end'], [['highest image', number(r.loss[high], 6), number(r.loss[high] - Math.max(r.loss[0], r.loss[r.loss.length - 1]))], ['pass, polished by Newton’s method', pass ? number(pass.loss, 6) : 'not reached', pass ? number(r.barrier) : '–']]) };
    }
    const line = this.kind === 'line', lines = /** @type {import('./profile.js').Line[]} */ ([{ label: r.label ?? 'loss', x: r.t, y: r.loss }]);
    if (line && r.chord?.length) lines.push({ label: 'between the ends', x: r.t, y: r.chord, dash: [4, 3], ink: 'ink3' });
    return { shape: { title: line ? 'Loss on the line' : 'Cut', across: line ? 'way: 0 is the first point, 1 the second' : `way along: ${r.label ?? ''}, 0 is the point`, up: 'loss', lines, places: line ? [{ label: '0', at: 0 }, { label: '1', at: 1 }] : [{ label: 'here', at: 0 }] },
      badges: [train, `${r.t.length} places`], numbers: line ? el('p', { 'data-testid': 'line-barrier' }, `Barrier ${number(r.barrier)}: the highest loss over the straight line between the ends, at the places computed.`) : null };
  }

  table() {
    const shape = this.profile.shape, lines = shape?.lines ?? [];
    if (!lines.length) return { head: [], rows: [] };
    return { head: [/** @type {any} */ (shape).across, ...lines.map((l) => l.label)], rows: Array.from(lines[0].x, (x, i) => [x, ...lines.map((l) => l.y[i] ?? '')]) };
  }
}
