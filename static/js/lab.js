// The lab page: builds its parts from the schema, hands them the session, and draws them when something changed.

import { Claims } from './claims.js';
import { installDrop } from './drop.js';
import { copyLink } from './export.js';
import { Help } from './help.js';
import { el, icon } from './icons.js';
import { installKeys } from './keys.js';
import { Landscape } from './landscape.js';
import { Lesson } from './lesson.js';
import { number } from './numbers.js';
import { shrink, Side, toggleExpanded } from './panels/side.js';
import { TimePanel } from './panels/time.js';
import { Presenter } from './presenter.js';
import { Session } from './session.js';
import { Sheets } from './sheets.js';
import { Sidebar } from './sidebar.js';
import { installTips } from './tips.js';
import { Tour } from './tour.js';
import { Transport } from './transport.js';

const root = document.documentElement;
const base = root.dataset.base ?? '', lab = root.dataset.lab ?? '';
const main = /** @type {HTMLElement} */ (document.getElementById('lab'));
const actions = /** @type {HTMLElement} */ (document.getElementById('actions'));
const live = document.getElementById('live');
const embedded = main.hasAttribute('data-embed');

/** A button of the header. @param {string} name of the icon @param {string} label @param {string} test @param {() => void} go */
function tool(name, label, test, go) {
  const b = el('button', { type: 'button', class: 'tool', title: label, 'data-testid': test, onclick: go }, icon(name), el('span', {}, label));
  return b;
}

async function begin() {
  const answer = await fetch(`${base}/api/labs/${lab}`);
  const found = await answer.json();
  const session = new Session(base, lab, found.labs ? found.labs[0] : found);

  const sidebar = new Sidebar(session, main);
  const claims = new Claims(session, main, (panel) => side.flash(panel));
  const stage = el('section', { class: 'stage', 'aria-label': 'Stage' }), column = el('section', { class: 'side', 'aria-label': 'Measurements' });
  main.append(stage, column);
  // Most labs show their landscape here; where two other panels have the stage it stands in the column.
  const staged = session.schema.panels.filter((/** @type {any} */ p) => p.place === 'stage'), apart = el('div', { class: 'slot' });
  const top = staged.length ? el('div', { class: 'stage-top' }) : null;
  if (top) stage.append(top);
  const landscape = new Landscape(session, top ? apart : stage);
  const time = new TimePanel(session, stage);
  const side = new Side(session, column, top ? apart : null);
  for (const p of staged) top?.append(side.panel(p));
  if (top) side.look();
  time.view.frames = side.frames;
  const transport = new Transport(session, main, { fork: () => {
    session.pause();
    if (sidebar.focusRate()) session.tell('Fork', 'Change a step size: the run branches here, and both futures stay.');
  } });
  const presenter = new Presenter(session, claims, main);
  /** @type {{draw: (at: number) => void, setTheme?: () => void}[]} */
  const parts = [landscape, time, side, transport, presenter];
  if (session.schema.tally) import('./tally.js').then(({ Tally }) => { const t = new Tally(session, session.schema.tally); sidebar.aside = t.box; sidebar.build(); parts.push(t); });

  const lesson = new Lesson(session), tour = new Tour(session), help = new Help(session, { tour });
  const sheets = new Sheets([sidebar.box, column], () => lesson.toggle(true));
  session.on('ground', () => { if (innerWidth < 700) sheets.show('panels'); });
  installTips(document, () => session.schema);
  const preset = el('p', { class: 'preset-name' });
  document.querySelector('.lab-heading')?.append(preset);
  session.on('opened', (m) => { preset.textContent = session.schema.presets.find((/** @type {any} */ p) => p.id === m.spec.preset)?.title ?? 'Own settings'; });

  const controls = tool('menu', 'Controls', 'controls', () => controls.setAttribute('aria-expanded', String(sidebar.show())));
  controls.classList.add('edge', 'drawer-button');
  actions.prepend(controls);

  const take = tool('export', 'Export', 'export', () => {});
  const book = tool('lesson', 'Lesson', 'lesson-open', () => lesson.toggle());
  book.setAttribute('aria-expanded', 'false');
  book.setAttribute('aria-controls', 'lesson');
  session.on('lesson', (m) => book.setAttribute('aria-expanded', String(m.open)));
  const keys = tool('keys', 'Keys', 'keys', () => help.open());
  keys.classList.add('icon-only');
  actions.append(keys);
  actions.querySelector('[data-theme-toggle]')?.before(book, tool('link', 'Copy link', 'copy-link', () => copyLink(session)), take);
  take.setAttribute('aria-haspopup', 'dialog');
  take.addEventListener('click', () => import('./exportmenu.js').then((m) => new m.ExportMenu(session, landscape, take).menu.showPopover(), () => session.tell('The server does not answer.', 'The export menu is not here yet.')), { once: true });
  installDrop(base, (title, detail) => session.tell(title, detail), session);

  const menu = document.getElementById('actions-menu');
  const unfold = (/** @type {boolean} */ on) => { menu?.setAttribute('aria-expanded', String(actions.classList.toggle('open', on))); };
  menu?.addEventListener('click', () => unfold(!actions.classList.contains('open')));
  actions.addEventListener('click', () => unfold(false));

  const close = () => { unfold(false); if (shrink()) return; sheets.show(''); sidebar.show(false); controls.setAttribute('aria-expanded', 'false'); presenter.show(false); lesson.toggle(false); };
  document.addEventListener('pointerdown', (e) => {
    const t = /** @type {Element} */ (e.target);
    if (!actions.contains(t) && !menu?.contains(t)) unfold(false);
    if (!sidebar.box.contains(t) && !controls.contains(t)) { sidebar.show(false); controls.setAttribute('aria-expanded', 'false'); }
  });
  installKeys(session, {
    letters: () => help.letters, method: (n) => { const id = sidebar.method(n); if (id) session.toggleMethod(id); }, log: () => session.setPage({ log: !(session.page.log ?? true) }),
    help: () => help.open(), present: () => presenter.show(), expand: toggleExpanded, claim: (n) => claims.go(n), close,
  });

  const retheme = () => { for (const p of parts) p.setTheme?.(); sidebar.build(); session.dirty = true; };
  new MutationObserver(retheme).observe(root, { attributes: true, attributeFilter: ['data-theme'] });
  // The presenter's type and lines are larger.
  new MutationObserver(retheme).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', retheme);

  // Paper is light, whatever the screen is; what it takes to print the pictures at their size is known beforehand.
  const measure = new ResizeObserver(() => {
    for (const [name, v] of /** @type {[string, number][]} */ ([['w', stage.offsetWidth], ['h', stage.offsetHeight]])) if (v) root.style.setProperty(`--stage-${name}`, String(v));
    if (column.offsetWidth) root.style.setProperty('--side-w', String(column.offsetWidth));
  });
  for (const part of [stage, column]) measure.observe(part);
  /** @type {string | undefined} */
  let screenTheme;
  const paint = () => { retheme(); if (session.opened) for (const p of parts) p.draw(session.playhead()); };
  addEventListener('beforeprint', () => { screenTheme = root.dataset.theme; root.dataset.theme = 'light'; paint(); });
  addEventListener('afterprint', () => { if (screenTheme) root.dataset.theme = screenTheme; else delete root.dataset.theme; paint(); });

  // The tour offers itself when there is a run to speak of.
  session.addEventListener('plane', () => setTimeout(() => tour.offer(), 600), { once: true });

  let lastFrameMs = 0;
  const loop = () => {
    requestAnimationFrame(loop);
    if (session.opened && (session.dirty || session.playing)) {
      const t = performance.now(), at = session.playhead();
      session.dirty = false;
      for (const p of parts) p.draw(at);
      lastFrameMs = performance.now() - t;
    }
  };
  loop();

  // What the canvas shows, in words, at most once a second.
  let said = '';
  setInterval(() => {
    if (!live || !session.opened) return;
    const words = `Step ${session.step}: ${session.walks.filter((w) => w.drawn && !w.method.replica).slice(0, 8).map((w) => (w.state === 'diverged' && session.step >= w.stoppedAt ? `${w.label} ${w.why}` : `${w.label} ${number(w.read('loss', session.playhead()))}`)).join(', ')}.`;
    if (words !== said) live.textContent = said = words;
  }, 1000);

  Object.defineProperty(window, '__lab', { value: Object.freeze({
    get runId() { return session.opened?.run ?? ''; }, get step() { return session.step; }, get frames() { return session.frames; }, get dropped() { return session.lag - 1; },
    get renderer() { return landscape.surface ? 'webgl2' : '2d'; }, get lastFrameMs() { return lastFrameMs; },
    state: () => ({ run: session.opened?.run, state: session.state, step: session.step, playing: session.playing, speed: session.speed, known: session.known(), values: session.opened?.spec.values, embedded, past: session.past ? { run: session.past.run, from: session.past.from, known: session.past.walks.reduce((m, w) => Math.max(m, w.rows.last), 0) } : null,
      losses: Object.fromEntries(session.walks.map((w) => [w.id, w.all('loss')])), steps: Object.fromEntries(session.walks.map((w) => [w.id, w.all('step')])), methods: session.walks.map((w) => ({ id: w.id, state: w.state, stoppedAt: w.stoppedAt, why: w.why })), verdicts: claims.verdicts(), grid: session.ground ? session.ground.rows : 0, page: { ...session.page },
      plane: session.plane ? { kind: session.plane.kind, text: session.plane.text, anchors: session.plane.anchors ?? [] } : null, link: session.opened ? session.pageLink() : '' }),
  }) });
}

begin();
