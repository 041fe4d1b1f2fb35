import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/types.js';
import { pictureQuality } from '../../src/vision/picture-quality.js';

function grey(width: number, height: number, level: (x: number, y: number) => number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) data.fill(level(i % width, Math.floor(i / width)), 3 * i, 3 * i + 3);
  return { width, height, data };
}

async function blurred({ width, height, data }: RgbImage, sigma: number): Promise<RgbImage> {
  const out = await sharp(data, { raw: { width, height, channels: 3 } })
    .blur(sigma)
    .raw()
    .toBuffer();
  return { width, height, data: out };
}

describe('pictureQuality', () => {
  it.each([
    [0, 0],
    [51, 0.2],
    [255, 1],
  ])('of one grey (%i) is its brightness, and no sharpness', (level, brightness) => {
    const quality = pictureQuality(grey(40, 30, () => level));
    expect(quality.brightness).toBeCloseTo(brightness, 10);
    expect(quality.sharpness).toBeCloseTo(0, 10);
  });

  it('is the variance of the Laplacian: a chessboard of single pixels has it by hand', () => {
    const board = grey(41, 41, (x, y) => ((x + y) % 2 === 0 ? 100 : 110));
    // Each pixel differs from its four neighbours by 10: the Laplacian is +40 or -40, half of each.
    expect(pictureQuality(board).sharpness).toBeCloseTo(1_600, -1);
  });

  it('falls with every blur of the same picture', async () => {
    const stripes = grey(400, 300, (x, y) => (((x >> 3) + (y >> 3)) % 2) * 200);
    const sharpness = [stripes, await blurred(stripes, 1), await blurred(stripes, 3)].map(
      (picture) => pictureQuality(picture).sharpness,
    );
    expect(sharpness).toEqual([...sharpness].sort((a, b) => b - a));
    expect(sharpness[2]).toBeLessThan((sharpness[0] as number) / 20);
  });

  it('of a large picture is measured at fewer points, and comes out alike', () => {
    const level = (x: number, y: number) => (x * 7 + y * 13) % 256;
    const [small, large] = [grey(300, 300, level), grey(1_500, 1_500, level)].map(pictureQuality);
    expect(large?.brightness).toBeCloseTo(small?.brightness as number, 1);
    expect((large?.sharpness as number) / (small?.sharpness as number)).toBeCloseTo(1, 0);
  });

  it.each([
    [1, 1],
    [2, 5],
    [0, 0],
  ])('has no sharpness where no pixel has four neighbours (%i x %i)', (width, height) => {
    expect(pictureQuality(grey(width, height, () => 10)).sharpness).toBe(0);
  });
});
