import { intersectionOverSmaller, squareAround } from '../geometry.js';
import type { Box, Detection, Size, Tile } from '../types.js';
import { windowKey } from './window-key.js';

/** Two overlapping detections of one target that may be one pest, and the window that tells. */
export interface Doubt {
  readonly pair: readonly [Detection, Detection];
  readonly window: Tile;
}

/**
 * What two tiles see may be one pest in the part that they share, while they overlap too little to be merged. A window centred on
 * that part tells: it shows a shared pest better than the tile that has it at its edge, and a pest elsewhere worse.
 */
export function doubtsAmong(detections: readonly Detection[], frame: Size): readonly Doubt[] {
  const fromLeft = [...detections].sort((a, b) => a.box.x - b.box.x);
  const doubts: Doubt[] = [];
  for (const [i, a] of fromLeft.entries()) {
    const right = a.box.x + a.box.width;
    for (let k = i + 1; k < fromLeft.length; k += 1) {
      const b = fromLeft[k] as Detection;
      if (b.box.x >= right) break;
      if (a.target !== b.target || intersectionOverSmaller(a.box, b.box) === 0) continue;
      doubts.push({ pair: [a, b], window: windowBetween(a, b, frame) });
    }
  }
  return doubts;
}

/**
 * The detections that the window between them and another shows better: the window's own stands for them.
 * @param shown by `windowKey`, what each window that was looked at shows
 */
export function outdone(
  doubts: readonly Doubt[],
  shown: ReadonlyMap<string, Detection | undefined>,
): ReadonlySet<Detection> {
  const worse = new Set<Detection>();
  for (const { pair, window } of doubts) {
    const between = shown.get(windowKey(window));
    for (const detection of pair) {
      if (between?.target === detection.target && isBetter(between, detection)) worse.add(detection);
    }
  }
  return worse;
}

function isBetter(a: Detection, b: Detection): boolean {
  return ((a.score ?? 0) - (b.score ?? 0) || a.similarity - b.similarity) > 0;
}

function windowBetween(a: Detection, b: Detection, frame: Size): Tile {
  const side = Math.max(a.scale, b.scale);
  const { x, y } = centreOf(a.box, b.box);
  return { box: squareAround(x, y, side, frame), scale: side };
}

/** Centre of the part that two boxes share. */
function centreOf(a: Box, b: Box): { readonly x: number; readonly y: number } {
  const middle = (from: number, to: number) => (from + to) / 2;
  return {
    x: middle(Math.max(a.x, b.x), Math.min(a.x + a.width, b.x + b.width)),
    y: middle(Math.max(a.y, b.y), Math.min(a.y + a.height, b.y + b.height)),
  };
}
