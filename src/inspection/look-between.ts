import { intersectionOverSmaller } from '../scoring/merge.js';
import type { Box, Detection, Size, Tile } from '../types.js';

/** Two overlapping detections of one target that may be one thing, and the window that tells. */
export interface Doubt {
  readonly pair: readonly [Detection, Detection];
  readonly window: Tile;
}

/**
 * What is seen by two tiles may be one pest in the part that they share, where they overlap too little to be merged. A window
 * centred on that part tells: it shows a shared pest better than the tile that has it at its edge, and a pest elsewhere worse.
 * @param detections best first
 * @param settled windows (by `windowKey`) that were looked at already
 * @param most windows to look at
 */
export function doubtsAmong(
  detections: readonly Detection[],
  frame: Size,
  settled: ReadonlySet<string>,
  most: number,
): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const windows = new Set<string>();
  for (const [i, a] of detections.entries()) {
    for (const b of detections.slice(i + 1)) {
      if (a.target !== b.target || intersectionOverSmaller(a.box, b.box) === 0) continue;
      const window = windowBetween(a, b, frame);
      const key = windowKey(window);
      if (settled.has(key) || (!windows.has(key) && windows.size >= most)) continue;
      windows.add(key);
      doubts.push({ pair: [a, b], window });
    }
  }
  return doubts;
}

/** The detections that remain: without those that the window between them and another shows better. */
export function withoutOutdone(
  detections: readonly Detection[],
  doubts: readonly Doubt[],
  inWindows: readonly Detection[],
): readonly Detection[] {
  const seen = new Map(inWindows.map((detection) => [`${detection.target} ${windowKey(detection)}`, detection]));
  const outdone = new Set<Detection>();
  for (const { pair, window } of doubts) {
    const between = seen.get(`${pair[0].target} ${windowKey(window)}`);
    for (const detection of pair) if (between && isBetter(between, detection)) outdone.add(detection);
  }
  return detections.filter((detection) => !outdone.has(detection));
}

export function windowKey({ box: { x, y }, scale }: Pick<Tile, 'box' | 'scale'>): string {
  return `${x},${y},${scale}`;
}

function isBetter(a: Detection, b: Detection): boolean {
  return ((a.score ?? 0) - (b.score ?? 0) || a.similarity - b.similarity) > 0;
}

function windowBetween(a: Detection, b: Detection, frame: Size): Tile {
  const side = Math.min(Math.max(a.scale, b.scale), frame.width, frame.height);
  return { box: squareWithin(centreOf(a.box, b.box), side, frame), scale: side };
}

/** Centre of the part that two boxes share. */
function centreOf(a: Box, b: Box): { readonly x: number; readonly y: number } {
  const middle = (from: number, to: number) => (from + to) / 2;
  return {
    x: middle(Math.max(a.x, b.x), Math.min(a.x + a.width, b.x + b.width)),
    y: middle(Math.max(a.y, b.y), Math.min(a.y + a.height, b.y + b.height)),
  };
}

function squareWithin(centre: { readonly x: number; readonly y: number }, side: number, frame: Size): Box {
  const start = (middle: number, length: number) =>
    Math.max(0, Math.min(Math.round(middle - side / 2), Math.floor(length - side)));
  return { x: start(centre.x, frame.width), y: start(centre.y, frame.height), width: side, height: side };
}
