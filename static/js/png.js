// PNG files that carry text and their print size. A PNG is a row of chunks: length, name, data, CRC-32 of name and data.

/** @type {Uint32Array | undefined} */
let table;

/** CRC-32 as PNG and zip use it. @param {Uint8Array} bytes */
export function crc32(bytes) {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** JSON in ASCII: it fits the Latin-1 of a tEXt chunk and the seven bits of a GIF comment, and means the same. @param {string} json */
export function ascii(json) {
  return json.replace(/[^\x20-\x7e]/g, (c) => (/\s/.test(c) && c < '\x80' ? ' ' : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** @param {string} name four letters @param {Uint8Array} data */
function chunk(name, data) {
  const out = new Uint8Array(12 + data.length), view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = name.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** The signature and IHDR, which is always 25 bytes long; the end is always IEND of 12 bytes. */
const HEAD = 8 + 25, END = 12;

/**
 * The PNG with a text before its end and its resolution after its head.
 * @param {Uint8Array} png @param {string} keyword at most 79 letters @param {string} text ASCII
 * @param {number} scale picture elements for one CSS pixel, 96 of which are an inch
 * @returns {Uint8Array[]} the parts of the file, in order
 */
export function withText(png, keyword, text, scale = 1) {
  if (png.length < HEAD + END || SIGNATURE.some((b, i) => png[i] !== b)) throw new Error('the browser wrote no PNG: try another scale');
  const density = new Uint8Array(9), view = new DataView(density.buffer);
  const perMetre = Math.round(96 * scale / 0.0254);
  view.setUint32(0, perMetre);
  view.setUint32(4, perMetre);
  density[8] = 1;
  const end = png.length - END;
  return [png.subarray(0, HEAD), chunk('pHYs', density), png.subarray(HEAD, end), chunk('tEXt', new TextEncoder().encode(`${keyword}\0${text}`)), png.subarray(end)];
}

/**
 * A canvas as a PNG file with its recipe inside.
 * @param {HTMLCanvasElement} canvas @param {string} recipe JSON @param {number} [scale]
 * @returns {Promise<Blob>}
 */
export async function pngFile(canvas, recipe, scale = 1) {
  const blob = await new Promise((/** @type {(b: Blob | null) => void} */ done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error(`a picture of ${canvas.width} × ${canvas.height} is too large for this browser: choose a smaller scale`);
  const parts = withText(new Uint8Array(await blob.arrayBuffer()), 'thalweg-recipe', ascii(recipe), scale);
  return new Blob(/** @type {BlobPart[]} */ (parts), { type: 'image/png' });
}
