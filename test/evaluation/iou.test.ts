import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iou } from '../../src/evaluation/iou.js';
import { anyBox } from './arbitraries.js';

describe('iou', () => {
  it('is the shared area over the area of both together', () => {
    expect(iou({ x: 0, y: 0, width: 10, height: 10 }, { x: 5, y: 5, width: 10, height: 10 })).toBe(25 / 175);
    expect(iou({ x: 0, y: 0, width: 10, height: 10 }, { x: 0, y: 0, width: 5, height: 10 })).toBe(0.5);
  });

  it('is 0 for boxes that only touch', () => {
    expect(iou({ x: 0, y: 0, width: 10, height: 10 }, { x: 10, y: 0, width: 10, height: 10 })).toBe(0);
  });

  it('is 1 for a box with itself', () => {
    fc.assert(
      fc.property(anyBox, (box) => {
        expect(iou(box, box)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('lies between 0 and 1 and does not care which box comes first', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        expect(iou(a, b)).toBeGreaterThanOrEqual(0);
        expect(iou(a, b)).toBeLessThanOrEqual(1);
        expect(iou(a, b)).toBeCloseTo(iou(b, a), 12);
      }),
    );
  });

  it('stays the same when both boxes move together', () => {
    const shift = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(anyBox, anyBox, shift, shift, (a, b, dx, dy) => {
        const moved = (box: typeof a) => ({ ...box, x: box.x + dx, y: box.y + dy });
        expect(iou(moved(a), moved(b))).toBeCloseTo(iou(a, b), 12);
      }),
    );
  });
});
