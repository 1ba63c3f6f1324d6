// Rows of data as marks: the shape is the class, the fill its shade, the edge what stands out from both.

import { outline } from '../marks.js';

/** Shapes of the classes in order, as slots of the markers. */
const SHAPES = [1, 2, 3, 4, 5, 6, 8];

/** The shape of a class. @param {number} k from 0 */
export const shapeOf = (k) => SHAPES[((k % SHAPES.length) + SHAPES.length) % SHAPES.length];

/**
 * @param {CanvasRenderingContext2D} g @param {number} k class from 0 @param {number} x @param {number} y @param {number} r
 * @param {{fill: string, ink: string, paper: string}} colours fill is the shade of the class @param {boolean} [hollow] a row held out
 */
export function drawRow(g, k, x, y, r, { fill, ink, paper }, hollow = false) {
  g.setLineDash([]);
  g.lineJoin = 'round';
  outline(g, shapeOf(k), x, y, r);
  // Paper without, ink within: one of the two stands out from any ground.
  g.strokeStyle = paper;
  g.lineWidth = r < 2.5 ? 1.8 : 3;
  g.stroke();
  if (!hollow) { g.fillStyle = fill; g.fill(); }
  g.strokeStyle = ink;
  g.lineWidth = r < 2.5 ? 0.7 : 1;
  g.stroke();
}
