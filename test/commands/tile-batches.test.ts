import { describe, expect, it } from 'vitest';
import { tileBatches } from '../../src/commands/tile-batches.js';
import type { Box, RgbImage } from '../../src/types.js';
import { preprocessBox } from '../../src/vision/preprocess.js';
import { loadTinyClip } from '../support/tiny-clip.js';

const clip = await loadTinyClip();
const { preprocessor } = clip;
await clip.close();

const boxes: readonly Box[] = [0, 8, 16].map((x) => ({ x, y: 0, width: 16, height: 16 }));
const pictures = ['a.png', 'b.png', 'c.png'].map((path) => ({ path, boxes }));

/** 32x16 pixels, another grey in each column, other ones for each file. */
function drawn(path: string): RgbImage {
  const shade = path.charCodeAt(0);
  const data = Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) => (shade + 7 * (Math.floor(i / 3) % 32)) % 256);
  return { width: 32, height: 16, data };
}

describe('batches of tiles', () => {
  it('hold every tile once and in order, across pictures, the last batch what is left', async () => {
    const counts: number[] = [];
    const found: Buffer[] = [];
    for await (const { pixels, count } of tileBatches(pictures, async (path) => drawn(path), preprocessor, 4)) {
      expect(pixels).toHaveLength(count * 3 * preprocessor.inputSize ** 2);
      counts.push(count);
      found.push(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
    }
    expect(counts).toEqual([4, 4, 1]);
    const expected = pictures.flatMap(({ path }) => boxes.map((box) => preprocessBox(drawn(path), box, preprocessor)));
    const whole = Buffer.concat(expected.map((tile) => Buffer.from(tile.buffer)));
    expect(Buffer.concat(found).equals(whole)).toBe(true);
  });

  it('open a picture only when its tiles are asked for: many pictures take no more memory than one', async () => {
    const opened: string[] = [];
    const open = async (path: string) => {
      opened.push(path);
      return drawn(path);
    };
    const batches = tileBatches(pictures, open, preprocessor, 2);
    await batches.next();
    expect(opened).toEqual(['a.png']);
    await batches.next();
    expect(opened).toEqual(['a.png', 'b.png']);
    await batches.return(undefined);
    expect(opened).toEqual(['a.png', 'b.png']);
  });
});
