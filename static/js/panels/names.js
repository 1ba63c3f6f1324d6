// Short names of methods: what is said in little room still tells two contestants of one method apart.

/** @typedef {import('../store.js').Walk} Walk */

/** The name in its short form: GD, GD 2, SGD; of longer kinds, and of contestants with a name of their own, the label. @param {Walk} w */
export function brief(w) {
  const kind = /** @type {string} */ (w.method.method);
  if (kind.length > 3) return w.label;
  if (w.id === kind) return kind.toUpperCase();
  return w.id.startsWith(`${kind}-`) ? `${kind.toUpperCase()} ${w.id.slice(kind.length + 1)}` : w.label;
}

/** A name cut to the room there is; the number at its end stays. @param {string} name @param {CanvasRenderingContext2D} g @param {number} room */
export function cut(name, g, room) {
  if (g.measureText(name).width <= room) return name;
  const end = / \d+$/.exec(name)?.[0] ?? '';
  let s = name.slice(0, name.length - end.length);
  while (s.length > 1 && g.measureText(`${s}…${end}`).width > room) s = s.slice(0, -1);
  return `${s.trimEnd()}…${end}`;
}
