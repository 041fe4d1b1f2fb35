import { describe, expect, it } from 'vitest';
import type { Preprocessor } from '../../src/types.js';
import { channelTables, packSquare } from '../../src/vision/pack.js';
import { gradient } from './drawn.js';

const openaiClip: Preprocessor = {
  inputSize: 224,
  resizeShortest: 224,
  squash: false,
  resample: 'bicubic',
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
const asBytes: Preprocessor = { ...openaiClip, rescaleFactor: 1, mean: [0, 0, 0], std: [1, 1, 1] };

describe('channelTables', () => {
  it('holds rescale, mean and standard deviation of each channel', () => {
    const { r, g, b } = channelTables(openaiClip);
    expect([r.length, g.length, b.length]).toEqual([256, 256, 256]);
    // CLIP's own numbers for black, grey and white.
    expect([r[0], g[0], b[0]].map((value) => value?.toFixed(5))).toEqual(['-1.79226', '-1.75210', '-1.48022']);
    expect([r[255], g[255], b[255]].map((value) => value?.toFixed(5))).toEqual(['1.93034', '2.07488', '2.14590']);
    expect(r[128]).toBeCloseTo((128 / 255 - 0.48145466) / 0.26862954, 6);
  });
});

describe('packSquare', () => {
  it('writes planes of red, green and blue at its offset and nothing else', () => {
    const out = new Float32Array(20).fill(-1);
    packSquare(gradient(10, 10), 3, 5, 2, channelTables(asBytes), out, 4);
    const blue = (x: number, y: number) => x * 7 + y * 13;
    expect([...out]).toEqual([
      ...[-1, -1, -1, -1],
      ...[3, 4, 3, 4],
      ...[5, 5, 6, 6],
      ...[blue(3, 5), blue(4, 5), blue(3, 6), blue(4, 6)],
      ...[-1, -1, -1, -1],
    ]);
  });

  it('repeats the edge where the window reaches beyond it', () => {
    const out = new Float32Array(3 * 16);
    packSquare(gradient(2, 2), -1, -1, 4, channelTables(asBytes), out, 0);
    expect([...out.subarray(0, 16)]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]);
    expect([...out.subarray(16, 32)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});
