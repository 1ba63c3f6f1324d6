// The theme of the page: what the link asks for, else what the reader chose here before, else the system's.

const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');
const place = 'thalweg-theme';

/** @param {string | null | undefined} name */
const known = (name) => name === 'light' || name === 'dark';

function remembered() {
  try {
    return localStorage.getItem(place);
  } catch {
    return null; // storage is switched off
  }
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(place, name);
  } catch {
    // the choice lasts as long as the page
  }
}

const isDark = () => (known(root.dataset.theme) ? root.dataset.theme === 'dark' : system.matches);

function show() {
  for (const b of document.querySelectorAll('[data-theme-toggle]')) b.setAttribute('aria-pressed', String(isDark()));
}

const asked = new URLSearchParams(location.search).get('theme');
const first = known(asked) ? asked : remembered();
if (first && known(first)) root.dataset.theme = first;

/** The switch for the lab's bar, whose other buttons come from the lab. */
function addToggle() {
  const actions = document.getElementById('actions');
  if (!actions || document.querySelector('[data-theme-toggle]')) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'icon-button';
  button.dataset.themeToggle = '';
  button.dataset.testid = 'theme';
  button.title = 'Light or dark';
  button.setAttribute('aria-label', 'Dark theme');
  button.innerHTML = '<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M13.2 9.8A5.6 5.6 0 0 1 6.2 2.8 5.6 5.6 0 1 0 13.2 9.8Z"/></svg>';
  actions.append(button);
}

document.addEventListener('click', (e) => {
  if (!(e.target instanceof Element) || !e.target.closest('[data-theme-toggle]')) return;
  const name = isDark() ? 'light' : 'dark';
  root.dataset.theme = name;
  remember(name);
  show();
});
system.addEventListener('change', show);

/** The page may still be arriving: this script holds back its first picture. */
function ready() {
  addToggle();
  show();
}
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready);
else ready();
