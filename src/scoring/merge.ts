import type { Box, Detection } from '../types.js';

/**
 * Merges detections of overlapping tiles: greedily from the best score, target by target, a detection is dropped that
 * shares more than `overlap` of the smaller box with a better one. So a pest cut by a tile border counts once.
 */
export function mergeDetections(detections: readonly Detection[], overlap: number): readonly Detection[] {
  const kept: Detection[] = [];
  for (const candidate of [...detections].sort(bestFirst)) {
    const covered = kept.some(
      (better) => better.target === candidate.target && intersectionOverSmaller(better.box, candidate.box) > overlap,
    );
    if (!covered) kept.push(candidate);
  }
  return kept;
}

/** Score, then similarity, then the smaller box (it tells better where), then place: a total order, so merging is stable. */
export function bestFirst(a: Detection, b: Detection): number {
  return (
    (b.score ?? 0) - (a.score ?? 0) ||
    b.similarity - a.similarity ||
    a.scale - b.scale ||
    a.box.y - b.box.y ||
    a.box.x - b.box.x ||
    (a.target < b.target ? -1 : a.target > b.target ? 1 : 0)
  );
}

/** Area that two boxes share over the area of the smaller one, 0 to 1. */
export function intersectionOverSmaller(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}
