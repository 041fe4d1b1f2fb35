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
  const left = Math.floor((width - inputSize) / 2);
  const top = Math.floor((height - inputSize) / 2);
  const part = {
    x: Math.max(0, left),
    y: Math.max(0, top),
    width: Math.min(inputSize, width),
    height: Math.min(inputSize, height),
  };
  const middle = pillowResize(image, { width, height }, resample, part);
  return padded(middle, part.x - left, part.y - top, inputSize);
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

/** Laid into a black square, as transformers pads a picture smaller than the crop. */
function padded(image: RgbImage, left: number, top: number, size: number): RgbImage {
  if (image.width === size && image.height === size) return image;
  const data = new Uint8Array(size * size * 3);
  for (let row = 0; row < image.height; row += 1) {
    const start = row * image.width * 3;
    data.set(image.data.subarray(start, start + image.width * 3), ((top + row) * size + left) * 3);
  }
  return { width: size, height: size, data };
}
