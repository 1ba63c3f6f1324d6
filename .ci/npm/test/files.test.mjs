// The files that pages write: their structure, byte by byte.
import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 as zlibCrc32, deflateSync } from 'node:zlib';
import { tags } from '../../../static/js/clip.js';
import { comment, GifWriter, palette } from '../../../static/js/gif.js';
import { ascii, crc32, withText } from '../../../static/js/png.js';
import { GIFEncoder } from '../../../static/vendor/gifenc.js';

const recipe = JSON.stringify({ link: '/lab/race?preset=valley&step=120', note: 'η → ½ 𝛻\n"' });

test('CRC-32 is the one of zlib', () => {
  for (const text of ['', 'IEND', '123456789']) assert.equal(crc32(Buffer.from(text)), zlibCrc32(text));
});

test('JSON in ASCII means the same', () => {
  const out = ascii(recipe);
  assert.match(out, /^[\x20-\x7e]*$/);
  assert.deepEqual(JSON.parse(out), JSON.parse(recipe));
});

/** @param {string} name @param {Buffer} data */
function chunk(name, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length);
  out.write(name, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(zlibCrc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

test('a PNG gets its text before its end', () => {
  const head = Buffer.from('0000000100000001080000000000', 'hex').subarray(0, 13); // one grey pixel
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from([0, 7]))), chunk('IEND', Buffer.alloc(0))]);
  const out = Buffer.concat(withText(new Uint8Array(png), 'thalweg-recipe', ascii(recipe), 2));
  const found = [];
  for (let at = 8; at < out.length;) {
    const n = out.readUInt32BE(at), name = out.toString('latin1', at + 4, at + 8), data = out.subarray(at + 8, at + 8 + n);
    assert.equal(out.readUInt32BE(at + 8 + n), zlibCrc32(out.subarray(at + 4, at + 8 + n)), name);
    found.push(name);
    if (name === 'tEXt') assert.equal(data.toString('latin1'), `thalweg-recipe\0${ascii(recipe)}`);
    if (name === 'pHYs') assert.equal(data.readUInt32BE(0), 7559); // 192 to the inch, in metres
    at += 12 + n;
  }
  assert.deepEqual(found, ['IHDR', 'pHYs', 'IDAT', 'tEXt', 'IEND']);
  assert.throws(() => withText(new Uint8Array(100), 'a', 'b'), /no PNG/);
});

test('a comment is cut into blocks of 255', () => {
  for (const n of [0, 1, 255, 256, 700]) {
    const bytes = comment('x'.repeat(n));
    assert.deepEqual([...bytes.subarray(0, 2)], [0x21, 0xfe]);
    let at = 2, text = 0;
    while (bytes[at]) { text += bytes[at]; at += 1 + bytes[at]; }
    assert.equal(text, n);
    assert.equal(at, bytes.length - 1);
  }
});

test('a GIF has one palette, its frames, its recipe and its end', () => {
  const width = 20, height = 10;
  const frame = (/** @type {number} */ x) => {
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let y = 0; y < height; y++) data.set([208, 40, 60, 255], 4 * (y * width + x));
    return { data, width, height };
  };
  const colours = palette(new Uint32Array(frame(3).data.buffer), [[252, 252, 250]]);
  assert.deepEqual(colours[0], [252, 252, 250]);
  assert.ok(colours.some((c) => String(c) === '208,40,60'));
  const writer = new GifWriter(GIFEncoder, width, height, colours, 80);
  for (const x of [3, 4, 5]) writer.add(/** @type {any} */ (frame(x)));
  const gif = Buffer.concat(writer.finish(recipe));
  assert.equal(gif.toString('latin1', 0, 6), 'GIF89a');
  let at = 13 + 3 * 256, frames = 0, delays = 0, text = '';
  const blocks = () => {
    const parts = [];
    for (; gif[at]; at += 1 + gif[at]) parts.push(gif.subarray(at + 1, at + 1 + gif[at]));
    at++;
    return Buffer.concat(parts);
  };
  while (gif[at] !== 0x3b) {
    if (gif[at] === 0x2c) {
      assert.equal(gif[at + 9], 0, 'no palette of its own');
      at += 11;
      blocks();
      frames++;
      continue;
    }
    assert.equal(gif[at], 0x21);
    const label = gif[at + 1];
    at += 2;
    const body = blocks();
    if (label === 0xf9) delays += body.readUInt16LE(1);
    if (label === 0xfe) text = body.toString('latin1');
  }
  assert.equal(at, gif.length - 1);
  assert.deepEqual([frames, delays, text], [3, 24, `thalweg-recipe ${ascii(recipe)}`]);
});

test('a ramp keeps its colours within a few of 255', () => {
  const pixels = Uint32Array.from({ length: 4000 }, (_, i) => { const v = i / 3999; return (255 << 24 | Math.round(200 - 90 * v) << 16 | Math.round(120 + 110 * v) << 8 | Math.round(30 + 200 * v)) >>> 0; });
  const colours = palette(pixels, []);
  assert.ok(colours.length <= 255);
  for (const p of pixels) assert.ok(colours.some((c) => Math.hypot(c[0] - (p & 255), c[1] - (p >> 8 & 255), c[2] - (p >> 16 & 255)) < 4));
});

test('a film ends with its recipe as a tag', () => {
  const bytes = Buffer.from(tags(recipe));
  assert.equal(bytes.readUInt32BE(0), 0x1254c367);
  assert.equal(Number(bytes.readBigUInt64BE(4) & 0xffffffffffffffn), bytes.length - 12);
  assert.ok(bytes.toString('latin1').endsWith(ascii(recipe)));
});
