import sharp from 'sharp';
import type { RgbImage } from '../../types.js';

/**
 * Smears a picture along a line, as a camera does that moves while it exposes.
 * @param reachPx length of the smear in pixels.
 */
export async function smear(picture: RgbImage, reachPx: number, angleRad: number): Promise<RgbImage> {
  const half = Math.max(1, Math.round(reachPx / 2));
  const side = 2 * half + 1;
  const kernel = new Array<number>(side * side).fill(0);
  const steps = 4 * half;
  for (let step = -steps; step <= steps; step += 1) {
    const along = (step / steps) * half;
    const column = half + Math.round(Math.cos(angleRad) * along);
    const row = half + Math.round(Math.sin(angleRad) * along);
    kernel[row * side + column] = 1;
  }
  const { width, height } = picture;
  const data = await sharp(picture.data, { raw: { width, height, channels: 3 } })
    .convolve({ width: side, height: side, kernel })
    .raw()
    .toBuffer();
  return { width, height, data };
}
