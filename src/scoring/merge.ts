import { intersectionOverSmaller } from '../geometry.js';
import type { Box, Detection } from '../types.js';

/** Whether a better detection stands for another one too. It never does where their boxes lie half the other one's `scale` apart. */
export type Covers = (better: Detection, other: Detection) => boolean;

/** Merges detections of overlapping tiles: greedily from the best score, a detection is dropped that a better one covers. */
export function mergeDetections(detections: readonly Detection[], covers: Covers): readonly Detection[] {
  const kept: Detection[] = [];
  // By column of the frame: a frame full of weeds has thousands of boxes, few of them near each other.
  const columns = new Map<number, Detection[]>();
  for (const candidate of [...detections].sort(bestFirst)) {
    const near = columnsOf(candidate, candidate.scale / 2).map((column) => columns.get(column) ?? []);
    if (near.some((boxes) => boxes.some((better) => covers(better, candidate)))) continue;
    kept.push(candidate);
    for (const column of columnsOf(candidate)) addTo(columns, column, candidate);
  }
  return kept;
}

/** Of one target, and sharing more than `share` of the smaller box: so a pest cut by a tile border counts once. */
export function byOverlap(share: number): Covers {
  return (better, other) => better.target === other.target && intersectionOverSmaller(better.box, other.box) > share;
}

/**
 * For tiles that are of a target where their middle lies on it: the middle of a better one lies in the other's tile or
 * hardly beside it. Of another target it
 * lies nearer, by the finer of the two tiles, for one place is one thing, but a whitefly beside a lacewing's middle is none of its parts.
 * Boxes of a colony all share; middles tell its pests apart.
 * @param overlap of the planned tiles: where they overlap by less, one pest is the nearest to middles that lie farther apart
 */
export function byCentre(overlap: number): Covers {
  const reach = Math.max(REACH, 1 - overlap);
  return (better, other) => {
    const apart = distance(better.box, other.box);
    if (better.target === other.target) return apart <= reach * other.scale;
    return apart <= REACH * Math.min(better.scale, other.scale);
  };
}

/** Of a tile's side. Less counts a pest twice, more one of a colony not at all: measured where the two weigh the same. */
const REACH = 0.6;

/** Between two boxes' centres, along the axis on which they lie farther apart. */
function distance(a: Box, b: Box): number {
  const across = a.x + a.width / 2 - b.x - b.width / 2;
  const down = a.y + a.height / 2 - b.y - b.height / 2;
  return Math.max(Math.abs(across), Math.abs(down));
}

function addTo(columns: Map<number, Detection[]>, column: number, detection: Detection): void {
  const there = columns.get(column);
  if (there) there.push(detection);
  else columns.set(column, [detection]);
}

const COLUMN_PX = 256;

function columnsOf({ box }: Detection, margin = 0): readonly number[] {
  const first = Math.floor((box.x - margin) / COLUMN_PX);
  const last = Math.floor((box.x + box.width + margin) / COLUMN_PX);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
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
