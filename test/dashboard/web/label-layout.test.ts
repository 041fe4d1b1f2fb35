import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableLabels } from '../../../src/dashboard/web/label-layout.js';

const frame = { width: 1000, height: 500 };
const label = (x: number, y: number, text = 'Aphid 93 %') => ({ box: { x, y, width: 50, height: 50 }, text });

describe('readableLabels', () => {
  it('hides a label that would cover a more important one', () => {
    expect(readableLabels([label(100, 100), label(110, 105), label(100, 200)], frame, 1000)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('finds room for more labels on a wider picture', () => {
    const pair = [label(100, 100), label(160, 100)];
    expect(readableLabels(pair, frame, 500)).toEqual([true, false]);
    expect(readableLabels(pair, frame, 2000)).toEqual([true, true]);
  });

  it('puts a label at the upper edge inside its box, where another may be', () => {
    expect(readableLabels([label(100, 0), label(100, 48)], frame, 1000)).toEqual([true, true]);
    expect(readableLabels([label(100, 0), label(100, 40)], frame, 1000)).toEqual([true, false]);
  });

  it('always shows the most important label and answers once a label', () => {
    const box = fc.record({
      x: fc.nat(900),
      y: fc.nat(400),
      width: fc.integer({ min: 1, max: 100 }),
      height: fc.integer({ min: 1, max: 100 }),
    });
    const labels = fc.array(fc.record({ box, text: fc.string({ maxLength: 40 }) }), { minLength: 1 });
    fc.assert(
      fc.property(labels, fc.integer({ min: 100, max: 3000 }), (all, widthPx) => {
        const answers = readableLabels(all, frame, widthPx);
        expect(answers).toHaveLength(all.length);
        expect(answers[0]).toBe(true);
        const shown = all.filter((_, index) => answers[index]);
        expect(readableLabels(shown, frame, widthPx)).toEqual(shown.map(() => true));
      }),
    );
  });
});
