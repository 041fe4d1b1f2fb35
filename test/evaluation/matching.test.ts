import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchDetections } from '../../src/evaluation/matching.js';
import { anyBox, ranked, shuffled } from './arbitraries.js';

const at = (x: number, width = 10) => ({ x, y: 0, width, height: 10 });
const rightOnes = (judged: ReturnType<typeof matchDetections>) => judged.filter(({ right }) => right).length;

describe('matchDetections', () => {
  it('gives the box to the detection with the best rank and calls the second one wrong', () => {
    const judged = matchDetections(
      [at(0)],
      [
        { box: at(0), rank: 0.6 },
        { box: at(1), rank: 0.9 },
      ],
      0.5,
    );
    expect(judged).toEqual([
      { rank: 0.9, right: true },
      { rank: 0.6, right: false },
    ]);
  });

  it('lets a detection take the next free box that overlaps enough', () => {
    // the second detection overlaps the first box most (IoU 1), which is taken, and the other by 7 of 13
    const judged = matchDetections(
      [at(0), at(3)],
      [
        { box: at(0), rank: 0.9 },
        { box: at(0), rank: 0.8 },
      ],
      0.5,
    );
    expect(rightOnes(judged)).toBe(2);
  });

  it('matches at exactly the least IoU and not below it', () => {
    expect(rightOnes(matchDetections([at(0)], [{ box: at(0, 5), rank: 1 }], 0.5))).toBe(1);
    expect(rightOnes(matchDetections([at(0)], [{ box: at(0, 5), rank: 1 }], 0.501))).toBe(0);
  });

  it('finds every box when the detections are the boxes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyBox, { selector: (box) => JSON.stringify(box) }), (truths) => {
        const detections = truths.map((box) => ({ box, rank: 0.5 }));
        expect(rightOnes(matchDetections(truths, detections, 0.999))).toBe(truths.length);
      }),
    );
  });

  it('never counts more right ones than boxes or detections', () => {
    fc.assert(
      fc.property(fc.array(anyBox), fc.array(ranked), (truths, detections) => {
        const judged = matchDetections(truths, detections, 0.3);
        expect(judged).toHaveLength(detections.length);
        expect(rightOnes(judged)).toBeLessThanOrEqual(Math.min(truths.length, detections.length));
      }),
    );
  });

  it('does not depend on the order of detections and boxes', () => {
    fc.assert(
      fc.property(shuffled(anyBox), shuffled(ranked), ([truths, otherTruths], [detections, otherDetections]) => {
        expect(matchDetections(otherTruths, otherDetections, 0.3)).toEqual(matchDetections(truths, detections, 0.3));
      }),
    );
  });
});
