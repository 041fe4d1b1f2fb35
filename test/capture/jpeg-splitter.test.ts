import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JpegSplitter } from '../../src/capture/jpeg-splitter.js';
import { jpegOf } from './jpegs.js';

afterEach(() => vi.restoreAllMocks());

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

  it('moves the bytes of a picture that never ends a few times each, however small the chunks are', () => {
    const concat = vi.spyOn(Buffer, 'concat');
    const set = vi.spyOn(Uint8Array.prototype, 'set');
    const splitter = new JpegSplitter();
    splitter.push(Buffer.from('ffd8ffda0002', 'hex'));
    for (let i = 0; i < 1000; i += 1) splitter.push(Buffer.alloc(1400));
    const moved = [...concat.mock.calls.flatMap(([parts]) => parts), ...set.mock.calls.map(([bytes]) => bytes)];
    expect(moved.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(4 * 1_400_000);
  });

  it('throws away all that it holds at its limit, and starts from there', async () => {
    const splitter = new JpegSplitter(100_000);
    const stuffed = Buffer.alloc(100_000, 'ff00', 'hex');
    const stream = Buffer.concat([nestedStarts(), Buffer.from('ffda0002', 'hex'), stuffed]);
    expect(splitter.push(stream)).toEqual([]);
    expect(splitter.garbageBytes).toBe(stream.length);
    expect(splitter.push(await jpegOf(9))).toHaveLength(1);
  });

  it('follows a few of the starts that lie within one another, and leaves the rest', async () => {
    const read = vi.spyOn(Buffer.prototype, 'readUInt16BE');
    const segments = 10_000;
    const stream = Buffer.concat([nestedStarts(), Buffer.alloc(4 * segments, 'ffe00002', 'hex'), Buffer.alloc(8)]);
    const picture = await jpegOf(9);
    const found = new JpegSplitter().push(Buffer.concat([stream, picture]));
    expect(read.mock.calls.length).toBeLessThan(10 * segments);
    expect(found).toHaveLength(1);
    expect(picture.equals(found[0] as Uint8Array)).toBe(true);
  });

  it('finds the picture after one that was cut off, wherever that was', async () => {
    const [cut, whole] = [await jpegOf(10), await jpegOf(20)];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: cut.length - 1 }), (bytes) => {
        // A length that was cut in two may lead 64 KB on.
        const stream = Buffer.concat([cut.subarray(0, bytes), ...Array.from({ length: 200 }, () => whole)]);
        const found = new JpegSplitter().push(stream);
        expect(found.some((each) => whole.equals(each))).toBe(true);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

/** 6000 starts of pictures, each of whose first segment ends where all end. */
function nestedStarts(): Buffer {
  const starts = Buffer.alloc(60_000);
  for (let at = 0; at < starts.length; at += 10) {
    starts.set([0xff, 0xd8, 0xff, 0xe0], at);
    starts.writeUInt16BE(starts.length - at - 4, at + 4);
  }
  return starts;
}

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
