import type { DetectionsPayload, EventContent } from '../../uplink/payloads.js';

/** One target on one camera in consecutive frames: one line, however many frames it stays. */
export interface Sighting {
  readonly kind: 'seen';
  readonly key: string;
  readonly camera: string;
  readonly target: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly frames: number;
  /** In the newest of its frames. */
  readonly inFrame: number;
  /** Of the best detection so far. */
  readonly score: number | null;
  readonly similarity: number;
}

/** A track that began or ended. */
export interface TrackLine {
  readonly kind: 'new' | 'end';
  readonly key: string;
  readonly camera: string;
  readonly target: string;
  readonly at: string;
  readonly lastedMs: number;
  readonly hits: number;
  readonly score: number | null;
  readonly similarity: number;
}

export type FeedLine = Sighting | TrackLine;

/** Newest first. */
export type Feed = readonly FeedLine[];

const MAX_LINES = 60;
/** A target missed in a frame or two is still the same sighting. */
const GAP_MS = 10_000;
const MISSED_FRAMES = 3;

/** @param intervalMs time between two frames of that camera */
export function addDetections(feed: Feed, payload: DetectionsPayload, intervalMs: number): Feed {
  const at = payload.frame.capturedAt;
  const gapMs = Math.max(GAP_MS, MISSED_FRAMES * intervalMs);
  let lines = feed;
  for (const target of new Set(payload.detections.map((detection) => detection.target))) {
    const found = payload.detections.filter((detection) => detection.target === target);
    const best = found.reduce((a, b) => (rank(b) > rank(a) ? b : a));
    const open = lines.find(
      (line): line is Sighting => line.kind === 'seen' && line.camera === payload.camera && line.target === target,
    );
    if (open && Date.parse(at) - Date.parse(open.lastAt) <= gapMs) {
      const better = rank(best) > rank(open) ? best : open;
      const line: Sighting = {
        ...open,
        lastAt: at,
        frames: open.frames + 1,
        inFrame: found.length,
        score: better.score,
        similarity: better.similarity,
      };
      lines = lines.map((other) => (other === open ? line : other));
    } else {
      const line: Sighting = {
        kind: 'seen',
        key: `${payload.camera} ${target} ${payload.frame.id}`,
        camera: payload.camera,
        target,
        firstAt: at,
        lastAt: at,
        frames: 1,
        inFrame: found.length,
        score: best.score,
        similarity: best.similarity,
      };
      lines = [line, ...lines];
    }
  }
  return lines.slice(0, MAX_LINES);
}

/** A message that comes a second time, as MQTT may send it, adds nothing; updates of a track add nothing either. */
export function addEvent(feed: Feed, payload: EventContent): Feed {
  if (payload.type === 'update' || feed.some(({ key }) => key === payload.id)) return feed;
  const { firstSeen, lastSeen, hits, target, best } = payload.after;
  const line: TrackLine = {
    kind: payload.type,
    key: payload.id,
    camera: payload.camera,
    target,
    at: payload.at,
    lastedMs: Math.max(0, Date.parse(lastSeen) - Date.parse(firstSeen)),
    hits,
    score: best.score,
    similarity: best.similarity,
  };
  return [line, ...feed].slice(0, MAX_LINES);
}

const rank = ({ score, similarity }: { readonly score: number | null; readonly similarity: number }) =>
  score ?? similarity;
