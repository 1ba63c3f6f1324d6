// Points of a run by name, as links and the server know them: adam@120 is where a method stands at a step, adam its end,
// critical.3 a point that the search on the ground found.

import { el } from '../icons.js';
import { number, whole } from '../numbers.js';
import { brief } from '../panels/names.js';
import { asksOf } from './asks.js';

/** @typedef {import('../session.js').Session} Session */
/** @typedef {{id: number, label: string, loss: number, index: number, nullity: number, converged?: boolean}} Found */

/** What a critical point is, in a word. @param {Found} p */
export function kindOf(p) {
  if (p.converged === false) return 'not converged';
  if (/max/.test(p.label)) return 'maximum';
  if (/degenerate/.test(p.label)) return 'degenerate';
  if (/min/.test(p.label)) return 'minimum';
  return p.index > 0 ? 'saddle' : 'minimum';
}

/** Its name among the others. @param {Found} p */
export const nameOf = (p) => `${kindOf(p)} ${p.id}`;

/** The critical points that were found. @param {Session} session @returns {Found[]} */
export function found(session) { return asksOf(session).get('critical-points')?.result?.points ?? []; }

/** A point in a few words, as marks carry them. @param {Session} session @param {string} text */
export function short(session, text) {
  if (text.startsWith('critical.')) return spoken(session, text);
  const [id, at] = text.split('@'), w = session.walks.find((x) => x.id === id);
  if (!w && at === undefined) return id;
  return `${w ? brief(w) : id} ${at === undefined ? 'end' : at === '0' ? 'start' : `step ${whole(Number(at))}`}`;
}

/** A point in words. @param {Session} session @param {string} text */
export function spoken(session, text) {
  const critical = /^critical\.(\d+)$/.exec(text);
  if (critical) {
    const p = found(session).find((f) => String(f.id) === critical[1]);
    return p ? nameOf(p) : `critical point ${critical[1]}`;
  }
  const [id, at] = text.split('@'), w = session.walks.find((x) => x.id === id);
  return `${w?.label ?? id}, ${at === undefined ? 'its end' : at === '0' ? 'its start' : `step ${whole(Number(at))}`}`;
}

/**
 * A choice of points: each method's start, where it is now, its end; and the critical points.
 * @param {Session} session @param {string} chosen @param {string} label @param {(text: string) => void} go @param {{critical?: boolean, test?: string}} [o]
 */
export function choice(session, chosen, label, go, { critical = true, test = '' } = {}) {
  const here = session.step, box = el('select', { 'aria-label': label, 'data-testid': test || undefined, onchange: () => go(box.value) });
  const walks = session.walks.filter((w) => !w.method.replica);
  let seen = false;
  const option = (/** @type {string} */ text, /** @type {string} */ words) => {
    if (text === chosen) seen = true;
    return el('option', { value: text, selected: text === chosen }, words);
  };
  for (const w of walks) {
    const name = brief(w), end = session.state === 'done' ? 'end' : 'latest';
    box.append(el('optgroup', { label: w.label }, option(`${w.id}@0`, `${name}: start`),
      here > 0 && here < session.opened.steps ? option(`${w.id}@${here}`, `${name}: here, step ${whole(here)}`) : null, option(w.id, `${name}: ${end}`)));
  }
  const points = critical ? found(session).filter((p) => p.converged !== false) : [];
  if (points.length) box.append(el('optgroup', { label: 'Critical points' }, ...points.map((p) => option(`critical.${p.id}`, `${nameOf(p)}: ${number(p.loss)}`))));
  if (chosen && !seen) box.append(el('option', { value: chosen, selected: true }, spoken(session, chosen)));
  return box;
}

/** The points that a plane or a tool takes by itself. @param {Session} session @param {number} n */
export function usual(session, n) {
  const ids = [...new Set(session.walks.map((w) => w.id))], [a, b] = ids;
  if (n === 1) return [a];
  if (n === 2) return b ? [a, b] : [`${a}@0`, a];
  return b ? [`${a}@0`, a, b] : [`${a}@0`, `${a}@${Math.round(session.opened.steps / 2)}`, a];
}
