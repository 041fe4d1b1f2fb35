import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableLabels } from '../../../src/dashboard/web/label-layout.js';

const frame = { width: 1000, height: 500 };
const label = (x: number, y: number, target = 'aphid') => ({
  target,
  box: { x, y, width: 50, height: 50 },
  text: 'Aphid 93 %',
});

describe('readableLabels', () => {
  it('hides a label that would cover a more important one', () => {
    expect(readableLabels([label(100, 100), label(110, 105), label(100, 200)], frame, 1000)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('hides a label that would cover what another one marks, unless it lies within a large box', () => {
    const below = label(100, 150);
    expect(readableLabels([below, label(110, 95)], frame, 1000)).toEqual([false, true]);
    const large = { target: 'beetle', box: { x: 50, y: 60, width: 400, height: 400 }, text: 'Beetle 90 %' };
    expect(readableLabels([large, below], frame, 1000)).toEqual([true, true]);
  });

  it('shows one label of a target that would have none', () => {
    const below = label(100, 150, 'mite');
    expect(readableLabels([below, label(110, 95)], frame, 1000)).toEqual([true, true]);
    expect(readableLabels([below, label(104, 152, 'mite'), label(110, 95)], frame, 1000)).toEqual([true, false, true]);
  });

  it('finds room for more labels on a wider picture', () => {
    const pair = [label(100, 100), label(160, 100)];
    expect(readableLabels(pair, frame, 500)).toEqual([true, false]);
    expect(readableLabels(pair, frame, 2000)).toEqual([true, true]);
  });

  it('puts a label at the upper edge inside its box, where another may be', () => {
    expect(readableLabels([label(100, 0), label(160, 48)], frame, 1000)).toEqual([true, true]);
    expect(readableLabels([label(100, 0), label(160, 40)], frame, 1000)).toEqual([true, false]);
  });

  it('never has two labels cover one another, and shows one at least', () => {
    const box = fc.record({
      x: fc.nat(900),
      y: fc.nat(400),
      width: fc.integer({ min: 1, max: 100 }),
      height: fc.integer({ min: 1, max: 100 }),
    });
    const one = fc.record({ target: fc.constantFrom('aphid', 'mite'), box, text: fc.string({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1 }), fc.integer({ min: 100, max: 3000 }), (all, widthPx) => {
        const answers = readableLabels(all, frame, widthPx);
        expect(answers).toHaveLength(all.length);
        expect(answers).toContain(true);
        // Shown alone, those that are shown are in nobody's way.
        const shown = all.filter((_, index) => answers[index]);
        const pairs = shown.flatMap((a, i) => shown.slice(i + 1).map((b) => [a, b] as const));
        for (const [a, b] of pairs) {
          const unmarked = [a, { ...b, target: `${a.target}s` }];
          expect(readableLabels(unmarked, frame, widthPx)).toEqual([true, true]);
        }
      }),
    );
  });
});
