// Any file that Thalweg wrote, dropped on any of its pages or chosen by hand, opens the run it was made of.

import { el, icon } from './icons.js';

/** @typedef {(title: string, detail: string) => void} Say */

const ACCEPT = '.svg,.png,.gif,.webm,.npz,.csv,.json,.html,.tex,.dat,.zip';

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
 * Sends a file's bytes and goes where its recipe leads.
 * @param {string} base @param {File} file @param {Say} say
 */
export async function openFile(base, file, say) {
  say('Opening', `${file.name}…`);
  let response;
  try {
    response = await fetch(`${base}/api/recipe`, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
  } catch {
    return say(`${file.name} was not opened.`, 'The server does not answer. Try again when it runs.');
  }
  if (!response.ok) return say(`${file.name} was not opened.`, await words(response));
  const { link } = await response.json();
  // Only a lab of this server: whatever a file says, it leads nowhere else.
  if (typeof link !== 'string' || !link.startsWith(`${base}/lab/`)) return say(`${file.name} was not opened.`, 'It names no run of this program.');
  // In a frame of another page only the embedded lab may stand.
  location.assign(document.querySelector('main[data-embed]') ? link.replace(`${base}/lab/`, `${base}/embed/`) : link);
}

/**
 * The button that opens a file by hand; its input is what tests and assistive software find.
 * @param {string} base @param {Say} say @param {string} [style] classes of the button
 */
export function openButton(base, say, style = 'button') {
  const input = el('input', { type: 'file', hidden: true, accept: ACCEPT, 'data-testid': 'import-drop', 'aria-label': 'Open a figure', tabindex: -1 });
  input.addEventListener('change', () => {
    const file = input.files[0];
    input.value = '';
    if (file) openFile(base, file, say);
  });
  const button = el('button', { type: 'button', class: style, title: 'Any file that Thalweg exported opens the run it was made of', onclick: () => input.click() }, 'Open a figure');
  return [button, input];
}

/** A line over the foot of pages that have no place for words. @returns {Say} */
function note() {
  const text = el('span', {});
  const box = el('div', { class: 'drop-note', hidden: true, role: 'status' }, text, el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => { box.hidden = true; } }, icon('cross')));
  document.body.append(box);
  return (title, detail) => {
    text.replaceChildren(el('b', {}, title), ` ${detail}`);
    box.hidden = false;
  };
}

/**
 * Takes files dropped anywhere on the page.
 * @param {string} base @param {Say} [say] where refusals are said; without it the page gets a line of its own, and a button beside its links
 */
export function installDrop(base, say) {
  const speak = say ?? note();
  const nav = document.querySelector('.site .actions');
  if (!say && nav) nav.querySelector('[data-theme-toggle]')?.before(...openButton(base, speak, 'quiet open-figure'));
  const veil = el('div', { class: 'drop-veil', hidden: true, 'aria-hidden': 'true' }, el('div', {}, icon('import', 32), el('b', {}, 'Drop it to restore its run'), el('span', {}, 'SVG, PNG, GIF, WebM, NPZ, CSV, JSON, HTML or pgfplots, as Thalweg exported it')));
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
    if (list.length === 1) openFile(base, list[0], speak);
    else speak('Not opened.', list.length ? `You dropped ${list.length} files. One figure opens one run: drop one.` : 'What you dropped is not a file.');
  });
}
