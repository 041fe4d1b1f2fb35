import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Size, Tile } from '../../src/types.js';
import { planTiles, startsAlong, tilePlanFor } from '../../src/vision/tile-plan.js';

const frameSize = fc.record({ width: fc.integer({ min: 32, max: 900 }), height: fc.integer({ min: 32, max: 900 }) });
const plan = fc.record({
  scales: fc.array(fc.integer({ min: 32, max: 1000 }), { minLength: 1, maxLength: 4 }),
  overlap: fc.double({ min: 0, max: 0.7, noNaN: true }),
  wholeFrame: fc.boolean(),
});

function byScale(tiles: readonly Tile[]): ReadonlyMap<number, readonly Tile[]> {
  const groups = new Map<number, Tile[]>();
  for (const tile of tiles) {
    const group = groups.get(tile.scale) ?? [];
    groups.set(tile.scale, group);
    group.push(tile);
  }
  return groups;
}

const distinct = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

describe('the overlap of a plan', () => {
  const settings = { scales: [96], wholeFrame: false };

  it('is what is set, whatever the model', () => {
    for (const centreSampled of [true, false])
      expect(tilePlanFor({ ...settings, overlap: 0 }, { centreSampled })).toEqual({ ...settings, overlap: 0 });
  });

  it('is half where nothing is set and a tile is of what lies in its middle: each place is the middle of one', () => {
    expect(tilePlanFor(settings, { centreSampled: true }).overlap).toBe(0.5);
    expect(tilePlanFor(settings, { centreSampled: false }).overlap).toBe(0.2);
  });
});

describe('startsAlong', () => {
  it.each([
    [100, 100, 0.2, [0]],
    [50, 100, 0.2, [0]],
    [101, 100, 0.2, [0, 1]],
    [180, 100, 0.2, [0, 80]],
    [181, 100, 0.2, [0, 41, 81]],
    [300, 100, 0, [0, 100, 200]],
    [3, 1, 0.9, [0, 1, 2]],
  ])('of %i px in windows of %i px that overlap by %f are %j', (length, window, overlap, starts) => {
    expect(startsAlong(length, window, overlap)).toEqual(starts);
  });

  it('cover the length without a gap, overlap by at least the share, and end at the far edge', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 20, max: 3000 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (length, window, overlap) => {
          const starts = startsAlong(length, window, overlap);
          expect(starts[0]).toBe(0);
          expect((starts.at(-1) ?? Number.NaN) + window).toBe(Math.max(length, window));
          for (const [i, start] of starts.slice(1).entries()) {
            const shared = (starts[i] ?? Number.NaN) + window - start;
            expect(shared).toBeGreaterThanOrEqual(window * overlap - 1e-9);
            expect(start).toBeGreaterThan(starts[i] ?? Number.NaN);
          }
        },
      ),
    );
  });

  it('are the fewest that a stride of whole pixels allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 101, max: 5000 }), fc.integer({ min: 20, max: 100 }), (length, window) => {
        const stride = Math.floor(window * 0.8);
        expect(startsAlong(length, window, 0.2)).toHaveLength(Math.ceil((length - window) / stride) + 1);
      }),
    );
  });
});

describe('planTiles', () => {
  it('covers every pixel at each scale and never leaves the frame', () => {
    fc.assert(
      fc.property(frameSize, plan, (frame, wanted) => {
        for (const [scale, tiles] of byScale(planTiles(frame, wanted))) {
          const rows = distinct(tiles.map(({ box }) => box.y));
          const columns = distinct(tiles.map(({ box }) => box.x));
          // A full grid of rows and columns without gaps covers each pixel.
          expect(tiles).toHaveLength(rows.length * columns.length);
          expectCover(columns, scale, frame.width);
          expectCover(rows, scale, frame.height);
          expect(tiles.every(({ box }) => box.width === scale && box.height === scale)).toBe(true);
        }
      }),
    );
  });

  it('uses the scales that fit, finest first, and whole-frame squares last', () => {
    const scalesOf = (frame: Size, wholeFrame: boolean) =>
      distinctInOrder(planTiles(frame, { scales: [448, 224, 224, 896], overlap: 0.2, wholeFrame }));
    expect(scalesOf({ width: 4000, height: 3000 }, true)).toEqual([224, 448, 896, 3000]);
    expect(scalesOf({ width: 4000, height: 3000 }, false)).toEqual([224, 448, 896]);
    expect(scalesOf({ width: 640, height: 480 }, true)).toEqual([224, 448, 480]);
    expect(scalesOf({ width: 224, height: 300 }, false)).toEqual([224]);
    expect(scalesOf({ width: 100, height: 90 }, false)).toEqual([90]);
  });

  it('plans at least 500 tiles for a picture of 4000 x 3000', () => {
    const tiles = planTiles({ width: 4000, height: 3000 }, { scales: [224, 448, 896], overlap: 0.2, wholeFrame: true });
    expect(tiles.length).toBe(23 * 17 + 11 * 9 + 6 * 4 + 2);
  });

  it("keeps a scale as large as the frame's shorter side, unless the whole frame is covered anyway", () => {
    const scalesOf = (wholeFrame: boolean) =>
      planTiles({ width: 1280, height: 720 }, { scales: [360, 720], overlap: 0, wholeFrame }).map(({ scale }) => scale);
    expect([scalesOf(false).length, scalesOf(true).length]).toEqual([8 + 2, 8 + 2]);
    expect(scalesOf(false)).toEqual(scalesOf(true));
  });

  it('looks at a square frame once as a whole', () => {
    const tiles = planTiles({ width: 50, height: 50 }, { scales: [224], overlap: 0.2, wholeFrame: true });
    expect(tiles).toEqual([{ box: { x: 0, y: 0, width: 50, height: 50 }, scale: 50 }]);
  });

  it('covers a sliver with squares of 32 px that reach over its edges', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 31 }), (long, short) => {
        const tiles = planTiles({ width: long, height: short }, { scales: [224], overlap: 0.2, wholeFrame: true });
        expect(new Set(tiles.map(({ scale, box }) => [scale, box.y, box.width, box.height].join(' ')))).toEqual(
          new Set(['32 0 32 32']),
        );
        expectCover(
          tiles.map(({ box }) => box.x),
          32,
          Math.max(long, 32),
        );
      }),
    );
  });
});

function expectCover(starts: readonly number[], scale: number, length: number): void {
  expect(starts[0]).toBe(0);
  expect((starts.at(-1) ?? Number.NaN) + scale).toBe(length);
  for (const [i, start] of starts.slice(1).entries()) expect(start).toBeLessThanOrEqual((starts[i] ?? -1) + scale);
}

const distinctInOrder = (tiles: readonly Tile[]) => [...new Set(tiles.map(({ scale }) => scale))];
