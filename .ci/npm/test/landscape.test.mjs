// The landscape's numbers: ramps, the map's camera, and how cells are laid out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Basins, Density } from '../../../static/js/density.js';
import { Camera, ticks } from '../../../static/js/map.js';
import { arrange, divergedAt } from '../../../static/js/multiples.js';
import { diverging, height, RAMPS, ramp } from '../../../static/js/ramp.js';

/** CIE lightness of an entry. */
function lightness(table, i) {
  const [r, g, b] = [0, 1, 2].map((k) => { const v = table[4 * i + k] / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return y > 216 / 24389 ? 116 * Math.cbrt(y) - 16 : (y * 24389) / 27;
}
const hex = (table, i) => '#' + [0, 1, 2].map((k) => table[4 * i + k].toString(16).padStart(2, '0')).join('');

test('the ramp of low water is monotone in lightness, in both themes', () => {
  for (const [dark, low, high] of [[false, 57, 97], [true, 67, 9]]) {
    const t = ramp('sounding', dark);
    assert.ok(Math.abs(lightness(t, 0) - low) < 1.5 && Math.abs(lightness(t, 255) - high) < 1.5, `${lightness(t, 0)} to ${lightness(t, 255)}`);
    for (let i = 8; i < 256; i += 8) assert.ok((lightness(t, i) - lightness(t, i - 8)) * (high - low) > 0, `entry ${i}`);
  }
});

test('the tables end where the published ones do', () => {
  assert.deepEqual(RAMPS.map((n) => [hex(ramp(n, false), 0), hex(ramp(n, false), 255)]).slice(1), [['#440154', '#fde725'], ['#002051', '#fdea45'], ['#000004', '#fcfdbf']]);
  assert.equal(ramp('viridis', true), ramp('viridis', false));
  assert.equal(hex(ramp('unheard of', false), 0), hex(ramp('sounding', false), 0));
});

test('signed colours are even about nothing', () => {
  for (const dark of [false, true]) {
    const t = diverging(dark);
    for (const i of [0, 40, 90]) assert.ok(Math.abs(lightness(t, i) - lightness(t, 255 - i)) < 6, `entry ${i}: ${lightness(t, i)}, ${lightness(t, 255 - i)}`);
  }
});

test('height runs from the minimum to the maximum, by logarithm or not', () => {
  for (const log of [true, false]) {
    const g = { min: 2, max: 102, epsilon: 1e-4, log };
    assert.deepEqual([height(2, g), height(102, g)], [0, 1]);
    assert.ok(height(3, g) > 0 && height(3, g) < height(50, g) && height(50, g) < 1);
    assert.ok(Number.isNaN(height(Infinity, g)) && height(1, g) <= 0);
  }
});

test('the camera keeps the place under the pointer, and stays on the ground', () => {
  const c = new Camera(), range = [-2, 2, -1, 3], v = [0, 0, 0, 0];
  c.view(range, v);
  assert.deepEqual(v, range);
  const at = (u) => v[0] + u * (v[1] - v[0]);
  const before = at(0.3);
  c.about(4, 0.3, 0.6);
  c.view(range, v);
  assert.ok(Math.abs(at(0.3) - before) < 1e-12 && Math.abs(v[1] - v[0] - 1) < 1e-12);
  c.set(4, 9, -9);
  c.view(range, v);
  assert.ok(v[1] <= 2 + 1e-12 && v[2] >= -1 - 1e-12);
  c.about(1e-9, 0.5, 0.5);
  c.view(range, v);
  assert.deepEqual(v, range);
});

test('ticks are round, and nought has no sign', () => {
  assert.deepEqual(ticks(-2, 2, 5).map((t) => t.text), ['\u22122', '\u22121', '0', '1', '2']);
  assert.deepEqual(ticks(0.61, 0.79, 4).map((t) => t.text), ['0.65', '0.70', '0.75']);
});

test('cells: three in a row, four as two by two, five and six as three by two', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6].map((n) => arrange(n, 816, 396)), [[1, 1], [2, 1], [3, 1], [2, 2], [3, 2], [3, 2]]);
  assert.deepEqual(arrange(5, 360, 344), [2, 3]);
});

test('a walk diverged at the step that its reason names', () => {
  assert.equal(divergedAt({ why: 'diverged at step 6: a coordinate is not finite', stoppedAt: 5 }), 6);
  assert.equal(divergedAt({ why: '', stoppedAt: 5 }), 5);
});

test('points are counted in slices, and the greatest name has the cell', () => {
  const canvas = () => ({ width: 0, height: 0, getContext() { return { createImageData: (w, h) => ({ width: w, height: h, data: new Uint8ClampedArray(4 * w * h) }), putImageData() {} }; } });
  globalThis.document = { createElement: canvas };
  const inks = ['#101010', '#ff0000', '#00ff00', '#0000ff'], d = new Density(), b = new Basins();
  d.resize(2, 2);
  d.colour(inks);
  // Two points upper left, one of them named; one lower right that diverged; one outside.
  d.begin(Float32Array.from([0.1, 0.9, 0.2, 0.8, 0.9, 0.1, 5, 5]), [-1, 0, -2, 1], [0, 1, 0, 1]);
  d.work(3);
  assert.ok(d.busy && d.out.every((v) => v === 0), 'nothing is shown before the last slice');
  d.work(3);
  assert.ok(!d.busy);
  const colour = (v) => [v & 255, (v >> 8) & 255, (v >> 16) & 255];
  assert.deepEqual([...d.out].map(colour), [[0, 255, 0], [0, 0, 0], [0, 0, 0], [255, 0, 0]]);
  d.begin(Float32Array.from([0.1, 0.9]), null, [0, 1, 0, 1]);
  d.work(Infinity);
  assert.deepEqual(colour(d.out[0]), [16, 16, 16]);
  // Rows of starts run from the low end, those of a picture from the top; names beyond the inks share the last.
  b.begin({ names: [0, 1, 9, -1], columns: 2, range: [0, 1, 0, 1], key: [] }, inks);
  b.work(2);
  assert.ok(!b.done);
  b.work(2);
  assert.ok(b.done);
  assert.deepEqual([...b.out].map(colour), [[0, 0, 255], [0, 0, 0], [0, 255, 0], [0, 0, 255]]);
  delete globalThis.document;
});
