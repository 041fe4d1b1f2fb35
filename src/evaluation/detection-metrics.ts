import type { Box, Detection } from '../types.js';
import { averagePrecision } from './average-precision.js';
import { centreHits, holdsCentre } from './centre-hits.js';
import { type Judged, matchDetections, type RankedBox } from './matching.js';
import { f1, meanOf, ratio } from './ratios.js';

/** IoU from which a detection counts as right in precision, recall and F1: tiles are coarse, so 0.5 would ask too much. */
export const MATCH_IOU = 0.3;

/** A labelled box of a target. */
export interface Truth {
  readonly target: string;
  readonly box: Box;
}

/** What is labelled in a picture, and what was detected there. */
export interface InspectedPicture {
  readonly truths: readonly Truth[];
  /** Boxes around groups that nobody counted: detections that point into them are neither right nor wrong. */
  readonly crowds: readonly Truth[];
  /** At the threshold, as the daemon would report them. */
  readonly detections: readonly Detection[];
  /** The same with no threshold: average precision looks at all of them; null where it is left out. */
  readonly candidates: readonly Detection[] | null;
}

/** Counts that the ratios below come from; all but the first two are of detections at the threshold. */
export interface DetectionCounts {
  readonly pictures: number;
  readonly truths: number;
  readonly detections: number;
  /** Detections that matched a labelled box of their own at MATCH_IOU. */
  readonly matched: number;
  readonly truthsFoundByCentre: number;
  readonly detectionsInsideByCentre: number;
  /** Over all pictures, |detections - truths|, target by target. */
  readonly countErrors: number;
}

/** Every ratio is null where it has no case. */
export interface DetectionMetrics extends DetectionCounts {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly ap30: number | null;
  readonly ap50: number | null;
  /** Share of labelled boxes that hold the centre of a detection of their target. */
  readonly centreRecall: number | null;
  /** Share of detections whose centre lies in a labelled box of their target. */
  readonly centrePrecision: number | null;
  /** By how many a picture's count is wrong on average. */
  readonly countMae: number | null;
}

/** The figures of one target. */
export function measureTarget(pictures: readonly InspectedPicture[], target: string): DetectionMetrics {
  const views = pictures.map((picture) => viewOf(picture, target));
  const truths = sum(views.map((view) => view.truths.length));
  const ap = (minIou: number): number | null => {
    const ranked: Judged[] = [];
    for (const { truths: boxes, candidates } of views) {
      if (candidates === null) return null;
      ranked.push(...matchDetections(boxes, candidates, minIou));
    }
    return averagePrecision(ranked, truths);
  };
  const hits = views.map((view) =>
    centreHits(
      view.truths,
      view.detections.map(({ box }) => box),
    ),
  );
  return withRatios(
    {
      pictures: pictures.length,
      truths,
      detections: sum(views.map((view) => view.detections.length)),
      matched: sum(
        views.map(
          (view) => matchDetections(view.truths, view.detections, MATCH_IOU).filter(({ right }) => right).length,
        ),
      ),
      truthsFoundByCentre: sum(hits.map((hit) => hit.truthsFound)),
      detectionsInsideByCentre: sum(hits.map((hit) => hit.detectionsInside)),
      countErrors: sum(views.map((view) => Math.abs(view.detections.length - view.truths.length))),
    },
    ap(0.3),
    ap(0.5),
  );
}

/**
 * All targets together: counts are added up before dividing, so that each box weighs the same; average precision is the
 * mean over the targets that have labelled boxes (mAP), so that each target does.
 */
export function measureAll(perTarget: readonly DetectionMetrics[]): DetectionMetrics {
  const total = (key: keyof DetectionCounts) => sum(perTarget.map((target) => target[key]));
  return withRatios(
    {
      pictures: Math.max(0, ...perTarget.map((target) => target.pictures)),
      truths: total('truths'),
      detections: total('detections'),
      matched: total('matched'),
      truthsFoundByCentre: total('truthsFoundByCentre'),
      detectionsInsideByCentre: total('detectionsInsideByCentre'),
      countErrors: total('countErrors'),
    },
    meanOf(perTarget.map((target) => target.ap30)),
    meanOf(perTarget.map((target) => target.ap50)),
  );
}

function withRatios(counts: DetectionCounts, ap30: number | null, ap50: number | null): DetectionMetrics {
  return {
    ...counts,
    precision: ratio(counts.matched, counts.detections),
    recall: ratio(counts.matched, counts.truths),
    f1: f1(counts.matched, counts.detections, counts.truths),
    ap30,
    ap50,
    centreRecall: ratio(counts.truthsFoundByCentre, counts.truths),
    centrePrecision: ratio(counts.detectionsInsideByCentre, counts.detections),
    countMae: ratio(counts.countErrors, counts.pictures),
  };
}

interface TargetView {
  readonly truths: readonly Box[];
  readonly detections: readonly RankedBox[];
  readonly candidates: readonly RankedBox[] | null;
}

function viewOf(picture: InspectedPicture, target: string): TargetView {
  const boxesOf = (truths: readonly Truth[]) => truths.filter((truth) => truth.target === target).map(({ box }) => box);
  const truths = boxesOf(picture.truths);
  const crowds = boxesOf(picture.crowds);
  const isJudged = ({ target: id, box }: Detection) =>
    id === target &&
    (!crowds.some((crowd) => holdsCentre(crowd, box)) || truths.some((truth) => holdsCentre(truth, box)));
  const ranked = (detections: readonly Detection[]) =>
    detections.filter(isJudged).map(({ box, score, similarity }) => ({ box, rank: score ?? similarity }));
  return {
    truths,
    detections: ranked(picture.detections),
    candidates: picture.candidates && ranked(picture.candidates),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
