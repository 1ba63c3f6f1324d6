// Formulas: typeset by KaTeX as HTML with MathML beside it. KaTeX comes when the first formula is shown, never before.

import { el } from './icons.js';

/** @typedef {Record<string, string>} Symbols the letters of a lab's formulas, each with the id of what it stands for */

/** Colours for symbols; each belongs to one control. */
const HUES = 6;

/** @type {any} */
let katex = null;
/** @type {Promise<void> | null} */
let loading = null;

/** Fetches KaTeX and its style sheet once. */
function load() {
  loading ??= (async () => {
    const sheet = el('link', { rel: 'stylesheet', href: new URL('../vendor/katex.css', import.meta.url).href });
    const styled = new Promise((done) => { sheet.onload = sheet.onerror = done; });
    document.head.append(sheet);
    const [module] = await Promise.all([import('../vendor/katex.js'), styled]);
    katex = module.default;
  })();
  return loading;
}

/** The symbols of a lab that controls or hyper-parameters own, each with a colour of its own. @param {any} schema */
function owned(schema) {
  const ids = new Set(schema.controls.map((/** @type {any} */ c) => c.id));
  for (const m of schema.methods) for (const h of m.hyper ?? []) ids.add(h.id);
  /** @type {string[]} */
  const list = [];
  for (const of of Object.values(/** @type {Symbols} */ (schema.symbols ?? {}))) if (ids.has(of) && !list.includes(of)) list.push(of);
  return list;
}

/** @type {WeakMap<any, string[]>} */
const owners = new WeakMap();

/**
 * The class that gives a control and its symbol their common colour; nothing where the control has no symbol.
 * @param {any} schema of the lab @param {string} id of a control or hyper-parameter
 */
export function symbolClass(schema, id) {
  let list = owners.get(schema);
  if (!list) owners.set(schema, list = owned(schema));
  const i = list.indexOf(id);
  return i < 0 ? '' : `sym-${(i % HUES) + 1}`;
}

/** Commands whose argument is words, not symbols. */
const WORDS = /^\\(?:text|textrm|textit|mathrm|mathbf|mathcal|mathbb|operatorname|begin|end|htmlClass)\*?$/;

/**
 * Puts each symbol of the formula into a group of its class. @param {string} tex @param {any} schema
 * @returns {string}
 */
function marked(tex, schema) {
  const symbols = /** @type {Symbols} */ (schema?.symbols ?? {});
  const keys = Object.keys(symbols).sort((a, b) => b.length - a.length);
  let out = '';
  for (let i = 0; i < tex.length;) {
    const key = keys.find((k) => tex.startsWith(k, i) && !(/[a-zA-Z]$/.test(k) && k.startsWith('\\') && /[a-zA-Z]/.test(tex[i + k.length] ?? '')));
    if (key) {
      const id = symbols[key];
      out += `{\\htmlClass{sym of-${id} ${symbolClass(schema, id)}}{${key}}}`;
      i += key.length;
      continue;
    }
    const token = tex.slice(i).match(/^(?:\\[a-zA-Z]+\*?|\\[^]|[^])/u)?.[0] ?? tex[i];
    out += token;
    i += token.length;
    if (WORDS.test(token)) {
      const group = tex.slice(i).match(/^\s*\{[^{}]*\}/)?.[0] ?? '';
      out += group;
      i += group.length;
    }
  }
  return out;
}

/** What commands look like in plain text. @type {Record<string, string>} */
const PLAIN = {
  alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ϵ', varepsilon: 'ε', zeta: 'ζ', eta: 'η', theta: 'θ', kappa: 'κ', lambda: 'λ', mu: 'μ', nu: 'ν', xi: 'ξ', pi: 'π', rho: 'ρ', sigma: 'σ', tau: 'τ',
  phi: 'ϕ', varphi: 'φ', chi: 'χ', psi: 'ψ', omega: 'ω', Gamma: 'Γ', Delta: 'Δ', Theta: 'Θ', Lambda: 'Λ', Sigma: 'Σ', Phi: 'Φ', Psi: 'Ψ', Omega: 'Ω', nabla: '∇', partial: '∂', infty: '∞', ell: 'ℓ',
  leftarrow: '←', rightarrow: '→', to: '→', times: '×', cdot: '·', le: '≤', leq: '≤', ge: '≥', geq: '≥', approx: '≈', sum: '∑', int: '∫', pm: '±', sqrt: '√', in: '∈', dots: '…', ldots: '…', quad: ' ', left: '', right: '',
};

/** The formula as plain text, for the moment before it is typeset and where it cannot be. @param {string} tex */
export function plainTeX(tex) {
  return tex.replace(/\\(?:[dt]?frac)\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, '($1)/($2)').replace(/\\[dt]?frac(\w)(\w)/g, '$1/$2')
    .replace(/\\(?:text|mathrm|operatorname|mathbf|hat|tilde|bar|dot)\*?\s*\{([^{}]*)\}/g, '$1')
    .replace(/\\([a-zA-Z]+)\s?/g, (_, name) => PLAIN[name] ?? name).replace(/\\[,;:! ]/g, ' ').replace(/\\([%$#&_{}])/g, '$1').replace(/[{}]/g, '').replace(/-/g, '−');
}

/**
 * A formula as an element. It holds plain text until KaTeX is here.
 * @param {string} tex @param {{display?: boolean, schema?: any}} [options] the schema of the lab gives its symbols their colours
 * @returns {HTMLElement}
 */
export function render(tex, options = {}) {
  const e = el('span', { class: options.display ? 'tex display' : 'tex' });
  if (katex) set(e, tex, options);
  else {
    e.textContent = plainTeX(tex);
    load().then(() => set(e, tex, options), () => {});
  }
  return e;
}

/** @param {HTMLElement} e @param {string} tex @param {{display?: boolean, schema?: any}} options */
function set(e, tex, options) {
  try {
    const host = document.createElement('span');
    katex.render(marked(tex, options.schema), host, {
      displayMode: !!options.display, output: 'htmlAndMathml', throwOnError: true, maxExpand: 200, maxSize: 20,
      // Classes are all that a formula may ask of the page, and only those that marked gives.
      trust: (/** @type {any} */ context) => context.command === '\\htmlClass' && /^sym( [a-z0-9-]+)* ?$/.test(context.class ?? ''),
      strict: (/** @type {string} */ code) => (code === 'htmlExtension' ? 'ignore' : 'warn'),
    });
    e.replaceChildren(...host.childNodes);
  } catch {
    e.textContent = plainTeX(tex);
  }
}

/** Text with formulas between dollar signs, as nodes. @param {string} text @param {any} [schema] @returns {Node[]} */
export function prose(text, schema) {
  return text.split(/((?<!\\)\$(?:\\.|[^$\\])+\$)/).filter(Boolean).map((part) => (part.length > 2 && part.startsWith('$') && part.endsWith('$')
    ? render(part.slice(1, -1), { schema }) : document.createTextNode(part.replaceAll('\\$', '$'))));
}

/** Paragraphs of such text, parted by blank lines. @param {string} text @param {any} [schema] @returns {HTMLElement[]} */
export function paragraphs(text, schema) { return text.split(/\n\s*\n/).map((p) => el('p', {}, ...prose(p.trim(), schema))); }

/** Such text without its dollar signs, for names and descriptions. @param {string} text */
export function plainProse(text) { return text.replace(/(?<!\\)\$((?:\\.|[^$\\])+)\$/g, (_, tex) => plainTeX(tex)).replaceAll('\\$', '$'); }

/**
 * A control's letter after its label, in the italics of formulas: needs no KaTeX where the letter is a simple one.
 * @param {string} tex @returns {HTMLElement}
 */
export function letter(tex) {
  const m = tex.match(/^(\\[a-zA-Z]+|[a-zA-Z])(?:_\{?(\\[a-zA-Z]+|[a-zA-Z0-9]+)\}?)?$/);
  const plain = (/** @type {string} */ t) => (t.startsWith('\\') ? PLAIN[t.slice(1)] ?? t.slice(1) : t);
  if (!m) return render(tex);
  return el('i', { class: 'letter' }, plain(m[1]), m[2] ? el('sub', {}, plain(m[2])) : null);
}
