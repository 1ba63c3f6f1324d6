// The gallery and the problem page: figures open here, what a lab needs is fetched ahead, and pictures that are not ready yet
// are asked for again.

import { installDrop } from './drop.js';

installDrop(document.documentElement.dataset.base ?? '');

const assets = new URL('../', import.meta.url);

/** Fetches the parts that every lab shares, once. */
function ahead() {
  for (const name of ['css/lab.css', 'vendor/three.js', 'js/lab.js']) {
    const link = document.createElement('link');
    link.rel = name.endsWith('.js') ? 'modulepreload' : 'prefetch';
    link.href = new URL(name, assets).href;
    document.head.append(link);
  }
}

let fetched = false;
function once() {
  if (fetched) return;
  fetched = true;
  ahead();
}

const links = document.querySelectorAll('[data-testid="lab-card"], [data-testid="start"], .hero-picture');
for (const link of links) {
  for (const kind of ['pointerenter', 'focus', 'touchstart']) link.addEventListener(kind, once, { once: true, passive: true });
}
if (links.length > 0) window.addEventListener('load', () => setTimeout(once, 800));

/** @param {HTMLImageElement} img @param {number} left */
function again(img, left) {
  if (left === 0) return;
  img.addEventListener('error', () => setTimeout(() => {
    again(img, left - 1);
    img.src = String(img.getAttribute('src'));
  }, 4000), { once: true });
}
for (const img of document.querySelectorAll('img.thumb')) if (img instanceof HTMLImageElement) again(img, 3);

// ---- the first picture ----

const hero = document.querySelector('.hero-picture');
const still = matchMedia('(prefers-reduced-motion: reduce)');
/** How long a play takes, in milliseconds. */
const PLAY = 5200;

const dark = () => { const t = document.documentElement.dataset.theme; return t ? t === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches; };

/** The picture as a drawing of this page, so that its trails can be played. @returns {Promise<SVGElement | null>} */
async function drawing() {
  if (!(hero instanceof HTMLElement)) return null;
  const theme = dark() ? 'dark' : 'light';
  const there = hero.querySelector('svg');
  if (there && there.dataset.theme === theme) return there;
  const answer = await fetch(`${hero.dataset.hero}?theme=${theme}`);
  if (!answer.ok) return there;
  const svg = document.importNode(new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement, true);
  if (!(svg instanceof SVGElement)) return there;
  svg.dataset.theme = theme;
  hero.replaceChildren(svg);
  return svg;
}

/** Plays every trail at the pace that its walk had: each mask shows what was covered by each step. */
async function play() {
  const svg = await drawing();
  if (!svg || still.matches || svg.getAnimations({ subtree: true }).some((a) => a.playState === 'running')) return;
  const most = Math.max(...[...svg.querySelectorAll('.hero-reveal')].map((r) => Number(/** @type {HTMLElement} */ (/** @type {unknown} */ (r)).dataset.steps)));
  for (const reveal of svg.querySelectorAll('.hero-reveal')) {
    if (!(reveal instanceof SVGPathElement)) continue;
    const pace = String(reveal.dataset.pace).split(' ').map(Number), duration = (PLAY * Number(reveal.dataset.steps)) / most;
    reveal.animate(pace.map((p) => ({ strokeDashoffset: 1 - p })), { duration });
    const head = svg.querySelector(`.hero-head[data-method="${reveal.dataset.method}"]`), length = reveal.getTotalLength();
    const scale = String(head?.getAttribute('transform')).match(/scale\([^)]*\)/)?.[0] ?? '';
    head?.animate(pace.map((p) => { const q = reveal.getPointAtLength(p * length); return { transform: `translate(${q.x}px, ${q.y}px) ${scale}` }; }), { duration });
  }
}

if (hero) {
  hero.addEventListener('pointerenter', () => play());
  hero.addEventListener('focus', () => play());
  new MutationObserver(() => { if (hero.querySelector('svg')) drawing(); }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
}
