// Files dropped on any page or chosen by hand: what Thalweg wrote opens the run it was made of, other data goes where a lab can use it.

import { el, icon } from './icons.js';

/** @typedef {(title: string, detail: string) => void} Say */

const ACCEPT = '.svg,.png,.gif,.webm,.npz,.csv,.tsv,.txt,.json,.html,.tex,.dat,.zip,.safetensors';

/** What the server said against a request, in words. @param {Response} response @returns {Promise<string>} */
export async function words(response) {
  let said = '';
  try {
    const p = await response.json();
    said = p.detail || p.title;
  } catch {
    said = `the server answered ${response.status} ${response.statusText}`.trim();
  }
  return sentence(said);
}

/** @param {string} text */
export const sentence = (text) => text.trim().replace(/^./, (c) => c.toUpperCase()).replace(/[^.?!]$/, '$&.');

/**
 * Takes a file: an export of a run opens that run, what a lab can use goes to it.
 * @param {string} base @param {File} file @param {Say} say @param {import('./session.js').Session} [session] the run of a lab page
 */
export async function openFile(base, file, say, session) {
  say('Opening', `${file.name}…`);
  const { takeFile } = await import('./bring/take.js');
  await takeFile({ base, session }, file, file.name, (refused) => (refused ? say(`${file.name} was not opened.`, refused) : say('', '')));
}

/**
 * The button that opens a file by hand; its input is what tests and assistive software find.
 * @param {string} base @param {Say} say @param {string} [style] classes of the button @param {import('./session.js').Session} [session]
 */
export function openButton(base, say, style = 'button', session = undefined) {
  const input = el('input', { type: 'file', hidden: true, accept: ACCEPT, 'data-testid': 'import-drop', 'aria-label': 'Open a file', tabindex: -1 });
  input.addEventListener('change', () => {
    const file = input.files[0];
    input.value = '';
    if (file) openFile(base, file, say, session);
  });
  const button = el('button', { type: 'button', class: style, title: 'Any file that Thalweg exported opens the run it was made of; tables, weights, surfaces and paths of your own are shown', onclick: () => input.click() }, 'Open a file');
  return [button, input];
}

/** A line over the foot of pages that have no place for words. @returns {Say} */
function note() {
  const text = el('span', {});
  const box = el('div', { class: 'drop-note', hidden: true, role: 'status' }, text, el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => { box.hidden = true; } }, icon('cross')));
  document.body.append(box);
  return (title, detail) => {
    text.replaceChildren(el('b', {}, title), ` ${detail}`);
    box.hidden = !title;
  };
}

/**
 * Takes files dropped anywhere on the page.
 * @param {string} base @param {Say} [say] where refusals are said; without it the page gets a line of its own, and a button beside its links
 * @param {import('./session.js').Session} [session] the run of a lab page
 */
export function installDrop(base, say, session) {
  const speak = say ?? note();
  const nav = document.querySelector('.site .actions');
  if (!say && nav) nav.querySelector('[data-theme-toggle]')?.before(...openButton(base, speak, 'quiet open-figure'));
  const veil = el('div', { class: 'drop-veil', hidden: true, 'aria-hidden': 'true' }, el('div', {}, icon('import', 32), el('b', {}, 'Drop it to open it'), el('span', {}, 'A figure or file that Thalweg exported, or your own: a table as CSV, weights as safetensors, a surface or paths as NPZ')));
  document.body.append(veil);
  let depth = 0, inside = false;
  const files = (/** @type {DragEvent} */ e) => !inside && !e.defaultPrevented && !!e.dataTransfer?.types.includes('Files');
  const show = (/** @type {boolean} */ on) => {
    if (!on) depth = 0;
    veil.hidden = !on;
  };
  // A picture of the page dragged about is no file from outside.
  addEventListener('dragstart', () => { inside = true; });
  addEventListener('dragend', () => { inside = false; });
  addEventListener('dragenter', (e) => { if (files(e)) { e.preventDefault(); depth++; show(true); } });
  addEventListener('dragleave', () => { if (depth > 0 && --depth === 0) show(false); });
  addEventListener('dragover', (e) => {
    if (!files(e)) return;
    e.preventDefault();
    /** @type {DataTransfer} */ (e.dataTransfer).dropEffect = 'copy';
  });
  addEventListener('drop', (e) => {
    show(false);
    if (!files(e)) return;
    e.preventDefault();
    const list = e.dataTransfer?.files ?? [];
    if (list.length === 1) openFile(base, list[0], speak, session);
    else speak('Not opened.', list.length ? `You dropped ${list.length} files. Drop one at a time.` : 'What you dropped is not a file.');
  });
}
