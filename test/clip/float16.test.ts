import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFloat16, toFloat16 } from '../../src/clip/float16.js';

const bitsOf = (value: number) => toFloat16(Float32Array.of(value))[0] as number;
const halfOf = (bits: number) => fromFloat16(Uint16Array.of(bits))[0] as number;

describe('float16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [1 / 3, 0x3555],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [Number.NaN, 0x7e00],
    // Ties go to the even neighbour.
    [2049, 0x6800],
    [2051, 0x6802],
    // The smallest normal, the largest and the smallest subnormal, and what lies below them.
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -25, 0x0001],
    [2 ** -30, 0x0000],
  ])('writes %f as IEEE 754 has it', (value, bits) => {
    expect(bitsOf(value)).toBe(bits);
  });

  it('reads back each of the 65,536 patterns as it was written', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const again = toFloat16(fromFloat16(all));
    const isNaNPattern = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
    const changed = [...all].filter((bits) => !isNaNPattern(bits) && again[bits] !== bits);
    expect(changed).toEqual([]);
    expect([...all].filter(isNaNPattern).every((bits) => Number.isNaN(halfOf(bits)))).toBe(true);
  });

  it('rounds any number to the nearest one that there is', () => {
    fc.assert(
      fc.property(fc.float({ min: -65_504, max: 65_504, noNaN: true }), (value) => {
        const bits = bitsOf(value);
        const error = Math.abs(halfOf(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          if ((neighbour & 0x7fff) > 0x7bff || (neighbour & 0x8000) !== (bits & 0x8000)) continue;
          expect(Math.abs(halfOf(neighbour) - value)).toBeGreaterThanOrEqual(error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
