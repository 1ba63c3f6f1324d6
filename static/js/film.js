// What the export menu must know of clips before one is made.

/** How long a clip is. */
export const SECONDS = 6;
const FILMS = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'];

/** The film format this browser records, '' when it records none. */
export function film() {
  if (typeof MediaRecorder === 'undefined' || !('captureStream' in HTMLCanvasElement.prototype)) return '';
  return FILMS.find((f) => MediaRecorder.isTypeSupported(f)) ?? '';
}
