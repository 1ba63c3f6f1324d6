// Lines of equal height: marching squares on the displayed heights, and places for their labels.

/** Line segments x0,y0,x1,y1 in grid units (columns, rows); the buffer is kept and grows by doubling. */
export class Segments {
  constructor() {
    this.data = new Float32Array(4096);
    /** Floats in use, a multiple of 4. */
    this.length = 0;
  }

  /** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
  add(x0, y0, x1, y1) {
    if (this.length + 4 > this.data.length) {
      const more = new Float32Array(this.data.length * 2);
      more.set(this.data);
      this.data = more;
    }
    const d = this.data, n = this.length;
    d[n] = x0; d[n + 1] = y0; d[n + 2] = x1; d[n + 3] = y1;
    this.length = n + 4;
  }
}

/**
 * The line of one level, appended to out. A saddle cell is decided by the mean of its corners; a cell with a hole is
 * left out.
 * @param {Float32Array} field row-major heights, NaN holes @param {number} rows @param {number} columns
 * @param {number} level in the field's own unit @param {Segments} out
 * @returns {Float32Array} the new segments, a view that lasts until the next call
 */
export function trace(field, rows, columns, level, out) {
  const from = out.length;
  for (let r = 0; r < rows - 1; r++) {
    for (let c = 0; c < columns - 1; c++) {
      const k = r * columns + c;
      const a = field[k] - level, b = field[k + 1] - level, d = field[k + columns] - level, e = field[k + columns + 1] - level;
      const sum = a + b + d + e;
      if (sum !== sum) continue;
      const code = (a > 0 ? 1 : 0) | (b > 0 ? 2 : 0) | (e > 0 ? 4 : 0) | (d > 0 ? 8 : 0);
      if (code === 0 || code === 15) continue;
      // Crossings of the low, right, high and left edge; each is used only where its ends differ in sign.
      const low = c + a / (a - b), right = r + b / (b - e), high = c + d / (d - e), left = r + a / (a - d);
      switch (code) {
        case 1: case 14: out.add(low, r, c, left); break;
        case 2: case 13: out.add(low, r, c + 1, right); break;
        case 4: case 11: out.add(c + 1, right, high, r + 1); break;
        case 8: case 7: out.add(c, left, high, r + 1); break;
        case 3: case 12: out.add(c, left, c + 1, right); break;
        case 6: case 9: out.add(low, r, high, r + 1); break;
        default:
          if ((code === 5) === (sum > 0)) {
            out.add(low, r, c + 1, right);
            out.add(c, left, high, r + 1);
          } else {
            out.add(low, r, c, left);
            out.add(c + 1, right, high, r + 1);
          }
      }
    }
  }
  return out.data.subarray(from, out.length);
}

/** Steeper than this, in heights of the block over its width, nothing is written. */
const WALL = 9;

/**
 * Where a label sits well on a line: away from the frame and from the labels already placed, and where the ground is
 * flat, so that the neighbouring lines keep clear of it.
 * @param {Float32Array} segments of one level, in grid units
 * @param {Float32Array} field @param {number} rows @param {number} columns
 * @param {{x: (c: number) => number, y: (r: number) => number, left: number, top: number, right: number, bottom: number}} box grid to pixels, and the frame
 * @param {{x: number, y: number}[]} taken places in use, in pixels
 * @param {number} half half the label's width in pixels
 * @param {ArrayLike<number>} [paths] places that trails pass, x and y in pixels
 * @returns {{x: number, y: number, angle: number}|null}
 */
export function place(segments, field, rows, columns, box, taken, half, paths = []) {
  let best = null, score = 0;
  const margin = half + 6;
  // Sixty candidates are plenty, and keep a fine grid cheap.
  const stride = 4 * Math.max(1, Math.floor(segments.length / 240));
  for (let i = 0; i + 3 < segments.length; i += stride) {
    const x0 = box.x(segments[i]), y0 = box.y(segments[i + 1]), x1 = box.x(segments[i + 2]), y1 = box.y(segments[i + 3]);
    const x = (x0 + x1) / 2, y = (y0 + y1) / 2;
    if (x < box.left + margin || x > box.right - margin || y < box.top + margin || y > box.bottom - margin) continue;
    if (Math.hypot(x1 - x0, y1 - y0) < 0.5) continue;
    let room = 120;
    for (const p of taken) room = Math.min(room, Math.hypot(p.x - x, p.y - y));
    if (room < 2 * half + 8) continue;
    const c = Math.min(columns - 2, Math.floor((segments[i] + segments[i + 2]) / 2)), r = Math.min(rows - 2, Math.floor((segments[i + 1] + segments[i + 3]) / 2)), k = r * columns + c;
    const slope = Math.hypot(field[k + 1] - field[k], field[k + columns] - field[k]) * Math.max(rows, columns);
    // On a wall the lines lie closer than letters are tall.
    if (slope > WALL) continue;
    let s = room / (0.4 + slope);
    if (s <= score) continue;
    // Trails keep to the floors of valleys: another place is better than one on a trail, or on a narrow floor.
    const reach = half + 5;
    for (let j = 0; j < paths.length; j += 2) if (Math.abs(paths[j] - x) < reach && Math.abs(paths[j + 1] - y) < reach) { s *= 0.1; break; }
    const down = -Math.hypot(field[k + 1] - field[k], field[k + columns] - field[k]), across = Math.abs(box.x(c + 1) - box.x(c));
    if (down < 0 && across > 0) {
      const gx = (field[k + 1] - field[k]) / down, gy = (field[k + columns] - field[k]) / down, here = field[k];
      for (let d = 2; d * across < 36; d++) {
        const q = Math.round(r + d * gy), p = Math.round(c + d * gx);
        if (q < 0 || p < 0 || q >= rows || p >= columns) break;
        if (field[q * columns + p] > here + 1e-6) { s *= 0.25; break; }
      }
    }
    if (s > score) {
      let angle = Math.atan2(y1 - y0, x1 - x0);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle <= -Math.PI / 2) angle += Math.PI;
      score = s;
      best = { x, y, angle };
    }
  }
  return best;
}
