import { describe, expect, it } from 'vitest';
import { closerTiles, MOST_CLOSER_TILES } from '../../src/inspection/closer-look.js';
import { type InspectionSettings, Inspector } from '../../src/inspection/inspector.js';
import { windowKey } from '../../src/inspection/window-key.js';
import type { Detection, Tile } from '../../src/types.js';
import { planTiles } from '../../src/vision/tile-plan.js';
import { centreSampledClip, drawPests, idealClip, type Pest, pestPrompts } from './ideal-encoder.js';

const frame = { width: 640, height: 480 };
const tileAt = (x: number, y: number, scale: number): Tile => ({ box: { x, y, width: scale, height: scale }, scale });
const middleOf = ({ box }: { readonly box: Tile['box'] }) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

describe('the finer tiles of a closer look', () => {
  it('are a third smaller, overlap by two thirds, and have their middle in a tile that may show something', () => {
    const finer = closerTiles([{ tile: tileAt(96, 96, 48), likelihood: 0.3 }], frame);
    expect(new Set(finer.map(({ scale }) => scale))).toEqual(new Set([32]));
    expect(finer).toHaveLength(25);
    for (const { x, y } of finer.map(middleOf)) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(96);
      expect(Math.max(x, y)).toBeLessThanOrEqual(144);
    }
  });

  it('are none where nothing may be', () => {
    expect(closerTiles([], frame)).toEqual([]);
  });

  it('are never so small that they show no shape', () => {
    const suspects = [42, 48].map((scale) => ({ tile: tileAt(96, 96, scale), likelihood: 0.9 }));
    expect(new Set(closerTiles(suspects, frame).map(({ scale }) => scale))).toEqual(new Set([32]));
  });

  it('are those of a plan, each once', () => {
    const suspects = [tileAt(96, 96, 48), tileAt(120, 96, 48), tileAt(592, 432, 48), tileAt(0, 0, 480)];
    const planned = [32, 320].flatMap((side) =>
      planTiles(frame, { scales: [side], overlap: 2 / 3, wholeFrame: false }),
    );
    const isIn = ({ box }: Tile, { x, y }: { readonly x: number; readonly y: number }): boolean =>
      x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height;
    const wanted = planned.filter((tile) =>
      suspects.some((one) => Math.round((one.scale * 2) / 3) === tile.scale && isIn(one, middleOf(tile))),
    );
    const found = closerTiles(
      suspects.map((tile) => ({ tile, likelihood: 0.5 })),
      frame,
    );
    expect(new Set(found.map(windowKey))).toEqual(new Set(wanted.map(windowKey)));
    expect(found).toHaveLength(wanted.length);
  });

  it('begin with the likeliest', () => {
    const suspects = Array.from({ length: 300 }, (_, i) => ({
      tile: tileAt((i % 20) * 24, Math.floor(i / 20) * 24, 48),
      likelihood: 0.2 + i / 1000,
    }));
    const finer = closerTiles(suspects, frame);
    expect(middleOf(finer[0] as Tile).y).toBeGreaterThan(middleOf(finer.at(-1) as Tile).y);
  });
});

describe('a closer look', () => {
  const settings: InspectionSettings = {
    plan: { scales: [96], overlap: 0.5, wholeFrame: false },
    batchSize: 16,
    secondLook: true,
    sureScore: 0,
    mergeOverlap: 0.5,
    maxPerFrame: 100,
    minScore: 0.5,
    minSimilarity: -1,
  };
  const colony: readonly Pest[] = [0, 1, 2, 3].map((i) => ({ x: 200 + 64 * i, y: 220 + 9 * i, side: 46 }));
  const look = (more: Partial<InspectionSettings> = {}, clip = centreSampledClip) =>
    new Inspector({ ...settings, ...more }).inspect(drawPests(frame, colony), { clip, prompts: pestPrompts });
  const countedOf = (detections: readonly Detection[]) =>
    colony.map(({ x, y, side }) => {
      const inside = detections
        .map(middleOf)
        .filter((at) => Math.max(at.x - x, at.y - y) < side && at.x >= x && at.y >= y);
      return inside.length;
    });

  it('tells a colony apart into its pests', async () => {
    const coarse = await look({ secondLook: false });
    expect(coarse.detections.length).toBeLessThan(colony.length);
    const closer = await look();
    expect(countedOf(closer.detections)).toEqual([1, 1, 1, 1]);
    expect(closer.detections).toHaveLength(colony.length);
    expect(closer.tiles).toBeGreaterThan(coarse.tiles);
  });

  it('leaves out what masks cover', async () => {
    const left = [
      [0, 0],
      [0.39, 0],
      [0.39, 1],
      [0, 1],
    ] as const;
    const { detections } = await look({ masks: [left] });
    expect(countedOf(detections).slice(0, 1)).toEqual([0]);
    for (const { x } of detections.map(middleOf)) expect(x).toBeGreaterThan(0.39 * frame.width);
  });

  it('ends at its bound on a frame full of pests', async () => {
    const everywhere = {
      ...centreSampledClip,
      encodeImages: async (_: Float32Array, count: number) =>
        Array.from({ length: count }, () => Float32Array.of(Math.cos(0.4), Math.sin(0.4))),
    };
    const plan = { scales: [48], overlap: 0.5, wholeFrame: false };
    const { tiles } = await look({ plan }, everywhere);
    expect(tiles).toBe(26 * 19 + MOST_CLOSER_TILES);
  });

  it('is not for a model that takes a tile for whatever is in it', async () => {
    const { detections } = await look({}, idealClip);
    expect(new Set(detections.map(({ scale }) => scale))).toEqual(new Set([96]));
  });
});
