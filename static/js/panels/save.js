// A panel as a file: PNG at twice the screen's size, SVG of true vectors, CSV of what is shown. Each carries the recipe.

import { fileName, recipe, save } from '../export.js';
import { readTheme } from '../marks.js';
import { whole } from '../numbers.js';
import { pngFile } from '../png.js';
import { font } from './axes.js';
import { SvgContext } from './svg.js';

/** @typedef {import('../session.js').Session} Session */

const TITLE = 30, LEGEND = 20, EDGE = 12;

/**
 * Title, unit and the methods over the picture itself.
 * @param {any} g @param {import('./panel.js').View} view @param {Session} s @param {number} width @param {number} height
 */
function sheet(g, view, s, width, height) {
  const t = readTheme();
  g.fillStyle = t.paper;
  g.fillRect(0, 0, width, height);
  g.textBaseline = 'middle';
  g.textAlign = 'left';
  g.font = font(13, t.sans, 600);
  g.fillStyle = t.ink;
  g.fillText(view.spec.title, EDGE, TITLE / 2 + 2);
  const after = EDGE + g.measureText(view.spec.title).width + 10;
  g.font = font(12, t.sans, 400);
  g.fillStyle = t.ink3;
  const words = view.words();
  g.fillText([words, words.includes('step ') ? '' : `step ${whole(s.step)}`].filter(Boolean).join(' · '), after, TITLE / 2 + 2);
  g.save();
  g.translate(0, TITLE);
  view.paint(g, width, height - TITLE - LEGEND);
  g.restore();
  view.legend(g, EDGE, height - LEGEND / 2 - 2, width - EDGE, t);
}

/** @param {import('./panel.js').View} view */
function size(view) { return { width: Math.max(480, Math.round(view.width)), height: Math.max(260, Math.round(view.height)) + TITLE + LEGEND }; }

/** @param {import('./panel.js').View} view @param {Session} s */
export async function savePNG(view, s) {
  const { width, height } = size(view), scale = 2;
  const c = document.createElement('canvas');
  c.width = width * scale;
  c.height = height * scale;
  const g = c.getContext('2d');
  if (!g) throw new Error('this browser gives no 2-D canvas: save the SVG');
  g.scale(scale, scale);
  sheet(g, view, s, width, height);
  save(await pngFile(c, await recipe(s), scale), fileName(s, 'png', view.spec.id));
}

/** @param {import('./panel.js').View} view @param {Session} s */
export async function saveSVG(view, s) {
  const text = await recipe(s), { width, height } = size(view);
  const g = new SvgContext(width, height);
  sheet(g, view, s, width, height);
  save(new Blob([g.file(`${view.spec.title}, step ${s.step}`, text)], { type: 'image/svg+xml' }), fileName(s, 'svg', view.spec.id));
}

/** A cell as CSV takes it: numbers in full precision, nothing for what was not measured. @param {string | number} v */
function cell(v) {
  if (typeof v === 'number') return Number.isNaN(v) ? '' : v === Infinity ? 'inf' : v === -Infinity ? '-inf' : String(v);
  return /[",\n\r]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v;
}

/** @param {import('./panel.js').View} view @param {Session} s */
export async function saveCSV(view, s) {
  const text = await recipe(s), { head, rows } = view.table();
  save(new Blob([`# ${text}\n${[head, ...rows].map((r) => r.map(cell).join(',')).join('\n')}\n`], { type: 'text/csv' }), fileName(s, 'csv', view.spec.id));
}
