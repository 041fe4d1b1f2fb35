import { iou } from '../geometry.js';
import type { Box } from '../types.js';

/** A detection of one target, as the metrics see it. */
export interface RankedBox {
  readonly box: Box;
  /** What detections are ranked by: the score or, where nothing competed, the similarity. */
  readonly rank: number;
}

/** A detection with the verdict whether it found a labelled box of its own. */
export interface Judged {
  readonly rank: number;
  readonly right: boolean;
}

/**
 * Matches one picture's detections of one target with its labelled boxes: from the best rank down, each takes the free
 * box that it overlaps most, if by at least `minIou` (COCO's evaluation). Ties go by place, so that the order of
 * neither list matters.
 * @returns one verdict a detection, best rank first.
 */
export function matchDetections(
  truths: readonly Box[],
  detections: readonly RankedBox[],
  minIou: number,
): readonly Judged[] {
  const free = new Set([...truths].sort(byPlace));
  return [...detections]
    .sort((a, b) => b.rank - a.rank || byPlace(a.box, b.box))
    .map(({ box, rank }) => {
      const found = bestOverlap(box, free, minIou);
      if (found) free.delete(found);
      return { rank, right: found !== null };
    });
}

function bestOverlap(box: Box, truths: Iterable<Box>, minIou: number): Box | null {
  let best: Box | null = null;
  let bestIou = -1;
  for (const truth of truths) {
    const overlap = iou(box, truth);
    if (overlap >= minIou && overlap > bestIou) {
      best = truth;
      bestIou = overlap;
    }
  }
  return best;
}

function byPlace(a: Box, b: Box): number {
  return a.x - b.x || a.y - b.y || a.width - b.width || a.height - b.height;
}
