import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Preprocessor, RgbImage, Size, Tile, TileView } from '../../src/types.js';
import { resizeImage } from '../../src/vision/resize.js';
import { type ResizedFrames, type TileBatch, tileBatches } from '../../src/vision/tile-batches.js';
import { planTiles } from '../../src/vision/tile-plan.js';
import { gradient, pixelAt, plain } from './drawn.js';

const preprocessorOf = (inputSize: number): Preprocessor => ({
  inputSize,
  resizeShortest: inputSize,
  squash: false,
  resample: 'bicubic',
  rescaleFactor: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
});

const tileAt = (x: number, y: number, scale: number): Tile => ({ box: { x, y, width: scale, height: scale }, scale });

async function collect(
  image: RgbImage,
  tiles: readonly TileView[],
  preprocessor: Preprocessor,
  batchSize: number,
  resized?: ResizedFrames,
) {
  const batches: TileBatch[] = [];
  for await (const batch of tileBatches(image, tiles, preprocessor, batchSize, resized)) batches.push(batch);
  return batches;
}

/** The one tile of a batch as interleaved bytes. */
function interleaved(pixels: Float32Array, size: number): number[] {
  const plane = size * size;
  return Array.from({ length: plane * 3 }, (_, i) => pixels[(i % 3) * plane + Math.floor(i / 3)] as number);
}

async function cutByHand(image: RgbImage, resized: Size, x: number, y: number, size: number): Promise<number[]> {
  const { width, height, data } = image;
  const whole = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(resized.width, resized.height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const raw = { width: resized.width, height: resized.height, channels: 3 as const };
  return [...(await sharp(whole, { raw }).extract({ left: x, top: y, width: size, height: size }).raw().toBuffer())];
}

describe('tileBatches', () => {
  it('copies the very pixels where a tile is as large as the input', async () => {
    const image = gradient(300, 200);
    const [batch] = await collect(image, [tileAt(37, 91, 64)], preprocessorOf(64), 4);
    const pixels = interleaved(batch?.pixels ?? new Float32Array(), 64);
    expect(pixels.slice(0, 3)).toEqual(pixelAt(image, 37, 91));
    expect(pixels.slice(-3)).toEqual(pixelAt(image, 37 + 63, 91 + 63));
    expect(pixels).toEqual(await cutByHand(image, image, 37, 91, 64));
  });

  it('turns a view left for right in all three channels', async () => {
    const image = gradient(300, 200);
    const tile = tileAt(37, 91, 64);
    const [batch] = await collect(image, [tile, { ...tile, mirrored: true }, tile], preprocessorOf(64), 4);
    const half = 3 * 64 * 64;
    const [plain, mirror, again] = [0, 1, 2].map((i) => [...(batch?.pixels ?? []).slice(i * half, (i + 1) * half)]);
    const rows = Array.from({ length: 3 * 64 }, (_, row) => (plain as number[]).slice(row * 64, (row + 1) * 64));
    expect(mirror).not.toEqual(plain);
    expect(mirror).toEqual(rows.flatMap((row) => row.reverse()));
    expect(again).toEqual(plain);
  });

  it('gives the window of the resized frame that a hand would cut', async () => {
    const image = gradient(400, 300);
    for (const { tile, x, y } of [
      { tile: tileAt(0, 0, 128), x: 0, y: 0 },
      { tile: tileAt(101, 77, 128), x: 51, y: 39 },
      { tile: tileAt(272, 172, 128), x: 136, y: 86 },
    ]) {
      const [batch] = await collect(image, [tile], preprocessorOf(64), 1);
      const expected = await cutByHand(image, { width: 200, height: 150 }, x, y, 64);
      expect(interleaved(batch?.pixels ?? new Float32Array(), 64)).toEqual(expected);
    }
  });

  it('keeps the order of the tiles over batches, the last one as short as it comes', async () => {
    const image = gradient(200, 100);
    const tiles = Array.from({ length: 7 }, (_, i) => tileAt(i * 10, i, 32));
    const batches = await collect(image, tiles, preprocessorOf(32), 3);
    expect(batches.map((batch) => batch.tiles.length)).toEqual([3, 3, 1]);
    expect(batches.flatMap((batch) => batch.tiles)).toEqual(tiles);
    expect(batches.map((batch) => batch.pixels.length / (3 * 32 * 32))).toEqual([3, 3, 1]);
    for (const { tiles: part, pixels } of batches) {
      for (const [i, { box }] of part.entries()) {
        const first = [0, 1, 2].map((channel) => pixels[(i * 3 + channel) * 32 * 32]);
        expect(first).toEqual(pixelAt(image, box.x, box.y));
      }
    }
  });

  it('gives the same pixels whatever the batch size', async () => {
    const image = gradient(210, 170);
    const tiles = planTiles(image, { scales: [48, 96], overlap: 0.2, wholeFrame: true });
    const all = async (batchSize: number) =>
      (await collect(image, tiles, preprocessorOf(32), batchSize)).flatMap(({ pixels }) => [...pixels]);
    const one = await all(1);
    expect(one).toHaveLength(tiles.length * 3 * 32 * 32);
    expect(await all(16)).toEqual(one);
  });

  it('fills each tile with the frame alone, whatever their sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 8, max: 40 }),
        async (width, height, inputSize) => {
          const image = plain(width, height, [9, 120, 250]);
          const tiles = planTiles(image, { scales: [32, 64], overlap: 0.2, wholeFrame: true });
          const plane = inputSize * inputSize;
          for (const { pixels } of await collect(image, tiles, preprocessorOf(inputSize), 8)) {
            const strays = pixels.filter((value, i) => value !== [9, 120, 250][Math.floor(i / plane) % 3]);
            expect([...strays]).toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    { width: 20, height: 30 },
    { width: 30, height: 2000 },
    { width: 2000, height: 30 },
    { width: 5000, height: 1 },
    { width: 1, height: 1 },
  ])('takes a frame smaller than the input, $width x $height', async ({ width, height }) => {
    const image = plain(width, height, [1, 2, 3]);
    const tiles = planTiles(image, { scales: [224], overlap: 0.2, wholeFrame: true });
    const batches = await collect(image, tiles, preprocessorOf(64), 16);
    expect(batches.flatMap((batch) => batch.tiles)).toEqual(tiles);
    const [first] = batches;
    expect([0, 64 * 64, 2 * 64 * 64].map((i) => first?.pixels[i])).toEqual([1, 2, 3]);
  });

  it('enlarges fine tiles of a large frame one by one, to the same picture away from their edges', async () => {
    // 200 x 200 enlarged 40 times would be 64 megapixels; 100 x 100 is under the limit.
    const large = gradient(200, 200);
    const small = { width: 100, height: 100, data: new Uint8Array(100 * 100 * 3) };
    for (let y = 0; y < 100; y += 1) small.data.set(large.data.subarray(y * 600, y * 600 + 300), y * 300);
    const tile = [tileAt(32, 48, 8)];
    const [alone] = await collect(large, tile, preprocessorOf(320), 1);
    const resized: ResizedFrames = new Map([[8, resizeImage(small, { width: 4000, height: 4000 }, 'bicubic')]]);
    const [whole] = await collect(small, tile, preprocessorOf(320), 1, resized);
    const inner = (batch: TileBatch | undefined) =>
      Array.from({ length: 320 - 160 }, (_, i) => batch?.pixels[160 * 320 + 80 + i] ?? Number.NaN);
    const differences = inner(alone).map((value, i) => Math.abs(value - (inner(whole)[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(inner(alone).at(0)).toBeGreaterThanOrEqual(33);
    expect(inner(alone).at(-1)).toBeLessThanOrEqual(38);
  });

  it('enlarges a few fine tiles one by one, many with their frame', async () => {
    const isWholeResized = async (count: number): Promise<boolean> => {
      const resized: ResizedFrames = new Map();
      const tiles = Array.from({ length: count }, (_, i) => tileAt(i, 48, 8));
      await collect(gradient(100, 100), tiles, preprocessorOf(64), 8, resized);
      return resized.has(8);
    };
    // 800 x 800 pixels are as much work as 26.04 tiles of 64 x 64 that are each resized alone.
    expect([await isWholeResized(26), await isWholeResized(27)]).toEqual([false, true]);
  });

  it('resizes the frame once for all calls that share what was resized', async () => {
    const resized: ResizedFrames = new Map();
    const image = gradient(100, 100);
    const first = [];
    for await (const { pixels } of tileBatches(image, [tileAt(0, 0, 64)], preprocessorOf(32), 1, resized))
      first.push(pixels);
    const kept = resized.get(64);
    for await (const { pixels } of tileBatches(image, [tileAt(0, 0, 64)], preprocessorOf(32), 1, resized))
      expect([pixels]).toEqual(first);
    expect(resized.size).toBe(1);
    expect(resized.get(64)).toBe(kept);
  });
});
