import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMasked, type Mask, paintMasks, rectangleMask } from '../../src/vision/mask.js';
import { pixelAt, plain } from './drawn.js';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const polygon: fc.Arbitrary<Mask> = fc.array(fc.tuple(share, share), { minLength: 3, maxLength: 8 });

describe('a mask', () => {
  it('covers each pixel whose centre lies in it, and beyond it no more than the pixels at its rim', () => {
    fc.assert(
      fc.property(polygon, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 }), (mask, width, height) => {
        const image = plain(width, height, [250, 0, 0]);
        paintMasks(image, [mask]);
        const isPainted = (x: number, y: number) => pixelAt(image, x, y)[0] !== 250;
        const isInside = (x: number, y: number) => isMasked({ x, y, width: 1, height: 1 }, image, [mask]);
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) {
            if (isInside(x, y)) expect([x, y, isPainted(x, y)]).toEqual([x, y, true]);
            // Within one pixel to the left or the right there is an edge.
            else if (isPainted(x, y)) expect(nearEdge(mask, (y + 0.5) / height, x / width, (x + 1) / width)).toBe(true);
          }
        }
      }),
    );
  });

  it('hides a rectangle, and nothing beside it', () => {
    const image = plain(10, 10, [250, 0, 0]);
    paintMasks(image, [rectangleMask({ x: 0.2, y: 0.4, width: 0.3, height: 0.2 })]);
    const rows = Array.from({ length: 10 }, (_, y) =>
      Array.from({ length: 10 }, (__, x) => (pixelAt(image, x, y)[0] === 250 ? '.' : '#')).join(''),
    );
    expect(rows).toEqual([
      ...Array(4).fill('..........'),
      ...Array(2).fill('..###.....'),
      ...Array(4).fill('..........'),
    ]);
  });

  it('has its hole where it crosses itself', () => {
    const star: Mask = [
      [0.5, 0],
      [0.8, 1],
      [0, 0.4],
      [1, 0.4],
      [0.2, 1],
    ];
    const at = (x: number, y: number) => isMasked({ x, y, width: 0, height: 0 }, { width: 1, height: 1 }, [star]);
    expect([at(0.5, 0.2), at(0.5, 0.55), at(0.05, 0.9)]).toEqual([true, false, false]);
  });
});

/** Whether an edge crosses a piece of a horizontal line. */
function nearEdge(mask: Mask, y: number, from: number, to: number): boolean {
  return mask.some(([x1, y1], i) => {
    const [x0, y0] = mask.at(i - 1) as readonly [number, number];
    if (y0 > y === y1 > y) return false;
    const x = x0 + ((y - y0) / (y1 - y0)) * (x1 - x0);
    return x >= from - 1e-9 && x <= to + 1e-9;
  });
}
