import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../../src/types.js';
import { annotate } from '../../src/vision/annotate.js';
import { decodeImage } from '../../src/vision/decode.js';
import { cropJpeg, jpegOf, shrinkJpeg } from '../../src/vision/jpeg.js';
import { resizeImage } from '../../src/vision/resize.js';
import { drawnDir } from '../support/tiny-clip.js';
import { gradient, pixelAt, plain } from './drawn.js';

const encoder = (width: number, height: number, colour = { r: 200, g: 40, b: 10 }) =>
  sharp({ create: { width, height, channels: 3, background: colour } });

describe('decodeImage', () => {
  it.each(['png', 'webp', 'tiff', 'gif'] as const)('reads %s to RGB', async (format) => {
    const image = await decodeImage(
      await encoder(5, 3).toFormat(format, { lossless: true, compression: 'lzw' }).toBuffer(),
      'a',
    );
    expect([image.width, image.height, image.data.length]).toEqual([5, 3, 45]);
    expect(pixelAt(image, 4, 2)).toEqual([200, 40, 10]);
  });

  it('turns a picture upright by its EXIF orientation', async () => {
    const halves = plain(4, 2, [250, 0, 0]);
    halves.data.fill(0, 0, 6); // the left upper corner is black
    const raw = { width: 4, height: 2, channels: 3 as const };
    const turned = await sharp(halves.data, { raw }).withMetadata({ orientation: 6 }).png().toBuffer();
    const image = await decodeImage(turned, 'a');
    expect([image.width, image.height]).toEqual([2, 4]);
    expect(pixelAt(image, 1, 0)).toEqual([0, 0, 0]);
    expect(pixelAt(image, 0, 0)).toEqual([250, 0, 0]);
  });

  it('gives three equal channels for grey, and drops alpha', async () => {
    const grey = await encoder(2, 2, { r: 90, g: 90, b: 90 }).toColourspace('b-w').png().toBuffer();
    expect(pixelAt(await decodeImage(grey, 'a'), 1, 1)).toEqual([90, 90, 90]);
    const clear = await encoder(2, 2).ensureAlpha(0).png().toBuffer();
    expect(pixelAt(await decodeImage(clear, 'a'), 1, 1)).toEqual([200, 40, 10]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no picture')],
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ])('refuses %s by its name', async (_, bytes) => {
    await expect(decodeImage(bytes, 'trap/1.jpg')).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: expect.stringMatching(/^trap\/1\.jpg is not a picture that can be read: [^\n]+\.$/) as string,
    });
  });

  it('refuses a half-written picture', async () => {
    const whole = await sharp(gradient(300, 300).data, { raw: { width: 300, height: 300, channels: 3 } })
      .jpeg()
      .toBuffer();
    await expect(decodeImage(whole.subarray(0, whole.length / 2), 'a.jpg')).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    });
  });

  it('refuses a side of more than 30,000 pixels before it is decoded', async () => {
    const wide = await encoder(30_001, 1).png().toBuffer();
    await expect(decodeImage(wide, 'wide.png')).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringContaining('wide.png is 30001 x 1 pixels') as string,
    });
  });
});

describe('resizeImage', () => {
  it('gives the very image where it has the size already', async () => {
    const image = gradient(20, 10);
    expect(await resizeImage(image, { width: 20, height: 10 }, 'bicubic')).toBe(image);
  });

  it.each(['nearest', 'bilinear', 'bicubic', 'lanczos'] as const)('keeps a plain colour plain (%s)', async (filter) => {
    const resized = await resizeImage(plain(20, 10, [3, 100, 250]), { width: 7, height: 33 }, filter);
    expect({ ...resized, data: Uint8Array.from(resized.data) }).toEqual(plain(7, 33, [3, 100, 250]));
  });
});

describe('JPEGs to publish and keep', () => {
  const size = async (jpeg: Uint8Array) => {
    const { format, width, height } = await sharp(jpeg).metadata();
    return [format, width, height];
  };

  it('hold the whole picture, no longer than asked', async () => {
    expect(await size(await jpegOf(gradient(400, 200)))).toEqual(['jpeg', 400, 200]);
    expect(await size(await jpegOf(gradient(400, 200), 100))).toEqual(['jpeg', 100, 50]);
    expect(await size(await jpegOf(gradient(40, 20), 100))).toEqual(['jpeg', 40, 20]);
  });

  it('hold the box of a detection', async () => {
    const image = plain(100, 100, [0, 0, 0]);
    for (let y = 50; y < 80; y += 1) image.data.fill(255, (y * 100 + 20) * 3, (y * 100 + 50) * 3);
    const crop = await decodeImage(await cropJpeg(image, { x: 20, y: 50, width: 30, height: 30 }), 'crop');
    expect([crop.width, crop.height]).toEqual([30, 30]);
    expect(Math.min(...crop.data)).toBeGreaterThan(250);
  });

  it('are made smaller until they fit, and given up where nothing fits', async () => {
    const noisy = gradient(1500, 1200);
    for (let i = 0; i < noisy.data.length; i += 1) noisy.data[i] = (i * 2_654_435_761) >>> 24;
    const jpeg = await jpegOf(noisy);
    const fits = await shrinkJpeg(jpeg, 60_000);
    expect(jpeg.byteLength).toBeGreaterThan(60_000);
    expect(fits?.byteLength).toBeLessThanOrEqual(60_000);
    expect((await size(fits as Uint8Array))[0]).toBe('jpeg');
    expect(await shrinkJpeg(jpeg, jpeg.byteLength)).toBe(jpeg);
    expect(await shrinkJpeg(jpeg, 100)).toBeUndefined();
  });
});

describe('annotate', () => {
  const detection: Detection = {
    target: 'aphid <b>&"',
    prompt: 'an aphid',
    score: 0.91,
    similarity: 0.3,
    box: { x: 40, y: 60, width: 80, height: 90 },
    scale: 90,
  };

  it('draws a box where the detection lies and leaves the rest as it was', async () => {
    const image = plain(300, 200, [128, 128, 128]);
    const drawn = await decodeImage(await annotate(image, [detection]), 'annotated');
    expect([drawn.width, drawn.height]).toEqual([300, 200]);
    const differs = (x: number, y: number) => pixelAt(drawn, x, y).some((value) => Math.abs(value - 128) > 30);
    expect([differs(40, 100), differs(120, 100), differs(80, 150)]).toEqual([true, true, true]);
    expect([differs(80, 105), differs(200, 180), differs(10, 10)]).toEqual([false, false, false]);
    // The label lies above the box.
    expect(differs(60, 52)).toBe(true);
  });

  it('takes targets without a score, at the edge, and a picture without any', async () => {
    const bytes = await readFile(join(drawnDir, 'drawn-97x131.png'));
    const image = await decodeImage(bytes, 'drawn');
    const whole = { ...detection, score: null, box: { x: 0, y: 0, width: 97, height: 131 } };
    expect((await sharp(await annotate(image, [whole])).metadata()).width).toBe(97);
    const bare = await decodeImage(await annotate(plain(60, 40, [90, 120, 30]), []), 'bare');
    const expected = plain(60, 40, [90, 120, 30]);
    const differences = bare.data.map((value, i) => Math.abs(value - (expected.data[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
  });
});
