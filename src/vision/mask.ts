import type { Box, RgbImage, Size } from '../types.js';

/** A region that is never looked at: the corners of a polygon, each x and y in shares (0 to 1) of the frame. */
export type Mask = readonly (readonly [number, number])[];

/** The grey that a camera's average picture has: it tells a model nothing. */
const NEUTRAL = 118;
/** Less of a pixel than this is an error of arithmetic. */
const NOTHING_PX = 1e-6;

/** Polygons of what was drawn as rectangles or polygons. */
export const masksOf = (drawn: readonly (Box | Mask)[]): readonly Mask[] =>
  drawn.map((mask) => ('width' in mask ? rectangle(mask) : mask));

function rectangle({ x, y, width, height }: Box): Mask {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** Whether the centre of a box in frame pixels lies in one of the masks (non-zero rule: what a polygon goes around twice is in it too). */
export function isMasked(box: Box, frame: Size, masks: readonly Mask[]): boolean {
  const x = (box.x + box.width / 2) / frame.width;
  const y = (box.y + box.height / 2) / frame.height;
  return masks.some((mask) => spans(mask, y).some(([from, to]) => from <= x && x < to));
}

/** Paints the masks over, in place, with each pixel that they touch: what lies under them reaches no model, no snapshot and no kept picture. */
export function paintMasks({ width, height, data }: RgbImage, masks: readonly Mask[]): void {
  for (const mask of masks) {
    const corners = mask.map(([x, y]) => [x * width, y * height] as const);
    for (let row = 0; row < height; row += 1) {
      // A pixel that is touched is crossed by an edge, or lies within with its centre too.
      for (const [left, right] of [...spans(corners, row + 0.5), ...edgesWithin(corners, row)]) {
        const from = Math.max(0, Math.floor(left + NOTHING_PX));
        const to = Math.min(width, Math.ceil(right - NOTHING_PX));
        if (to > from) data.fill(NEUTRAL, 3 * (row * width + from), 3 * (row * width + to));
      }
    }
  }
}

type Span = readonly [from: number, to: number];

/** The pieces of a horizontal line that lie in a polygon. */
function spans(mask: Mask, y: number): readonly Span[] {
  const crossings: { readonly x: number; readonly turn: 1 | -1 }[] = [];
  for (const [[fromX, fromY], [toX, toY]] of edges(mask)) {
    if (fromY > y !== toY > y)
      crossings.push({ x: fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX), turn: toY > fromY ? 1 : -1 });
  }
  crossings.sort((a, b) => a.x - b.x);
  const found: Span[] = [];
  let turns = 0;
  let from = 0;
  for (const { x, turn } of crossings) {
    if (turns === 0) from = x;
    turns += turn;
    if (turns === 0) found.push([from, x]);
  }
  return found;
}

/** From where to where the edges go within a row of pixels. */
function edgesWithin(corners: Mask, row: number): readonly Span[] {
  const found: Span[] = [];
  for (const [[fromX, fromY], [toX, toY]] of edges(corners)) {
    const top = Math.max(row, Math.min(fromY, toY));
    const bottom = Math.min(row + 1, Math.max(fromY, toY));
    if (bottom < row + NOTHING_PX || top > row + 1 - NOTHING_PX) continue;
    const xAt = (y: number) => fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX);
    const [a, b] = fromY === toY ? [fromX, toX] : [xAt(top), xAt(bottom)];
    found.push([Math.min(a, b), Math.max(a, b)]);
  }
  return found;
}

function edges(mask: Mask): readonly (readonly [Mask[number], Mask[number]])[] {
  return mask.map((corner, i) => [mask.at(i - 1) as Mask[number], corner] as const);
}
