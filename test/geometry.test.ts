import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersectionOverSmaller, iou, sharedArea } from '../src/geometry.js';
import type { Box } from '../src/types.js';
import { anyBox } from './evaluation/arbitraries.js';

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

describe('sharedArea', () => {
  it('is the area of the rectangle that both cover', () => {
    expect(sharedArea(box(0, 0, 10, 10), box(4, 7, 10, 10))).toBe(18);
    expect(sharedArea(box(0, 0, 10, 10), box(2, 3, 4, 5))).toBe(20);
  });

  it('is 0 for boxes that touch or lie apart in both directions', () => {
    expect(sharedArea(box(0, 0, 10, 10), box(10, 0, 10, 10))).toBe(0);
    expect(sharedArea(box(0, 0, 10, 10), box(30, 40, 10, 10))).toBe(0);
  });
});

describe('iou', () => {
  it('is the shared area over the area of both together', () => {
    expect(iou(box(0, 0, 10, 10), box(5, 5, 10, 10))).toBe(25 / 175);
    expect(iou(box(0, 0, 10, 10), box(0, 0, 5, 10))).toBe(0.5);
  });

  it('is 0 for a box without an area', () => {
    expect(iou(box(0, 0, 0, 0), box(0, 0, 0, 0))).toBe(0);
  });
});

describe('intersectionOverSmaller', () => {
  it('is the shared area over the smaller area', () => {
    expect(intersectionOverSmaller(box(0, 0, 10, 10), box(5, 5, 10, 20))).toBe(0.25);
    expect(intersectionOverSmaller(box(0, 0, 100, 100), box(20, 20, 5, 5))).toBe(1);
  });
});

describe.each([
  ['iou', iou],
  ['intersectionOverSmaller', intersectionOverSmaller],
])('%s of any two boxes', (_name, measure) => {
  it('is 1 for a box with itself', () => {
    fc.assert(
      fc.property(anyBox, (one) => {
        expect(measure(one, one)).toBe(1);
      }),
    );
  });

  it('lies between 0 and 1 and does not care which box comes first', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        expect(measure(a, b)).toBeGreaterThanOrEqual(0);
        expect(measure(a, b)).toBeLessThanOrEqual(1);
        expect(measure(a, b)).toBe(measure(b, a));
      }),
    );
  });

  it('stays the same when both boxes move together', () => {
    const shift = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(anyBox, anyBox, shift, shift, (a, b, dx, dy) => {
        const moved = (one: Box) => ({ ...one, x: one.x + dx, y: one.y + dy });
        expect(measure(moved(a), moved(b))).toBe(measure(a, b));
      }),
    );
  });
});
