import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { JpegSplitter } from '../../src/capture/jpeg-splitter.js';
import { jpegOf } from './jpegs.js';

describe('JpegSplitter', () => {
  it('finds each picture wherever the stream is cut and whatever stands between', async () => {
    const pictures = [await jpegOf(10), await progressive(), await jpegOf(200, 33, 17)];
    const stream = Buffer.concat(
      pictures.flatMap((picture) => [Buffer.from('--b\r\nContent-Type: image/jpeg\r\n\r\n'), picture]),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 40 }), (cuts) => {
        const edges = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
        const splitter = new JpegSplitter();
        const found = edges.slice(1).flatMap((edge, i) => splitter.push(stream.subarray(edges[i], edge)));
        expect(found.map((each) => Buffer.from(each).equals(pictures[found.indexOf(each)] as Buffer))).toEqual([
          true,
          true,
          true,
        ]);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('finds the picture after any garbage that is not the start of one', async () => {
    const picture = await jpegOf(77);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (garbage) => {
        fc.pre(!Buffer.from(garbage).includes('ffd8', 0, 'hex') && garbage.at(-1) !== 0xff);
        const [found] = new JpegSplitter().push(Buffer.concat([garbage, picture]));
        expect(Buffer.from(found as Uint8Array)).toEqual(picture);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('gives a start up that leads nowhere, and finds the next', async () => {
    const splitter = new JpegSplitter(10_000);
    expect(splitter.push(Buffer.concat([Buffer.from('ffd8ffda0002', 'hex'), Buffer.alloc(20_000, 7)]))).toEqual([]);
    expect(splitter.garbageBytes).toBeGreaterThan(19_000);
    expect(splitter.push(await jpegOf(9))).toHaveLength(1);
  });
});

function progressive(): Promise<Buffer> {
  return sharp({
    create: {
      width: 90,
      height: 70,
      channels: 3,
      background: '#405060',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg({ progressive: true })
    .toBuffer();
}
