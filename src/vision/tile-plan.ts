import type { Size, Tile, TilePlan, TileSettings } from '../types.js';

/** Enough that a pest at the edge of a tile is seen by its neighbour. */
const USUAL_OVERLAP = 0.2;
/** A model whose tiles are of what lies in their middle leaves the rest of them to their neighbours. */
const CENTRE_SAMPLED_OVERLAP = 0.5;

export function tilePlanFor(settings: TileSettings, model: { readonly centreSampled: boolean }): TilePlan {
  return { ...settings, overlap: settings.overlap ?? (model.centreSampled ? CENTRE_SAMPLED_OVERLAP : USUAL_OVERLAP) };
}

/**
 * Splits a frame into overlapping square tiles, scale by scale and row by row, so that the last tile of each row and
 * column touches the far edge. Scales larger than the frame's shorter side are left out, and one as large where the squares that
 * cover the whole frame do its work.
 */
export function planTiles(frame: Size, plan: TilePlan): readonly Tile[] {
  const shorter = Math.min(frame.width, frame.height);
  const isGrid = (scale: number) => (plan.wholeFrame ? scale < shorter : scale <= shorter);
  const scales = [...new Set(plan.scales)].filter(isGrid).sort((a, b) => a - b);
  const grid = scales.flatMap((scale) => gridAt(frame, scale, plan.overlap));
  return plan.wholeFrame || grid.length === 0 ? [...grid, ...coverFrame(frame, plan.overlap)] : grid;
}

/** A sliver is looked at in squares that reach over its edges: squares of its own width would be too many and show nothing. */
const LEAST_COVER_PX = 32;

/** Squares of the frame's shorter side that together cover it. */
function coverFrame(frame: Size, overlap: number): readonly Tile[] {
  return gridAt(frame, Math.max(LEAST_COVER_PX, Math.min(frame.width, frame.height)), overlap);
}

function gridAt(frame: Size, scale: number, overlap: number): readonly Tile[] {
  const columns = startsAlong(frame.width, scale, overlap);
  return startsAlong(frame.height, scale, overlap).flatMap((y) =>
    columns.map((x) => ({ box: { x, y, width: scale, height: scale }, scale })),
  );
}

/** Left edges of the fewest windows that cover `length` and overlap by at least `overlap`, evenly spread. */
export function startsAlong(length: number, window: number, overlap: number): readonly number[] {
  if (length <= window) return [0];
  const stride = Math.max(1, Math.floor(window * (1 - overlap)));
  const last = Math.ceil((length - window) / stride);
  return Array.from({ length: last + 1 }, (_, i) => Math.round((i * (length - window)) / last));
}
