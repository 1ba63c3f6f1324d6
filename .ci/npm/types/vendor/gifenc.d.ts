// The bundle's exports, as far as clips use them.
export function GIFEncoder(options?: { initialCapacity?: number; auto?: boolean }): {
  writeFrame(index: Uint8Array, width: number, height: number, options?: {
    palette?: number[][]; first?: boolean; transparent?: boolean; transparentIndex?: number; delay?: number; repeat?: number; dispose?: number;
  }): void;
  writeHeader(): void;
  finish(): void;
  bytes(): Uint8Array;
  bytesView(): Uint8Array;
  reset(): void;
};
export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number, options?: {
  format?: 'rgb565' | 'rgb444' | 'rgba4444'; oneBitAlpha?: boolean | number; clearAlpha?: boolean;
}): number[][];
export function applyPalette(rgba: Uint8Array | Uint8ClampedArray, palette: number[][], format?: 'rgb565' | 'rgb444' | 'rgba4444'): Uint8Array;
