import type { Box } from '../types.js';

/** Detections and labelled boxes of one target in one picture that meet by the detection's centre. */
export interface CentreHits {
  /** Labelled boxes that hold the centre of at least one detection. */
  readonly truthsFound: number;
  /** Detections whose centre lies in at least one labelled box. */
  readonly detectionsInside: number;
}

/** Tiles are squares of few sizes, so a right one may fit its pest badly: the centre tells whether it points at it. */
export function centreHits(truths: readonly Box[], detections: readonly Box[]): CentreHits {
  return {
    truthsFound: truths.filter((truth) => detections.some((detection) => holdsCentre(truth, detection))).length,
    detectionsInside: detections.filter((detection) => truths.some((truth) => holdsCentre(truth, detection))).length,
  };
}

/** @returns whether the centre of `other` lies in `box`, its edges included. */
export function holdsCentre(box: Box, other: Box): boolean {
  const x = other.x + other.width / 2;
  const y = other.y + other.height / 2;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}
