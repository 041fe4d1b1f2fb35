import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convexHull, isInside } from '../../src/sim/geometry.js';

const place = fc.record({ x: fc.integer({ min: -99, max: 99 }), y: fc.integer({ min: -99, max: 99 }) });

describe('convexHull', () => {
  it('keeps the corners and drops what lies between', () => {
    const square = [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 4, y: 4 },
      { x: 0, y: 4 },
    ];
    expect(convexHull([...square, { x: 2, y: 2 }, { x: 2, y: 0 }])).toEqual(square);
  });

  it('holds every point that it was made of', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 3, maxLength: 30 }), (points) => {
        const hull = convexHull(points);
        if (hull.length < 3) return;
        for (const point of points) expect(isInside(point, hull)).toBe(true);
      }),
    );
  });
});

describe('isInside', () => {
  it('is false beyond the border and for what has no area', () => {
    const triangle = convexHull([
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 0, y: 10 },
    ]);
    expect([isInside({ x: 2, y: 2 }, triangle), isInside({ x: 6, y: 6 }, triangle)]).toEqual([true, false]);
    expect(isInside({ x: 1, y: 1 }, [{ x: 1, y: 1 }])).toBe(false);
  });
});
