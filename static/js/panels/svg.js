// As much of a 2-D canvas context as the panels draw with, writing SVG: true vectors and true text.

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/** @param {number} v */
const n = (v) => (Number.isFinite(v) ? String(Math.round(v * 100) / 100) : '0');
/** @param {string} s */
const safe = (s) => s.replace(/[&<>"]/g, (c) => /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

const START = { fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, lineJoin: 'miter', lineCap: 'butt', globalAlpha: 1, font: '12px sans-serif', textAlign: 'left', textBaseline: 'alphabetic', dash: /** @type {number[]} */ ([]), shift: [0, 0], turn: 0, size: 1, clips: 0 };

export class SvgContext {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** @type {string[]} */
    this.out = [];
    /** @type {any[]} */
    this.kept = [];
    this.clipped = 0;
    this.d = '';
    Object.assign(this, START);
  }

  get state() { const s = /** @type {any} */ ({}); for (const k of Object.keys(START)) s[k] = /** @type {any} */ (this)[k]; return s; }

  save() { this.kept.push(this.state); }
  restore() {
    const old = /** @type {any} */ (this).clips, s = this.kept.pop();
    if (!s) return;
    for (let i = s.clips; i < old; i++) this.out.push('</g>');
    Object.assign(this, s);
  }

  /** @param {number} x @param {number} y */
  translate(x, y) { const s = /** @type {any} */ (this); s.shift = [s.shift[0] + x * s.size, s.shift[1] + y * s.size]; }
  /** Turns what text comes next. @param {number} angle */
  rotate(angle) { /** @type {any} */ (this).turn += angle; }
  /** @param {number} x */
  scale(x) { /** @type {any} */ (this).size *= x; }
  /** @param {number} x */
  x(x) { const s = /** @type {any} */ (this); return n(s.shift[0] + x * s.size); }
  /** @param {number} y */
  y(y) { const s = /** @type {any} */ (this); return n(s.shift[1] + y * s.size); }
  /** @param {number} r */
  r(r) { return n(r * /** @type {any} */ (this).size); }

  beginPath() { this.d = ''; }
  /** @param {number} x @param {number} y */
  moveTo(x, y) { this.d += `M${this.x(x)} ${this.y(y)}`; }
  /** @param {number} x @param {number} y */
  lineTo(x, y) { this.d += `${this.d ? 'L' : 'M'}${this.x(x)} ${this.y(y)}`; }
  closePath() { this.d += 'Z'; }
  /** @param {number} x @param {number} y @param {number} w @param {number} h */
  rect(x, y, w, h) { this.moveTo(x, y); this.lineTo(x + w, y); this.lineTo(x + w, y + h); this.lineTo(x, y + h); this.closePath(); }
  /** @param {number} x @param {number} y @param {number} r @param {number} a @param {number} b */
  arc(x, y, r, a, b) { this.ellipse(x, y, r, r, 0, a, b); }
  /** @param {number} x @param {number} y @param {number} rx @param {number} ry @param {number} turn @param {number} a @param {number} b */
  ellipse(x, y, rx, ry, turn, a, b) {
    const at = (/** @type {number} */ t) => [x + rx * Math.cos(t) * Math.cos(turn) - ry * Math.sin(t) * Math.sin(turn), y + rx * Math.cos(t) * Math.sin(turn) + ry * Math.sin(t) * Math.cos(turn)];
    const full = Math.abs(b - a) >= 2 * Math.PI - 1e-9, parts = full ? [a, a + Math.PI, a + 2 * Math.PI] : [a, (a + b) / 2, b];
    const [x0, y0] = at(parts[0]);
    this.d += `${this.d ? 'L' : 'M'}${this.x(x0)} ${this.y(y0)}`;
    for (const t of parts.slice(1)) {
      const [u, v] = at(t);
      this.d += `A${this.r(rx)} ${this.r(ry)} ${n((turn * 180) / Math.PI)} 0 ${b > a ? 1 : 0} ${this.x(u)} ${this.y(v)}`;
    }
    if (full) this.d += 'Z';
  }

  /** @param {number[]} dash */
  setLineDash(dash) { /** @type {any} */ (this).dash = dash; }
  alpha() { const a = /** @type {any} */ (this).globalAlpha; return a < 1 ? ` opacity="${n(a)}"` : ''; }
  fill() { if (this.d) this.out.push(`<path d="${this.d}" fill="${/** @type {any} */ (this).fillStyle}"${this.alpha()}/>`); }
  stroke() {
    const s = /** @type {any} */ (this);
    if (!this.d) return;
    const dash = s.dash.length ? ` stroke-dasharray="${s.dash.map((/** @type {number} */ v) => this.r(v)).join(' ')}"` : '';
    const join = s.lineJoin === 'round' ? ' stroke-linejoin="round"' : '', cap = s.lineCap === 'round' ? ' stroke-linecap="round"' : '';
    this.out.push(`<path d="${this.d}" fill="none" stroke="${s.strokeStyle}" stroke-width="${this.r(s.lineWidth)}"${dash}${join}${cap}${this.alpha()}/>`);
  }
  clip() {
    const id = `c${++this.clipped}`;
    this.out.push(`<clipPath id="${id}"><path d="${this.d}"/></clipPath><g clip-path="url(#${id})">`);
    /** @type {any} */ (this).clips++;
  }
  /** @param {number} x @param {number} y @param {number} w @param {number} h */
  fillRect(x, y, w, h) { const d = this.d; this.d = ''; this.rect(x, y, w, h); this.fill(); this.d = d; }
  /** @param {number} x @param {number} y @param {number} w @param {number} h */
  strokeRect(x, y, w, h) { const d = this.d; this.d = ''; this.rect(x, y, w, h); this.stroke(); this.d = d; }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) { this.text(text, x, y, `fill="${/** @type {any} */ (this).fillStyle}"`); }
  /** @param {string} text @param {number} x @param {number} y */
  strokeText(text, x, y) { const s = /** @type {any} */ (this); this.text(text, x, y, `fill="none" stroke="${s.strokeStyle}" stroke-width="${this.r(s.lineWidth)}" stroke-linejoin="round"`); }
  /** @param {string} text @param {number} x @param {number} y @param {string} paint */
  text(text, x, y, paint) {
    const s = /** @type {any} */ (this), f = /^(italic )?(?:(\d{3}) )?([\d.]+)px(?:\/\S+)? (.*)$/.exec(s.font);
    const size = Number(f?.[3] ?? 12) * s.size;
    const down = /** @type {Record<string, number>} */ ({ middle: 0.35, top: 0.8, bottom: -0.2 })[s.textBaseline] ?? 0;
    const anchor = s.textAlign === 'center' ? ' text-anchor="middle"' : s.textAlign === 'right' || s.textAlign === 'end' ? ' text-anchor="end"' : '';
    const turn = s.turn ? ` transform="rotate(${n((s.turn * 180) / Math.PI)} ${this.x(x)} ${this.y(y)})"` : '';
    this.out.push(`<text x="${this.x(x)}" y="${n(Number(this.y(y)) + down * size)}" font-family="${safe(f?.[4] ?? 'sans-serif')}" font-size="${n(size)}"${f?.[2] ? ` font-weight="${f[2]}"` : ''}${f?.[1] ? ' font-style="italic"' : ''}${anchor}${turn} ${paint}${this.alpha()}>${safe(text)}</text>`);
  }
  /** @param {string} text */
  measureText(text) {
    ruler ??= document.createElement('canvas').getContext('2d');
    if (!ruler) return { width: 6 * text.length };
    ruler.font = /** @type {any} */ (this).font;
    return ruler.measureText(text);
  }

  /** The file. @param {string} title @param {string} recipe JSON */
  file(title, recipe) {
    while (this.kept.length) this.restore();
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"><title>${safe(title)}</title><metadata id="thalweg-recipe">${safe(recipe)}</metadata>${this.out.join('\n')}</svg>\n`;
  }
}
