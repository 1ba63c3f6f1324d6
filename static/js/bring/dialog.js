// A dialog of the page: a title, what it holds, a foot with buttons. It is made when it opens and gone when it closes.

import { el, icon } from '../icons.js';
import { styled } from './style.js';

let dialogs = 0;

/**
 * @param {string} title @param {string} test the hook of tests @param {(Node | string | null)[]} parts @param {(Node | null)[]} foot
 * @returns {{root: any, close: () => void, shown: Promise<void>}}
 */
export function dialog(title, test, parts, foot) {
  const id = `bring-title-${++dialogs}`;
  const close = () => root.close();
  const root = el('dialog', { class: 'bring', 'aria-labelledby': id, 'data-testid': test },
    el('header', {}, el('h2', { id }, title), el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close }, icon('cross'))),
    el('div', { class: 'bring-body', tabindex: -1 }, ...parts), el('footer', {}, ...foot));
  const held = document.activeElement;
  root.addEventListener('close', () => {
    root.remove();
    if (held instanceof HTMLElement && held.isConnected) held.focus({ preventScroll: true });
  });
  // The page's keys rest while the dialog is open.
  root.addEventListener('keydown', (/** @type {KeyboardEvent} */ e) => { if (e.key !== 'Escape') e.stopPropagation(); });
  const shown = styled().then(() => {
    document.body.append(root);
    root.showModal();
  });
  return { root, close, shown };
}
