import type { CapturedFrame } from '../types.js';

/** What a source tells about itself beside its frames. */
export interface SourceReport {
  /** A picture that was there and could not be given on. */
  dropped(reason: string, line: string): void;
  /** The camera answers, or it does not and why, or it is not wanted now. Repeated states are fine. */
  state(state: 'online' | 'offline' | 'asleep', line?: string): void;
}

/**
 * One camera. Frames are pulled: the source captures when asked, at most once an interval, so the newest frame wins by
 * itself when CLIP is slower than the camera. A source that fails reports `offline`, waits and tries again; it throws
 * only where no waiting can help (FieldscoutError SOURCE_INVALID).
 */
export interface FrameSource {
  /** How far it came, for a source that goes on there after a restart; its own measure. */
  readonly position?: number | undefined;
  /** Its pictures were made by others and wait: each is to be looked at, however late. */
  readonly keepsPictures?: boolean;
  /** Its pictures are made as they are given: one that never changes is a fault. Others may repeat rightly. */
  readonly isLive?: boolean;
  /** Captures at once instead of when the interval is over; absent where the source cannot choose the moment. */
  captureNow?(): void;
  frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame>;
}
