// A clip: a few seconds of the landscape, drawn again step by step from what the page knows, as a GIF or a WebM film.

import { film, SECONDS } from './film.js';
import { GifWriter, palette } from './gif.js';
import { DASHES, drawMarker, readTheme } from './marks.js';
import { whole } from './numbers.js';
import { ascii } from './png.js';

const WIDTHS = [640, 480, 320], FILM_RATE = 15, MOST = 5e6;
/** Frames a second of a GIF, and where a frame takes longer than SLOW ms to draw. */
const GIF_RATE = 12.5, SLOW_RATE = 1000 / 150, SLOW = 150;
/** Height of the line under the picture: the step and the legend. */
const FOOT = 28;

/**
 * @typedef {object} Scene what a clip is made of
 * @property {(step: number, canvas: HTMLCanvasElement) => any} paint draws the landscape at a step, which may have a fraction
 * @property {number} aspect height of the picture for width 1
 * @property {number} from @property {number} to steps
 * @property {{label: string, slot: number, hollow: boolean}[]} legend
 * @property {string} recipe JSON
 * @property {(words: string) => void} progress
 * @property {AbortSignal} signal
 */

/** The steps a clip shows: six seconds of play that end at the playhead, or the whole run so far. @param {any} session */
export function span(session) {
  const at = session.step || session.known();
  return { from: Math.max(0, Math.floor(at - SECONDS * session.speed * session.opened.rate)), to: at };
}

/** @param {number} [ms] */
const rest = (ms = 0) => new Promise((done) => setTimeout(done, ms));

/**
 * The line under a picture: its step, and the methods as far as they fit.
 * @param {CanvasRenderingContext2D} g @param {number} top @param {number} width @param {number} step @param {number} widest the step whose words are longest
 * @param {Scene['legend']} legend @param {import('./marks.js').Theme} theme
 */
function foot(g, top, width, step, widest, legend, theme) {
  g.fillStyle = theme.paper;
  g.fillRect(0, top, width, FOOT);
  g.fillStyle = theme.line;
  g.fillRect(0, top, width, 1);
  const y = top + FOOT / 2 + 0.5;
  g.textBaseline = 'middle';
  g.textAlign = 'left';
  g.fillStyle = theme.ink;
  g.font = `600 13px ${theme.sans}`;
  g.fillText(`step ${whole(step)}`, 12, y);
  let x = 12 + g.measureText(`step ${whole(widest)}`).width + 24;
  g.font = `12px ${theme.sans}`;
  for (const m of legend) {
    const w = g.measureText(m.label).width;
    if (x + 36 + w > width - 12) break;
    g.setLineDash(DASHES[m.slot] ?? []);
    g.strokeStyle = theme.m[m.slot];
    g.lineWidth = 2;
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(x + 28, y);
    g.stroke();
    drawMarker(g, m.slot, x + 14, y, 4.2, m.hollow, theme);
    g.fillStyle = theme.ink2;
    g.fillText(m.label, x + 36, y);
    x += 36 + w + 20;
  }
  g.setLineDash([]);
}

/** The methods of the pictures, for the line under them. @param {any} session @returns {Scene['legend']} */
export function legendOf(session) {
  return session.walks.filter((/** @type {any} */ w) => w.drawn && w.onPlane && !w.method.replica).map((/** @type {any} */ w) => ({ label: w.label, slot: w.slot, hollow: w.hollow }));
}

/**
 * A picture with its step and its methods under it.
 * @param {HTMLCanvasElement} picture @param {number} scale pixels for each of the page's @param {number} step @param {Scene['legend']} legend
 */
export function captioned(picture, scale, step, legend) {
  const c = document.createElement('canvas');
  c.width = picture.width;
  c.height = picture.height + FOOT * scale;
  const g = c.getContext('2d');
  if (!g) throw new Error(`a picture of ${c.width} × ${c.height} is too large for this browser: choose a smaller scale`);
  g.drawImage(picture, 0, 0);
  g.scale(scale, scale);
  foot(g, picture.height / scale, picture.width / scale, step, step, legend, readTheme());
  return c;
}

/** A canvas for frames and the way to draw one. @param {Scene} scene @param {number} width even, as films ask */
function stage(scene, width) {
  const height = Math.round(width * scene.aspect / 2) * 2;
  const picture = document.createElement('canvas'), frame = document.createElement('canvas');
  picture.width = frame.width = width;
  picture.height = height;
  frame.height = height + FOOT;
  // Both are read back frame by frame: they stay with the processor.
  picture.getContext('2d', { willReadFrequently: true });
  const g = /** @type {CanvasRenderingContext2D} */ (frame.getContext('2d', { willReadFrequently: true, alpha: false }));
  const theme = readTheme();
  const draw = async (/** @type {number} */ step) => {
    await scene.paint(step, picture);
    g.drawImage(picture, 0, 0, width, height);
    foot(g, height, width, step, scene.to, scene.legend, theme);
    // Reading a pixel waits until all is drawn: frames must not queue up where a processor does the graphics card's work.
    g.getImageData(0, 0, 1, 1);
  };
  return { frame, g, draw, width, height: height + FOOT, theme };
}

/** @param {string} colour #rrggbb @returns {number[]} */
const bytes = (colour) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));

/** Every fourth pixel of some frames, to choose the colours by. @param {ReturnType<typeof stage>} s @param {number[]} steps */
async function samples(s, steps) {
  const size = s.width * s.height;
  const out = new Uint32Array(steps.length * Math.ceil(size / 4));
  let n = 0;
  for (const step of steps) {
    await s.draw(step);
    const pixels = new Uint32Array(s.g.getImageData(0, 0, s.width, s.height).data.buffer);
    // The stride is shifted row by row, so that upright lines are not missed.
    for (let y = 0; y < s.height; y++) for (let x = y % 4; x < s.width; x += 4) if (n < out.length) out[n++] = pixels[y * s.width + x];
    await rest();
  }
  return out.subarray(0, n);
}

/**
 * A GIF of the scene, at most 640 px wide and 5 MB.
 * @param {Scene} scene @returns {Promise<Blob>}
 */
export async function gifClip(scene) {
  const { GIFEncoder } = await import('../vendor/gifenc.js');
  for (const width of WIDTHS) {
    const s = stage(scene, width);
    scene.progress('Choosing colours');
    await rest();
    const keep = [s.theme.paper, s.theme.ink, s.theme.case, ...scene.legend.map((m) => s.theme.m[m.slot])].filter((c) => /^#[0-9a-f]{6}$/i.test(c));
    // The first drawing may have to set things up: it does not count for the pace.
    await s.draw(scene.from);
    const begin = performance.now(), pixels = await samples(s, [scene.from, (scene.from + scene.to) / 2, scene.to]);
    const rate = (performance.now() - begin) / 3 > SLOW ? SLOW_RATE : GIF_RATE, count = Math.round(SECONDS * rate);
    const writer = new GifWriter(GIFEncoder, s.width, s.height, palette(pixels, [...new Set(keep)].map(bytes)), 1000 * SECONDS / count);
    for (let i = 0; i < count && writer.size < MOST; i++) {
      scene.progress(`Drawing frame ${i + 1} of ${count}`);
      await rest();
      scene.signal.throwIfAborted();
      await s.draw(scene.from + (scene.to - scene.from) * i / (count - 1));
      writer.add(s.g.getImageData(0, 0, s.width, s.height));
    }
    if (writer.frames < count) continue;
    const parts = writer.finish(scene.recipe);
    if (parts.reduce((n, p) => n + p.length, 0) < MOST) return new Blob(/** @type {BlobPart[]} */ (parts), { type: 'image/gif' });
  }
  throw new Error('this clip has too many colours in motion for a GIF of 5 MB: take the WebM film');
}

/**
 * A WebM film of the scene. Its frames are drawn first and recorded then, for a recorder keeps the time of the clock on
 * the wall, which drawing may not keep.
 * @param {Scene} scene @returns {Promise<Blob>}
 */
export async function filmClip(scene) {
  const s = stage(scene, WIDTHS[0]), count = SECONDS * FILM_RATE;
  /** @type {ImageBitmap[]} */
  const frames = [];
  /** @type {Blob[]} */
  const parts = [];
  try {
    for (let i = 0; i < count; i++) {
      scene.progress(`Drawing frame ${i + 1} of ${count}`);
      await rest();
      scene.signal.throwIfAborted();
      await s.draw(scene.from + (scene.to - scene.from) * i / (count - 1));
      frames.push(await createImageBitmap(s.frame));
    }
    s.g.drawImage(frames[0], 0, 0);
    const stream = s.frame.captureStream(0);
    const track = /** @type {any} */ (stream.getVideoTracks()[0]);
    const recorder = new MediaRecorder(stream, { mimeType: film(), videoBitsPerSecond: 4e6 });
    recorder.ondataavailable = (e) => { if (e.data.size) parts.push(e.data); };
    const stopped = new Promise((done, failed) => { recorder.onstop = () => done(null); recorder.onerror = () => failed(new Error('the browser stopped recording: take the GIF')); });
    recorder.start(1000);
    try {
      const begin = performance.now();
      for (let i = 0; i < count; i++) {
        scene.signal.throwIfAborted();
        scene.progress(`Recording second ${Math.floor(i / FILM_RATE) + 1} of ${SECONDS}`);
        s.g.drawImage(frames[i], 0, 0);
        track.requestFrame?.();
        await rest(Math.max(0, begin + 1000 * (i + 1) / FILM_RATE - performance.now()));
      }
    } finally {
      if (recorder.state !== 'inactive') recorder.stop();
      await stopped;
      track.stop();
    }
  } finally {
    for (const f of frames) f.close();
  }
  if (!parts.length) throw new Error('this browser recorded no frame: take the GIF');
  return new Blob([...parts, /** @type {BlobPart} */ (tags(scene.recipe))], { type: 'video/webm' });
}

/** An EBML element: its id, its length in eight bytes, its content. @param {number[]} id @param {Uint8Array} content */
function element(id, content) {
  const out = new Uint8Array(id.length + 8 + content.length);
  out.set(id);
  out[id.length] = 1;
  new DataView(out.buffer).setUint32(id.length + 4, content.length);
  out.set(content, id.length + 8);
  return out;
}

/** @param {Uint8Array[]} parts */
function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) { out.set(p, at); at += p.length; }
  return out;
}

/** The recipe as a Matroska tag. Recorders leave the segment's length open, so one more element at its end belongs to it. @param {string} recipe JSON */
export function tags(recipe) {
  const text = new TextEncoder();
  const simple = element([0x67, 0xc8], join(element([0x45, 0xa3], text.encode('THALWEG-RECIPE')), element([0x44, 0x87], text.encode(ascii(recipe)))));
  return element([0x12, 0x54, 0xc3, 0x67], element([0x73, 0x73], join(element([0x63, 0xc0], new Uint8Array(0)), simple)));
}
