import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/sim/geometry.js';
import type { PlacedThing, Subject } from '../../src/sim/placed-thing.js';
import { ScenePainter } from '../../src/sim/scene-painter.js';
import { sceneNames } from '../../src/sim/scenes.js';
import { openScene } from '../../src/sim/sim-source.js';
import { propsIn, truthAt, truthOf } from '../../src/sim/truth.js';

const SIZE = { width: 640, height: 360 };
const DAY: Omit<Subject, 'target'> = { kind: 'beetle', colour: 'blue', stage: 'adult', posture: 'walking' };

/** A square of 100 field units around its place. */
const square = (id: string, target: string | null, x: number, y: number): PlacedThing => {
  const corners = [
    { x: -50, y: -50 },
    { x: 50, y: -50 },
    { x: 50, y: 50 },
    { x: -50, y: 50 },
  ];
  const figure = { defs: '', body: '', silhouette: '', outline: corners, reach: corners };
  const subject = target ? { ...DAY, target } : null;
  const prop = target ? null : { kind: id, colour: 'white', target: null };
  return { id, subject, prop, x, y, thickness: 0, figure };
};

describe('truthOf', () => {
  const view = viewOf({ width: 1280, height: 720 });

  it('gives the box of what is free to see, with what a caption would say', () => {
    expect(truthOf([square('b-1', 'beetle', 200, 300)], view)).toEqual([
      { id: 'b-1', target: 'beetle', ...DAY, box: { x: 150, y: 250, width: 100, height: 100 }, visible: 1 },
    ]);
  });

  it('leaves out what is no animal', () => {
    const tag = square('tag', null, 200, 300);
    expect(truthOf([tag], view)).toEqual([]);
    expect(propsIn([tag, square('b', 'beetle', 500, 300)], view)).toEqual([
      {
        id: 'tag',
        kind: 'tag',
        colour: 'white',
        target: null,
        box: { x: 150, y: 250, width: 100, height: 100 },
        visible: 1,
      },
    ]);
  });

  it('cuts at the border', () => {
    const [seen] = truthOf([square('b', 'beetle', 25, 300)], view);
    expect(seen?.box.x).toBeCloseTo(4, 0);
    expect((seen?.box.x ?? 0) + (seen?.box.width ?? 0)).toBe(75);
    expect(seen?.visible).toBeCloseTo(0.75, 9);
    expect(truthOf([square('b', 'beetle', -60, 300)], view)).toEqual([]);
  });

  it('leaves out what lies under a hand or a tag, and counts the part that shows', () => {
    const beetle = square('b', 'beetle', 300, 300);
    expect(truthOf([beetle, square('hand', null, 300, 300)], view)).toEqual([]);
    const [half] = truthOf([beetle, square('hand', null, 350, 300)], view);
    expect(half?.visible).toBeCloseTo(0.5, 9);
    expect(half?.box.x).toBe(250);
    expect(half?.box.width).toBeLessThan(51);
  });

  it('sees what walks over a thing', () => {
    expect(truthOf([square('spot', null, 300, 300), square('b', 'beetle', 300, 300)], view)[0]?.visible).toBe(1);
  });
});

describe.each(sceneNames())('the truth of %s', (name) => {
  it('frames the pixels in which the scene differs from the empty one', async () => {
    const [empty, painted] = await Promise.all([
      new ScenePainter(openScene(`${name}?empty`, 7), SIZE).paintPixels(0),
      new ScenePainter(openScene(name, 7), SIZE).paintPixels(0),
    ]);
    const changed = (x: number, y: number) =>
      [0, 1, 2].some((channel) => {
        const index = (y * SIZE.width + x) * 3 + channel;
        return Math.abs((painted.data[index] as number) - (empty.data[index] as number)) > 16;
      });
    const truth = truthAt(name, 7, 0, SIZE);
    expect(truth.length).toBeGreaterThan(5);
    for (const { box, id, posture, visible } of truth) {
      const [left, top] = [Math.floor(box.x), Math.floor(box.y)];
      const [right, bottom] = [Math.ceil(box.x + box.width), Math.ceil(box.y + box.height)];
      const hits: { x: number; y: number }[] = [];
      for (let y = top; y < bottom; y += 1)
        for (let x = left; x < right; x += 1) if (changed(x, y)) hits.push({ x, y });
      const area = (right - left) * (bottom - top);
      expect(hits.length / area, `${id}: share of the box that the thing fills`).toBeGreaterThan(0.12);
      // Wings let the ground through, and what a border or a cover cuts ends where it may.
      if (posture === 'flying' || visible < 1) continue;
      const touched = {
        left: Math.min(...hits.map((hit) => hit.x)) - left,
        right: right - 1 - Math.max(...hits.map((hit) => hit.x)),
        top: Math.min(...hits.map((hit) => hit.y)) - top,
        bottom: bottom - 1 - Math.max(...hits.map((hit) => hit.y)),
      };
      for (const [side, gap] of Object.entries(touched))
        expect(gap, `${id}: gap at the ${side} of its box in pixels`).toBeLessThan(7);
    }
    const outside = { changed: 0, all: 0 };
    for (let y = 0; y < SIZE.height; y += 1)
      for (let x = 0; x < SIZE.width; x += 1) {
        const near = truth.some(
          ({ box }) => x > box.x - 24 && x < box.x + box.width + 24 && y > box.y - 24 && y < box.y + box.height + 24,
        );
        if (near) continue;
        outside.all += 1;
        if (changed(x, y)) outside.changed += 1;
      }
    expect(outside.all).toBeGreaterThan(60_000);
    expect(outside.changed / outside.all).toBeLessThan(0.002);
  });

  it('keeps every box inside the frame, with its visible share', () => {
    const side = fc.integer({ min: 64, max: 2000 });
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(5000), side, side, (seed, frame, width, height) => {
        for (const { box, visible } of truthAt(name, seed, frame, { width, height })) {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(width + 1e-6);
          expect(box.y + box.height).toBeLessThanOrEqual(height + 1e-6);
          expect(visible).toBeGreaterThan(0);
          expect(visible).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('holds nothing in an empty frame', () => {
    for (const seed of [1, 2, 3])
      for (const frame of [0, 40, 900]) expect(truthAt(`${name}?empty`, seed, frame, SIZE)).toEqual([]);
  });

  it('has animals that come and animals that leave', () => {
    for (const seed of [1, 2, 3]) {
      const idsAt = (frame: number) => new Set(truthAt(name, seed, frame, SIZE).map((thing) => thing.id));
      const [start, later] = [idsAt(0), idsAt(3600)];
      expect([...start].filter((id) => !later.has(id)).length).toBeGreaterThan(5);
      expect([...later].filter((id) => !start.has(id)).length).toBeGreaterThan(5);
    }
  });
});

describe('truthAt', () => {
  it('gives boxes in proportion to the picture', () => {
    const small = truthAt('leaf', 3, 20, SIZE);
    const large = truthAt('leaf', 3, 20, { width: 1280, height: 720 });
    expect(large.map((thing) => thing.id)).toEqual(small.map((thing) => thing.id));
    for (const [index, { box }] of small.entries()) {
      expect(large[index]?.box.x).toBeCloseTo(box.x * 2, 6);
      expect(large[index]?.box.width).toBeCloseTo(box.width * 2, 6);
    }
  });

  it('takes the seed that the source names', () => {
    expect(truthAt('leaf?seed=3', 99, 20, SIZE)).toEqual(truthAt('leaf', 3, 20, SIZE));
  });

  it('has aphids, beetles and caterpillars on the leaf at the start, whatever the seed', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7]) {
      const targets = truthAt('leaf', seed, 0, SIZE).map((thing) => thing.target);
      expect(targets).toEqual(expect.arrayContaining(['aphid', 'beetle', 'caterpillar']));
    }
  });
});
