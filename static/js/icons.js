// Icons: a 16 px grid, 1.5 px stroke, round ends, the colour of the text.

/** @type {Record<string, string>} */
const paths = {
  play: '<path d="M4.5 2.8v10.4L13 8z" fill="currentColor"/>',
  pause: '<path d="M5.5 3v10M10.5 3v10"/>',
  forward: '<path d="M4 3.5v9L10 8zM12.5 3.5v9"/>',
  back: '<path d="M12 3.5v9L6 8zM3.5 3.5v9"/>',
  restart: '<path d="M12.8 5.6A5.3 5.3 0 1 0 13.3 9M13 2.5v3.3H9.7"/>',
  link: '<path d="M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.4 8.9a2.6 2.6 0 0 0 3.7 3.7l.9-.9"/>',
  export: '<path d="M8 10V2.5M5 5.3l3-2.8 3 2.8M2.5 10v3.5h11V10"/>',
  lesson: '<path d="M8 4.2C6.5 3 4.5 2.8 2.5 3v9.5c2-.2 4 0 5.5 1.2 1.5-1.2 3.5-1.4 5.5-1.2V3C11.5 2.8 9.5 3 8 4.2zM8 4.2v9.5"/>',
  keys: '<path d="M1.8 4h12.4v8H1.8zM4.5 6.7h.1M7 6.7h.1M9.5 6.7h.1M11.8 6.7h.1M5 9.5h6"/>',
  fork: '<path d="M4 3.5v9M4 8c4 0 8-.5 8-4"/><circle cx="4" cy="3" r="1"/><circle cx="4" cy="13" r="1"/><circle cx="12" cy="3.5" r="1"/>',
  die: '<path d="M3 3h10v10H3z"/><path d="M6 6h.1M10 6h.1M6 10h.1M10 10h.1M8 8h.1"/>',
  check: '<path d="M3.5 8.5l3 3 6-7"/>',
  cross: '<path d="M4 4l8 8M12 4l-8 8"/>',
  ring: '<circle cx="8" cy="8" r="4.5" stroke-dasharray="2 2"/>',
  unjudged: '<path d="M5 8h6"/>',
  badge: '<path d="M8 3.5l5 9H3z"/>',
  rising: '<path d="M3 13L13 3M6.5 3H13v6.5"/>',
  more: '<path d="M3.5 8h.1M8 8h.1M12.4 8h.1"/>',
  expand: '<path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5L9 7M2.5 13.5L7 9"/>',
  import: '<path d="M8 2.5V10M5 7.2l3 2.8 3-2.8M2.5 10v3.5h11V10"/>',
  chevron: '<path d="M4 6l4 4 4-4"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  screen: '<path d="M2 3h12v8H2zM8 11v3M5 14h6"/>',
  menu: '<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>',
};

/** @param {string} name @param {number} [size] @returns {SVGElement} */
export function icon(name, size = 16) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [k, v] of Object.entries({ viewBox: '0 0 16 16', width: size, height: size, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' })) svg.setAttribute(k, String(v));
  svg.innerHTML = paths[name] ?? '';
  return svg;
}

/**
 * Makes an element: attributes by name, children as nodes or text. `on…` attributes are listeners.
 * @param {string} tag @param {Record<string, any> | null} [attributes] @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
export function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes ?? {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'text') e.textContent = v;
    else e.setAttribute(k, v === true ? '' : String(v));
  }
  for (const c of children) if (c !== null && c !== undefined) e.append(c);
  return e;
}
