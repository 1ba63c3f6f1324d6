// What the tools of the ground show on map and relief: the points a plane goes through, critical points, paths, basins and
// their borders. Everything is ink over a casing: colours belong to the methods.

import { casedText, drawMinimum, drawSaddle } from '../marks.js';
import { number } from '../numbers.js';
import { asksOf } from './asks.js';
import { paintBasins } from './basinpicture.js';
import { kindOf, short } from './places.js';

/** @typedef {import('../session.js').Session} Session */
/** @typedef {import('../marks.js').Theme} Theme */
/** @typedef {{at: number[], kind: string, text: string, id: number, index: number}} Mark a critical point on the plane */
/** @typedef {{points: number[][], dash?: number[], dots?: boolean, arrow?: boolean, high?: number, end?: string}} Track a line on the plane */

/** Marks beyond so many have no words, but the chosen one. */
const TELLING = 16;
/** Vertices of a line on the relief. */
const RELIEF_VERTICES = 80;
const NONE = /** @type {number[]} */ ([]);

/** @type {WeakMap<Session, Layer>} */
const all = new WeakMap();

/** The layer of a session. @param {Session} session */
export function layerOf(session) {
  let l = all.get(session);
  if (!l) all.set(session, l = new Layer(session));
  return l;
}

export class Layer {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.asks = asksOf(session);
    /** Changes with what lies under the contours. */
    this.version = 0;
    /** @type {{at: number[], label: string}[]} points that the plane goes through */
    this.anchors = [];
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {number[][]} places where the slope is least but not zero */
    this.traps = [];
    /** @type {Track[]} */
    this.tracks = [];
    /** @type {any} */
    this.basins = null;
    /** The critical point that is chosen, 0 for none. */
    this.chosen = 0;
    /** Which tools are shown on the ground. @type {Set<string>} */
    this.shown = new Set(['critical-points', 'basins', 'string', 'descend']);
    /** @type {(id: number) => void} */
    this.onPick = () => {};
    this.asks.watch(() => this.renew());
    session.on('plane', () => this.renew());
    this.renew();
  }

  /** Whether an answer's places are on the plane that is shown. @param {string} tool */
  placed(tool) {
    const e = this.asks.get(tool), plane = this.session.plane;
    return e?.result && plane && this.shown.has(tool) && (this.session.whole || e.version === plane.version) ? e.result : null;
  }

  /** @param {string} tool @param {boolean} on */
  show(tool, on) {
    if (on) this.shown.add(tool); else this.shown.delete(tool);
    this.renew();
  }

  /** @param {number} id of a critical point, 0 for none */
  choose(id) { this.chosen = id; this.session.dirty = true; }

  /** Takes what is to be seen from the newest answers. */
  renew() {
    const { plane } = this.session, on = (/** @type {any} */ p) => Number.isFinite(p?.s) && Number.isFinite(p?.t);
    this.anchors = (plane?.anchors ?? []).filter(on).map((/** @type {any} */ a) => ({ at: [a.s, a.t], label: short(this.session, a.label) }));
    const critical = this.placed('critical-points');
    this.marks = (critical?.points ?? []).filter(on).map((/** @type {any} */ p) => {
      const kind = kindOf(p);
      return { at: [p.s, p.t], kind, id: p.id, index: p.index, text: `${kind === 'saddle' ? `saddle (index ${p.index})` : kind} ${number(p.loss)}` };
    });
    this.traps = (critical?.traps ?? []).filter(on).map((/** @type {any} */ p) => [p.s, p.t]);
    const basins = this.placed('basins'), held = this.basins;
    // The index comes anew with each part of the answer.
    this.basins = basins?.index && basins.cells ? basins : null;
    if (this.basins?.index !== held?.index || !this.basins !== !held) this.version++;
    /** @type {Track[]} */
    const tracks = [];
    for (const l of basins?.separatrices ?? []) tracks.push({ points: l, dash: [7, 4] });
    const string = this.placed('string');
    if (string?.images) tracks.push({ points: string.images, dots: true, high: string.highest });
    if (string?.saddle && on(string.saddle) && !this.marks.some((m) => Math.hypot(m.at[0] - string.saddle.s, m.at[1] - string.saddle.t) < 1e-6)) this.marks.push({ at: [string.saddle.s, string.saddle.t], kind: 'saddle', id: string.saddle.id ?? 0, index: string.saddle.index ?? 1, text: `pass ${number(string.saddle.loss)}` });
    for (const p of this.placed('descend')?.paths ?? []) tracks.push({ points: p.path, arrow: true, end: `${p.end?.label ?? ''} ${number(p.end?.loss ?? NaN)}`.trim() });
    this.tracks = tracks.filter((l) => l.points.length > 1 && on({ s: l.points[0][0], t: l.points[0][1] }));
    this.session.dirty = true;
  }

  get empty() { return !this.anchors.length && !this.marks.length && !this.traps.length && !this.tracks.length && !this.basins; }

  // ---- the map ----

  /** What lies under the contours. @param {any} g @param {import('../map.js').MapPainter} map */
  under(g, map) { if (this.basins) paintBasins(g, this.basins, map); }

  /** What lies over the trails. @param {any} g @param {import('../map.js').MapPainter} map */
  over(g, map) {
    const t = map.theme, at = (/** @type {number[]} */ p) => [map.x(p[0]), map.y(p[1])];
    g.save();
    g.beginPath();
    g.rect(map.left, map.top, map.across, map.tall);
    g.clip();
    for (const l of this.tracks) stroke(g, l.points.map(at), l, t);
    g.restore();
    const near = (/** @type {number[]} */ a, /** @type {number[]} */ b) => Math.hypot(map.x(a[0]) - map.x(b[0]), map.y(a[1]) - map.y(b[1])) < 3;
    const known = [...(map.picture?.minima ?? []), ...(map.picture?.saddles ?? [])];
    const seen = this.marks.filter((m) => map.inside(m.at[0], m.at[1]));
    for (const p of this.traps) if (map.inside(p[0], p[1])) drawTrap(g, map.x(p[0]), map.y(p[1]), t);
    for (const m of seen) drawKind(g, m, map.x(m.at[0]), map.y(m.at[1]), t, m.id === this.chosen);
    for (const l of this.tracks) { const p = l.high === undefined ? null : l.points[l.high]; if (p && map.inside(p[0], p[1])) drawRing(g, map.x(p[0]), map.y(p[1]), t); }
    for (const a of this.anchors) if (map.inside(a.at[0], a.at[1])) drawAnchor(g, map.x(a.at[0]), map.y(a.at[1]), t);
    if (map.compact) return;
    g.font = t.font;
    g.textBaseline = 'middle';
    for (const m of seen) {
      if (m.kind === 'saddle' && m.index > 0 && seen.length > TELLING) { g.textAlign = 'left'; casedText(g, String(m.index), map.x(m.at[0]) + 8, map.y(m.at[1]) - 8, t.ink, t); }
    }
    // Words stand where they cover no others; the chosen point's come first.
    const words = new Words(g, map);
    for (const k of [...known, ...seen]) words.cover(k.at);
    for (const k of known) words.take(k.text, k.at, 0);
    if (map.picture?.start) { words.cover(map.picture.start); words.take('start', map.picture.start, 2); }
    for (const a of this.anchors) words.put(a.label, a.at, true);
    for (const m of seen.slice().sort((a, b) => Number(b.id === this.chosen) - Number(a.id === this.chosen))) {
      if ((seen.length <= TELLING || m.id === this.chosen) && !known.some((k) => near(k.at, m.at))) words.put(m.text, m.at, m.id === this.chosen);
    }
    for (const l of this.tracks) {
      const end = l.points[l.points.length - 1];
      if (l.end && !known.some((k) => near(k.at, end)) && !seen.some((m) => near(m.at, end))) words.put(l.end, end, false);
      if (l.high !== undefined && l.points[l.high]) words.put('highest image', l.points[l.high], false);
    }
    if (this.basins) {
      g.font = `600 ${t.name}px ${t.sans}`;
      this.basins.ends.forEach((/** @type {any} */ e, /** @type {number} */ i) => {
        if (Number.isFinite(e.s) && map.inside(e.s, e.t)) { g.textAlign = 'center'; casedText(g, String(i + 1), map.x(e.s), map.y(e.t) - 14, t.ink, t); }
      });
      g.font = t.font;
    }
  }

  // ---- the relief ----

  /** @param {any} g @param {import('../surface.js').SurfaceView} relief */
  raised(g, relief) {
    const t = relief.theme, v = relief.v;
    for (const l of this.tracks) {
      const stride = Math.max(1, Math.ceil(l.points.length / RELIEF_VERTICES)), points = l.points.filter((_, i) => i % stride === 0 || i === l.points.length - 1);
      // Pieces behind the ground are left out, as trails are.
      /** @type {number[][]} */
      let piece = [];
      const flush = (/** @type {boolean} */ last) => { if (piece.length > 1) stroke(g, piece, last ? l : { ...l, arrow: false }, t); piece = []; };
      points.forEach((p) => { if (relief.place(p) === 1) piece.push([v.x, v.y]); else flush(false); });
      flush(true);
      const top = l.high === undefined ? null : l.points[l.high];
      if (top && relief.place(top) === 1) drawRing(g, v.x, v.y, t);
    }
    g.font = t.font;
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    const known = relief.picture?.minima ?? [], few = this.marks.length <= TELLING;
    for (const m of this.marks) {
      const seen = relief.place(m.at);
      if (seen < 0) continue;
      g.globalAlpha = seen ? 1 : 0.3;
      const x = v.x, y = v.y;
      drawKind(g, m, x, y, t, m.id === this.chosen);
      if (seen && (m.id === this.chosen || (few && m.kind !== 'minimum')) && !known.some((k) => Math.hypot(k.at[0] - m.at[0], k.at[1] - m.at[1]) < 1e-4)) casedText(g, m.id === this.chosen ? m.text : m.kind === 'saddle' ? String(m.index) : m.kind, x + 10, y + 13, t.ink, t);
    }
    for (const p of this.traps) { const seen = relief.place(p); if (seen > 0) drawTrap(g, v.x, v.y, t); }
    for (const a of this.anchors) {
      const seen = relief.place(a.at);
      if (seen < 0) continue;
      g.globalAlpha = seen ? 1 : 0.3;
      drawAnchor(g, v.x, v.y, t);
      casedText(g, a.label, v.x + 10, v.y + 13, t.ink, t);
    }
    g.globalAlpha = 1;
  }

  /**
   * The mark under a press, if there is one, is picked.
   * @param {number} x @param {number} y px @param {(at: number[]) => number[] | null} place px of a place, null where it is not seen
   */
  press(x, y, place) {
    let best = 0, near = 12;
    for (const m of this.marks) {
      const p = m.id ? place(m.at) : null, d = p ? Math.hypot(p[0] - x, p[1] - y) : Infinity;
      if (d < near) { near = d; best = m.id; }
    }
    if (best) this.onPick(best);
    return best > 0;
  }
}

/** Where words stand beside their marks: px right and below. */
const PLACES = [[10, 13], [-10, 13], [10, -12], [-10, -12], [12, 1], [-12, 1]];

/** Words on a map that keep out of each other's way. */
class Words {
  /** @param {any} g with its font set @param {import('../map.js').MapPainter} map */
  constructor(g, map) {
    this.g = g;
    this.map = map;
    /** @type {number[][]} left, top, right, bottom */
    this.taken = [];
  }

  /** The box of words at one of the places. @param {string} text @param {number[]} at @param {number} k */
  box(text, at, k) {
    const size = this.map.theme.text, wide = this.g.measureText(text).width, x = this.map.x(at[0]) + PLACES[k][0], y = this.map.y(at[1]) + PLACES[k][1] * size / 11;
    return PLACES[k][0] > 0 ? [x - 2, y - 0.6 * size, x + wide + 2, y + 0.6 * size] : [x - wide - 2, y - 0.6 * size, x + 2, y + 0.6 * size];
  }

  /** Whether a box lies in the frame and covers no words. @param {number[]} b */
  free(b) {
    const m = this.map;
    return b[0] > m.left && b[2] < m.left + m.across && b[1] > m.top && b[3] < m.top + m.tall && !this.taken.some((k) => b[0] < k[2] && b[2] > k[0] && b[1] < k[3] && b[3] > k[1]);
  }

  /** A mark stands here. @param {number[]} at */
  cover(at) { const x = this.map.x(at[0]), y = this.map.y(at[1]), r = 1.4 * this.map.theme.head; this.taken.push([x - r, y - r, x + r, y + r]); }

  /** Others have written here. @param {string} text @param {number[]} at @param {number} k */
  take(text, at, k) {
    if (!text) return;
    const b = this.box(text, at, k), right = this.map.left + this.map.across;
    this.taken.push(b[2] > right ? this.box(text, at, 1) : b);
  }

  /** @param {string} text @param {number[]} at @param {boolean} anyhow also where there is no room */
  put(text, at, anyhow) {
    if (!text || !this.map.inside(at[0], at[1])) return;
    let k = PLACES.findIndex((_, i) => this.free(this.box(text, at, i)));
    if (k < 0 && !anyhow) return;
    if (k < 0) k = this.map.x(at[0]) > this.map.left + this.map.across / 2 ? 1 : 0;
    const b = this.box(text, at, k);
    this.taken.push(b);
    this.g.textAlign = 'left';
    casedText(this.g, text, b[0] + 2, (b[1] + b[3]) / 2, this.map.theme.ink, this.map.theme);
  }
}

/** @param {any} g @param {number[][]} points px @param {Track} l @param {Theme} t */
function stroke(g, points, l, t) {
  g.lineJoin = 'round';
  g.lineCap = 'round';
  g.setLineDash(NONE);
  g.beginPath();
  for (const p of points) g.lineTo(p[0], p[1]);
  g.strokeStyle = t.case;
  g.lineWidth = 4.6;
  g.stroke();
  g.strokeStyle = t.ink;
  g.lineWidth = 1.6;
  g.setLineDash(l.dash ?? NONE);
  g.lineCap = 'butt';
  g.stroke();
  g.setLineDash(NONE);
  if (l.dots) {
    g.fillStyle = t.ink;
    for (const p of points) { g.beginPath(); g.arc(p[0], p[1], 2.2, 0, 2 * Math.PI); g.fill(); }
  }
  if (l.arrow) head(g, points, t);
}

/** A ring around the highest image of a string. @param {any} g @param {number} x @param {number} y @param {Theme} t */
function drawRing(g, x, y, t) { g.beginPath(); g.arc(x, y, 1.8 * t.head, 0, 2 * Math.PI); ink(g, t); }

/** An arrow's head in the middle of a line: which way it went. @param {any} g @param {number[][]} points @param {Theme} t */
function head(g, points, t) {
  let length = 0;
  for (let i = 1; i < points.length; i++) length += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
  if (length < 24) return;
  for (let i = 1, gone = 0; i < points.length; i++) {
    const [x0, y0] = points[i - 1], [x1, y1] = points[i], step = Math.hypot(x1 - x0, y1 - y0);
    gone += step;
    if (gone < length / 2 || step === 0) continue;
    const dx = (x1 - x0) / step, dy = (y1 - y0) / step;
    g.beginPath();
    g.moveTo(x1 + 5 * dx, y1 + 5 * dy);
    g.lineTo(x1 - 4 * dx - 5 * dy, y1 - 4 * dy + 5 * dx);
    g.lineTo(x1 - 4 * dx + 5 * dy, y1 - 4 * dy - 5 * dx);
    g.closePath();
    g.lineJoin = 'round';
    g.strokeStyle = t.case;
    g.lineWidth = 3;
    g.stroke();
    g.fillStyle = t.ink;
    g.fill();
    return;
  }
}

/** @param {any} g @param {Mark} m @param {number} x @param {number} y @param {Theme} t @param {boolean} chosen */
function drawKind(g, m, x, y, t, chosen) {
  if (chosen) { g.beginPath(); g.arc(x, y, 2.4 * t.head, 0, 2 * Math.PI); ink(g, t); }
  if (m.kind === 'minimum') drawMinimum(g, x, y, t);
  else if (m.kind === 'saddle') drawSaddle(g, x, y, t);
  else { outline(g, m.kind, x, y, t.head); ink(g, t); }
}

/** The outline of a mark that is neither minimum nor saddle. @param {any} g @param {string} kind @param {number} x @param {number} y @param {number} r */
function outline(g, kind, x, y, r) {
  g.beginPath();
  if (kind === 'maximum') { g.moveTo(x, y - r - 1); g.lineTo(x + r + 1, y + r); g.lineTo(x - r - 1, y + r); g.closePath(); } // a summit
  else if (kind === 'degenerate') { g.rect(x - r, y - r, 2 * r, 2 * r); g.moveTo(x - r, y); g.lineTo(x + r, y); } // flat along a line
  else { g.setLineDash([2, 2]); g.arc(x, y, r, 0, 2 * Math.PI); }
}

/** @param {any} g @param {Theme} t */
function ink(g, t) {
  const dash = g.getLineDash();
  g.setLineDash(NONE);
  g.lineJoin = 'round';
  g.strokeStyle = t.case;
  g.lineWidth = 4.5;
  g.stroke();
  g.setLineDash(dash);
  g.strokeStyle = t.ink;
  g.lineWidth = 1.6;
  g.stroke();
  g.setLineDash(NONE);
}

/** A gradient-norm trap: a hanging triangle. @param {any} g @param {number} x @param {number} y @param {Theme} t */
function drawTrap(g, x, y, t) {
  const r = t.head;
  g.beginPath();
  g.moveTo(x - r, y - r + 1); g.lineTo(x + r, y - r + 1); g.lineTo(x, y + r);
  g.closePath();
  ink(g, t);
}

/** A point that the plane goes through: a square on its corner with a dot. @param {any} g @param {number} x @param {number} y @param {Theme} t */
function drawAnchor(g, x, y, t) {
  const r = 1.3 * t.head;
  g.beginPath();
  g.moveTo(x, y - r); g.lineTo(x + r, y); g.lineTo(x, y + r); g.lineTo(x - r, y);
  g.closePath();
  ink(g, t);
  g.beginPath();
  g.arc(x, y, 1.4, 0, 2 * Math.PI);
  g.fillStyle = t.ink;
  g.fill();
}
