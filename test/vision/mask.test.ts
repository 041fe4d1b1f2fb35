import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMasked, type Mask, masksOf, paintMasks } from '../../src/vision/mask.js';
import { pixelAt, plain } from './drawn.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const polygon: fc.Arbitrary<Mask> = fc.array(fc.tuple(share, share), { minLength: 3, maxLength: 8 });

describe('a mask', () => {
  it('covers each pixel that it touches, and no other', () => {
    fc.assert(
      fc.property(polygon, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 }), (mask, width, height) => {
        const image = plain(width, height, [250, 0, 0]);
        paintMasks(image, [mask]);
        const isPainted = (x: number, y: number) => pixelAt(image, x, y)[0] !== 250;
        const covers = (x: number, y: number, size: number) =>
          isMasked({ x: x - size / 2, y: y - size / 2, width: size, height: size }, image, [mask]);
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) {
            const places = [0.01, 0.25, 0.5, 0.75, 0.99].flatMap((down) =>
              [0.01, 0.25, 0.5, 0.75, 0.99].map((right) => [x + right, y + down] as const),
            );
            if (places.some(([right, down]) => covers(right, down, 0)))
              expect([x, y, isPainted(x, y)]).toEqual([x, y, true]);
            else if (isPainted(x, y))
              expect([x, y, isCrossed(mask, x / width, y / height, 1 / width, 1 / height)]).toEqual([x, y, true]);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('leaves nothing of a slanted edge to be seen', () => {
    const image = plain(8, 4, [250, 0, 0]);
    paintMasks(image, [
      [
        [0, 0],
        [1, 1],
        [0, 1],
      ],
    ]);
    const rows = Array.from({ length: 4 }, (_, y) =>
      Array.from({ length: 8 }, (__, x) => (pixelAt(image, x, y)[0] === 250 ? '.' : '#')).join(''),
    );
    expect(rows).toEqual(['##......', '####....', '######..', '########']);
  });

  it('hides a rectangle, and nothing beside it', () => {
    const image = plain(10, 10, [250, 0, 0]);
    paintMasks(image, masksOf([{ x: 0.2, y: 0.4, width: 0.3, height: 0.2 }]));
    const rows = Array.from({ length: 10 }, (_, y) =>
      Array.from({ length: 10 }, (__, x) => (pixelAt(image, x, y)[0] === 250 ? '.' : '#')).join(''),
    );
    expect(rows).toEqual([
      ...Array(4).fill('..........'),
      ...Array(2).fill('..###.....'),
      ...Array(4).fill('..........'),
    ]);
  });

  it('has no hole where it crosses itself', () => {
    const star: Mask = [
      [0.5, 0],
      [0.8, 1],
      [0, 0.4],
      [1, 0.4],
      [0.2, 1],
    ];
    const at = (x: number, y: number) => isMasked({ x, y, width: 0, height: 0 }, { width: 1, height: 1 }, [star]);
    expect([at(0.5, 0.2), at(0.5, 0.55), at(0.05, 0.9)]).toEqual([true, true, false]);
  });
});

/** Whether an edge goes through a pixel, or past it by a billionth (clipped by Liang and Barsky's method). */
function isCrossed(mask: Mask, left: number, top: number, width: number, height: number): boolean {
  return mask.some(([x1, y1], i) => {
    const [x0, y0] = mask.at(i - 1) as readonly [number, number];
    let [from, to] = [0, 1];
    for (const [start, step, least, most] of [
      [x0, x1 - x0, left - 1e-9, left + width + 1e-9],
      [y0, y1 - y0, top - 1e-9, top + height + 1e-9],
    ] as const) {
      if (step === 0) {
        if (start < least || start > most) return false;
        continue;
      }
      const [a, b] = [(least - start) / step, (most - start) / step];
      from = Math.max(from, Math.min(a, b));
      to = Math.min(to, Math.max(a, b));
    }
    return from <= to;
  });
}
