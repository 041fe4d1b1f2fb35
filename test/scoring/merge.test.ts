import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestFirst, byCentre, byOverlap, type Covers, mergeDetections } from '../../src/scoring/merge.js';
import type { Detection } from '../../src/types.js';

// Few values, so that ties are common; a box follows from place and scale, as a tile's does. The column's border lies among them.
const LEFT = 220;
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
    box: { x: LEFT + x * 5, y: y * 5, width: Math.min(scale, 70 - x * 5), height: Math.min(scale, 70 - y * 5) },
  }));

const rule: fc.Arbitrary<Covers> = fc.oneof(
  fc.double({ min: 0.05, max: 1, noNaN: true }).map(byOverlap),
  fc.double({ min: 0, max: 0.9, noNaN: true }).map(byCentre),
);
const some = fc.array(detection, { maxLength: 25 });

const at = (x: number, score: number, scale = 100, target = 'aphid'): Detection => ({
  target,
  prompt: 'a pest',
  score,
  similarity: 0.3,
  box: { x, y: 0, width: scale, height: scale },
  scale,
});

describe('merging by overlap', () => {
  it('keeps the better one of two that share more than the limit, target by target', () => {
    const merged = mergeDetections([at(0, 0.7), at(40, 0.9), at(45, 0.8, 100, 'beetle')], byOverlap(0.5));
    expect(merged).toEqual([at(40, 0.9), at(45, 0.8, 100, 'beetle')]);
  });

  it('keeps both where they share the limit exactly', () => {
    expect(mergeDetections([at(0, 0.7), at(50, 0.9)], byOverlap(0.5))).toHaveLength(2);
  });

  it('takes a small box within a large one for the same thing', () => {
    expect(mergeDetections([at(0, 0.7, 400), at(100, 0.9, 50)], byOverlap(0.5))).toEqual([at(100, 0.9, 50)]);
  });

  it('prefers the smaller box at equal scores', () => {
    expect(mergeDetections([at(0, 0.9, 400), at(100, 0.9, 50)], byOverlap(0.5))).toEqual([at(100, 0.9, 50)]);
  });
});

describe('merging by centre', () => {
  const merged = (...all: readonly Detection[]) => mergeDetections(all, byCentre(1 / 2));

  it('keeps the better one of neighbours that overlap by half', () => {
    expect(merged(at(0, 0.7), at(50, 0.9))).toEqual([at(50, 0.9)]);
  });

  it('keeps both of a colony whose boxes share much, their centres not', () => {
    expect(merged(at(0, 0.9), at(61, 0.7))).toEqual([at(0, 0.9), at(61, 0.7)]);
    expect(byOverlap(0.3)(at(0, 0.9), at(61, 0.7))).toBe(true);
  });

  it('takes a large box around a better small one for the same thing', () => {
    expect(merged(at(0, 0.7, 400), at(10, 0.9, 50))).toEqual([at(10, 0.9, 50)]);
  });

  it('takes a small one beside the middle of a better large one for another', () => {
    const beside = { ...at(0, 0.7, 50), box: { x: 144, y: 175, width: 50, height: 50 } };
    expect(merged(at(0, 0.9, 400), beside)).toHaveLength(2);
    const inTheMiddle = { ...beside, box: { ...beside.box, x: 155 } };
    expect(merged(at(0, 0.9, 400), inTheMiddle)).toEqual([at(0, 0.9, 400)]);
  });

  it('takes a large box around another, better small one for that of its own pest', () => {
    expect(
      merged(at(0, 0.7, 400), { ...at(391, 0.9, 100), box: { x: 391, y: 150, width: 100, height: 100 } }),
    ).toHaveLength(2);
  });

  it('reaches farther where tiles overlap by less', () => {
    expect(mergeDetections([at(0, 0.7), at(80, 0.9)], byCentre(0.2))).toEqual([at(80, 0.9)]);
  });

  it('reaches over what it looks up by', () => {
    expect(mergeDetections([at(0, 0.9, 50), at(54, 0.7, 100)], byCentre(0.2))).toEqual([at(0, 0.9, 50)]);
    expect(mergeDetections([at(200, 0.9, 50), at(258, 0.7, 100)], byCentre(0.1))).toEqual([at(200, 0.9, 50)]);
  });

  it('takes one place for one thing, whatever the targets', () => {
    expect(merged(at(0, 0.7), at(60, 0.9, 100, 'beetle'))).toEqual([at(60, 0.9, 100, 'beetle')]);
    expect(merged(at(0, 0.7), at(61, 0.9, 100, 'beetle'))).toHaveLength(2);
  });

  it('takes a large thing for one of its own beside a better small one of another target', () => {
    const whitefly = { ...at(0, 0.9, 40, 'whitefly'), box: { x: 205, y: 180, width: 40, height: 40 } };
    expect(merged(at(0, 0.7, 400), whitefly)).toHaveLength(2);
    expect(merged(at(0, 0.7, 400), { ...whitefly, box: { ...whitefly.box, x: 204 } })).toHaveLength(1);
  });
});

describe('merging', () => {
  it('merges to the same, merged again', () => {
    fc.assert(
      fc.property(some, rule, (all, covers) => {
        const once = mergeDetections(all, covers);
        expect(mergeDetections(once, covers)).toEqual(once);
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
      fc.property(shuffled, rule, ({ all, other }, covers) => {
        expect(mergeDetections(other, covers)).toEqual(mergeDetections(all, covers));
      }),
    );
  });

  it('leaves no two of which the better covers the other, and drops only what a better one covers', () => {
    fc.assert(
      fc.property(some, rule, (all, covers) => {
        const kept = mergeDetections(all, covers);
        for (const [i, a] of kept.entries()) for (const b of kept.slice(i + 1)) expect(covers(a, b)).toBe(false);
        for (const dropped of all.filter((one) => !kept.includes(one))) {
          expect(kept.some((better) => covers(better, dropped) && bestFirst(better, dropped) <= 0)).toBe(true);
        }
      }),
    );
  });

  it('always keeps the best of each target that no better one of another covers', () => {
    fc.assert(
      fc.property(some, rule, (all, covers) => {
        const kept = mergeDetections(all, covers);
        for (const target of new Set(all.map((one) => one.target))) {
          const [best] = all.filter((one) => one.target === target).sort(bestFirst) as [Detection];
          const outdone = kept.some((other) => other.target !== target && covers(other, best));
          expect(outdone || kept.includes(best)).toBe(true);
        }
      }),
    );
  });
});
