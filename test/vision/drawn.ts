import type { RgbImage } from '../../src/types.js';

/** A picture in which every pixel tells its place: red runs along x, green along y, blue mixes both. */
export function gradient(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([x % 256, y % 256, (x * 7 + y * 13) % 256], (y * width + x) * 3);
  }
  return { width, height, data };
}

export function plain(width: number, height: number, colour: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set(colour, i);
  return { width, height, data };
}

export function pixelAt({ width, data }: RgbImage, x: number, y: number): readonly number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}
