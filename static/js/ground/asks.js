// Questions about the ground that take a while: what was asked, how far the answer is, and what it says so far.

/** @typedef {import('../session.js').Session} Session */

/**
 * One exploration as the page knows it.
 * @typedef {object} Exploration
 * @property {string} tool
 * @property {string} id tells its answers from those to an older question
 * @property {any} ask
 * @property {'asked' | 'running' | 'done' | 'stopped' | 'failed'} state
 * @property {number} share how far it is, 0 to 1
 * @property {number} evaluations losses, gradients and products that it took so far
 * @property {boolean} converged
 * @property {string} why what stopped it, or what kept it from converging
 * @property {number} version of the plane that s and t of the result belong to
 * @property {any} result null before the first part of an answer
 */

/** @type {WeakMap<Session, Asks>} */
const all = new WeakMap();

/** The explorations of a session, made when they are first asked for. @param {Session} session */
export function asksOf(session) {
  let a = all.get(session);
  if (!a) all.set(session, a = new Asks(session));
  return a;
}

let asked = 0;

export class Asks {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Map<string, Exploration>} the newest of each tool */
    this.of = new Map();
    /** @type {Set<(tool: string) => void>} */
    this.watchers = new Set();
    session.on('exploration', (m) => this.take(m));
    session.on('opened', (m) => {
      if (m.again) this.reopen();
      else { const tools = [...this.of.keys()]; this.of.clear(); for (const t of tools) this.tell(t); }
    });
  }

  /** Calls f with the tool whose exploration changed. @param {(tool: string) => void} f @returns {() => void} that stops it */
  watch(f) { this.watchers.add(f); return () => { this.watchers.delete(f); }; }

  /** @param {string} tool */
  tell(tool) {
    for (const f of this.watchers) f(tool);
    this.session.dirty = true;
  }

  /** @param {string} tool @returns {Exploration | undefined} */
  get(tool) { return this.of.get(tool); }

  /** Whether a tool is at work. @param {string} tool */
  busy(tool) { const e = this.of.get(tool); return e?.state === 'asked' || e?.state === 'running'; }

  /** Asks anew; what the tool was at is given up. @param {string} tool @param {any} ask */
  ask(tool, ask) {
    const id = `${tool}-${++asked}`;
    this.of.set(tool, { tool, id, ask, state: 'asked', share: 0, evaluations: 0, converged: false, why: '', version: -1, result: null });
    this.session.send({ type: 'explore', tool, id, ask });
    this.tell(tool);
  }

  /** @param {string} tool @returns {boolean} whether there was something to stop */
  cancel(tool) {
    const e = this.of.get(tool);
    if (!e || !this.busy(tool)) return false;
    this.session.send({ type: 'explore', tool, cancel: true });
    e.state = 'stopped';
    e.why ||= 'stopped by you';
    this.tell(tool);
    return true;
  }

  /** Forgets an answer, so that its marks go. @param {string} tool */
  forget(tool) {
    this.cancel(tool);
    if (this.of.delete(tool)) this.tell(tool);
  }

  /** @param {any} m */
  take(m) {
    const e = this.of.get(m.tool);
    // An answer to a question that was given up comes too late.
    if (!e || m.id !== e.id || (e.state === 'stopped' && m.state === 'running')) return;
    e.state = m.state;
    e.share = m.share ?? e.share;
    e.evaluations = m.evaluations ?? e.evaluations;
    e.converged = m.converged ?? false;
    e.why = m.why ?? '';
    e.version = m.version ?? m.result?.version ?? this.session.plane?.version ?? 0;
    if (m.result) e.result = m.result;
    this.tell(m.tool);
  }

  /** After a cut the server has forgotten what this page had asked. */
  reopen() {
    for (const e of [...this.of.values()]) if (this.busy(e.tool)) this.ask(e.tool, e.ask);
  }
}
