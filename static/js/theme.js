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

document.addEventListener('click', (e) => {
  if (!(e.target instanceof Element) || !e.target.closest('[data-theme-toggle]')) return;
  const name = isDark() ? 'light' : 'dark';
  root.dataset.theme = name;
  remember(name);
  show();
});
system.addEventListener('change', show);

show();
