import type { Box, Preprocessor, RgbImage } from '../types.js';
import { preprocessBox } from '../vision/preprocess.js';

/** A picture by its file, and the squares of it that are looked at. */
export interface TiledPicture {
  readonly path: string;
  readonly boxes: readonly Box[];
}

export interface TileBatch {
  /** float32[count, 3, inputSize, inputSize] */
  readonly pixels: Float32Array;
  readonly count: number;
}

/**
 * The tiles of all pictures in order, `size` a batch, across pictures. One picture and one batch are held at a time, however many there are.
 * @param open decodes one
 */
export async function* tileBatches(
  pictures: readonly TiledPicture[],
  open: (path: string) => Promise<RgbImage>,
  preprocessor: Preprocessor,
  size: number,
): AsyncGenerator<TileBatch> {
  const tileLength = 3 * preprocessor.inputSize ** 2;
  let pixels = new Float32Array(size * tileLength);
  let count = 0;
  for (const { path, boxes } of pictures) {
    const image = await open(path);
    for (const box of boxes) {
      pixels.set(preprocessBox(image, box, preprocessor), count * tileLength);
      count += 1;
      if (count < size) continue;
      yield { pixels, count };
      pixels = new Float32Array(size * tileLength);
      count = 0;
    }
  }
  if (count > 0) yield { pixels: pixels.subarray(0, count * tileLength), count };
}
