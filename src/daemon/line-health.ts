import type { PictureFault } from '../vision/picture-watch.js';

/** How one camera fares. */
export interface LineHealth {
  readonly state: 'online' | 'offline' | 'disabled';
  /** The newest one; null before the first. */
  readonly picture: 'good' | PictureFault | null;
  readonly framesLookedAt: number;
  readonly framesDropped: Readonly<Record<string, number>>;
  readonly lastFrameMs: number | null;
}
