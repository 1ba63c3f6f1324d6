// The style sheet of bringing one's own data, fetched when it is used.

/** @type {Promise<void> | undefined} */
let sheet;

/** Adds the style sheet, once. @returns {Promise<void>} when it is there */
export function styled() {
  return sheet ??= new Promise((done) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL('../../css/bring.css', import.meta.url).href;
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
}
