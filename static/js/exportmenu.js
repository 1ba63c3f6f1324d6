// The menu of figures, clips and data of the run, each with its recipe. It is fetched when it is asked for first.

import { openButton, sentence, words } from './drop.js';
import { save, fileName, recipe, copyText, embedCode } from './export.js';
import { film, SECONDS } from './film.js';
import { el } from './icons.js';
import { pngFile } from './png.js';

/** @typedef {import('./session.js').Session} Session */
/**
 * @typedef {object} Drawing what the landscape panel offers
 * @property {(scale: number) => HTMLCanvasElement | Promise<HTMLCanvasElement>} snapshot the shown view
 * @property {(step: number, canvas: HTMLCanvasElement) => any} paintAt the shown view at a step, filling the canvas
 * @property {HTMLElement} views the shown views' place
 * @property {number[] | null} box the part of the plane that is shown, null for the plane's own
 * @property {boolean | null} log whether levels are even in the logarithm, null as the range asks
 */

const RAMPS = [['viridis', 'viridis'], ['cividis', 'cividis'], ['magma', 'magma'], ['sounding', 'sounding']];
const PLACE = 'thalweg-export';
/** The makers of pictures, fetched when one is asked for. */
const clips = () => import('./clip.js');

/** @returns {{ramp: string, font: string, log: string, scale: number}} */
function remembered() {
  const usual = { ramp: 'viridis', font: '9', log: '', scale: 2 };
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? '{}');
    if (RAMPS.some(([id]) => id === kept.ramp)) usual.ramp = kept.ramp;
    if (/^(7|8|9|10|11|12)$/.test(kept.font)) usual.font = kept.font;
    if (['', 'on', 'off'].includes(kept.log)) usual.log = kept.log;
    if ([1, 2, 3, 4].includes(kept.scale)) usual.scale = kept.scale;
  } catch {
    // storage is switched off: the usual choices
  }
  return usual;
}

export class ExportMenu {
  /** @param {Session} session @param {any} landscape @param {HTMLButtonElement} button opens and closes the menu */
  constructor(session, landscape, button) {
    this.session = session;
    this.landscape = /** @type {Drawing} */ (landscape);
    this.button = button;
    this.options = remembered();
    /** @type {AbortController | null} the work under way */
    this.job = null;
    this.said = el('span', {});
    this.cancel = el('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.job?.abort() }, 'Cancel');
    this.status = el('p', { class: 'said', role: 'status' }, this.said, this.cancel);
    this.menu = /** @type {HTMLElement} */ (el('div', { class: 'export-menu', id: 'export-menu', popover: 'auto', role: 'dialog', 'aria-label': 'Export' },
      el('button', { type: 'button', class: 'grab', 'aria-label': 'Close', popovertarget: 'export-menu', popovertargetaction: 'hide' }), el('p', { class: 'about' }, 'Each file carries its recipe. Drop it on any Thalweg page to restore this run.'),
      this.group('Figure', this.served('svg', 'SVG', 'map and curves as vectors'), this.pngItem(),
        this.made('gif', 'GIF', `clip of ${SECONDS} s, under 5 MB`, () => this.gif()), film() ? this.made('webm', 'WebM', `clip of ${SECONDS} s, smooth`, () => this.webm()) : null,
        this.served('pgf', 'pgfplots', '.tex and .dat, zipped', 'zip'), this.choices()),
      this.group('Data', this.served('npz', 'NPZ', 'arrays for NumPy'), this.served('csv', 'CSV', 'long table'), this.served('json', 'JSON', 'everything, full precision'), this.served('html', 'HTML replay', 'one file, plays offline'), this.weights()),
      this.status, el('div', { class: 'foot' }, ...openButton(session.base, (title, detail) => this.say(`${title} ${detail}`.trim()), 'button', session), ...this.embed())));
    document.body.append(this.menu);
    button.popoverTargetElement = this.menu;
    button.setAttribute('aria-haspopup', 'dialog');
    this.menu.addEventListener('beforetoggle', (e) => { if (/** @type {ToggleEvent} */ (e).newState === 'open') this.place(); });
    this.menu.addEventListener('toggle', (e) => {
      if (/** @type {ToggleEvent} */ (e).newState !== 'open') return;
      if (!this.job) this.say('');
      this.items()[0]?.focus();
    });
    this.menu.addEventListener('keydown', (e) => this.key(e));
    addEventListener('resize', () => { if (this.open) this.place(); });
    // A clip is of one run.
    session.on('opened', () => { if (this.job && session.opened.run !== this.running) this.job.abort(); });
  }

  get open() { return this.menu.matches(':popover-open'); }

  /** Under its button, its right edge under the button's. On a phone the style sheet makes it a sheet from below. */
  place() {
    const r = this.button.getBoundingClientRect();
    this.menu.style.setProperty('--at-top', `${Math.max(8, r.bottom + 6)}px`);
    this.menu.style.setProperty('--at-right', `${Math.max(8, document.documentElement.clientWidth - r.right)}px`);
  }

  /** @returns {HTMLElement[]} */
  items() { return [...this.menu.querySelectorAll('.item')].filter((e) => /** @type {HTMLElement} */ (e).offsetParent !== null).map((e) => /** @type {HTMLElement} */ (e)); }

  /** @param {KeyboardEvent} e */
  key(e) {
    // The page's keys rest while the menu has the focus; Esc closes it by itself.
    if (e.key !== 'Escape') e.stopPropagation();
    const t = /** @type {HTMLElement} */ (e.target);
    if (e.ctrlKey || e.metaKey || e.altKey || t.closest('select,input,textarea')) return;
    const list = this.items(), at = list.indexOf(/** @type {HTMLElement} */ (t.closest('.entry')?.querySelector('.item') ?? t));
    const scales = [.../** @type {NodeListOf<HTMLElement>} */ (this.menu.querySelectorAll('[data-scale]'))], scale = scales.indexOf(t);
    /** @type {HTMLElement | undefined} */
    let to;
    switch (e.key) {
      case 'ArrowDown': to = list[(at + 1) % list.length]; break;
      case 'ArrowUp': to = list[(at <= 0 ? list.length : at) - 1]; break;
      case 'Home': to = list[0]; break;
      case 'End': to = list[list.length - 1]; break;
      case 'ArrowRight': to = scale >= 0 ? scales[scale + 1] : t.dataset.testid === 'export-png' ? scales[0] : undefined; break;
      case 'ArrowLeft': to = scale > 0 ? scales[scale - 1] : scale === 0 ? list[at] : undefined; break;
      case ' ': if (t.matches('a.item')) t.click(); else return; break;
      default: return;
    }
    e.preventDefault();
    to?.focus();
  }

  /** @param {string} title @param {...any} entries */
  group(title, ...entries) {
    const id = `export-${title.toLowerCase()}`;
    return el('section', { role: 'group', 'aria-labelledby': id }, el('h3', { id }, title), ...entries);
  }

  /**
   * A file that the server writes.
   * @param {string} format @param {string} label @param {string} what @param {string} [extension]
   */
  served(format, label, what, extension = format) {
    const a = el('a', { class: 'item', href: '#', download: '', 'data-testid': `export-${format}` }, el('b', {}, label), el('span', {}, what));
    const aim = () => {
      if (!this.session.opened) return;
      a.href = this.url(format);
      a.download = fileName(this.session, extension);
    };
    for (const kind of ['pointerdown', 'pointerenter', 'focus', 'click']) a.addEventListener(kind, aim);
    a.addEventListener('click', (/** @type {MouseEvent} */ e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      // By way of a request, so that a refusal is said in words and not saved as a file.
      e.preventDefault();
      this.work(label, async (signal) => {
        const href = a.href, name = a.download;
        this.say(this.session.state === 'done' ? `Writing ${label}` : `Writing ${label}: the run is played to its end first`);
        const r = await fetch(href, { signal });
        if (!r.ok) throw new Error(await words(r));
        save(await r.blob(), name);
        return name;
      });
    });
    return el('div', { class: 'entry' }, a);
  }

  /** @param {string} format */
  url(format) {
    const s = this.session, p = new URLSearchParams({ format, step: String(s.step) });
    if (s.plane?.kind) p.set('plane', s.plane.kind);
    if (format === 'safetensors' && this.net) p.set('method', this.net.value);
    if (format === 'svg' || format === 'pgf') {
      p.set('ramp', this.options.ramp);
      p.set('font', this.options.font);
      const { box, log } = this.landscape;
      if (this.options.log || log !== null) p.set('log', this.options.log || (log ? 'on' : 'off'));
      if (box) p.set('range', box.join());
    }
    return `${s.base}/api/runs/${s.opened.run}/export?${p}`;
  }

  /** The weights of a net at the playhead's step, where the run is of nets. */
  weights() {
    const entry = this.served('safetensors', 'Weights', 'safetensors, at this step'), { session } = this;
    this.net = el('select', { class: 'net', 'aria-label': 'Net whose weights are saved', 'data-testid': 'export-net' });
    entry.append(this.net);
    entry.hidden = true;
    const offer = () => {
      entry.hidden = !session.opened?.formats?.includes('safetensors');
      this.net.replaceChildren(...session.walks.filter((w) => !w.method.replica).map((w) => el('option', { value: w.id }, w.label)));
      this.net.hidden = this.net.options.length < 2;
    };
    session.on('opened', offer);
    offer();
    return entry;
  }

  /** A file that the page makes. @param {string} format @param {string} label @param {string} what @param {() => void} go @param {...any} more */
  made(format, label, what, go, ...more) {
    return el('div', { class: 'entry' }, el('button', { type: 'button', class: 'item', 'data-testid': `export-${format}`, onclick: go }, el('b', {}, label), el('span', {}, what)), ...more);
  }

  pngItem() {
    const scales = el('span', { class: 'scales', role: 'group', 'aria-label': 'Scale of the PNG' });
    for (const n of [1, 2, 3, 4]) {
      scales.append(el('button', { type: 'button', 'data-scale': n, 'aria-pressed': String(n === this.options.scale), onclick: () => {
        this.choose({ scale: n });
        for (const b of scales.children) b.setAttribute('aria-pressed', String(b.dataset.scale === String(n)));
      } }, `${n}×`));
    }
    return this.made('png', 'PNG', 'as shown', () => this.png(), scales);
  }

  /** How figures for papers look: heights, type, levels. */
  choices() {
    const select = (/** @type {string} */ label, /** @type {'ramp' | 'font' | 'log'} */ key, /** @type {string[][]} */ list) => {
      const s = el('select', { 'aria-label': label, 'data-testid': `export-${key}`, onchange: () => this.choose({ [key]: s.value }) }, ...list.map(([v, t]) => el('option', { value: v, selected: v === this.options[key] }, t)));
      return el('label', {}, el('span', {}, label), s);
    };
    return el('div', { class: 'choices', role: 'group', 'aria-label': 'Look of SVG and pgfplots figures' }, el('p', {}, 'SVG and pgfplots'),
      select('Heights', 'ramp', RAMPS), select('Type', 'font', ['7', '8', '9', '10', '11', '12'].map((n) => [n, `${n} pt`])), select('Levels', 'log', [['', 'as shown'], ['on', 'log'], ['off', 'linear']]));
  }

  /** @param {Partial<ExportMenu['options']>} change */
  choose(change) {
    Object.assign(this.options, change);
    try {
      localStorage.setItem(PLACE, JSON.stringify(this.options));
    } catch {
      // the choice lasts as long as the page
    }
  }

  embed() {
    const code = el('textarea', { readonly: true, rows: 4, 'aria-label': 'HTML of the frame', 'data-testid': 'embed-code', spellcheck: 'false' });
    const theme = el('select', { 'aria-label': 'Theme of the frame', 'data-testid': 'embed-theme', onchange: () => write() }, el('option', { value: '' }, "reader's theme"), el('option', { value: 'light' }, 'light'), el('option', { value: 'dark' }, 'dark'));
    const copy = el('button', { type: 'button', class: 'button', 'data-testid': 'embed-copy', onclick: async () => {
      if (await copyText(code.value)) this.say('Copied. Paste it into any page of yours.');
      else {
        code.focus();
        code.select();
        this.say('This browser lets no page copy. The code is selected: copy it by hand.');
      }
    } }, 'Copy code');
    const write = () => { code.value = this.session.opened ? embedCode(this.session, theme.value) : ''; };
    const box = el('div', { class: 'embed', hidden: true, id: 'export-embed' }, code, el('div', { class: 'row' }, theme, copy));
    const toggle = el('button', { type: 'button', class: 'button', 'aria-expanded': 'false', 'aria-controls': 'export-embed', 'data-testid': 'export-embed', onclick: () => {
      box.hidden = !box.hidden;
      toggle.setAttribute('aria-expanded', String(!box.hidden));
      write();
    } }, 'Embed');
    return [toggle, box];
  }

  /** @param {string} text */
  say(text) { if (this.said.textContent !== text) this.said.textContent = text; }

  /**
   * Does one thing at a time, and says how it ended.
   * @param {string} label @param {(signal: AbortSignal) => Promise<string>} go gives the name of the saved file
   */
  async work(label, go) {
    if (!this.session.opened) return this.say('No run is open yet.');
    if (this.job) return;
    const job = this.job = new AbortController();
    this.running = this.session.opened.run;
    this.cancel.hidden = false;
    this.menu.setAttribute('aria-busy', 'true');
    let title = 'Saved.', detail = '';
    try {
      detail = await go(job.signal);
    } catch (e) {
      title = job.signal.aborted ? 'Cancelled.' : 'Not saved.';
      detail = job.signal.aborted ? (this.session.opened.run === this.running ? '' : `The run changed while the ${label} was made.`)
        : e instanceof TypeError && /fetch|network|load/i.test(e.message) ? 'The server does not answer. Try again when the connection is back.' : sentence(e instanceof Error ? e.message : String(e));
    }
    this.job = null;
    this.cancel.hidden = true;
    this.menu.removeAttribute('aria-busy');
    this.say(`${title} ${detail}`.trim());
    if (!this.open) this.session.tell(title, detail, undefined, title === 'Not saved.' ? '' : 'done');
  }

  png() {
    const scale = this.options.scale;
    this.work('PNG', async (signal) => {
      this.say('Drawing');
      const { captioned, legendOf } = await clips();
      const step = this.session.step, legend = legendOf(this.session);
      const [canvas, text] = await Promise.all([this.landscape.snapshot(scale), recipe(this.session, signal)]);
      const name = fileName(this.session, 'png');
      save(await pngFile(captioned(canvas, scale, step, legend), text, scale), name);
      return name;
    });
  }

  /** @param {AbortSignal} signal @returns {Promise<import('./clip.js').Scene>} */
  async scene(signal) {
    const { legendOf, span } = await clips();
    const s = this.session, { from, to } = span(s);
    if (to <= 0) throw new Error('nothing has run yet: press play, then take the clip');
    const box = this.landscape.views.getBoundingClientRect();
    return {
      paint: (step, canvas) => this.landscape.paintAt(step, canvas), from, to, signal, aspect: Math.min(1.6, Math.max(0.3, box.height / Math.max(1, box.width))),
      legend: legendOf(s), recipe: await recipe(s, signal), progress: (words) => this.say(words),
    };
  }

  gif() {
    this.work('GIF', async (signal) => {
      const name = fileName(this.session, 'gif');
      save(await (await clips()).gifClip(await this.scene(signal)), name);
      return name;
    });
  }

  webm() {
    this.work('WebM', async (signal) => {
      const name = fileName(this.session, 'webm');
      save(await (await clips()).filmClip(await this.scene(signal)), name);
      return name;
    });
  }
}
