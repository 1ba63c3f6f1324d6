// How numbers are written: four significant digits, a true minus, thin spaces, words instead of NaN.

const THIN = '\u2009', MINUS = '\u2212';

/** @param {number} v @param {number} [digits] */
export function number(v, digits = 4) {
  if (Number.isNaN(v)) return '–';
  if (!Number.isFinite(v)) return v > 0 ? '∞' : '−∞';
  if (v === 0) return '0';
  const size = Math.abs(v);
  let text;
  if (size < 1e-3 || size >= 1e5) {
    text = v.toExponential(Math.min(digits - 1, 1)).replace('e+', 'e');
  } else if (Number.isInteger(v) || size >= 10 ** (digits - 1)) {
    text = whole(v); // toPrecision would write 24490.1 as 2.449e+4
  } else {
    text = v.toPrecision(digits);
  }
  return text.replaceAll('-', MINUS);
}

/** The number without zeros at its end, as axes and fields show it. @param {number} v @param {number} [digits] */
export function short(v, digits = 4) {
  return number(v, digits).replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1');
}

/** @param {number} v */
export function whole(v) {
  return String(Math.round(v)).replace(/\B(?=(\d{3})+$)/g, THIN).replace('-', MINUS);
}

/** The number as a field takes it: full precision, plain characters. @param {number} v */
export function plain(v) {
  return v === Infinity ? 'inf' : String(v);
}

/** Reads a field's number, also with a true minus or a decimal comma. @param {string} text */
export function parse(text) {
  const t = text.trim().replaceAll(MINUS, '-').replaceAll(THIN, '').replace(/^(-?\d+),(\d+)$/, '$1.$2');
  if (t === 'inf') return Infinity;
  return t === '' ? NaN : Number(t);
}
