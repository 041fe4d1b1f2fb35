import type { Tile } from '../types.js';

/** Equal for equal windows of one frame. */
export function windowKey({ box: { x, y }, scale }: Tile): string {
  return `${x},${y},${scale}`;
}
