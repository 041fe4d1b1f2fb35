import type { Box, Size } from '../types.js';

/** A box with 30 % more room, as CLIP likes to see a thing with some of its surroundings. */
export const CROP_MARGIN = 1.3;

/**
 * The square around a box, in whole pixels: side = longer side x margin, moved into the picture where it reaches over the
 * edge, and cut where the picture is smaller.
 */
export function squareCrop(box: Box, picture: Size, margin = CROP_MARGIN): Box {
  const side = Math.max(1, Math.round(Math.max(box.width, box.height) * margin));
  const width = Math.min(side, picture.width);
  const height = Math.min(side, picture.height);
  return {
    x: shiftInto(box.x + box.width / 2 - width / 2, width, picture.width),
    y: shiftInto(box.y + box.height / 2 - height / 2, height, picture.height),
    width,
    height,
  };
}

function shiftInto(start: number, length: number, limit: number): number {
  return Math.max(0, Math.min(Math.round(start), limit - length));
}
