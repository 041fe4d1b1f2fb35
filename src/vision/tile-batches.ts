import type { Preprocessor, RgbImage, Size, TileView } from '../types.js';
import { cutWithin } from './cut.js';
import { channelTables, mirrorSquare, packSquare } from './pack.js';
import { resizeImage } from './resize.js';

export interface TileBatch {
  readonly tiles: readonly TileView[];
  /** float32[tiles.length, 3, inputSize, inputSize] */
  readonly pixels: Float32Array;
}

/** By scale: the frame as it was resized for the tiles of that scale. */
export type ResizedFrames = Map<number, Promise<RgbImage>>;

/** 180 MB of RGB. A frame that would be enlarged beyond it for fine tiles is resized tile by tile instead. */
const MOST_ENLARGED_PIXELS = 60_000_000;

/** By so many times a tile resized by itself is slower than as a part of its frame. */
const SINGLE_COST = 6;

/**
 * Cuts tiles from one decoded frame and packs them into batches. The frame is resized once a scale, then windows are copied
 * out of it: six times faster than resizing tile by tile, and the same filter. A few fine tiles of a large frame are not worth
 * that, and each is resized by itself.
 * @param resized kept by who cuts tiles from one frame several times
 */
export async function* tileBatches(
  image: RgbImage,
  tiles: readonly TileView[],
  preprocessor: Preprocessor,
  batchSize: number,
  resized: ResizedFrames = new Map(),
): AsyncGenerator<TileBatch> {
  const { inputSize, resample } = preprocessor;
  const tables = channelTables(preprocessor);
  const atScale = (scale: number, size: Size) => {
    const ready = resized.get(scale) ?? resizeImage(image, size, resample);
    resized.set(scale, ready);
    return ready;
  };
  const counts = new Map<number, number>();
  for (const { scale } of tiles) counts.set(scale, (counts.get(scale) ?? 0) + 1);
  const isResizedAlone = (scale: number, { width, height }: Size): boolean =>
    width * height > MOST_ENLARGED_PIXELS ||
    (!resized.has(scale) && (counts.get(scale) ?? 0) * SINGLE_COST * inputSize ** 2 < width * height);
  for (let start = 0; start < tiles.length; start += batchSize) {
    const part = tiles.slice(start, start + batchSize);
    const pixels = new Float32Array(part.length * 3 * inputSize * inputSize);
    for (const [i, { box, scale, mirrored }] of part.entries()) {
      const factor = inputSize / scale;
      const size = scaled(image, factor);
      const offset = i * 3 * inputSize * inputSize;
      if (factor > 1 && isResizedAlone(scale, size)) {
        const window = cutWithin(image, box);
        const square = await resizeImage(window, scaled(window, factor), resample);
        packSquare(square, 0, 0, inputSize, tables, pixels, offset);
      } else {
        const source = await atScale(scale, size);
        const x = Math.min(Math.round(box.x * factor), Math.max(0, source.width - inputSize));
        const y = Math.min(Math.round(box.y * factor), Math.max(0, source.height - inputSize));
        packSquare(source, x, y, inputSize, tables, pixels, offset);
      }
      if (mirrored) mirrorSquare(inputSize, pixels, offset);
    }
    yield { tiles: part, pixels };
  }
}

function scaled({ width, height }: Size, factor: number): Size {
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
