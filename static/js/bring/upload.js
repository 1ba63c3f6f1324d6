// Files given to the server, and what it says of them.

import { words } from '../drop.js';
import { whole } from '../numbers.js';

/** @typedef {{line: number, column: number, text: string}} Problem a fault of a table: column 0 is the whole line, line 0 the whole file */
/** @typedef {{id: string, kind: string, summary: any, problems: Problem[], more: number, recipe?: {link: string, step?: number}, stored: boolean}} Report what the server says of a file */
/** @typedef {{name: string, text?: string}} Origin what the page remembers of a file that it sent */

/** Bytes of a table and of any file, as the server takes them. */
export const TABLE_BYTES = 5 * 2 ** 20, FILE_BYTES = 64 * 2 ** 20;

/** What is said of each kind of file before one is chosen. @type {Record<string, string>} */
export const LIMITS = {
  table: 'CSV: UTF-8, at most 5 MiB, 10 to 5\u2009000 rows, 2 to 256 columns',
  checkpoint: 'safetensors of a dense net, at most 64 MiB',
  surface: 'NPZ with loss and coordinates, with theta, or both; at most 64 MiB',
  paths: 'NPZ with loss and coordinates, with theta, or both; at most 64 MiB',
};

/** @type {Map<string, Report>} */
const reports = new Map();
/** @type {Map<string, Origin>} where the page had each file from, as long as it is open */
const origins = new Map();

/** What the page remembers of a file. @param {string} id @returns {Origin | undefined} */
export const originOf = (id) => origins.get(id);

/**
 * Sends a file. What cannot be read is thrown as an Error whose message is a sentence of the server.
 * @param {string} base @param {Blob} file @param {Origin} origin @returns {Promise<Report>}
 */
export async function upload(base, file, origin) {
  if (file.size > FILE_BYTES) throw new Error(`The file has ${whole(file.size)} bytes, at most ${whole(FILE_BYTES)} are taken.`);
  let response;
  try {
    response = await fetch(`${base}/api/uploads`, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
  } catch {
    throw new Error('The server does not answer. Try again when it runs.');
  }
  if (!response.ok) throw new Error(await words(response));
  /** @type {Report} */
  const report = await response.json();
  reports.set(report.id, report);
  origins.set(report.id, origin);
  return report;
}

/** What the server says of a file that it has; null where it has it no more. @param {string} base @param {string} id @returns {Promise<Report | null>} */
export async function reportOf(base, id) {
  const known = reports.get(id);
  if (known) return known;
  const response = await fetch(`${base}/api/uploads/${encodeURIComponent(id)}`);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(await words(response));
  const report = await response.json();
  reports.set(id, report);
  return report;
}

/** Forgets what was said of a file: the server may have dropped it. @param {string} id */
export function forget(id) { reports.delete(id); }

/** A file in one line. @param {Report} r @returns {string} */
export function inWords(r) {
  const s = r.summary, many = (/** @type {number} */ n, /** @type {string} */ one, more = `${one}s`) => `${whole(n)} ${n === 1 ? one : more}`;
  switch (r.kind) {
    case 'table': return [many(s.rows, 'row'), many(s.columns.length, 'column'), s.classes ? many(s.classes.length, 'class', 'classes') : r.problems.length ? '' : 'numbers to predict'].filter(Boolean).join(', ');
    case 'checkpoint': return [`a net ${s.sizes.join('–')}`, s.activation, `${whole(s.parameters)} parameters`].filter(Boolean).join(', ');
    case 'snapshot': return 'a run of this program';
  }
  const parts = [];
  if (s.surface) parts.push(`a surface of ${whole(s.surface.rows)} by ${whole(s.surface.columns)}`);
  if (s.paths) parts.push(`${many(s.paths.walks.length, 'path')} of up to ${whole(Math.max(...s.paths.walks.map((/** @type {any} */ w) => w.steps)))} points${s.paths.dim ? ` in ${many(s.paths.dim, 'dimension')}` : ''}`);
  return parts.join(' and ');
}
