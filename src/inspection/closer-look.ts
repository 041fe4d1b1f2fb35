import type { Size, Tile } from '../types.js';
import { startsAlong } from '../vision/tile-plan.js';
import { windowKey } from './window-key.js';

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
/** In frame pixels. Fewer show no shape; scout-tiny never learnt from smaller windows (SMALLEST_WINDOW_PX of models/training/sim_frames.py). */
const LEAST_SIDE = 30;

/** Most finer tiles of one frame: a frame full of pests must keep its time. */
export const MOST_CLOSER_TILES = 1024;

/**
 * Finer tiles where tiles of the plan may show something, so that a colony is told apart into its pests. They are a third smaller and
 * overlap by two thirds, and those are looked at whose middle lies in a suspect.
 * @returns the likeliest first
 */
export function closerTiles(suspects: readonly Suspect[], frame: Size): readonly Tile[] {
  // More would fill the bound several times over.
  const likeliest = [...suspects].sort((a, b) => b.likelihood - a.likelihood).slice(0, MOST_CLOSER_TILES);
  const found = new Map<string, Tile>();
  for (const { tile } of likeliest) {
    const scale = Math.round(tile.scale * FINER);
    if (scale < LEAST_SIDE) continue;
    const within = (start: number, length: number, whole: number): readonly number[] =>
      startsAlong(whole, scale, OVERLAP).filter((at) => at + scale / 2 >= start && at + scale / 2 <= start + length);
    const columns = within(tile.box.x, tile.box.width, frame.width);
    for (const y of within(tile.box.y, tile.box.height, frame.height))
      for (const x of columns) {
        const finer = { box: { x, y, width: scale, height: scale }, scale };
        found.set(windowKey(finer), finer);
      }
  }
  return [...found.values()];
}
