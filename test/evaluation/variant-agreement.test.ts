import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement, spearman } from '../../src/evaluation/variant-agreement.js';

const unit = (degrees: number) =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

describe("Spearman's rank correlation", () => {
  it('is 1 for the same order, -1 for the reverse, and in between by its formula', () => {
    expect(spearman([1, 2, 3, 4], [10, 20, 30, 400])).toBe(1);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
    // 1 - 6 * (0 + 1 + 1 + 0) / (4 * 15)
    expect(spearman([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
  });

  it('gives equal values the mean of their ranks, and 0 where there is no order', () => {
    expect(spearman([1, 1, 2], [1, 2, 3])).toBeCloseTo(Math.sqrt(3) / 2, 12);
    expect(spearman([5, 5, 5], [1, 2, 3])).toBe(0);
  });

  it('lies between -1 and 1, and is the same from both sides', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(values, (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const rho = spearman(a, b);
        expect(Math.abs(rho)).toBeLessThanOrEqual(1 + 1e-12);
        expect(spearman(b, a)).toBeCloseTo(rho, 12);
      }),
    );
  });
});

describe('how far a variant agrees', () => {
  const reference = { tiles: [unit(0), unit(90)], prompts: [unit(10), unit(80), unit(200)] };

  it('is all of it with itself', () => {
    const { tileCosine, promptCosine, sameNearest, rankCorrelation } = agreement(reference, reference);
    expect([tileCosine.least, promptCosine.mean, sameNearest, rankCorrelation]).toEqual(
      [1, 1, 1, 1].map((one) => expect.closeTo(one, 6)),
    );
  });

  it('tells the cosine of tiles and prompts apart, and which tiles changed sides', () => {
    const turned = { tiles: [unit(60), unit(90)], prompts: [unit(10), unit(80), unit(230)] };
    const { tileCosine, promptCosine, sameNearest } = agreement(reference, turned);
    expect([tileCosine.mean, tileCosine.least]).toEqual([expect.closeTo(0.75, 5), expect.closeTo(0.5, 5)]);
    expect(promptCosine.least).toBeCloseTo(Math.cos(Math.PI / 6), 5);
    expect(sameNearest).toBe(0.5);
  });

  it('has no rank correlation with one prompt', () => {
    const one = { tiles: reference.tiles, prompts: [unit(10)] };
    expect(agreement(one, one).rankCorrelation).toBeNull();
  });
});
