import { intersectionOverSmaller } from '../scoring/merge.js';
import type { Box, Detection, Size, Tile } from '../types.js';

/**
 * Tiles to look at again: a pest in the strip that two neighbouring tiles share is seen by both, and they overlap too little to
 * be merged. A window centred between them tells: if it scores better than both, it was one pest, and it takes their place.
 */
export function tilesBetween(detections: readonly Detection[], frame: Size, most: number): readonly Tile[] {
  const tiles = new Map<string, Tile>();
  for (const [i, a] of detections.entries()) {
    for (const b of detections.slice(i + 1)) {
      if (a.target !== b.target || intersectionOverSmaller(a.box, b.box) === 0) continue;
      const side = Math.min(Math.max(a.scale, b.scale), frame.width, frame.height);
      const box = squareWithin(centreOf(a.box, b.box), side, frame);
      tiles.set(`${box.x},${box.y},${side}`, { box, scale: side });
      if (tiles.size >= most) return [...tiles.values()];
    }
  }
  return [...tiles.values()];
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
