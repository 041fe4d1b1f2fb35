import type { Box, Preprocessor, RgbImage } from '../types.js';
import { cutWithin } from './cut.js';
import { channelTables, packSquare } from './pack.js';
import { pillowResize } from './pillow-resize.js';

/**
 * A whole picture as the model's own preprocessing gives it: shorter side resized, centre crop (or squashed to the
 * square), uint8[inputSize, inputSize, 3]. Follows transformers' CLIPImageProcessor to the pixel row.
 */
export function centreCrop(image: RgbImage, preprocessor: Preprocessor): RgbImage {
  const { inputSize, resizeShortest, squash, resample } = preprocessor;
  if (squash) return pillowResize(image, { width: inputSize, height: inputSize }, resample);
  const shorter = Math.min(image.width, image.height);
  // transformers truncates the longer side: int(size * long / short).
  const width = image.width === shorter ? resizeShortest : Math.floor((resizeShortest * image.width) / shorter);
  const height = image.height === shorter ? resizeShortest : Math.floor((resizeShortest * image.height) / shorter);
  const resized = pillowResize(image, { width, height }, resample);
  return cropSquare(resized, Math.floor((width - inputSize) / 2), Math.floor((height - inputSize) / 2), inputSize);
}

/** A picture as the model's input: float32[1, 3, inputSize, inputSize]. */
export function preprocessPicture(image: RgbImage, preprocessor: Preprocessor): Float32Array {
  return packWhole(centreCrop(image, preprocessor), preprocessor);
}

/** A box of a picture, squashed to the model's square: float32[1, 3, inputSize, inputSize]. Boxes are whole pixels within it. */
export function preprocessBox(image: RgbImage, box: Box, preprocessor: Preprocessor): Float32Array {
  const size = { width: preprocessor.inputSize, height: preprocessor.inputSize };
  return packWhole(pillowResize(cutWithin(image, box), size, preprocessor.resample), preprocessor);
}

function packWhole(square: RgbImage, preprocessor: Preprocessor): Float32Array {
  const pixels = new Float32Array(3 * preprocessor.inputSize ** 2);
  packSquare(square, 0, 0, preprocessor.inputSize, channelTables(preprocessor), pixels, 0);
  return pixels;
}

/** A square window; where it reaches over the image it is black, as transformers pads a picture smaller than the crop. */
function cropSquare(image: RgbImage, left: number, top: number, size: number): RgbImage {
  const data = new Uint8Array(size * size * 3);
  for (let row = Math.max(0, -top); row < Math.min(size, image.height - top); row += 1) {
    const from = Math.max(0, -left);
    const to = Math.min(size, image.width - left);
    const start = ((top + row) * image.width + left + from) * 3;
    data.set(image.data.subarray(start, start + (to - from) * 3), (row * size + from) * 3);
  }
  return { width: size, height: size, data };
}
