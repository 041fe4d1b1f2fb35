import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Box, RgbImage, Size } from '../../src/types.js';
import { decodeImage } from '../../src/vision/decode.js';
import { cropBox, type View } from '../../src/vision/view.js';

/** Each pixel's colour tells its place. */
function drawn({ width, height }: Size): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) data.set([i % width, Math.floor(i / width), 7], 3 * i);
  return { width, height, data };
}

function remade(size: Size, from: (x: number, y: number) => readonly number[]): RgbImage {
  const data = new Uint8Array(size.width * size.height * 3);
  for (let i = 0; i < size.width * size.height; i += 1)
    data.set(from(i % size.width, Math.floor(i / size.width)), 3 * i);
  return { width: size.width, height: size.height, data };
}

const pixel = ({ width, data }: RgbImage, x: number, y: number) => [
  ...data.subarray(3 * (y * width + x)).subarray(0, 3),
];

/** A quarter turn clockwise. */
const quarter = (image: RgbImage) =>
  remade({ width: image.height, height: image.width }, (x, y) => pixel(image, y, image.height - 1 - x));

const mirrored = (image: RgbImage) => remade(image, (x, y) => pixel(image, image.width - 1 - x, y));

const turned = (image: RgbImage, degrees: number): RgbImage =>
  degrees === 0 ? image : turned(quarter(image), degrees - 90);

const cut = (image: RgbImage, box: Box) => remade(box, (x, y) => pixel(image, box.x + x, box.y + y));

/** What a viewer shows of a picture with this EXIF orientation (TIFF 6.0, tag 274). */
const upright: Readonly<Record<number, (image: RgbImage) => RgbImage>> = {
  1: (image) => image,
  2: mirrored,
  3: (image) => turned(image, 180),
  4: (image) => mirrored(turned(image, 180)),
  5: (image) => mirrored(turned(image, 90)),
  6: (image) => turned(image, 90),
  7: (image) => mirrored(turned(image, 270)),
  8: (image) => turned(image, 270),
};

const sides = fc.integer({ min: 1, max: 12 });
const rotate = fc.constantFrom<View['rotate'][]>(0, 90, 180, 270);

describe('what a camera looks at', () => {
  it('is the upright picture, turned and then cut, whatever its EXIF orientation', async () => {
    const shares = fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true })));
    await fc.assert(
      fc.asyncProperty(sides, sides, fc.integer({ min: 1, max: 8 }), rotate, shares, async (...drawing) => {
        const [width, height, orientation, degrees, [a, b, c, d]] = drawing as [
          number,
          number,
          number,
          View['rotate'],
          [number, number, number, number],
        ];
        const image = drawn({ width, height });
        const raw = { width, height, channels: 3 as const };
        const bytes = await sharp(image.data, { raw }).withMetadata({ orientation }).png().toBuffer();
        const shown = turned((upright[orientation] as (image: RgbImage) => RgbImage)(image), degrees);
        const crop = {
          x: a * 0.9,
          y: b * 0.9,
          width: (1 - a * 0.9) * c,
          height: (1 - b * 0.9) * d,
          unit: 'share',
        } as const;
        let box: Box | undefined;
        try {
          box = cropBox(shown, crop, 'a');
        } catch {
          // Less than half a pixel is left: decodeImage must refuse it too.
        }
        const decoded = decodeImage(bytes, 'a', { rotate: degrees, crop });
        if (box) expect(await decoded).toEqual({ ...cut(shown, box), data: Buffer.from(cut(shown, box).data) });
        else await expect(decoded).rejects.toMatchObject({ code: 'VIEW_OUTSIDE' });
        expect(await decodeImage(bytes, 'a', { rotate: degrees })).toMatchObject({
          width: shown.width,
          height: shown.height,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is the part of a crop in pixels that lies within the picture, and none beyond', async () => {
    const crop = (x: number, y: number, width: number, height: number) =>
      cropBox({ width: 640, height: 480 }, { x, y, width, height, unit: 'px' }, 'a.jpg');
    expect(crop(100, 50, 200, 100)).toEqual({ x: 100, y: 50, width: 200, height: 100 });
    expect(crop(600, 400, 200, 100)).toEqual({ x: 600, y: 400, width: 40, height: 80 });
    expect(() => crop(640, 0, 10, 10)).toThrow(
      expect.objectContaining({
        code: 'VIEW_OUTSIDE',
        message: 'a.jpg: the crop lies outside of the picture of 640 x 480 pixels.',
      }),
    );
  });
});
