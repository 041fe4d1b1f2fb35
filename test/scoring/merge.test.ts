import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersectionOverSmaller } from '../../src/geometry.js';
import { bestFirst, mergeDetections } from '../../src/scoring/merge.js';
import type { Detection } from '../../src/types.js';

// Few values, so that ties are common; a box follows from place and scale, as a tile's does.
const detection: fc.Arbitrary<Detection> = fc
  .record({
    target: fc.constantFrom('aphid', 'beetle', 'moth'),
    score: fc.constantFrom(null, 0.5, 0.7, 0.9),
    similarity: fc.constantFrom(0.2, 0.25, 0.3),
    x: fc.integer({ min: 0, max: 12 }),
    y: fc.integer({ min: 0, max: 12 }),
    scale: fc.constantFrom(16, 32, 64),
  })
  .map(({ x, y, scale, ...rest }) => ({
    ...rest,
    prompt: 'a pest',
    scale,
    box: { x: x * 5, y: y * 5, width: Math.min(scale, 70 - x * 5), height: Math.min(scale, 70 - y * 5) },
  }));

const limit = fc.double({ min: 0.05, max: 1, noNaN: true });
const some = fc.array(detection, { maxLength: 25 });

const at = (x: number, score: number, scale = 100, target = 'aphid'): Detection => ({
  target,
  prompt: 'a pest',
  score,
  similarity: 0.3,
  box: { x, y: 0, width: scale, height: scale },
  scale,
});

describe('mergeDetections', () => {
  it('keeps the better one of two that share more than the limit, target by target', () => {
    const merged = mergeDetections([at(0, 0.7), at(40, 0.9), at(45, 0.8, 100, 'beetle')], 0.5);
    expect(merged).toEqual([at(40, 0.9), at(45, 0.8, 100, 'beetle')]);
  });

  it('keeps both where they share the limit exactly', () => {
    expect(mergeDetections([at(0, 0.7), at(50, 0.9)], 0.5)).toHaveLength(2);
  });

  it('takes a small box within a large one for the same thing', () => {
    expect(mergeDetections([at(0, 0.7, 400), at(100, 0.9, 50)], 0.5)).toEqual([at(100, 0.9, 50)]);
  });

  it('prefers the smaller box at equal scores', () => {
    expect(mergeDetections([at(0, 0.9, 400), at(100, 0.9, 50)], 0.5)).toEqual([at(100, 0.9, 50)]);
  });

  it('merges to the same, merged again', () => {
    fc.assert(
      fc.property(some, limit, (all, most) => {
        const once = mergeDetections(all, most);
        expect(mergeDetections(once, most)).toEqual(once);
      }),
    );
  });

  it('gives the same in whatever order the tiles were looked at', () => {
    const shuffled = some.chain((all) =>
      fc.record({
        all: fc.constant(all),
        other: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, limit, ({ all, other }, most) => {
        expect(mergeDetections(other, most)).toEqual(mergeDetections(all, most));
      }),
    );
  });

  it('leaves no two of one target that share more than the limit, and drops only what a better one covers', () => {
    fc.assert(
      fc.property(some, limit, (all, most) => {
        const kept = mergeDetections(all, most);
        const covers = (a: Detection, b: Detection) =>
          a.target === b.target && intersectionOverSmaller(a.box, b.box) > most;
        for (const [i, a] of kept.entries()) for (const b of kept.slice(i + 1)) expect(covers(a, b)).toBe(false);
        for (const dropped of all.filter((one) => !kept.includes(one))) {
          expect(kept.some((better) => covers(better, dropped) && bestFirst(better, dropped) <= 0)).toBe(true);
        }
      }),
    );
  });

  it('always keeps the best of each target', () => {
    fc.assert(
      fc.property(some, limit, (all, most) => {
        const kept = mergeDetections(all, most);
        for (const target of new Set(all.map((one) => one.target))) {
          const [best] = all.filter((one) => one.target === target).sort(bestFirst);
          expect(kept).toContainEqual(best);
        }
      }),
    );
  });
});
