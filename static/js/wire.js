// Frames of the stream (the table in CONTRIBUTING.md). Typed arrays are laid over the message without copying.

export const SCALARS = 1, PATH = 2, GRID = 3, VECTOR = 4, IMAGE = 5, POINTS = 6;
export const THINNED = 1, LAST = 2;

const HEADER = 40;

/**
 * @typedef {object} Frame
 * @property {number} kind
 * @property {number} flags
 * @property {string} run     the run's id, 12 hex digits
 * @property {number} method  index in opened.methods, -1 for the whole run
 * @property {number} measure index in opened.measures, or the plane's version
 * @property {number} step
 * @property {number} sequence
 * @property {number} rows
 * @property {number} columns
 * @property {Float64Array | Float32Array} data rows x columns, row-major
 */

/**
 * Decodes a binary message: one or more frames back to back.
 * @param {ArrayBuffer} buffer
 * @returns {Frame[]}
 */
export function decode(buffer) {
  const view = new DataView(buffer);
  const frames = [];
  let at = 0;
  while (at < buffer.byteLength) {
    if (buffer.byteLength - at < HEADER) throw new Error(`a frame header takes ${HEADER} bytes, ${buffer.byteLength - at} are left`);
    if (view.getUint32(at, true) !== 0x574c4854) throw new Error('not a Thalweg frame');
    if (view.getUint8(at + 4) !== 1) throw new Error(`frame version ${view.getUint8(at + 4)}, this page reads 1`);
    const kind = view.getUint8(at + 5), flags = view.getUint16(at + 6, true);
    if (kind < SCALARS || kind > POINTS) throw new Error(`frame kind ${kind} is unknown`);
    if (flags > 3 || view.getUint32(at + 36, true) !== 0) throw new Error('reserved bits are set');
    const method = view.getUint16(at + 16, true);
    const rows = view.getUint32(at + 28, true), columns = view.getUint32(at + 32, true);
    const wide = kind === SCALARS || kind === PATH || kind === VECTOR;
    const bytes = rows * columns * (wide ? 8 : 4);
    if (bytes > buffer.byteLength - at - HEADER) throw new Error(`${rows} x ${columns} numbers do not fit the message`);
    frames.push({
      kind, flags, method: method === 0xffff ? -1 : method,
      run: view.getBigUint64(at + 8, true).toString(16).padStart(12, '0'),
      measure: view.getUint16(at + 18, true), step: view.getUint32(at + 20, true), sequence: view.getUint32(at + 24, true), rows, columns,
      data: wide ? new Float64Array(buffer, at + HEADER, rows * columns) : new Float32Array(buffer, at + HEADER, rows * columns),
    });
    at += HEADER + Math.ceil(bytes / 8) * 8;
  }
  return frames;
}
