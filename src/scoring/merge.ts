import { intersectionOverSmaller } from '../geometry.js';
import type { Detection } from '../types.js';

/**
 * Merges detections of overlapping tiles: greedily from the best score, target by target, a detection is dropped that
 * shares more than `overlap` of the smaller box with a better one. So a pest cut by a tile border counts once.
 */
export function mergeDetections(detections: readonly Detection[], overlap: number): readonly Detection[] {
  const kept: Detection[] = [];
  // By target and column of the frame: a frame full of weeds has thousands of boxes, few of them near each other.
  const columns = new Map<string, Detection[]>();
  for (const candidate of [...detections].sort(bestFirst)) {
    const near = columnsOf(candidate).map((column) => columns.get(column) ?? []);
    const covered = near.some((boxes) =>
      boxes.some((better) => intersectionOverSmaller(better.box, candidate.box) > overlap),
    );
    if (covered) continue;
    kept.push(candidate);
    for (const column of columnsOf(candidate)) addTo(columns, column, candidate);
  }
  return kept;
}

function addTo(columns: Map<string, Detection[]>, column: string, detection: Detection): void {
  const there = columns.get(column);
  if (there) there.push(detection);
  else columns.set(column, [detection]);
}

const COLUMN_PX = 256;

function columnsOf({ target, box }: Detection): readonly string[] {
  const first = Math.floor(box.x / COLUMN_PX);
  const last = Math.floor((box.x + box.width) / COLUMN_PX);
  return Array.from({ length: last - first + 1 }, (_, i) => `${target}\0${first + i}`);
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
