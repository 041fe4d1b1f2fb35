import { describe, expect, it } from 'vitest';
import type { Preprocessor } from '../../src/types.js';
import { cutWithin } from '../../src/vision/cut.js';
import { centreCrop, preprocessBox, preprocessPicture } from '../../src/vision/preprocess.js';
import { gradient, pixelAt } from './drawn.js';

const bytes: Preprocessor = {
  inputSize: 32,
  resizeShortest: 32,
  squash: false,
  resample: 'bicubic',
  rescaleFactor: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

describe('centreCrop', () => {
  it('keeps the middle of the longer side', () => {
    const square = centreCrop(gradient(100, 32), bytes);
    expect([square.width, square.height]).toEqual([32, 32]);
    expect(pixelAt(square, 0, 0)).toEqual(pixelAt(gradient(100, 32), 34, 0));
    expect(pixelAt(square, 31, 31)).toEqual(pixelAt(gradient(100, 32), 65, 31));
  });

  it('takes the middle of a sliver without resizing all of it', () => {
    for (const [width, height] of [
      [30_000, 1],
      [1, 30_000],
    ] as const) {
      const square = centreCrop(
        { width, height, data: new Uint8Array(90_000).fill(77) },
        { ...bytes, inputSize: 224, resizeShortest: 224 },
      );
      expect(square.data.length).toBe(224 * 224 * 3);
      expect(new Set(square.data)).toEqual(new Set([77]));
    }
  });

  it('crops a larger resize, as models with a crop do', () => {
    const square = centreCrop(gradient(40, 40), { ...bytes, resizeShortest: 40 });
    expect(pixelAt(square, 0, 0)).toEqual(pixelAt(gradient(40, 40), 4, 4));
  });

  it('squashes both sides where the model was trained so', () => {
    const square = centreCrop(gradient(64, 32), { ...bytes, squash: true, resample: 'nearest' });
    expect(pixelAt(square, 31, 31)).toEqual(pixelAt(gradient(64, 32), 63, 31));
  });

  it('pads with black where the resize is smaller than the crop', () => {
    const square = centreCrop(gradient(20, 20), { ...bytes, resizeShortest: 20 });
    expect(pixelAt(square, 5, 16)).toEqual([0, 0, 0]);
    expect(pixelAt(square, 6, 6)).toEqual(pixelAt(gradient(20, 20), 0, 0));
    expect(pixelAt(square, 25, 25)).toEqual(pixelAt(gradient(20, 20), 19, 19));
    expect(pixelAt(square, 26, 16)).toEqual([0, 0, 0]);
  });
});

describe('preprocessPicture', () => {
  it('gives planes of normalised channels', () => {
    const pixels = preprocessPicture(gradient(32, 32), bytes);
    expect(pixels).toHaveLength(3 * 32 * 32);
    expect([pixels[33], pixels[1024 + 33], pixels[2048 + 33]]).toEqual([1, 1, 20]);
  });
});

describe('preprocessBox', () => {
  it('gives the box alone', () => {
    const pixels = preprocessBox(gradient(100, 100), { x: 11, y: 60, width: 32, height: 32 }, bytes);
    expect([pixels[0], pixels[1024]]).toEqual([11, 60]);
    expect([pixels[1023], pixels[2047]]).toEqual([42, 91]);
  });
});

describe('cutWithin', () => {
  it('leaves out what lies beyond the picture', () => {
    const part = cutWithin(gradient(10, 10), { x: 8, y: 7, width: 5, height: 5 });
    expect([part.width, part.height]).toEqual([2, 3]);
    expect(pixelAt(part, 1, 2)).toEqual(pixelAt(gradient(10, 10), 9, 9));
  });
});
