import sharp from 'sharp';
import type { Preprocessor, RgbImage, Size } from '../types.js';

/** sharp's 'cubic' is Catmull-Rom, the closest to Pillow's BICUBIC. */
const KERNELS = { nearest: 'nearest', bilinear: 'linear', bicubic: 'cubic', lanczos: 'lanczos3' } as const;

/**
 * Resizes an image to an exact size, off the main thread. Fast and close to Pillow's filter (within 2 levels on photographs);
 * `pillowResize` is the exact one.
 */
export async function resizeImage(image: RgbImage, size: Size, resample: Preprocessor['resample']): Promise<RgbImage> {
  if (image.width === size.width && image.height === size.height) return image;
  const data = await sharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
    limitInputPixels: false,
  })
    .resize(size.width, size.height, { fit: 'fill', kernel: KERNELS[resample] })
    .raw()
    .toBuffer();
  return { ...size, data };
}
