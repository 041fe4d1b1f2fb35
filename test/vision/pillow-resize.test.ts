import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Preprocessor } from '../../src/types.js';
import { cutWithin } from '../../src/vision/cut.js';
import { decodeImage } from '../../src/vision/decode.js';
import { pillowResize } from '../../src/vision/pillow-resize.js';
import { drawnDir } from '../support/tiny-clip.js';
import { gradient, plain } from './drawn.js';

/** What Pillow gives, by make.py of the folder. */
const referenceDir = fileURLToPath(new URL('../fixtures/pillow', import.meta.url));
const references = readdirSync(referenceDir)
  .filter((name) => name.endsWith('.png'))
  .map((name) => {
    const [, source = '', width, height, filter] = /^(.+)-to-(\d+)x(\d+)-(\w+)\.png$/.exec(name) ?? [];
    return { name, source, width: Number(width), height: Number(height), filter: filter as Preprocessor['resample'] };
  });

const picture = async (dir: string, name: string) => decodeImage(await readFile(join(dir, name)), name);
const filters = ['nearest', 'bilinear', 'bicubic', 'lanczos'] as const;

describe('pillowResize', () => {
  it('is tested with every filter, up and down', () => {
    expect(references).toHaveLength(24);
    expect(new Set(references.map(({ filter }) => filter))).toEqual(new Set(filters));
  });

  it.each(references)("gives Pillow's picture bit for bit: $name", async ({ name, source, width, height, filter }) => {
    const ours = pillowResize(await picture(drawnDir, `${source}.png`), { width, height }, filter);
    const theirs = await picture(referenceDir, name);
    expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height]);
    const different = ours.data.filter((value, i) => value !== theirs.data[i]).length;
    expect(different).toBe(0);
  });

  it.each(filters)('leaves a picture of the wanted size as it is (%s)', (filter) => {
    const image = gradient(13, 7);
    expect(pillowResize(image, { width: 13, height: 7 }, filter).data).toEqual(image.data);
  });

  it.each(filters)('gives a part of the result as the whole has it (%s)', (filter) => {
    const image = gradient(61, 37);
    for (const size of [
      { width: 90, height: 20 },
      { width: 61, height: 50 },
    ]) {
      const part = { x: 11, y: 3, width: 20, height: 9 };
      expect(pillowResize(image, size, filter, part)).toEqual(cutWithin(pillowResize(image, size, filter), part));
    }
  });

  it.each(filters)('keeps a plain colour plain at any size (%s)', (filter) => {
    const side = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(side, side, side, side, (width, height, toWidth, toHeight) => {
        const resized = pillowResize(plain(width, height, [7, 99, 255]), { width: toWidth, height: toHeight }, filter);
        expect(resized).toEqual(plain(toWidth, toHeight, [7, 99, 255]));
      }),
      { numRuns: 50 },
    );
  });
});
