// A file that somebody gave: it is sent, looked at, and led to what can use it.

import { el } from '../icons.js';
import { apply, DEEDS, places, set } from './apply.js';
import { dialog } from './dialog.js';
import { inWords, TABLE_BYTES, upload } from './upload.js';

/** @typedef {import('./upload.js').Report} Report */
/** @typedef {import('../session.js').Session} Session */
/**
 * @typedef {object} Where
 * @property {string} base
 * @property {Session} [session] the run of a lab page
 * @property {any} [control] the control that the file was given to; without it the page looks for one
 */

/** What is said when a control was given a file of another kind. @type {Record<string, string>} */
const KINDS = { table: 'a table', checkpoint: 'a checkpoint', surface: 'a surface', paths: 'paths', snapshot: 'an export of a run' };

/** The text of a file as far as it may be one. @param {Blob} file */
const textOf = async (file) => (file.size <= TABLE_BYTES ? file.text() : '');
/** Whether a file may be meant as a table, though the server could not read it. @param {Blob} file @param {string} name */
const tabular = (file, name) => /\.(csv|tsv|txt)$/i.test(name) || file.type.startsWith('text/');

/** @param {Where} where @param {any} control @param {any} lab @param {string} name */
function tableUse(where, control, lab, name) {
  return {
    base: where.base,
    go: async (/** @type {Report} */ report, /** @type {{target: string, inputs: string}} */ map) => {
      const more = { [`${control.id}-target`]: map.target, [`${control.id}-inputs`]: map.inputs };
      if (where.session && lab.id === where.session.schema.id) return apply(where.session, control, report, name, more);
      location.assign(linkTo(where.base, lab, control, report, more));
      return '';
    },
  };
}

/** The link of a lab with a file. @param {string} base @param {any} lab @param {any} control @param {Report} report @param {Record<string, string>} [more] */
function linkTo(base, lab, control, report, more) {
  const p = new URLSearchParams();
  set(p, { lab, control }, report, '', more);
  return `${base}/${document.querySelector('main[data-embed]') ? 'embed' : 'lab'}/${lab.id}?${p}`;
}

/**
 * Takes a file. Exports by themselves lead back to their run; what can be used is used, after a question where there is a choice.
 * @param {Where} where @param {Blob} file @param {string} name @param {(words: string) => void} say what was refused, empty when it goes on
 */
export async function takeFile(where, file, name, say) {
  /** @type {Report} */
  let report;
  try {
    report = await upload(where.base, file, { name });
  } catch (e) {
    const refused = /** @type {Error} */ (e).message;
    // A table that cannot be read is shown, so that it can be mended: nothing of it is lost.
    const place = tabular(file, name) && file.size <= TABLE_BYTES ? await tablePlace(where) : null;
    if (!place) { say(refused); return; }
    const { tableDialog } = await import('./table.js');
    tableDialog(tableUse(where, place.control, place.lab, name), { name, text: await textOf(file), refused });
    return;
  }
  say('');
  const { control } = where;
  if (control && !control.accept.includes(report.kind)) {
    say(`This takes ${control.accept.map((/** @type {string} */ k) => KINDS[k]).join(' or ')}. ${name} is ${KINDS[report.kind]}.`);
    return;
  }
  if (report.kind === 'snapshot' && report.recipe) { goTo(where.base, report.recipe.link, say); return; }
  const lab = where.session?.schema, found = control ? [{ lab, control }] : await placesOf(where, report.kind);
  if (report.kind === 'table' && found.length === 1) {
    const { tableDialog } = await import('./table.js');
    const text = await textOf(file);
    tableDialog(tableUse(where, found[0].control, found[0].lab, name), { name, text, report });
    return;
  }
  if (control && where.session) { say(await apply(where.session, control, report, name)); return; }
  offer(where, report, name, found, say);
}

/** @param {Where} where @param {string} kind */
async function placesOf(where, kind) {
  const own = where.session ? places([where.session.schema], kind) : [];
  if (own.length) return own;
  const answer = await fetch(`${where.base}/api/labs`);
  return answer.ok ? places((await answer.json()).labs, kind) : [];
}

/** @param {Where} where */
async function tablePlace(where) {
  if (where.control) return where.control.accept.includes('table') ? { lab: where.session?.schema, control: where.control } : null;
  return (await placesOf(where, 'table'))[0] ?? null;
}

/** Goes where a recipe leads: only to a lab of this server. @param {string} base @param {string} link @param {(words: string) => void} say */
function goTo(base, link, say) {
  if (!link.startsWith(`${base}/lab/`)) { say('It names no run of this program.'); return; }
  location.assign(document.querySelector('main[data-embed]') ? link.replace(`${base}/lab/`, `${base}/embed/`) : link);
}

/**
 * Asks what a file is to be used for.
 * @param {Where} where @param {Report} report @param {string} name @param {import('./apply.js').Place[]} found @param {(words: string) => void} say
 */
function offer(where, report, name, found, say) {
  const own = where.session?.schema.id, refused = el('p', { class: 'fault', role: 'alert' });
  const buttons = found.map(({ lab, control }, i) => el('button', { type: 'button', class: `button${i ? '' : ' primary'}`, 'data-testid': `offer-${control.id}`, onclick: async () => {
    if (!where.session || lab.id !== own) { location.assign(linkTo(where.base, lab, control, report)); return; }
    refused.textContent = await apply(where.session, control, report, name);
    if (!refused.textContent) box.close();
  } }, `${DEEDS[report.kind]}${found.length > 1 || lab.id !== own ? ` in ${lab.title}` : ''}`));
  const { recipe } = report;
  if (recipe) buttons.unshift(el('button', { type: 'button', class: 'button', 'data-testid': 'offer-recipe', onclick: () => { box.close(); goTo(where.base, recipe.link, say); } }, 'Restore its run'));
  if (!buttons.length) { say(`${name} holds ${inWords(report)}, which no lab of this server shows.`); return; }
  const box = dialog(name, 'offer', [el('p', {}, `This file holds ${inWords(report)}.`), recipe ? el('p', {}, 'It was written by a run of this program, which can be restored too.') : null, refused], [el('button', { type: 'button', class: 'button', onclick: () => box.close() }, 'Cancel'), ...buttons]);
  box.shown.then(() => buttons[buttons.length - 1].focus());
}
