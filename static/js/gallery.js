// The gallery and the problem page: figures open here, what a lab needs is fetched ahead, and pictures that are not ready yet
// are asked for again.

import { installDrop } from './drop.js';

installDrop(document.documentElement.dataset.base ?? '');

const assets = new URL('../', import.meta.url);

/** Fetches the parts that every lab shares, once. */
function ahead() {
  for (const name of ['css/lab.css', 'vendor/uplot.css', 'vendor/uplot.js', 'vendor/three.js', 'js/lab.js']) {
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
