// What a reader takes along at once: a file, the link, the code of a frame.

import { words } from './drop.js';
import { el } from './icons.js';
import { whole } from './numbers.js';

/** @typedef {import('./session.js').Session} Session */

/** Hands a file to the reader. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const a = el('a', { href: URL.createObjectURL(blob), download: name, hidden: true });
  document.body.append(a);
  a.click();
  a.remove();
  // Some browsers read the file only after the click is over.
  setTimeout(() => URL.revokeObjectURL(a.href), 60e3);
}

/** @param {Session} session @param {string} extension @param {string} [part] what of the page it shows */
export function fileName(session, extension, part = '') {
  const { spec, run } = session.opened;
  const what = [session.lab, spec.preset || spec.values.problem, part, run].filter((t) => typeof t === 'string' && t);
  return `thalweg-${what.join('-').replace(/[^A-Za-z0-9-]+/g, '-')}.${extension}`;
}

/** The recipe of the shown run at the shown step, as JSON. @param {Session} session @param {AbortSignal} [signal] */
export async function recipe(session, signal) {
  const r = await fetch(`${session.base}/api/runs/${session.opened.run}/recipe?step=${session.step}`, { signal });
  if (!r.ok) throw new Error(await words(r));
  return (await r.text()).trim();
}

/** Takes a text to the clipboard, also where a page has no right to it by itself. @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain http there is no clipboard object, but a selected field may still be copied.
  }
  const held = document.activeElement;
  const field = el('textarea', { class: 'visually-hidden', readonly: true, 'aria-hidden': 'true' });
  field.value = text;
  (held?.closest('dialog,[popover]') ?? document.body).append(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand('copy');
  } catch {
    // then the reader copies it
  }
  field.remove();
  if (held instanceof HTMLElement) held.focus({ preventScroll: true });
  return done;
}

/** @type {HTMLElement | undefined} */
let sheet;

/** Shows a link selected, ready to be copied by hand. @param {string} link */
function showLink(link) {
  sheet?.remove();
  const field = el('input', { type: 'text', value: link, readonly: true, 'aria-label': 'Link to this run at this step' });
  sheet = /** @type {HTMLElement} */ (el('div', { class: 'link-sheet', popover: 'auto', role: 'dialog', 'aria-label': 'Copy link' }, el('p', {}, 'This browser lets no page copy. The link is selected: copy it by hand.'), field));
  document.body.append(sheet);
  sheet.showPopover();
  field.focus();
  field.select();
}

/** Copies the link of this run at this step with this view, and says so. @param {Session} session */
export async function copyLink(session) {
  if (!session.opened) return;
  const link = session.pageLink(), step = session.step;
  if (await copyText(link)) session.tell('Copied.', `Opens at step ${whole(step)} with this view.`, undefined, 'done');
  else showLink(link);
}

/** The HTML of a frame with this run. @param {Session} session @param {string} theme '' for the reader's */
export function embedCode(session, theme) {
  const url = new URL(session.pageLink());
  url.pathname = url.pathname.replace(/\/lab\/([^/]+)$/, '/embed/$1');
  if (theme) url.searchParams.set('theme', theme);
  const quoted = (/** @type {string} */ t) => t.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<iframe src="${quoted(url.href)}" title="${quoted(session.schema.title ?? 'Thalweg')}" width="960" height="640" loading="lazy" style="border:0"></iframe>`;
}
