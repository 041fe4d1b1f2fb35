import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/sim/geometry.js';
import { leafScene } from '../../src/sim/leaf-scene.js';
import { ScenePainter } from '../../src/sim/scene-painter.js';
import { truthAt } from '../../src/sim/truth.js';

const SIZE = { width: 640, height: 360 };

describe('truthAt', () => {
  it('frames the pixels in which the scene differs from the empty one', async () => {
    const empty = await leafScene.paintBackdrop(7, viewOf(SIZE));
    const painted = await new ScenePainter(leafScene, 7, SIZE).paintPixels(0);
    const changed = (x: number, y: number) =>
      [0, 1, 2].some((channel) => {
        const index = (y * SIZE.width + x) * 3 + channel;
        return Math.abs((painted.data[index] as number) - (empty.data[index] as number)) > 24;
      });
    const truth = truthAt('leaf', 7, 0, SIZE);
    expect(truth.map((thing) => thing.target)).toContain('aphid');
    for (const { box, id } of truth) {
      const [left, top] = [Math.ceil(box.x), Math.ceil(box.y)];
      const [right, bottom] = [Math.floor(box.x + box.width), Math.floor(box.y + box.height)];
      const hits: { x: number; y: number }[] = [];
      for (let y = top; y < bottom; y += 1)
        for (let x = left; x < right; x += 1) if (changed(x, y)) hits.push({ x, y });
      const area = (right - left) * (bottom - top);
      expect(hits.length / area, `${id}: share of the box that the thing fills`).toBeGreaterThan(0.2);
      const touched = {
        left: Math.min(...hits.map((hit) => hit.x)) - left,
        right: right - 1 - Math.max(...hits.map((hit) => hit.x)),
        top: Math.min(...hits.map((hit) => hit.y)) - top,
        bottom: bottom - 1 - Math.max(...hits.map((hit) => hit.y)),
      };
      for (const [side, gap] of Object.entries(touched))
        expect(gap, `${id}: gap at the ${side} of its box in pixels`).toBeLessThan(5);
    }
    const outside = { changed: 0, all: 0 };
    for (let y = 0; y < SIZE.height; y += 1)
      for (let x = 0; x < SIZE.width; x += 1) {
        if (
          truth.some(
            ({ box }) => x > box.x - 12 && x < box.x + box.width + 12 && y > box.y - 12 && y < box.y + box.height + 12,
          )
        )
          continue;
        outside.all += 1;
        if (changed(x, y)) outside.changed += 1;
      }
    expect(outside.all).toBeGreaterThan(100_000);
    expect(outside.changed / outside.all).toBeLessThan(0.002);
  });

  it('keeps every box inside the frame, with its visible share', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat(5000),
        fc.integer({ min: 64, max: 2000 }),
        fc.integer({ min: 64, max: 2000 }),
        (seed, frame, width, height) => {
          for (const { box, visible } of truthAt('leaf', seed, frame, { width, height })) {
            expect(box.x).toBeGreaterThanOrEqual(0);
            expect(box.y).toBeGreaterThanOrEqual(0);
            expect(box.x + box.width).toBeLessThanOrEqual(width + 1e-6);
            expect(box.y + box.height).toBeLessThanOrEqual(height + 1e-6);
            expect(visible).toBeGreaterThan(0);
            expect(visible).toBeLessThanOrEqual(1 + 1e-9);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives boxes in proportion to the picture', () => {
    const small = truthAt('leaf', 3, 20, SIZE);
    const large = truthAt('leaf', 3, 20, { width: 1280, height: 720 });
    expect(large.map((thing) => thing.id)).toEqual(small.map((thing) => thing.id));
    for (const [index, { box }] of small.entries()) {
      expect(large[index]?.box.x).toBeCloseTo(box.x * 2, 6);
      expect(large[index]?.box.width).toBeCloseTo(box.width * 2, 6);
    }
  });

  it('shows all three targets at the start, and tracks that begin and end within ten minutes', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const idsAt = (frame: number) => new Set(truthAt('leaf', seed, frame, SIZE).map((thing) => thing.id));
      expect(new Set(truthAt('leaf', seed, 0, SIZE).map((thing) => thing.target))).toEqual(
        new Set(['aphid', 'beetle', 'caterpillar']),
      );
      const [start, later] = [idsAt(0), idsAt(600)];
      expect([...start].filter((id) => !later.has(id)).length).toBeGreaterThan(5);
      expect([...later].filter((id) => !start.has(id)).length).toBeGreaterThan(5);
    }
  });
});
