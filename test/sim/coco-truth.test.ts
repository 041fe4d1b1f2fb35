import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCoco } from '../../src/evaluation/coco.js';
import { SPECIES } from '../../src/sim/catalogue.js';
import { cocoTruth } from '../../src/sim/coco-truth.js';
import type { PropBox, TruthBox } from '../../src/sim/placed-thing.js';
import { sceneNames } from '../../src/sim/scenes.js';
import { truthAt } from '../../src/sim/truth.js';

const ORIGIN = { scene: 'leaf', condition: 'day', seed: 7, empty: false, intervalMs: 1000 };

describe('cocoTruth', () => {
  it('writes box, track and what a caption would say', () => {
    const thing: TruthBox = {
      id: 'beetle-2-0-5',
      target: 'beetle',
      kind: 'beetle',
      colour: 'blue',
      stage: 'adult',
      posture: 'walking',
      box: { x: 10.06, y: 20.2, width: 30.5, height: 12 },
      visible: 0.98765,
    };
    const drop: PropBox = {
      id: 'lying-0-1',
      kind: 'water drop',
      colour: 'clear',
      target: null,
      box: { x: 1, y: 2, width: 3, height: 4 },
      visible: 1,
    };
    const picture = { fileName: 'a.jpg', width: 640, height: 480, timeMs: 3000, truth: [thing], props: [drop] };
    const { info, images, annotations, things, categories } = cocoTruth([picture], ORIGIN);
    const beetle = categories.find((category) => category.name === 'beetle');
    expect(info).toEqual({ description: 'Simulated by Fieldscout', ...ORIGIN });
    expect(images).toEqual([{ id: 1, file_name: 'a.jpg', width: 640, height: 480, time_ms: 3000 }]);
    expect(annotations).toEqual([
      {
        id: 1,
        image_id: 1,
        category_id: beetle?.id,
        bbox: [10, 20.25, 30.5, 12],
        area: 366,
        iscrowd: 0,
        track_id: 'beetle-2-0-5',
        visible: 0.988,
        attributes: { kind: 'beetle', colour: 'blue', stage: 'adult', posture: 'walking' },
      },
    ]);
    expect(things).toEqual([
      {
        image_id: 1,
        bbox: [1, 2, 3, 4],
        track_id: 'lying-0-1',
        visible: 1,
        attributes: { kind: 'water drop', colour: 'clear', target: null },
      },
    ]);
  });

  it('has one category for each target of the catalogue, with or without a picture of it', () => {
    const { categories } = cocoTruth([], ORIGIN);
    expect(new Set(categories.map(({ name }) => name))).toEqual(new Set(SPECIES.map(({ target }) => target)));
    expect(categories.map(({ id }) => id)).toEqual(categories.map((_, index) => index + 1));
  });

  it('is read back by the evaluation: nothing clipped, nothing empty, every box within a step', () => {
    const side = fc.integer({ min: 64, max: 2000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...sceneNames()),
        fc.nat(99),
        fc.nat(3000),
        side,
        side,
        (scene, seed, frame, width, height) => {
          const truth = truthAt(scene, seed, frame, { width, height });
          const picture = { fileName: 'frame.jpg', width, height, timeMs: frame * 1000, truth, props: [] };
          const set = parseCoco(JSON.stringify(cocoTruth([picture], ORIGIN)), 'annotations.json');
          expect([set.clippedBoxes, set.emptyBoxes]).toEqual([0, 0]);
          const boxes = set.pictures[0]?.boxes ?? [];
          expect(boxes.map((box) => box.category)).toEqual(truth.map((thing) => thing.target));
          for (const [index, { box }] of boxes.entries()) {
            expect(Math.abs(box.x - (truth[index] as TruthBox).box.x)).toBeLessThanOrEqual(0.126);
            expect(Math.abs(box.width - (truth[index] as TruthBox).box.width)).toBeLessThanOrEqual(0.126);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
