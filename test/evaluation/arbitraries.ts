import fc from 'fast-check';
import type { Box } from '../../src/types.js';

const place = fc.integer({ min: 0, max: 200 });
const side = fc.integer({ min: 1, max: 100 });

/** Boxes on a small area, so that many of them overlap. */
export const anyBox: fc.Arbitrary<Box> = fc.record({ x: place, y: place, width: side, height: side });

export const ranked = fc.record({ box: anyBox, rank: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10) });

export const judged = fc.record({
  rank: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  right: fc.boolean(),
});

/** A list with one of its permutations. */
export function shuffled<T>(items: fc.Arbitrary<T>): fc.Arbitrary<readonly [readonly T[], readonly T[]]> {
  return fc
    .array(items, { maxLength: 12 })
    .chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
    );
}
