// The lab page: it opens a spec, keeps what the run sends, and draws it. All it knows of a lab comes from the schema.

import { Claims } from './claims.js';
import { control, text } from './controls.js';
import { Curve } from './curve.js';
import { el, icon } from './icons.js';
import { glyph, readTheme } from './marks.js';
import { MapView } from './map.js';
import { number, parse, plain, short, whole } from './numbers.js';
import { Panels } from './panels.js';
import { Stream } from './socket.js';
import { Walk } from './store.js';
import { SurfaceView } from './surface.js';
import { Transport } from './transport.js';
import * as wire from './wire.js';

const root = document.documentElement;
const base = root.dataset.base ?? '', lab = root.dataset.lab ?? '';
const main = /** @type {HTMLElement} */ (document.getElementById('lab'));
const embedded = main.hasAttribute('data-embed');
const live = document.getElementById('live');
const query = new URLSearchParams(location.search);
/** Methods that stand in the list although they are switched off. */
const usual = ['gd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adagrad', 'lbfgs', 'gradient-flow'];
/** Link parameters of the page, not of the run. */
const pageKeys = ['fork', 'step', 'view', 'cam', 'log', 'plane', 'layout', 'clock', 'renderer', 'hide', 'theme', 'embed'];

/** @type {any} */
let schema;
/** @type {any} */
let opened = null;
/** @type {Walk[]} */
let walks = [];
/** @type {{walks: Walk[], from: number}} what a fork left behind */
let past = { walks: [], from: 0 };
/** @type {any} */
let plane = null;
/** @type {any} */
let gridHead = null;
/** @type {any} */
let ground = null;
/** @type {any} */
let minimum = null;
/** @type {Float32Array | null} */
let swarm = null;
let playing = false, wantPlay = false, clockStep = 0, clockTime = 0, speed = 1, state = 'ready', lag = 1;
let flat = '';
let frames = 0, lastFrameMs = 0, dirty = true, pushLinks = false, lastSeek = 0, asked = '';
/** @type {Set<string>} methods hidden from the pictures */
const hidden = new Set();

const known = () => walks.reduce((m, w) => Math.max(m, w.rows.last), 0);
function playhead() {
  if (!opened) return 0;
  const s = playing ? clockStep + ((performance.now() - clockTime) / 1000) * speed * opened.rate : clockStep;
  return Math.min(s, Math.max(known(), playing ? 0 : clockStep), opened.steps);
}
/** @param {number} step */
function setClock(step) { clockStep = step; clockTime = performance.now(); dirty = true; }

// ---- the page's parts ----

const actions = /** @type {HTMLElement} */ (document.getElementById('actions'));
const controlsBox = el('aside', { class: 'controls', 'aria-label': 'Controls' });
const claimsBox = el('section', { class: 'claims', 'aria-label': 'Claims' });
const badge = el('button', { type: 'button', class: 'slice', 'data-testid': 'badge-slice', 'aria-expanded': 'false' });
const sliceTable = el('div', { class: 'slice-table', hidden: true });
badge.addEventListener('click', () => { sliceTable.hidden = !sliceTable.hidden; badge.setAttribute('aria-expanded', String(!sliceTable.hidden)); dirty = true; });
const heightUnit = el('span', { class: 'unit' });
const viewButtons = el('span', { class: 'segments', role: 'group', 'aria-label': 'View' },
  ...[['surface', 'Surface'], ['map', 'Map'], ['both', 'Both']].map(([id, label]) => el('button', { type: 'button', class: id, 'data-view': id, 'data-testid': id === 'map' ? 'view-contour' : `view-${id}`, onclick: () => setView(id) }, label)));
const planeButtons = el('span', { class: 'segments', role: 'group', 'aria-label': 'Plane' });
const hint = el('div', { class: 'hint' });
const mapHost = el('div', { class: 'map-host' }), surfaceHost = el('div', { class: 'surface-host' }, hint);
const pointer = el('div', { class: 'readout-line' });
const views = el('div', { class: 'views both' }, surfaceHost, mapHost);
const empty = el('div', { class: 'empty' });
const bar = el('div', { class: 'bar-note', hidden: true, role: 'status' });
const landscapePanel = el('section', { class: 'panel landscape', 'aria-label': 'Landscape' },
  el('header', {}, el('h2', {}, 'Landscape'), heightUnit, viewButtons, planeButtons, el('span', { class: 'end' }), badge), sliceTable, el('div', { class: 'body' }, views, pointer, empty), bar);
const curveHost = el('div', { class: 'body' });
const logButtons = el('span', { class: 'segments end', role: 'group', 'aria-label': 'Scale', 'data-testid': 'log-toggle' },
  ...['log', 'linear'].map((k) => el('button', { type: 'button', 'data-log': k, onclick: () => setLog(k === 'log') }, k)));
const timeUnit = el('span', { class: 'unit' });
const timePanel = el('section', { class: 'panel time', 'aria-label': 'Loss' }, el('header', {}, el('h2', {}, 'Loss'), timeUnit, logButtons), curveHost);
const tableTitle = el('span', { class: 'unit' }), table = el('table', { class: 'values', 'data-testid': 'legend' }), minimumLine = el('p', { class: 'minimum' });
const tablePanel = el('section', { class: 'panel', 'aria-label': 'Values' }, el('header', {}, el('h2', {}, 'At step'), tableTitle), table, minimumLine);
const morePanel = el('section', { class: 'panel', 'aria-label': 'Panels' });
main.append(controlsBox, claimsBox, el('section', { class: 'stage' }, landscapePanel, timePanel), el('section', { class: 'side' }, tablePanel, morePanel));
const claims = new Claims(claimsBox);

/** @type {Curve} */
let curve;
/** @type {Panels} */
let panels;
/** @type {MapView} */
let map;
/** @type {SurfaceView | null} */
let surface = null;
let wantedView = query.get('view') ?? 'both';

const transport = new Transport(main, {
  toggle: () => (playing ? pause() : play()),
  step: (n) => stepBy(n),
  seek: (s) => seek(s),
  restart: () => { pause(); seek(0); },
  speed: (v) => { setClock(playhead()); speed = v; stream.send({ type: 'speed', value: v }); },
  clock: () => { dirty = true; },
  fork: () => {
    const f = /** @type {HTMLInputElement | null} */ (controlsBox.querySelector('.method:not(.off) input.rate'));
    if (!f) return;
    pause();
    controlsBox.classList.add('shown');
    f.focus();
    tell('Fork', `Change a step size: the run branches at step ${whole(playhead())}, and both futures stay.`);
  },
});

// ---- commands ----

function play() {
  if (!opened) return;
  if (playhead() >= opened.steps) seek(0);
  wantPlay = true;
  stream.send({ type: 'play' });
}
function pause() {
  setClock(Math.floor(playhead()));
  playing = false;
  wantPlay = false;
  stream.send({ type: 'pause' });
  dirty = true;
}
/** @param {number} n */
function stepBy(n) {
  if (!opened) return;
  playing = false;
  wantPlay = false;
  setClock(Math.min(opened.steps, Math.max(0, Math.floor(playhead()) + n)));
  stream.send({ type: 'step', n });
}
/** @param {number} step */
function seek(step) {
  if (!opened) return;
  setClock(Math.min(opened.steps, Math.max(0, Math.round(step))));
  clearTimeout(lastSeek);
  lastSeek = window.setTimeout(() => stream.send({ type: 'seek', step: Math.round(clockStep) }), 50);
}

/** The present link's parameters. */
function parameters() { return new URLSearchParams((opened?.link ?? '').split('?')[1] ?? ''); }

/** Opens a link of the run's parameters. @param {URLSearchParams} p */
function openLink(p) {
  p.delete('labv');
  for (const k of pageKeys) p.delete(k);
  asked = `/lab/${lab}?${p}`;
  for (const f of controlsBox.querySelectorAll('.fault')) f.textContent = '';
  for (const f of controlsBox.querySelectorAll('.refused')) f.classList.remove('refused');
  wantPlay = playing;
  stream.send({ type: 'open', link: asked });
}

/** The methods of the run as texts, one for each id. @returns {string[]} */
const methodTexts = () => [...opened.spec.methods];
/** @param {string} t */
const idOf = (t) => t.split(':')[0].split('=')[0];

/** @param {string} id @param {string} value */
function change(id, value) {
  const p = parameters();
  const c = schema.controls.find((/** @type {any} */ k) => k.id === id);
  if (id === 'problem') {
    // Another ground has its own start and step sizes: what was set for the old one goes.
    const methods = methodTexts().map((t) => t.split(':')[0]).join(';');
    for (const k of [...p.keys()]) p.delete(k);
    p.set('methods', methods);
    p.set('steps', String(opened.spec.steps));
    p.set('seed', String(opened.spec.seed));
  } else if (c?.live && Math.floor(playhead()) > 0) {
    stream.send({ type: 'turn', step: Math.min(Math.floor(playhead()), opened.steps - 1), name: id, value });
    return;
  }
  p.set(id, value);
  openLink(p);
}

/** @param {string} id @param {string} hyper @param {string} value */
function changeHyper(id, hyper, value) {
  const step = Math.floor(playhead());
  if (step > 0 && step < opened.steps) {
    wantPlay = playing;
    stream.send({ type: 'turn', step, name: `${id}.${hyper}`, value });
    return;
  }
  const p = parameters();
  p.set('methods', methodTexts().map((t) => (idOf(t) === id ? t.replace(new RegExp(`([:,])${hyper}=[^,]*`), `$1${hyper}=${value}`) : t)).join(';'));
  p.delete('moves');
  openLink(p);
}

/** @param {string} id a method of the run, or a kind that is not in it */
function toggleMethod(id) {
  const p = parameters();
  let list = methodTexts();
  if (list.some((t) => idOf(t) === id)) list = list.filter((t) => idOf(t) !== id);
  else list.push(id);
  if (!list.length) {
    hidden.add(id);
    dirty = true;
    buildControls();
    return;
  }
  hidden.delete(id);
  p.set('methods', list.join(';'));
  p.delete('moves');
  openLink(p);
}

/** What the server should send as pictures: the open panel's, and the swarm where there is one. @param {string[]} ids */
function pictures(ids) { return Number(opened.spec.values.swarm) > 0 ? [...ids, 'swarm'] : ids; }

// ---- messages ----

const stream = new Stream(base, {
  up() {
    if (!schema) return;
    if (opened) stream.send({ type: 'open', link: opened.link, step: Math.floor(playhead()) });
    else first();
  },
  down(seconds) {
    if (opened) tell('Connection lost', `at step ${whole(playhead())}. Trying again in ${number(seconds)} s. You can still look back.`);
    setClock(Math.floor(playhead()));
    wantPlay = playing;
    playing = false;
  },
  frames(list) {
    frames++;
    for (const f of list) take(f);
    dirty = true;
  },
  message(m) {
    switch (m.type) {
      case 'opened': open(m); break;
      case 'state': onState(m); break;
      case 'claim': if (m.run === opened?.run) { claims.set(m); marks(); } break;
      case 'plane': if (m.run === opened?.run) onPlane(m); break;
      case 'grid': if (m.run === opened?.run) gridHead = m; break;
      case 'lag': lag = m.every; dirty = true; break;
      case 'error': onError(m); break;
    }
  },
});

function first() {
  const p = new URLSearchParams(location.search);
  asked = `/lab/${lab}?${p}`;
  stream.send({ type: 'open', link: asked });
}

/** @param {wire.Frame} f */
function take(f) {
  if (!opened || f.run !== opened.run) return;
  const w = walks[f.method];
  switch (f.kind) {
    case wire.SCALARS: w?.rows.add(f.data, f.rows); break;
    case wire.PATH: if (w && plane && f.measure === plane.version) w.addPath(f.data, f.rows, f.columns); break;
    case wire.GRID:
      if (gridHead && f.measure === gridHead.version) {
        ground = { ...gridHead, min: gridHead.min ?? 0, max: gridHead.max ?? 1, values: f.data, version: `${gridHead.run}/${f.measure}/${f.rows}/${f.sequence}` };
        heightUnit.textContent = `height ${gridHead.log ? 'log₁₀ f' : 'f'}${gridHead.preview ? ' · half resolution' : ''}${flat ? ` · ${flat}` : ''}`;
      }
      break;
    case wire.POINTS: if (opened.measures[f.measure]) panels.take(f, opened.measures[f.measure].id); else swarm = /** @type {Float32Array} */ (f.data); break;
    default: if (opened.measures[f.measure]) panels.take(f, opened.measures[f.measure].id);
  }
}

/** @param {any} m */
function open(m) {
  const fork = opened && m.parent === opened.run;
  const again = opened && m.run === opened.run && walks.length === m.methods.length;
  past = fork ? { walks: walks.filter((w) => w.drawn), from: m.forked_at } : again ? past : { walks: [], from: 0 };
  const sameGround = opened && fork;
  opened = m;
  state = m.state;
  if (!again) {
    const used = new Set(m.methods.map((/** @type {any} */ x) => x.slot).filter(Boolean));
    /** @type {Map<string, number>} */
    const slots = new Map();
    const taken = new Set();
    walks = m.methods.map((/** @type {any} */ x, /** @type {number} */ i) => {
      x.index = i;
      let slot = slots.get(x.id) ?? x.slot;
      let hollow = false;
      if (!slots.has(x.id)) {
        if (!slot || taken.has(slot)) {
          slot = 1;
          while (slot <= 8 && (taken.has(slot) || used.has(slot))) slot++;
          if (slot > 8) { slot = (slots.size % 8) + 1; hollow = true; }
        }
        taken.add(slot);
        slots.set(x.id, slot);
      }
      const w = new Walk({ ...x, label: x.id === x.method ? x.label : x.id.startsWith(`${x.method}-`) ? `${x.label} ${x.id.slice(x.method.length + 1)}` : x.id }, m.columns, slot, hollow);
      w.drawn = !hidden.has(x.id);
      return w;
    });
    plane = null;
    minimum = null;
    swarm = null;
    if (!sameGround) { ground = null; gridHead = null; }
    panels.forget();
  }
  claims.open(m.claims);
  if (asked !== `/lab/${lab}?`) bar.hidden = true;
  lag = 1;
  if (!fork && !again) {
    speed = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128].find((v) => m.steps / (v * m.rate) <= 20) ?? 128;
    stream.send({ type: 'speed', value: speed });
  } else if (fork) stream.send({ type: 'speed', value: speed });
  playing = false;
  setClock(m.step);
  stream.send({ type: 'view', grid: { cells: 121 }, measures: pictures(panels.pictures()), ...(query.get('plane') ? { plane: query.get('plane') } : {}) });
  const url = base + m.link;
  if (pushLinks && location.pathname + location.search !== url) history.pushState(null, '', url);
  pushLinks = true;
  if (wantPlay) stream.send({ type: 'play' });
  transport.mark([]);
  buildControls();
  planeButtons.replaceChildren(...(m.planes.length > 1 ? m.planes.map((/** @type {string} */ k) => el('button', { type: 'button', 'data-plane': k, onclick: () => stream.send({ type: 'view', plane: k, grid: { cells: 121 } }) }, { pca: 'PCA', random: 'Random', direct: 'Direct' }[k] ?? k)) : []));
  planeButtons.hidden = m.planes.length < 2;
  dirty = true;
  const fromLink = Number(query.get('step'));
  if (fromLink > 0 && !fork) { query.delete('step'); seek(fromLink); }
}

/** @param {any} m */
function onState(m) {
  if (m.run !== opened?.run) return;
  state = m.state;
  const was = playing;
  playing = m.state === 'running';
  if (!playing || !was || Math.abs(playhead() - m.step) > Math.max(12, 0.4 * speed * opened.rate)) setClock(m.step);
  if (m.speed) speed = m.speed;
  m.methods?.forEach((/** @type {any} */ s, /** @type {number} */ i) => {
    const w = walks[i];
    if (w) { w.state = s.state; w.why = s.why; w.stoppedAt = s.stopped_at ?? -1; }
  });
  if (m.state === 'failed') tell('The run stopped', m.why ?? '');
  marks();
  if (m.state === 'done' && !minimum && opened.dim <= 200) polish();
  dirty = true;
}

/** Events on the track: branches, ends, verdicts. */
function marks() {
  const events = [];
  if (opened.parent) events.push({ step: opened.forked_at, icon: 'fork', text: `forked at step ${opened.forked_at}` });
  for (const w of walks) if (w.state === 'diverged') events.push({ step: w.stoppedAt, icon: 'cross', text: `${w.label}: ${w.why}` });
  const holds = [...claims.cells.values()].filter((c) => c.verdict === 'holds').length;
  if (holds) events.push({ step: opened.steps, icon: 'check', text: `${holds} claims hold` });
  transport.mark(events);
}

async function polish() {
  minimum = { pending: true };
  const best = walks.filter((w) => w.state !== 'diverged').sort((a, b) => a.read('loss', Infinity) - b.read('loss', Infinity))[0];
  if (!best) return;
  const run = opened.run;
  const r = await fetch(`${base}/api/runs/${run}/minimum?method=${encodeURIComponent(best.id)}`);
  if (!r.ok || opened.run !== run) return;
  minimum = await r.json();
  dirty = true;
}

/** @param {any} m */
function onPlane(m) {
  plane = m;
  for (const w of walks) w.clearPath(m.columns.length);
  walks.forEach((w, i) => { w.onPlane = !m.walks || m.walks.includes(i); });
  for (const b of planeButtons.children) b.setAttribute('aria-pressed', String(b.dataset.plane === m.kind));
  if (ground && ground.run === opened.run && ground.version && m.kind !== 'direct') ground = null;
  dirty = true;
}

/** @param {any} m */
function onError(m) {
  const field = m.field ?? '';
  const box = controlsBox.querySelector(`[data-id="${CSS.escape(field)}"]`) ?? controlsBox.querySelector(`[data-id="${CSS.escape(field.split('.')[0])}"]`);
  if (box) {
    box.classList.add('refused');
    const fault = box.querySelector('.fault');
    if (fault) fault.textContent = `${m.detail}`.replace(/^./, (c) => c.toUpperCase());
    controlsBox.classList.add('shown');
  } else {
    tell(m.title ?? 'Refused', `${field ? `${field}: ` : ''}${m.detail ?? ''}`);
  }
  if (!opened) {
    empty.textContent = `${field ? `${field}: ` : ''}${m.detail ?? m.title}`;
    // A link that is refused still shows the lab: its defaults, with the refusal above them.
    if (asked !== `/lab/${lab}?`) { asked = `/lab/${lab}?`; stream.send({ type: 'open', link: asked }); }
  }
}

/** @param {string} title @param {string} detail */
function tell(title, detail) {
  bar.replaceChildren(el('span', {}, el('b', {}, title), ` ${detail}`), el('button', { type: 'button', class: 'button', onclick: () => { bar.hidden = true; } }, 'Close'));
  bar.hidden = false;
}

// ---- controls ----

/** @param {string} id */
const kindOf = (id) => schema.methods.find((/** @type {any} */ k) => k.id === id);

function buildControls() {
  const focused = document.activeElement?.id, scroll = controlsBox.scrollTop;
  const values = opened.spec.values;
  const preset = schema.presets.find((/** @type {any} */ p) => p.id === opened.spec.preset);
  const select = el('select', { id: 'preset', 'aria-label': 'Preset', onchange: () => { const p = new URLSearchParams(); if (select.value) p.set('preset', select.value); hidden.clear(); openLink(p); } },
    el('option', { value: '', selected: !preset }, 'Own settings'), ...schema.presets.map((/** @type {any} */ p) => el('option', { value: p.id, selected: p === preset }, p.title)));
  const presetBox = el('section', {}, el('h2', {}, 'Preset', el('span', { class: 'unit' }, preset ? `${schema.presets.indexOf(preset) + 1} of ${schema.presets.length}` : '')), select, preset?.note ? el('p', { class: 'note' }, preset.note) : null);

  const inRun = walks.filter((w) => !w.method.replica);
  const on = inRun.map((w) => methodRow(w.id, w.label, w.slot, w.hollow, w));
  const others = schema.methods.filter((/** @type {any} */ k) => !inRun.some((w) => w.method.method === k.id));
  const row = (/** @type {any} */ k) => methodRow(k.id, k.label, k.slot || 8, false, null);
  const methodsBox = el('section', { 'aria-label': 'Methods' }, el('h2', {}, 'Methods', el('span', { class: 'unit' }, 'step size')), ...on,
    ...others.filter((/** @type {any} */ k) => usual.includes(k.id)).map(row),
    el('details', { class: 'more' }, el('summary', {}, 'More methods'), ...others.filter((/** @type {any} */ k) => !usual.includes(k.id)).map(row)));

  /** @type {Map<string, any>} */
  const groups = new Map();
  const problems = schema.controls.find((/** @type {any} */ c) => c.id === 'problem')?.choices ?? [];
  const group = (/** @type {string} */ name) => {
    if (!groups.has(name)) groups.set(name, el('section', { 'aria-label': name }, el('h2', {}, name)));
    return groups.get(name);
  };
  for (const c of schema.controls) {
    // A control named after a ground belongs to that ground alone.
    if (problems.some((/** @type {any} */ o) => o.id === c.id) && values.problem !== c.id) continue;
    group(c.group || 'Ground').append(control(c, values[c.id], (t) => change(c.id, t)));
    if (c.id === 'problem' && problems.some((/** @type {any} */ o) => o.id === 'formula') && values.problem !== 'formula') {
      group(c.group || 'Ground').append(el('button', { type: 'button', class: 'button', onclick: () => change('problem', 'formula') }, 'New surface'));
    }
    if (c.id === 'formula' && values.problem === 'formula') {
      for (const id of Object.keys(values)) {
        if (schema.controls.some((/** @type {any} */ k) => k.id === id) || id.length > 1) continue;
        const v = Number(values[id]);
        group(c.group || 'Ground').append(control({ id, label: id, unit: '', kind: 'real', min: -1e6, max: 1e6, log: false, default: 1, live: false, help: `The letter ${id} of the formula` }, v, (t) => change(id, t)));
      }
    }
  }
  const run = group('Run');
  const seed = el('input', { type: 'text', inputmode: 'numeric', value: String(opened.spec.seed), 'aria-label': 'Seed', 'data-testid': 'seed', onchange: () => setParameter('seed', seed.value) });
  const steps = el('input', { type: 'text', inputmode: 'numeric', value: String(opened.spec.steps), 'aria-label': 'Steps', 'data-testid': 'steps', onchange: () => setParameter('steps', seed === null ? '' : steps.value) });
  run.append(el('div', { class: 'row' }, el('button', { type: 'button', class: 'button', onclick: newSeed }, icon('die'), 'New seed'), seed),
    el('div', { class: 'control text' }, el('label', {}, 'Steps'), steps));
  controlsBox.replaceChildren(presetBox, methodsBox, ...groups.values());
  controlsBox.scrollTop = scroll;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** @param {string} name @param {string} value */
function setParameter(name, value) {
  const p = parameters();
  p.set(name, value.trim());
  p.delete('moves');
  openLink(p);
}
function newSeed() { setParameter('seed', String((Number(opened.spec.seed) + 1) % 2 ** 53)); }

/** @param {string} id @param {string} label @param {number} slot @param {boolean} hollow @param {Walk | null} w */
function methodRow(id, label, slot, hollow, w) {
  const on = !!w && !hidden.has(id);
  const toggle = el('button', { type: 'button', 'aria-pressed': String(on), title: kindOf(w?.method.method ?? id)?.label, onclick: () => { if (w && hidden.has(id)) { hidden.delete(id); w.drawn = true; buildControls(); dirty = true; } else toggleMethod(id); } }, glyph(slot, hollow), el('span', {}, label));
  /** @type {any} */
  let end = el('span', { class: 'off-word' }, 'off');
  if (on && w) {
    const hyper = ['step-size', 'time-step', 'sigma'].find((h) => h in w.method.hyper);
    end = el('span', {});
    if (hyper) {
      const moved = (opened.spec.moves ?? []).filter((/** @type {any} */ m) => m.name === `${id}.${hyper}`).pop();
      const v = Number(moved ? moved.value : w.method.hyper[hyper]);
      const f = el('input', { type: 'text', class: 'rate', inputmode: 'decimal', value: short(v), 'aria-label': `${hyper.replace('-', ' ')} of ${label}` });
      f.addEventListener('focus', () => { f.value = plain(v); f.select(); });
      f.addEventListener('blur', () => { if (parse(f.value) === v) f.value = short(v); });
      f.addEventListener('change', () => { if (parse(f.value) !== v) changeHyper(id, hyper, Number.isNaN(parse(f.value)) ? f.value : plain(parse(f.value))); });
      end = f;
    }
  }
  return el('div', { class: `method control ${on ? 'on' : 'off'}`, 'data-testid': `method-${id}`, 'data-id': id }, toggle, end, el('p', { class: 'fault', role: 'alert' }));
}

// ---- drawing ----

/** @param {string} v */
function setView(v) {
  if (v !== 'map' && !surface) v = 'map';
  wantedView = v;
  views.className = `views ${v}`;
  for (const b of viewButtons.children) b.setAttribute('aria-pressed', String(b.dataset.view === v));
  map?.resize();
  surface?.resize();
  dirty = true;
}
/** @param {boolean} on */
function setLog(on) {
  if (curve) curve.options.log = on;
  for (const b of logButtons.children) b.setAttribute('aria-pressed', String((b.dataset.log === 'log') === on));
  timeUnit.textContent = `at each step, ${on ? 'log' : 'linear'} scale`;
  dirty = true;
}

const picture = { ground: null, walks: [], start: [0, 0], minima: [], axes: ['x', 'y'], range: [0, 1, 0, 1], swarm: null, whole: true };

/** @param {Walk} w @param {number} at @param {boolean} ghost */
function view(w, at, ghost) {
  const i = w.pathRows.find(at);
  const next = i + 1 < w.pathRows.count ? w.pathRows.at(i + 1, 0) : at;
  const here = i >= 0 ? w.pathRows.at(i, 0) : 0;
  const v = w.view;
  v.visible = w.drawn && w.onPlane;
  v.path = w.path; v.loss = w.loss; v.distance = w.distance; v.count = w.pathRows.count; v.shown = i + 1;
  v.blend = next > here ? Math.min(1, Math.max(0, (at - here) / (next - here))) : 0;
  v.ghost = ghost;
  return v;
}

function draw() {
  const at = playhead(), step = Math.floor(at);
  const p = /** @type {any} */ (picture);
  p.ground = ground;
  p.walks = [...past.walks.map((w) => view(w, Infinity, true)), ...walks.map((w) => view(w, at, false))];
  p.axes = plane?.axes ?? ['x', 'y'];
  p.range = ground?.range ?? plane?.range ?? opened.domain;
  p.whole = plane?.kind === 'direct' && opened.dim === 2;
  p.start = p.whole ? opened.start : [walks[0]?.path[0] ?? 0, walks[0]?.path[1] ?? 0];
  p.minima = p.whole ? (opened.minima ?? []).map((/** @type {any} */ m) => ({ at: m.x, loss: m.loss })) : [];
  if (p.whole && minimum?.converged && minimum.index === 0 && !p.minima.some((/** @type {any} */ m) => Math.hypot(m.at[0] - minimum.x[0], m.at[1] - minimum.x[1]) < 1e-4)) p.minima.push({ at: minimum.x, loss: minimum.loss });
  p.swarm = swarm;
  empty.textContent = walks.some((w) => w.drawn) ? (ground ? '' : 'Surveying the ground') : 'No method is on. Choose one at the left, or press 1.';
  if (wantedView !== 'surface') map.draw(p);
  if (surface && wantedView !== 'map' && surfaceHost.clientWidth > 40) surface.draw(p);
  curve.options.steps = opened.steps;
  curve.draw([...walks], at);
  panels.draw(walks, at, opened.steps);
  drawTable(step);
  drawBadge(step);
  const w0 = walks[0];
  const reading = transport.clock === 'steps' ? whole(step) : number(w0?.read(transport.clock, step) ?? NaN);
  transport.draw({ step, steps: opened.steps, known: known(), playing, speed, rate: opened.rate, reading });
  if (lag > 1 && playing) timeUnit.textContent = `showing every ${lag}th step`;
}

/** @param {number} step */
function drawTable(step) {
  tableTitle.textContent = whole(step);
  const distance = walks.some((w) => w.names.includes('distance') && Number.isFinite(w.read('distance', step)));
  const accuracy = !distance && walks.some((w) => w.names.includes('test-accuracy'));
  const third = distance ? 'distance' : accuracy ? 'test-accuracy' : '';
  const shown = walks.filter((w) => w.drawn && !w.method.replica);
  const key = shown.map((w) => w.id).join() + third + opened.run;
  if (table.dataset.key !== key) {
    table.dataset.key = key;
    table.replaceChildren(el('tr', {}, el('th', { scope: 'col' }, 'Method'), el('th', { scope: 'col' }, 'Loss'), el('th', { scope: 'col' }, '|∇f|'), third ? el('th', { scope: 'col' }, distance ? 'Distance' : 'Test acc.') : null),
      ...shown.map((w) => el('tr', { 'data-row': w.id }, el('td', {}, glyph(w.slot, w.hollow), w.label), el('td', { 'data-testid': `loss-${w.id}` }), el('td', {}), third ? el('td', {}) : null)));
  }
  /** @type {string[]} */
  const gone = [];
  shown.forEach((w, i) => {
    const cells = table.rows[i + 1].cells;
    const ended = w.stoppedAt >= 0 && step >= w.stoppedAt && w.state === 'diverged';
    cells[1].textContent = ended ? w.why.match(/^diverged at step \d+/)?.[0] ?? `diverged at step ${w.stoppedAt}` : number(w.read('loss', step));
    cells[1].className = ended ? 'diverged' : '';
    cells[1].colSpan = ended ? (third ? 3 : 2) : 1;
    for (let k = 2; k < cells.length; k++) { cells[k].hidden = ended; cells[k].textContent = number(w.read(k === 2 ? 'gradient-norm' : third, step)); }
    if (ended) gone.push(`${w.label} ${w.why}.`);
  });
  const said = gone.join(' ');
  if (said && bar.dataset.said !== opened.run + said) {
    bar.dataset.said = opened.run + said;
    tell('', `${said}${gone.length < shown.length ? ' The others go on.' : ''}`);
  }
  if (minimum?.label) minimumLine.textContent = `${minimum.label.replace(/^./, (/** @type {string} */ c) => c.toUpperCase())}${minimum.x.length <= 4 ? ` (${minimum.x.map((/** @type {number} */ v) => number(Math.abs(v) < 1e-12 ? 0 : v)).join(', ')})` : ''}, loss ${number(minimum.loss ?? NaN)}, Hessian eigenvalues ${minimum.eigenvalues.slice(0, 4).map((/** @type {number} */ v) => number(v)).join(', ')}${minimum.eigenvalues.length > 4 ? ', …' : ''}: where ${minimum.method} leads, polished by Newton's method.`;
  else minimumLine.textContent = '';
}

/** @param {number} step */
function drawBadge(step) {
  if (!plane) { badge.hidden = true; return; }
  badge.hidden = false;
  const wholeSpace = picture.whole;
  let word = 'Whole space: nothing hidden', cls = 'whole';
  if (!wholeSpace) {
    const kept = (plane.explained ?? []).slice(0, 2).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
    let gap = 0;
    for (const w of walks) {
      const i = w.pathRows.find(step);
      for (let k = i; k >= 0 && k > i - 200; k--) {
        const pl = w.pathRows.at(k, 3), tl = w.read('loss', w.pathRows.at(k, 0));
        if (Number.isFinite(pl)) { gap = Math.max(gap, Math.abs(Math.log10(pl) - Math.log10(tl))); break; }
      }
    }
    const off = gap > 0.1 || (plane.explained?.length && kept < 0.8);
    word = off ? 'Off the plane' : plane.explained?.length ? `Plane keeps ${Math.round(100 * kept)} % of the path` : 'A plane through this space';
    cls = off ? 'off' : '';
  }
  if (badge.textContent !== word) badge.replaceChildren(icon('badge', 12), word);
  badge.className = `slice ${cls}`;
  if (!sliceTable.hidden) {
    const rows = walks.filter((w) => w.drawn).map((w) => {
      const i = w.pathRows.find(step), columns = w.pathRows.columns;
      const pl = i >= 0 ? (columns > 3 ? w.pathRows.at(i, 3) : w.read('loss', step)) : NaN;
      return el('tr', {}, el('td', {}, w.label), el('td', {}, number(pl)), el('td', {}, number(w.read('loss', step))), el('td', {}, i >= 0 && columns > 3 ? number(w.pathRows.at(i, 4)) : '0'));
    });
    sliceTable.replaceChildren(el('table', {}, el('tr', {}, ...['', 'loss in this plane', 'true loss', 'distance'].map((h) => el('td', {}, h))), ...rows),
      el('div', {}, plane.explained?.length ? `The axes keep ${plane.explained.slice(0, 2).map((/** @type {number} */ v) => `${number(100 * v, 3)} %`).join(' and ')} of the path; a walk without aim keeps about 81 % on its first.` : plane.note || 'Every point of this space is on the picture.'),
      ground?.holes ? el('div', {}, `${ground.holes} cells have no value; they are hatched.`) : null);
  }
}

function loop() {
  if (opened && map && (dirty || playing)) {
    const t = performance.now();
    dirty = false;
    draw();
    lastFrameMs = performance.now() - t;
  }
  requestAnimationFrame(loop);
}

// ---- header, keys, start ----

function buildHeader() {
  const exports = el('div', { class: 'menu', hidden: true, role: 'menu' }, el('p', {}, 'Each file carries its recipe: spec, version and link.'),
    ...[['json', 'JSON', 'everything, full precision'], ['npz', 'NPZ', 'arrays for NumPy'], ['csv', 'CSV', 'long table']].map(([f, label, what]) =>
      el('a', { role: 'menuitem', href: '#', 'data-testid': `export-${f}`, 'data-format': f, download: '' }, el('b', {}, label), el('span', { class: 'unit' }, what))));
  for (const a of exports.querySelectorAll('a')) {
    a.addEventListener('pointerdown', target);
    a.addEventListener('focus', target);
    a.addEventListener('click', target);
  }
  function target(/** @type {Event} */ e) { const a = /** @type {HTMLAnchorElement} */ (e.currentTarget); a.href = `${base}/api/runs/${opened.run}/export?format=${a.dataset.format}`; a.download = `thalweg-${lab}-${opened.run}.${a.dataset.format}`; }
  const tool = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ go, test = '') => el('button', { type: 'button', class: 'tool icon-only-narrow', title: label, 'aria-label': label, 'data-testid': test || undefined, onclick: go }, icon(name), el('span', {}, label));
  const drawer = el('aside', { class: 'drawer', hidden: true, 'aria-label': 'Lesson' }, el('button', { type: 'button', class: 'button', onclick: () => { drawer.hidden = true; } }, 'Close'),
    ...(schema.lesson ?? []).flatMap((/** @type {any} */ s) => [el('h3', {}, s.title), el('p', {}, s.text), s.open ? el('button', { type: 'button', class: 'button', onclick: () => { const p = new URLSearchParams(); p.set('preset', s.open); openLink(p); } }, 'Try this') : null].filter(Boolean)));
  actions.prepend(
    el('button', { type: 'button', class: 'tool edge drawer-button', onclick: () => controlsBox.classList.toggle('shown') }, icon('menu'), 'Controls'),
    tool('lesson', 'Lesson', () => { drawer.hidden = !drawer.hidden; }), tool('link', 'Copy link', copyLink, 'copy-link'), tool('export', 'Export', () => { exports.hidden = !exports.hidden; }, 'export'));
  actions.append(tool('keys', 'Keys', () => help.showModal()));
  document.body.append(exports, drawer, help);
  document.addEventListener('pointerdown', (e) => { const t = /** @type {Element} */ (e.target); if (!exports.contains(t) && !t.closest('[data-testid=export]')) exports.hidden = true; if (!controlsBox.contains(t) && !t.closest('.drawer-button')) controlsBox.classList.remove('shown'); });
}

function pageLink() {
  const p = parameters();
  const step = Math.floor(playhead());
  if (step > 0) p.set('step', String(step));
  if (wantedView !== 'both') p.set('view', wantedView);
  if (plane && plane.kind !== opened.planes[0] && plane.kind !== 'direct') p.set('plane', plane.kind);
  return `${location.origin}${base}/lab/${lab}?${decodeURIComponent(String(p)).replaceAll(';', '%3B').replaceAll(' ', '%20').replaceAll('+', '%2B')}`;
}

async function copyLink() {
  const link = pageLink();
  try {
    await navigator.clipboard.writeText(link);
    tell('Copied.', `Opens at step ${whole(playhead())} with this view.`);
  } catch {
    // Over plain http there is no clipboard: the link stands selected, ready to be copied by hand.
    tell('', '');
    const f = el('input', { type: 'text', value: link, readonly: true, 'aria-label': 'Link' });
    f.style.flex = '1';
    bar.firstElementChild.replaceWith(f);
    f.focus();
    f.select();
  }
}

const keysList = [['Space', 'play or pause'], ['. or →', 'one step on (Shift: ten)'], [', or ←', 'one step back (Shift: ten)'], ['Home, End', 'first, last step'], ['R', 'back to the start'], ['N', 'new seed'], ['1 … 9', 'method on or off'], ['L', 'log or linear loss'], ['C, S, B', 'contour map, surface, both'], ['?', 'these keys'], ['Esc', 'close']];
const help = el('dialog', { class: 'keys-help', 'aria-label': 'Keys' }, el('dl', {}, ...keysList.map(([k, v]) => el('div', {}, el('dt', {}, el('kbd', {}, k)), el('dd', {}, v)))), el('button', { type: 'button', class: 'button', onclick: () => help.close() }, 'Close'));

document.addEventListener('keydown', (e) => {
  const t = /** @type {HTMLElement} */ (e.target);
  if (!opened || e.ctrlKey || e.metaKey || e.altKey || t.closest('input:not([type=range]):not([type=checkbox]),select,textarea,dialog[open]')) return;
  const onRange = t.matches('input[type=range]');
  const n = e.shiftKey ? 10 : 1;
  const go = {
    ' ': () => (t.matches('button,summary,a,input') ? false : playing ? pause() : play()), '.': () => stepBy(n), ',': () => stepBy(-n), '>': () => stepBy(10), '<': () => stepBy(-10),
    ArrowRight: () => (onRange ? false : stepBy(n)), ArrowLeft: () => (onRange ? false : stepBy(-n)), Home: () => (onRange ? false : seek(0)), End: () => (onRange ? false : seek(opened.steps)),
    r: () => { pause(); seek(0); }, n: newSeed, l: () => setLog(!curve.options.log), c: () => setView('map'), s: () => setView('surface'), b: () => setView('both'), '?': () => help.showModal(),
    Escape: () => { for (const x of document.querySelectorAll('.drawer,.menu')) /** @type {HTMLElement} */ (x).hidden = true; controlsBox.classList.remove('shown'); },
  }[e.key.length === 1 ? e.key.toLowerCase() : e.key];
  if (/^[1-9]$/.test(e.key)) {
    const id = [...controlsBox.querySelectorAll('.method')][Number(e.key) - 1]?.getAttribute('data-id');
    if (id) toggleMethod(id);
    e.preventDefault();
  } else if (go && go() !== false) e.preventDefault();
});

window.addEventListener('popstate', () => { pushLinks = false; past = { walks: [], from: 0 }; asked = `/lab/${lab}${location.search}`; wantPlay = false; stream.send({ type: 'open', link: asked }); });
function retheme() {
  const t = readTheme();
  map?.setTheme(t); surface?.setTheme(t); curve?.setTheme(); panels?.setTheme();
  if (opened) { table.dataset.key = ''; buildControls(); }
  dirty = true;
}
new MutationObserver(retheme).observe(root, { attributes: true, attributeFilter: ['data-theme'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', retheme);

/** @param {number} s @param {number} t */
function start(s, t) {
  if (!picture.whole || !schema.controls.some((/** @type {any} */ c) => c.id === 'start')) return;
  setClock(0);
  change('start', text([Number(s.toPrecision(4)), Number(t.toPrecision(4))]));
}

async function begin() {
  const r = await fetch(`${base}/api/labs/${lab}`);
  schema = await r.json();
  if (schema.labs) schema = schema.labs[0];
  buildHeader();
  map = new MapView(mapHost, { onStart: start, onHover: (/** @type {number} */ s, /** @type {number} */ t, /** @type {number} */ loss) => { pointer.textContent = Number.isFinite(s) ? `${number(s)}, ${number(t)}${Number.isFinite(loss) ? ` · loss ${number(loss)}` : ''}` : ''; } });
  if (query.get('renderer') !== '2d') {
    try {
      surface = new SurfaceView(surfaceHost, { onStart: start, onLost: () => { surface?.dispose(); surface = null; setView('map'); flat = 'Flat view: the 3D context was lost'; } });
    } catch {
      surface = null;
    }
  }
  if (surface) hint.textContent = 'height drawn at 0.42 of the width · drag to turn, click to set the start';
  else flat = query.get('renderer') === '2d' ? '' : 'Flat view: this browser draws no 3D';
  const loss = schema.panels.find((/** @type {any} */ p) => p.kind === 'curve' && p.measures?.includes('loss'));
  curve = new Curve(curveHost, { measures: ['loss'], log: true, left: 56, right: innerWidth < 700 ? 20 : 92, steps: schema.steps ?? 1, axis: true, seek });
  panels = new Panels(morePanel, schema.panels.filter((/** @type {any} */ p) => ['curve', 'spectrum', 'image', 'points'].includes(p.kind) && p !== loss), schema.measures, (m) => { if (opened) stream.send({ type: 'view', measures: pictures(m) }); });
  setView(surface ? wantedView : 'map');
  setLog(query.get('log') !== 'off');
  if (stream.socket?.readyState === WebSocket.OPEN) first();
  new ResizeObserver(() => { map.resize(); surface?.resize(); dirty = true; }).observe(views);
  loop();
  setInterval(() => { if (live && opened && playing) live.textContent = `step ${Math.floor(playhead())}: ${walks.filter((w) => w.drawn).slice(0, 6).map((w) => `${w.label} ${number(w.read('loss', playhead()))}`).join(', ')}`; }, 1000);
}

Object.defineProperty(window, '__lab', { value: Object.freeze({
  get runId() { return opened?.run ?? ''; }, get step() { return Math.floor(playhead()); }, get frames() { return frames; }, get dropped() { return lag - 1; },
  get renderer() { return surface ? 'webgl2' : '2d'; }, get lastFrameMs() { return lastFrameMs; },
  state: () => ({ run: opened?.run, state, step: Math.floor(playhead()), playing, speed, known: known(), values: opened?.spec.values, embedded,
    losses: Object.fromEntries(walks.map((w) => [w.id, w.all('loss')])), methods: walks.map((w) => ({ id: w.id, state: w.state, stoppedAt: w.stoppedAt, why: w.why })), verdicts: Object.fromEntries([...claims.cells].map(([k, c]) => [k, c.verdict])), grid: ground ? ground.rows : 0 }),
}) });
begin();
