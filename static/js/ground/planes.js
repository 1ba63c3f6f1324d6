// The choice of a plane: what it is spanned by, and through which points of the run it goes.

import { el } from '../icons.js';
import { choice, usual } from './places.js';
import { styled } from './style.js';

/** @typedef {import('../session.js').Session} Session */

/** What each plane shows, and the names of the points it goes through. @type {Record<string, {title: string, text: string, points: string[]}>} */
export const KINDS = {
  direct: { title: 'The space itself', text: 'Two parameters are the two axes: nothing is hidden.', points: [] },
  pca: { title: 'Principal axes', text: 'The two directions in which the walks moved most, about their last point.', points: [] },
  random: { title: 'Random', text: 'Two random directions whose rows have the lengths of the weights’ rows, so that pictures of different nets can be compared.', points: ['Through'] },
  hessian: { title: 'Hessian', text: 'The steepest way up and the steepest way down at a point. A random plane hides a saddle, this one shows it.', points: ['At'] },
  'hessian-top': { title: 'Hessian, top two', text: 'The two steepest ways up at a point: where a step is too long first.', points: ['At'] },
  points: { title: 'Three points', text: 'The one plane that holds all three: there the picture is exact.', points: ['First', 'Second', 'Third'] },
  line: { title: 'Line', text: 'From one point to another, and a random direction across.', points: ['From', 'To'] },
  escape: { title: 'Way out', text: 'From a point towards the nearest solution, and along the lowest curvature at the point: a bowl where it is a trap, a pass where it is none.', points: ['From'] },
};

/** Parts of a plane's text. @param {string} text */
export function parts(text) {
  const [kind, anchors = ''] = text.split(/:(.*)/s);
  return { kind, anchors: anchors ? anchors.split(',') : [] };
}

export class PlaneMenu {
  /** @param {Session} session @param {HTMLElement} box @param {(text: string) => void} go @param {(id: string) => void} turn to the ground of another method */
  constructor(session, box, go, turn) {
    this.session = session;
    this.box = box;
    this.go = go;
    this.turn = turn;
    /** When it looks as it should. */
    this.ready = styled();
  }

  /** Fills the box with what is on offer now. */
  fill() {
    const { session, box } = this, shown = parts(session.plane?.text ?? session.plane?.kind ?? ''), focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    box.replaceChildren(...this.grounds(), el('fieldset', {}, el('legend', {}, 'Plane'), ...session.opened.planes.map((/** @type {string} */ kind) => {
      const k = KINDS[kind] ?? { title: kind, text: '', points: [] }, on = kind === shown.kind;
      const radio = el('input', { type: 'radio', name: 'plane', value: kind, checked: on, 'data-key': kind, 'data-testid': `plane-${kind}`, 'aria-describedby': `plane-of-${kind}`, onchange: () => this.choose(kind, []) });
      return el('div', { class: `kind${on ? ' on' : ''}` }, el('label', { class: 'item' }, radio, el('span', {}, k.title)), el('p', { id: `plane-of-${kind}` }, k.text), on ? this.anchors(kind, k.points, shown.anchors) : null);
    })));
    if (focused) /** @type {HTMLElement | null} */ (box.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
  }

  /** Whose ground is shown, where the methods do not share one. */
  grounds() {
    const { walks } = this.session;
    if (walks.every((w) => w.onPlane)) return [];
    const first = walks.filter((w, i) => !w.method.replica && walks.findIndex((x) => x.plane === w.plane) === i);
    return [el('fieldset', {}, el('legend', {}, 'Ground of'), ...first.map((w) => el('label', { class: 'item' },
      el('input', { type: 'radio', name: 'ground', value: w.id, checked: w.onPlane, 'data-key': `ground-${w.id}`, 'data-testid': `ground-of-${w.id}`, onchange: () => this.turn(w.id) }),
      el('span', {}, walks.filter((x) => x.plane === w.plane && !x.method.replica).map((x) => x.label).join(', ')))))];
  }

  /** @param {string} kind @param {string[]} names @param {string[]} given */
  anchors(kind, names, given) {
    const now = given.length ? given : kind === 'escape' ? [`${(this.session.walks.find((w) => w.onPlane) ?? this.session.walks[0]).id}@0`] : usual(this.session, names.length);
    return names.length ? el('div', { class: 'anchors' }, ...names.map((name, i) => {
      const s = choice(this.session, now[i], `${KINDS[kind].title}, ${name.toLowerCase()}`, (text) => this.choose(kind, now.map((v, k) => (k === i ? text : v))), { test: `plane-point-${i}` });
      s.dataset.key = `${kind}-${i}`;
      return el('label', {}, el('span', {}, name), s);
    })) : null;
  }

  /** @param {string} kind @param {string[]} anchors */
  choose(kind, anchors) { this.go(anchors.length ? `${kind}:${anchors.join(',')}` : kind); }
}
