// The keyboard: one table from keys to what they do. Single letters can be switched off.

/**
 * @param {import('./session.js').Session} session
 * @param {{letters: () => boolean, method: (n: number) => void, log: () => void, help: () => void, present: () => void, expand: () => void, claim: (n: number) => void, close: () => void}} act
 */
export function installKeys(session, act) {
  document.addEventListener('keydown', (e) => {
    const t = /** @type {HTMLElement} */ (e.target);
    if (!session.opened || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || t.closest('input:not([type=range]):not([type=checkbox]),select,textarea,dialog[open],[popover]:popover-open')) return;
    // A control that takes arrows or the space bar itself keeps them.
    const own = t.matches('input[type=range],canvas,[data-arrows]');
    const pressed = t.closest('button,summary,a,input');
    const n = e.shiftKey ? 10 : 1;
    /** @type {Record<string, () => unknown>} */
    const always = {
      ' ': () => (pressed ? false : session.toggle()),
      ArrowRight: () => (own ? false : session.stepBy(n)), ArrowLeft: () => (own ? false : session.stepBy(-n)),
      ArrowUp: () => (document.body.classList.contains('presenting') ? act.claim(-1) : false), ArrowDown: () => (document.body.classList.contains('presenting') ? act.claim(1) : false),
      Home: () => (own ? false : session.seek(0)), End: () => (own ? false : session.seek(session.opened.steps)), Escape: act.close,
    };
    /** @type {Record<string, () => unknown>} */
    const letters = {
      '.': () => session.stepBy(1), ',': () => session.stepBy(-1), '>': () => session.stepBy(10), '<': () => session.stepBy(-10),
      r: () => session.restart(), n: () => session.newSeed(), l: act.log, e: act.expand, p: act.present, f: fullScreen, '?': act.help,
      c: () => session.setPage({ view: 'map' }), s: () => session.setPage({ view: 'surface' }), b: () => session.setPage({ view: 'both' }),
    };
    if (/^[1-9]$/.test(e.key)) letters[e.key] = () => act.method(Number(e.key));
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    const go = always[key] ?? (act.letters() ? letters[key] : undefined);
    if (go && go() !== false) e.preventDefault();
  });
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
