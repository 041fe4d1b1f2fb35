import type { Placement } from '../service/place-files.js';
import { print } from './print.js';

/** One line a file: what was done with it, or would be. */
export function tellPlacements(placements: readonly Placement[], dryRun: boolean): void {
  for (const { path, done } of placements)
    print(`${dryRun && (done === 'written' || done === 'removed') ? `would be ${done}` : done}: ${path}`);
}
