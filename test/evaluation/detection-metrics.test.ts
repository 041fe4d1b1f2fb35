import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InspectedPicture, measureAll, measureTarget } from '../../src/evaluation/detection-metrics.js';
import type { Box, Detection } from '../../src/types.js';
import { anyBox } from './arbitraries.js';

const at = (x: number, side = 10): Box => ({ x, y: 0, width: side, height: side });
const truth = (target: string, box: Box) => ({ target, box });
const seen = (target: string, box: Box, score: number | null, similarity = 0.3): Detection => ({
  target,
  prompt: target,
  score,
  similarity,
  box,
  scale: 224,
});
const picture = (
  truths: InspectedPicture['truths'],
  candidates: readonly Detection[],
  crowds: InspectedPicture['crowds'] = [],
): InspectedPicture => ({
  truths,
  crowds,
  candidates,
  detections: candidates.filter(({ score }) => score === null || score >= 0.5),
});

describe('measureTarget', () => {
  it('gives the figures worked out by hand for two pictures', () => {
    const pictures = [
      // two boxes: one is found, one is missed; one false alarm; one find below the threshold
      picture(
        [truth('aphid', at(0)), truth('aphid', at(100))],
        [seen('aphid', at(0), 0.9), seen('aphid', at(50), 0.8), seen('aphid', at(100), 0.4)],
      ),
      // one box, found by a tile four times its area around it (IoU 0.25) that has the same centre
      picture([truth('aphid', at(205))], [seen('aphid', { x: 200, y: -5, width: 20, height: 20 }, 0.7)]),
    ];
    expect(measureTarget(pictures, 'aphid')).toEqual({
      pictures: 2,
      truths: 3,
      detections: 3,
      matched: 1,
      truthsFoundByCentre: 2,
      detectionsInsideByCentre: 2,
      countErrors: 0,
      precision: 1 / 3,
      recall: 1 / 3,
      f1: 1 / 3,
      // ranks 0.9 right, 0.8 wrong, 0.7 wrong, 0.4 right: recall 1/3 at 1, 2/3 at 1/2
      ap30: expect.closeTo(1 / 3 + (1 / 3) * (1 / 2), 12),
      ap50: expect.closeTo(1 / 3 + (1 / 3) * (1 / 2), 12),
      centreRecall: 2 / 3,
      centrePrecision: 2 / 3,
      countMae: 0,
    });
  });

  it('matches at IoU 0.3 for precision and recall, and tells AP at 0.3 from AP at 0.5', () => {
    // 100 shared of 250 together: IoU 0.4
    const pictures = [picture([truth('mite', at(0))], [seen('mite', { x: 0, y: 0, width: 25, height: 10 }, 0.9)])];
    const metrics = measureTarget(pictures, 'mite');
    expect([metrics.precision, metrics.recall, metrics.f1]).toEqual([1, 1, 1]);
    expect([metrics.ap30, metrics.ap50]).toEqual([1, 0]);
  });

  it('counts what was labelled and missed, and what was seen and not there, picture by picture', () => {
    const pictures = [
      picture([truth('mite', at(0)), truth('mite', at(50))], []),
      picture([], [seen('mite', at(0), 0.9)]),
      picture([], []),
    ];
    const metrics = measureTarget(pictures, 'mite');
    expect([metrics.countErrors, metrics.countMae]).toEqual([3, 1]);
  });

  it('looks at one target only', () => {
    const pictures = [picture([truth('aphid', at(0))], [seen('mite', at(0), 0.9)])];
    expect(measureTarget(pictures, 'aphid')).toMatchObject({
      truths: 1,
      detections: 0,
      precision: null,
      recall: 0,
    });
    expect(measureTarget(pictures, 'mite')).toMatchObject({
      truths: 0,
      detections: 1,
      precision: 0,
      recall: null,
    });
  });

  it('keeps detections without a score and ranks them by similarity', () => {
    const pictures = [
      picture([truth('mite', at(0))], [seen('mite', at(50), null, 0.2), seen('mite', at(0), null, 0.3)]),
    ];
    expect(measureTarget(pictures, 'mite')).toMatchObject({ detections: 2, matched: 1, ap50: 1 });
  });

  it('judges no detection that points into an uncounted group', () => {
    const crowd = [truth('aphid', at(100, 50))];
    const pictures = [
      picture([truth('aphid', at(0))], [seen('aphid', at(0), 0.8), seen('aphid', at(110), 0.9)], crowd),
    ];
    expect(measureTarget(pictures, 'aphid')).toMatchObject({ detections: 1, precision: 1, ap50: 1, countMae: 0 });
  });

  it('gives 1 everywhere and no count error when the detections are the labels', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(anyBox, { selector: (box) => JSON.stringify(box), minLength: 1, maxLength: 6 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (boxes) => {
          const pictures = boxes.map((list) =>
            picture(
              list.map((box) => truth('aphid', box)),
              list.map((box) => seen('aphid', box, 0.9)),
            ),
          );
          const metrics = measureTarget(pictures, 'aphid');
          expect(metrics).toMatchObject({ precision: 1, recall: 1, f1: 1, centreRecall: 1, centrePrecision: 1 });
          expect(metrics.ap50).toBeCloseTo(1, 12);
          expect(metrics.countMae).toBe(0);
        },
      ),
    );
  });

  it('finds fewer or as many boxes with fewer detections, and takes AP from all candidates', () => {
    const detection = fc
      .tuple(anyBox, fc.integer({ min: 0, max: 100 }))
      .map(([box, percent]) => seen('aphid', box, percent / 100));
    const level = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(anyBox), fc.array(detection), level, level, (boxes, candidates, one, other) => {
        const truths = boxes.map((box) => truth('aphid', box));
        const at = (minScore: number) =>
          measureTarget(
            [
              {
                truths,
                crowds: [],
                candidates,
                detections: candidates.filter(({ score }) => (score ?? 0) >= minScore),
              },
            ],
            'aphid',
          );
        const low = at(Math.min(one, other));
        const high = at(Math.max(one, other));
        expect(high.matched).toBeLessThanOrEqual(low.matched);
        expect(high.truthsFoundByCentre).toBeLessThanOrEqual(low.truthsFoundByCentre);
        expect(high.ap50).toBe(low.ap50);
      }),
    );
  });
});

describe('measureAll', () => {
  it('adds counts up before dividing, and takes the mean of AP over targets with labels', () => {
    const pictures = [
      picture(
        [truth('aphid', at(0)), truth('aphid', at(50)), truth('mite', at(100))],
        [seen('aphid', at(0), 0.9), seen('aphid', at(50), 0.9), seen('moth', at(0), 0.9)],
      ),
    ];
    const all = measureAll(['aphid', 'mite', 'moth'].map((target) => measureTarget(pictures, target)));
    expect(all).toMatchObject({
      pictures: 1,
      truths: 3,
      detections: 3,
      matched: 2,
      precision: 2 / 3,
      recall: 2 / 3,
      ap30: 0.5,
      ap50: 0.5,
      countErrors: 2,
      countMae: 2,
    });
  });

  it('has no figure where there is no case', () => {
    expect(measureAll([])).toMatchObject({ precision: null, recall: null, f1: null, ap30: null, countMae: null });
  });
});
