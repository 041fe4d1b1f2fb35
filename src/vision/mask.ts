import type { Box, RgbImage, Size } from '../types.js';

/** A region that is never looked at: the corners of a polygon, each x and y in shares (0 to 1) of the frame. */
export type Mask = readonly (readonly [number, number])[];

/** The grey that a camera's average picture has: it tells a model nothing. */
const NEUTRAL = 118;

/** A rectangle as a polygon. */
export function rectangleMask({ x, y, width, height }: Box): Mask {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** Whether the centre of a box in frame pixels lies in one of the masks (even-odd rule). */
export function isMasked(box: Box, frame: Size, masks: readonly Mask[]): boolean {
  const x = (box.x + box.width / 2) / frame.width;
  const y = (box.y + box.height / 2) / frame.height;
  return masks.some((mask) => crossings(mask, y).filter((crossing) => crossing > x).length % 2 === 1);
}

/** Paints the masks over, in place: what lies under them reaches no model, no snapshot and no kept picture. */
export function paintMasks({ width, height, data }: RgbImage, masks: readonly Mask[]): void {
  for (const mask of masks) {
    for (let row = 0; row < height; row += 1) {
      const edges = crossings(mask, (row + 0.5) / height).map((share) => share * width);
      for (let i = 0; i + 1 < edges.length; i += 2) {
        // Whole pixels, so that nothing shows at the rim.
        const from = Math.max(0, Math.floor(edges[i] as number));
        const to = Math.min(width, Math.ceil(edges[i + 1] as number));
        if (to > from) data.fill(NEUTRAL, 3 * (row * width + from), 3 * (row * width + to));
      }
    }
  }
}

/** Where a polygon's edges cross a horizontal line, from left to right. */
function crossings(mask: Mask, y: number): readonly number[] {
  const found: number[] = [];
  for (const [i, [toX, toY]] of mask.entries()) {
    const [fromX, fromY] = mask.at(i - 1) as readonly [number, number];
    if (fromY > y !== toY > y) found.push(fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX));
  }
  return found.sort((a, b) => a - b);
}
