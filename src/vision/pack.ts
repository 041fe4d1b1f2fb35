import type { Preprocessor, RgbImage } from '../types.js';

/** 256 normalised values a channel: rescale, mean and standard deviation in one look-up. */
export interface ChannelTables {
  readonly r: Float32Array;
  readonly g: Float32Array;
  readonly b: Float32Array;
}

export function channelTables(preprocessor: Preprocessor): ChannelTables {
  const table = (channel: 0 | 1 | 2) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (value * preprocessor.rescaleFactor - preprocessor.mean[channel]) / preprocessor.std[channel],
    );
  return { r: table(0), g: table(1), b: table(2) };
}

/**
 * Writes the square window of `image` with left upper corner (x, y) into `out` as normalised float32[3, size, size].
 * Pixels beyond the image repeat its edge.
 */
export function packSquare(
  image: RgbImage,
  x: number,
  y: number,
  size: number,
  tables: ChannelTables,
  out: Float32Array,
  offset: number,
): void {
  const plane = size * size;
  for (let row = 0; row < size; row += 1) {
    const sourceRow = clamp(y + row, image.height) * image.width;
    let target = offset + row * size;
    for (let column = 0; column < size; column += 1, target += 1) {
      const source = (sourceRow + clamp(x + column, image.width)) * 3;
      out[target] = tables.r[image.data[source] as number] as number;
      out[target + plane] = tables.g[image.data[source + 1] as number] as number;
      out[target + 2 * plane] = tables.b[image.data[source + 2] as number] as number;
    }
  }
}

/** Turns what `packSquare` wrote left for right. */
export function mirrorSquare(size: number, out: Float32Array, offset: number): void {
  const end = offset + 3 * size * size;
  for (let row = offset; row < end; row += size) out.subarray(row, row + size).reverse();
}

function clamp(value: number, length: number): number {
  return value < 0 ? 0 : value >= length ? length - 1 : value;
}
