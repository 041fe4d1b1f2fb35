import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision } from '../../src/evaluation/average-precision.js';
import { judged, shuffled } from './arbitraries.js';

const right = (rank: number) => ({ rank, right: true });
const wrong = (rank: number) => ({ rank, right: false });
const rightOnes = (list: readonly { readonly right: boolean }[]) => list.filter((item) => item.right).length;

describe('averagePrecision', () => {
  it('is the area under the interpolated curve, as worked out by hand', () => {
    // recall 1/4 at precision 1, 2/4 at 2/3, 3/4 at 3/5; the fourth box is never found
    const list = [right(0.9), wrong(0.8), right(0.7), wrong(0.6), right(0.5)];
    expect(averagePrecision(list, 4)).toBeCloseTo(0.25 * (1 + 2 / 3 + 3 / 5), 12);
  });

  it('raises a precision to the best one at a higher recall', () => {
    // raw precisions at the three hits: 1/2, 2/3, 3/4; interpolated all 3/4
    expect(averagePrecision([wrong(0.9), right(0.8), right(0.7), right(0.6)], 3)).toBeCloseTo(0.75, 12);
  });

  it('takes detections of one rank as one point', () => {
    expect(averagePrecision([wrong(0.5), right(0.5)], 1)).toBe(0.5);
    expect(averagePrecision([right(0.5), wrong(0.5)], 1)).toBe(0.5);
  });

  it('is unknown where there is nothing to find, and 0 where nothing was found', () => {
    expect(averagePrecision([wrong(0.9)], 0)).toBeNull();
    expect(averagePrecision([], 3)).toBe(0);
    expect(averagePrecision([wrong(0.9)], 3)).toBe(0);
  });

  it('lies between 0 and the recall', () => {
    fc.assert(
      fc.property(fc.array(judged), fc.nat({ max: 5 }), (list, missed) => {
        const truths = rightOnes(list) + missed;
        const ap = averagePrecision(list, truths);
        if (truths === 0) expect(ap).toBeNull();
        else {
          expect(ap).toBeGreaterThanOrEqual(0);
          expect(ap).toBeLessThanOrEqual(rightOnes(list) / truths + 1e-12);
        }
      }),
    );
  });

  it('is 1 for perfect detections', () => {
    fc.assert(
      fc.property(fc.array(judged, { minLength: 1 }), (list) => {
        const perfect = list.map(({ rank }) => right(rank));
        expect(averagePrecision(perfect, perfect.length)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('does not depend on the order of the detections', () => {
    fc.assert(
      fc.property(shuffled(judged), ([list, other]) => {
        expect(averagePrecision(other, 12)).toBe(averagePrecision(list, 12));
      }),
    );
  });

  it('depends on the order of the ranks alone, not on their values', () => {
    fc.assert(
      fc.property(fc.array(judged), (list) => {
        const squeezed = list.map((item) => ({ ...item, rank: item.rank ** 3 / 7 - 2 }));
        expect(averagePrecision(squeezed, 12)).toBe(averagePrecision(list, 12));
      }),
    );
  });

  it('never rises by a false alarm and never falls by a find of the best rank', () => {
    fc.assert(
      fc.property(fc.array(judged), judged, (list, { rank }) => {
        const truths = rightOnes(list) + 1;
        const ap = averagePrecision(list, truths) ?? Number.NaN;
        expect(averagePrecision([...list, wrong(rank)], truths)).toBeLessThanOrEqual(ap + 1e-12);
        expect(averagePrecision([...list, right(2)], truths)).toBeGreaterThanOrEqual(ap - 1e-12);
      }),
    );
  });

  it('does not change by a false alarm below every find', () => {
    fc.assert(
      fc.property(fc.array(judged), (list) => {
        expect(averagePrecision([...list, wrong(-1)], 20)).toBe(averagePrecision(list, 20));
      }),
    );
  });
});
