import type { Box, Detection, Fingerprint, ModelRef } from '../types.js';

/** What is known of the node's clock, as `telemetry/` says it. */
type ClockTrust = 'synchronised' | 'unsynchronised' | 'unknown';

/** One frame that was looked at, or that was dropped. */
export interface FrameRecord {
  readonly type: 'frame';
  readonly camera: string;
  readonly capturedAtMs: number;
  readonly clock: ClockTrust;
  /** Where it came from, for people. */
  readonly source: string;
  /** Why it was not looked at; null where it was. */
  readonly dropped: string | null;
  /** What is known of the picture's quality, by measure. */
  readonly quality: Readonly<Record<string, number>> | null;
  /** What was seen; undefined where the frame was dropped. */
  readonly seen?: {
    readonly frameId: string;
    readonly width: number;
    readonly height: number;
    readonly tiles: number;
    readonly fingerprint: Fingerprint;
    readonly detections: readonly Detection[];
  };
}

/** A picture that is kept as a file, with what the model made of it. */
export interface PictureRecord {
  readonly type: 'picture';
  /** Within the folder of kept pictures. */
  readonly path: string;
  readonly sha256: string;
  readonly camera: string;
  readonly bytes: number;
  readonly keptMs: number;
  readonly frameId: string;
  /** Of a crop; null for a whole frame. */
  readonly crop: { readonly track: string; readonly target: string; readonly box: Box } | null;
  /** float32[n], L2-normalised. */
  readonly embedding: { readonly model: ModelRef; readonly vector: Float32Array } | null;
}

/** Files that are no longer there. */
export interface PicturesDeletedRecord {
  readonly type: 'pictures-deleted';
  readonly paths: readonly string[];
  readonly atMs: number;
}

/** A person's verdict on a kept picture. */
export interface LabelRecord {
  readonly type: 'label';
  readonly sha256: string;
  /** What it shows; null where it shows nothing that is looked for. */
  readonly target: string | null;
  readonly verdict: 'right' | 'wrong' | 'unsure';
  readonly person: string | null;
  readonly atMs: number;
}

/** A camera or the uplink went down or came up again. Repeated news of the same state change nothing. */
export interface DowntimeRecord {
  readonly type: 'downtime';
  readonly what: 'camera' | 'uplink';
  /** The camera; null for the uplink. */
  readonly name: string | null;
  readonly state: 'down' | 'up';
  readonly atMs: number;
  readonly reason: string | null;
}

/** The clock was set: from here on it shows `offsetMs` more than it would have. What was written stays as it was. */
export interface ClockOffsetRecord {
  readonly type: 'clock-offset';
  readonly offsetMs: number;
  readonly seenMs: number;
  readonly trust: ClockTrust;
}

export type JournalRecord =
  | FrameRecord
  | PictureRecord
  | PicturesDeletedRecord
  | LabelRecord
  | DowntimeRecord
  | ClockOffsetRecord;
