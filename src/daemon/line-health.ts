import type { PictureFault } from '../vision/picture-watch.js';

/** Why pictures are not looked at; "outside": nothing of them lies in the crop; "masked": masks cover each tile. */
export type LineFault = PictureFault | 'outside' | 'masked' | 'unreadable' | 'too-large';

/** How one camera fares. */
export interface LineHealth {
  readonly state: 'online' | 'offline' | 'disabled';
  /** The newest one; null before the first. */
  readonly picture: 'good' | LineFault | null;
  readonly framesLookedAt: number;
  readonly framesDropped: Readonly<Record<string, number>>;
  readonly lastFrameMs: number | null;
}
