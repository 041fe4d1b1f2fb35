import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { squareCrop } from '../../src/evaluation/square-crop.js';
import { anyBox } from './arbitraries.js';

describe('squareCrop', () => {
  it('makes a square around the middle of the box with 30 % more than its longer side', () => {
    const crop = squareCrop({ x: 400, y: 300, width: 100, height: 50 }, { width: 1000, height: 800 });
    expect(crop).toEqual({ x: 385, y: 260, width: 130, height: 130 });
  });

  it('moves the square into the picture at its edges', () => {
    const picture = { width: 1000, height: 800 };
    expect(squareCrop({ x: 0, y: 0, width: 100, height: 100 }, picture)).toEqual({
      x: 0,
      y: 0,
      width: 130,
      height: 130,
    });
    expect(squareCrop({ x: 900, y: 700, width: 100, height: 100 }, picture)).toEqual({
      x: 870,
      y: 670,
      width: 130,
      height: 130,
    });
  });

  it('is cut where the picture is smaller: a label of the whole picture gives the whole picture', () => {
    const picture = { width: 640, height: 480 };
    expect(squareCrop({ x: 0, y: 0, ...picture }, picture)).toEqual({ x: 0, y: 0, width: 640, height: 480 });
    expect(squareCrop({ x: 0, y: 100, width: 400, height: 200 }, picture)).toEqual({
      x: 0,
      y: 0,
      width: 520,
      height: 480,
    });
  });

  it('is whole pixels within the picture, and holds the box where it fits', () => {
    const picture = { width: 300, height: 300 };
    const fraction = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(anyBox, fraction, fraction, (whole, dx, dy) => {
        const box = { ...whole, x: whole.x + dx, y: whole.y + dy };
        const crop = squareCrop(box, picture);
        expect(Object.values(crop).every(Number.isInteger)).toBe(true);
        expect(crop.x).toBeGreaterThanOrEqual(0);
        expect(crop.y).toBeGreaterThanOrEqual(0);
        expect(crop.width).toBe(crop.height);
        expect(crop.x + crop.width).toBeLessThanOrEqual(picture.width);
        expect(crop.y + crop.height).toBeLessThanOrEqual(picture.height);
        // whole pixels may cost a thin box up to one pixel of its edge
        expect(crop.x).toBeLessThanOrEqual(box.x + 1);
        expect(crop.x + crop.width).toBeGreaterThanOrEqual(box.x + box.width - 1);
        expect(crop.y).toBeLessThanOrEqual(box.y + 1);
        expect(crop.y + crop.height).toBeGreaterThanOrEqual(box.y + box.height - 1);
      }),
    );
  });
});
