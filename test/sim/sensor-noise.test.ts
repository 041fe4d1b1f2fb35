import { describe, expect, it } from 'vitest';
import { SensorNoise } from '../../src/sim/sensor-noise.js';

const LEVELS = Uint8Array.from({ length: 3 * 1001 }, (_, index) => (index * 97) % 256);

/** @param offset where the pixels begin in their memory. */
async function noisy(noise: SensorNoise, levels: Uint8Array, frame: number, offset: number): Promise<Uint8Array> {
  const data = new Uint8Array(levels.length + offset).subarray(offset);
  data.set(levels);
  await noise.add(data, frame, null);
  return data;
}

describe('SensorNoise', () => {
  it.each([0, 1, 2, 3])('adds the same wherever the pixels lie in memory (offset %i)', async (offset) => {
    const noise = new SensorNoise(7, 19);
    for (const frame of [0, 1000, 2000, 3000])
      expect(await noisy(noise, LEVELS, frame, offset)).toEqual(await noisy(noise, LEVELS, frame, 1));
  });

  it('stays within black and white, and lets neither turn into the other', async () => {
    const noise = new SensorNoise(7, 19);
    const black = await noisy(noise, new Uint8Array(30_000), 1000, 0);
    const white = await noisy(noise, new Uint8Array(30_000).fill(255), 1000, 0);
    expect(Math.max(...black)).toBeLessThan(100);
    expect(Math.min(...white)).toBeGreaterThan(155);
    // Half of the grain is lost beyond each end.
    expect(black.filter((level) => level === 0).length / black.length).toBeCloseTo(0.5, 1);
    expect(white.filter((level) => level === 255).length / white.length).toBeCloseTo(0.5, 1);
  });

  it('has the deviation that it is told', async () => {
    const grey = await noisy(new SensorNoise(7, 6), new Uint8Array(90_000).fill(128), 1000, 0);
    const mean = grey.reduce((sum, level) => sum + level, 0) / grey.length;
    const variance = grey.reduce((sum, level) => sum + (level - mean) ** 2, 0) / grey.length;
    expect(mean).toBeCloseTo(128, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(6, 0);
  });
});
