// The field of a method: an arrow at each node of a regular grid, its length on a fourth-root scale of the longest.

/**
 * @param {CanvasRenderingContext2D} g @param {import('./marks.js').Field} field
 * @param {(s: number) => number} x @param {(t: number) => number} y pixels of values
 * @param {number} width of the frame in pixels @param {import('./marks.js').Theme} theme
 */
export function drawQuiver(g, field, x, y, width, theme) {
  const { rows, columns, vectors } = field, [s0, s1, t0, t1] = field.range;
  const cell = Math.abs(x(s1) - x(s0)) / Math.max(1, columns - 1);
  // Where the arrows would crowd, only every other node is drawn.
  const stride = Math.max(1, Math.ceil(13 / Math.max(1, cell)));
  const room = cell * stride * 0.86;
  const ax = (x(s1) - x(s0)) / (s1 - s0), ay = (y(t1) - y(t0)) / (t1 - t0);
  let most = 0;
  for (let k = 0; k + 1 < vectors.length; k += 2) { const n = size(vectors[k], vectors[k + 1]); if (n > most) most = n; }
  if (!(most > 0)) return;
  g.beginPath();
  for (let r = 0; r < rows; r += stride) {
    for (let c = 0; c < columns; c += stride) {
      const k = 2 * (r * columns + c), u = vectors[k], v = vectors[k + 1], n = size(u, v);
      if (!(n > 0) || u === null || v === null) continue;
      const px = u * ax, py = v * ay, across = Math.hypot(px, py);
      if (!(across > 0)) continue;
      const length = Math.min(width, room * (n / most) ** 0.25), dx = px / across, dy = py / across;
      const cx = x(s0 + (s1 - s0) * c / (columns - 1)), cy = y(t0 + (t1 - t0) * r / (rows - 1));
      const ex = cx + dx * length / 2, ey = cy + dy * length / 2, tip = Math.min(4, 0.4 * length);
      g.moveTo(cx - dx * length / 2, cy - dy * length / 2);
      g.lineTo(ex, ey);
      g.moveTo(ex - tip * dx - 0.55 * tip * dy, ey - tip * dy + 0.55 * tip * dx);
      g.lineTo(ex, ey);
      g.lineTo(ex - tip * dx + 0.55 * tip * dy, ey - tip * dy - 0.55 * tip * dx);
    }
  }
  g.lineJoin = g.lineCap = 'round';
  g.strokeStyle = theme.case;
  g.globalAlpha = 0.8;
  g.lineWidth = 3;
  g.stroke();
  g.globalAlpha = 1;
  g.strokeStyle = theme.ink2;
  g.lineWidth = 1.1;
  g.stroke();
  g.lineCap = 'butt';
}

/** @param {number|null} u @param {number|null} v */
function size(u, v) { return u === null || v === null ? NaN : Math.hypot(u, v); }
