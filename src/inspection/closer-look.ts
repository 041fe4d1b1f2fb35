import type { Box, Size, Tile } from '../types.js';
import { planTiles } from '../vision/tile-plan.js';

/** A tile that may show something. */
export interface Suspect {
  readonly tile: Tile;
  /** At first sight, 0 to 1. */
  readonly likelihood: number;
}

/** Side of the finer tiles, of the coarser one's. */
const FINER = 2 / 3;
/** Of finer tiles, so that the pests of a colony each have one near their middle: what lies nearer than half a tile is told once. */
const OVERLAP = 2 / 3;
/** In frame pixels. Fewer show no shape. */
const LEAST_SIDE = 24;

/** Most finer tiles of one frame: a frame full of pests must keep its time. */
export const MOST_CLOSER_TILES = 1024;

/**
 * Finer tiles where tiles of the plan may show something, so that a colony is told apart into its pests. They are a third smaller and
 * overlap by two thirds, and those are looked at whose middle lies in a suspect.
 * @returns the likeliest first
 */
export function closerTiles(suspects: readonly Suspect[], frame: Size): readonly Tile[] {
  const byLikelihood = (a: Suspect, b: Suspect): number => b.likelihood - a.likelihood;
  // More would fill the bound several times over.
  const likeliest = [...suspects].sort(byLikelihood).slice(0, MOST_CLOSER_TILES);
  const found: Suspect[] = [];
  for (const scale of new Set(likeliest.map(({ tile }) => tile.scale))) {
    const coarse = likeliest.filter(({ tile }) => tile.scale === scale);
    const side = Math.round(scale * FINER);
    if (side < LEAST_SIDE) continue;
    for (const tile of planTiles(frame, { scales: [side], overlap: OVERLAP, wholeFrame: false })) {
      const around = coarse.find((suspect) => holdsMiddle(suspect.tile.box, tile.box));
      if (around) found.push({ tile, likelihood: around.likelihood });
    }
  }
  return found.sort(byLikelihood).map(({ tile }) => tile);
}

function holdsMiddle(outer: Box, inner: Box): boolean {
  const x = inner.x + inner.width / 2 - outer.x;
  const y = inner.y + inner.height / 2 - outer.y;
  return x >= 0 && x <= outer.width && y >= 0 && y <= outer.height;
}
