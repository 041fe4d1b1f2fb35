import { iou } from '../geometry.js';
import type { Detection, Track, TrackEvent } from '../types.js';

export interface TrackingSettings {
  /** Least IoU by which a detection continues a track. */
  readonly minOverlap: number;
  /** A track is announced once it has lasted this long and was seen twice. */
  readonly minDurationMs: number;
  /** A track ends when it was not seen for this long; rests are not counted. */
  readonly lostAfterMs: number;
  /** Least time between two updates of a track. */
  readonly updateEveryMs: number;
}

interface Candidate {
  track: Track;
  /** The track as it was last told of; undefined while it is not announced. */
  told: { readonly track: Track; readonly atMs: number } | undefined;
  /** Of the time since it was seen last: how long nobody looked on purpose. */
  restedMs: number;
  /** Its scores are not to be compared with those that come. */
  isOutdated: boolean;
}

/**
 * Follows detections of one camera over time by overlap (IoU), greedily from the best pair, target by target. Gives the events
 * of each frame: `new` when a track is announced, `update` while it lives, `end` when it is lost. What vanishes before it
 * is announced was noise and is told to nobody.
 */
export class IouTracker {
  private candidates: Candidate[] = [];

  constructor(
    private readonly camera: string,
    private readonly settings: TrackingSettings,
    private readonly newId: () => string,
  ) {}

  /** Announced tracks that live. */
  get live(): readonly Track[] {
    return this.candidates.filter(({ told }) => told).map(({ track }) => track);
  }

  /** Takes one frame's detections; frames come in the order of their time. */
  observe(detections: readonly Detection[], atMs: number): readonly TrackEvent[] {
    const unmatched = new Set(detections);
    const seen = new Set<Candidate>();
    for (const { candidate, detection } of this.pairs(detections)) {
      if (!unmatched.has(detection) || seen.has(candidate)) continue;
      unmatched.delete(detection);
      seen.add(candidate);
      candidate.track = continued(candidate.track, detection, atMs, candidate.isOutdated);
      candidate.restedMs = 0;
      candidate.isOutdated = false;
    }
    const events = this.advance(atMs, seen);
    for (const detection of unmatched) {
      this.candidates.push({ track: this.begun(detection, atMs), told: undefined, restedMs: 0, isOutdated: false });
    }
    return [...events, ...this.announce(atMs)];
  }

  /** Nobody looked for so long, as it was planned: no track is lost by that. */
  rest(ms: number): void {
    for (const candidate of this.candidates) candidate.restedMs += ms;
  }

  /** Another model, or other words, give the scores from now on. A track goes on, and its best is the first that they see of it, or better. */
  judgeAnew(): void {
    for (const candidate of this.candidates) candidate.isOutdated = true;
  }

  /** Ends every track, at a stop. */
  endAll(): readonly TrackEvent[] {
    return this.endOthers([]);
  }

  /** Ends the tracks of targets that are looked for no more; those of `targets` go on. */
  endOthers(targets: readonly string[]): readonly TrackEvent[] {
    const goesOn = ({ track }: Candidate) => targets.includes(track.target);
    const ended = this.candidates.filter((candidate) => candidate.told && !goesOn(candidate));
    this.candidates = this.candidates.filter(goesOn);
    return ended.map(({ track, told }) => ({ type: 'end', before: told?.track, after: track }));
  }

  private pairs(detections: readonly Detection[]) {
    return this.candidates
      .flatMap((candidate) =>
        detections
          .filter(({ target }) => target === candidate.track.target)
          .map((detection) => ({ candidate, detection, overlap: iou(candidate.track.latest.box, detection.box) })),
      )
      .filter(({ overlap }) => overlap >= this.settings.minOverlap)
      .sort((a, b) => b.overlap - a.overlap);
  }

  /** Updates and ends of the tracks that were there before this frame. */
  private advance(atMs: number, seen: ReadonlySet<Candidate>): readonly TrackEvent[] {
    const events: TrackEvent[] = [];
    const alive: Candidate[] = [];
    for (const candidate of this.candidates) {
      const { track, told, restedMs } = candidate;
      // A clock that was set back must not keep a lost track alive for as long.
      if (Math.abs(atMs - track.lastSeenMs - restedMs) > this.settings.lostAfterMs) {
        if (told) events.push({ type: 'end', before: told.track, after: track });
        continue;
      }
      alive.push(candidate);
      if (told && seen.has(candidate) && Math.abs(atMs - told.atMs) >= this.settings.updateEveryMs) {
        events.push({ type: 'update', before: told.track, after: track });
        candidate.told = { track, atMs };
      }
    }
    this.candidates = alive;
    return events;
  }

  private announce(atMs: number): readonly TrackEvent[] {
    const { minDurationMs } = this.settings;
    const ready = this.candidates.filter(
      ({ told, track }) =>
        !told && (minDurationMs === 0 || (track.hits > 1 && track.lastSeenMs - track.firstSeenMs >= minDurationMs)),
    );
    return ready.map((candidate) => {
      candidate.told = { track: candidate.track, atMs };
      return { type: 'new', after: candidate.track };
    });
  }

  private begun(detection: Detection, atMs: number): Track {
    return {
      id: this.newId(),
      camera: this.camera,
      target: detection.target,
      firstSeenMs: atMs,
      lastSeenMs: atMs,
      hits: 1,
      best: detection,
      latest: detection,
    };
  }
}

function continued(track: Track, detection: Detection, atMs: number, isOutdated: boolean): Track {
  const better = isOutdated || (detection.score ?? detection.similarity) > (track.best.score ?? track.best.similarity);
  return {
    ...track,
    firstSeenMs: Math.min(track.firstSeenMs, atMs),
    lastSeenMs: atMs,
    hits: track.hits + 1,
    best: better ? detection : track.best,
    latest: detection,
  };
}
