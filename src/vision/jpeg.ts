import sharp from 'sharp';
import type { Box, RgbImage } from '../types.js';

const QUALITY = 82;

const open = (image: RgbImage) =>
  sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 }, limitInputPixels: false });

/** A picture as JPEG, its longer side at most `longestPx` where that is given. */
export async function jpegOf(image: RgbImage, longestPx?: number): Promise<Buffer> {
  const whole = open(image);
  const sized = longestPx ? whole.resize(longestPx, longestPx, { fit: 'inside', withoutEnlargement: true }) : whole;
  return sized.jpeg({ quality: QUALITY }).toBuffer();
}

/** A box of a picture as JPEG. */
export async function cropJpeg(image: RgbImage, { x, y, width, height }: Box): Promise<Buffer> {
  return open(image).extract({ left: x, top: y, width, height }).jpeg({ quality: QUALITY }).toBuffer();
}

/** A JPEG made smaller until it fits; undefined where even 160 pixels do not. */
export async function shrinkJpeg(jpeg: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
  if (jpeg.byteLength <= maxBytes) return jpeg;
  for (const [longest, quality] of [
    [1280, 75],
    [960, 65],
    [640, 60],
    [480, 50],
    [320, 45],
    [160, 40],
  ] as const) {
    const smaller = await sharp(jpeg)
      .resize(longest, longest, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality })
      .toBuffer();
    if (smaller.byteLength <= maxBytes) return smaller;
  }
  return undefined;
}
