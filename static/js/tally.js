// What those who were asked have given away in all runs of this tab: another preset asks the same people again.

import { el } from './icons.js';
import { number } from './numbers.js';

/** The chance of an exception that the total is told for. */
const DELTA = 1e-5;
/** More than this is without end. */
const MANY = 1e150;

export class Tally {
  /** @param {import('./session.js').Session} session @param {{measure: string, bound: string, who: string}} spec */
  constructor(session, spec) {
    this.session = session;
    this.spec = spec;
    this.box = el('p', { class: 'note said', 'data-testid': 'tally' });
    this.at = 0;
    /** @type {Record<string, number[]>} what each run cost, by its link: in a measure that adds up, and by the best bound of its own */
    this.runs = {};
    this.key = '';
  }

  /** Adds what the run on screen has cost so far, and tells the sum. It never falls. */
  draw() {
    const s = this.session, now = performance.now();
    if (!s.opened || now - this.at < 500) return;
    this.at = now;
    // Whoever has the same seed is the same people, whatever they are asked.
    const key = `ledger ${s.schema.id} ${s.opened.spec.seed}`;
    if (key !== this.key) { this.key = key; this.runs = stored(key); }
    let cost = 0, bound = 0;
    for (const w of s.walks) {
      const v = w.read(this.spec.measure, w.rows.last), b = w.read(this.spec.bound, w.rows.last);
      if (v > 0) { cost += v; bound += b > 0 ? b : Infinity; }
    }
    const run = String(s.opened.link);
    if (cost > (this.runs[run]?.[0] ?? 0)) {
      this.runs[run] = [Math.min(cost, MANY), Math.min(bound, MANY)];
      try { sessionStorage.setItem(key, JSON.stringify(this.runs)); } catch { /* Private windows keep it as long as the page. */ }
    }
    const costs = Object.values(this.runs), n = costs.length;
    let rho = 0, sum = 0;
    for (const [a, b] of costs) { rho += a; sum += b; }
    const least = Math.min(sum, rho + 2 * Math.sqrt(rho * Math.log(1 / DELTA))), total = least < MANY ? number(least, 3) : '∞';
    const text = n ? `${this.spec.who} of seed ${s.opened.spec.seed}, over ${n === 1 ? 'one run' : `${n} runs`} in this tab: ε = ${total} at δ = 1e−5 a run. Another preset does not take it back.` : '';
    if (this.box.textContent !== text) this.box.textContent = text;
  }
}

/** @param {string} key @returns {Record<string, number[]>} */
function stored(key) {
  try { return JSON.parse(sessionStorage.getItem(key) ?? '{}'); } catch { return {}; }
}
