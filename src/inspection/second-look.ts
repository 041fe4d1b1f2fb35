import { squareAround } from '../geometry.js';
import type { TileScore } from '../scoring/score-tile.js';
import type { Size, Tile, TileView } from '../types.js';
import { windowKey } from './window-key.js';

/** A target that has at least this probability at first sight is worth a second look; below it hardly any turns out to be one. */
const SUSPICION = 0.15;
/** Of the tile's side. Half as much shows the same picture once more, so that its errors stay. */
const SHIFT = 1 / 8;
const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
] as const;

/** Most tiles of a frame's plan that are looked at again, and as many of its closer look's: a frame full of pests must keep its time. */
export const MOST_SECOND_LOOKS = 384;

/** Whether a tile may show something. Without a probability (nothing competes with the one target) there is no doubt to settle. */
export function isSuspicious(scores: readonly TileScore[]): boolean {
  return likeliest(scores) >= SUSPICION;
}

/** The highest probability of any target, 0 where there is none. */
export function likeliest(scores: readonly TileScore[]): number {
  return Math.max(0, ...scores.map(({ score }) => score ?? 0));
}

/**
 * The views by which a tile is judged again, besides the tile itself: its mirror image, and windows that lie an eighth of its
 * side toward each corner. What is there is still seen in them; what a chance pattern of pixels resembled is not
 * (test-time augmentation, e.g. Krizhevsky et al. 2012, section 4.1).
 */
export function furtherViews(tile: Tile, frame: Size): readonly TileView[] {
  const { box, scale } = tile;
  const [x, y] = [box.x + scale / 2, box.y + scale / 2];
  const shifted = CORNERS.map(
    ([right, down]): TileView => ({
      box: squareAround(x + right * SHIFT * scale, y + down * SHIFT * scale, scale, frame),
      scale,
    }),
  );
  // At the frame's edge some are moved onto one another.
  const others = new Map(shifted.map((view) => [windowKey(view), view]));
  others.delete(windowKey(tile));
  return [{ ...tile, mirrored: true }, ...others.values()];
}
