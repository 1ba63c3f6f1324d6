// The style sheet of what is fetched only when it is used.

let asked = false;

/** Adds the style sheet of the ground's tools, once. @returns {Promise<void>} when it is there */
export function styled() {
  if (asked) return Promise.resolve();
  asked = true;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('../../css/ground.css', import.meta.url).href;
  return new Promise((done) => {
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
}
