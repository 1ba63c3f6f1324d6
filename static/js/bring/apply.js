// Where a file goes: the control of a lab that takes it, and the parameters of a link that follow from it.

import { sentence } from '../drop.js';
import { inWords } from './upload.js';

/** @typedef {import('./upload.js').Report} Report */
/** @typedef {import('../session.js').Session} Session */
/** @typedef {{lab: any, control: any}} Place a control that takes a kind of files */

/** What is done with a file of a kind. @type {Record<string, string>} */
export const DEEDS = { table: 'Train on this table', checkpoint: 'Open these weights', surface: 'Show this surface', paths: 'Show these paths' };

/** The controls that take a kind of file. @param {any[]} labs @param {string} kind @returns {Place[]} */
export function places(labs, kind) {
  return labs.flatMap((lab) => lab.controls.filter((/** @type {any} */ c) => c.accept?.includes(kind)).map((/** @type {any} */ control) => ({ lab, control })));
}

/** The ground that a control belongs to: one of its name. @param {any} lab @param {string} id */
const groundOf = (lab, id) => lab.controls.find((/** @type {any} */ c) => c.id === 'problem')?.choices?.find((/** @type {any} */ o) => o.id === id);

/**
 * Sets a file in the parameters of a link. What a file says of other controls, such as the widths of its net, is set with it;
 * another ground starts without what was set for the old one.
 * @param {URLSearchParams} p @param {Place} place @param {Report} report @param {string} problem the ground of the run that the parameters are of
 * @param {Record<string, string>} [more] further parameters; an empty one is left to its default
 */
export function set(p, { lab, control }, report, problem, more = {}) {
  if (groundOf(lab, control.id) && problem !== control.id) {
    for (const k of [...p.keys()]) if (k !== 'methods' && k !== 'steps' && k !== 'seed') p.delete(k);
    // The paths of another file, and their length, go with it.
    const ids = (p.get('methods') ?? '').split(';').map((t) => t.split(':')[0]), kept = ids.filter((t) => t && !/(^|=)recorded$/.test(t));
    if (kept.length < ids.length) p.delete('steps');
    if (kept.length) p.set('methods', kept.join(';')); else p.delete('methods');
    p.set('problem', control.id);
  }
  p.delete('moves');
  p.set(control.id, report.id);
  for (const [k, v] of Object.entries(report.summary ?? {})) {
    if (typeof v === 'object' || v === '' || !lab.controls.some((/** @type {any} */ c) => c.id === k)) continue;
    p.set(k, typeof v === 'boolean' ? (v ? 'on' : 'off') : String(v));
  }
  const walks = report.summary?.paths?.walks, recorded = lab.methods.some((/** @type {any} */ m) => m.id === 'recorded');
  if (recorded && (walks || report.kind === 'surface')) {
    p.set('methods', recordings(lab, walks ?? []).join(';'));
    p.set('steps', String(Math.max(1, ...(walks ?? []).map((/** @type {any} */ w) => w.last))));
  }
  for (const [k, v] of Object.entries(more)) if (lab.controls.some((/** @type {any} */ c) => c.id === k)) { if (v) p.set(k, v); else p.delete(k); }
}

/** The paths of a file as methods, by their own names where those may be names. @param {any} lab @param {{id: string}[]} walks */
function recordings(lab, walks) {
  if (!walks.length) return ['recorded'];
  const used = new Set();
  return walks.map((w, i) => {
    let name = w.id.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 24);
    if (!/^[a-z]/.test(name) || used.has(name)) name = `path-${i + 1}`;
    used.add(name);
    return `${name}=recorded${i ? `:path=${i + 1}` : ''}`;
  });
}

/** The import that one click takes back. @type {WeakMap<Session, {id: string, before: URLSearchParams}>} */
const last = new WeakMap();

/** Whether a file came by the last import. @param {Session} session @param {string} id */
export const undoable = (session, id) => last.get(session)?.id === id;

/** Takes the last import back. @param {Session} session */
export function undo(session) {
  const was = last.get(session);
  if (!was) return;
  last.delete(session);
  session.openLink(was.before);
}

/**
 * Opens the run with a file. Resolves with what the server has against it, nothing when it runs.
 * @param {Session} session @param {any} control @param {Report} report @param {string} name @param {Record<string, string>} [more]
 * @returns {Promise<string>}
 */
export function apply(session, control, report, name, more) {
  const p = session.parameters(), before = new URLSearchParams(p), values = session.opened?.spec.values ?? {};
  if (session.missing?.id === report.id) {
    // The file that a link asked for: the link is opened as it was meant.
    const { link } = session.missing;
    for (const k of [...p.keys()]) p.delete(k);
    link.forEach((v, k) => p.set(k, v));
    session.missing = null;
    return opening(session, p, control, report, name, before);
  }
  // What a file replaces keeps the methods that run, whether the link names them or the preset.
  if (!p.has('methods') && session.opened) p.set('methods', session.methodTexts().join(';'));
  if (!p.has('steps') && session.opened) p.set('steps', String(session.opened.spec.steps));
  set(p, { lab: session.schema, control }, report, values.problem, more);
  return opening(session, p, control, report, name, before);
}

/**
 * Opens a link with a file, and says so. @param {Session} session @param {URLSearchParams} p @param {any} control @param {Report} report @param {string} name
 * @param {URLSearchParams} before what Undo goes back to @returns {Promise<string>} what was refused
 */
function opening(session, p, control, report, name, before) {
  return new Promise((done) => {
    const heard = new AbortController(), on = (/** @type {string} */ type, /** @type {(m: any) => void} */ f) => session.addEventListener(type, (e) => f(/** @type {CustomEvent} */ (e).detail), { signal: heard.signal });
    on('opened', (m) => {
      if (m.spec.values[control.id] !== report.id) return;
      heard.abort();
      last.set(session, { id: report.id, before });
      session.emit('imported', { control: control.id });
      session.tell(`Opened with ${name || 'the file'}.`, [inWords(report), m.note].filter(Boolean).map(sentence).join(' '), { label: 'Undo', go: () => undo(session) }, 'done');
      done('');
    });
    on('fault', (m) => { heard.abort(); done(String(m.detail ?? m.title)); });
    session.openLink(p);
  });
}
