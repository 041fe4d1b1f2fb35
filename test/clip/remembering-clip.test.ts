import { describe, expect, it } from 'vitest';
import { rememberingClip } from '../../src/clip/remembering-clip.js';
import { idealClip } from '../inspection/ideal-encoder.js';

describe('a model that remembers', () => {
  it('encodes equal pixels once until it forgets, others anew, and is else the model that it was made of', async () => {
    let encoded = 0;
    const { clip, forget } = rememberingClip({
      ...idealClip,
      encodeImages: async (pixels, count) => {
        encoded += count;
        return Array.from({ length: count }, (_, i) => Float32Array.of(pixels[i] as number));
      },
    });
    const [first] = await clip.encodeImages(Float32Array.of(1, 2), 2);
    expect(await clip.encodeImages(Float32Array.of(9, 1, 2, 9).subarray(1, 3), 2)).toContain(first);
    expect(encoded).toBe(2);
    expect(await clip.encodeImages(Float32Array.of(2, 1), 2)).toEqual([Float32Array.of(2), Float32Array.of(1)]);
    expect(encoded).toBe(4);
    forget();
    await clip.encodeImages(Float32Array.of(1, 2), 2);
    expect([encoded, clip.calibration, clip.centreSampled]).toEqual([6, idealClip.calibration, false]);
  });
});
