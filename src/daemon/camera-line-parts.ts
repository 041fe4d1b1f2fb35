import type { Logger } from 'pino';
import type { CountAlerts } from '../alerting/count-alerts.js';
import type { FrameSource } from '../capture/frame-source.js';
import type { Inspector } from '../inspection/inspector.js';
import type { CountsState, TrackCounts } from '../tracking/counts.js';
import type { IouTracker } from '../tracking/iou-tracker.js';
import type { PictureOpener } from '../vision/picture-opener.js';
import type { LineOutlet } from './line-outlet.js';

/** What one camera's line is made of. */
export interface CameraLineParts {
  readonly camera: string;
  readonly source: FrameSource;
  readonly pictures: Pick<PictureOpener, 'open'>;
  readonly inspector: Pick<Inspector, 'inspect'>;
  readonly tracker: IouTracker;
  /** Without a frame for this long, tracks and counts see the time go by. */
  readonly lostAfterMs: number;
  readonly alerts: CountAlerts;
  readonly outlet: Pick<LineOutlet, 'frame' | 'event' | 'counts' | 'alert' | 'status' | 'keep' | 'dropped'>;
  /** A frame was looked at, for the first time since the start. */
  readonly onFirstFrame?: () => void;
  /** Counts for a prompt set's targets, going on from what was counted before (at the first time: before the restart). */
  readonly countsFor: (targets: readonly string[], before?: CountsState) => TrackCounts;
  readonly now: () => number;
  /** Milliseconds that nobody sets. */
  readonly elapsed: () => number;
  /** After a frame that took that long: holds the camera back while the board is hot. */
  readonly rest?: (tookMs: number, signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
}
