import type { Box, RgbImage } from '../types.js';

/** The part of a box that lies within the picture, copied. The box holds whole pixels and touches the picture. */
export function cutWithin(image: RgbImage, { x, y, width, height }: Box): RgbImage {
  const columns = Math.min(width, image.width - x);
  const rows = Math.min(height, image.height - y);
  const data = new Uint8Array(columns * rows * 3);
  for (let row = 0; row < rows; row += 1) {
    const start = ((y + row) * image.width + x) * 3;
    data.set(image.data.subarray(start, start + columns * 3), row * columns * 3);
  }
  return { width: columns, height: rows, data };
}
