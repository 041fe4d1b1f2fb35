import { Cron } from 'croner';
import { getPosition } from 'suncalc';
import type { CapturedFrame } from '../types.js';
import type { FrameSource, SourceReport } from './frame-source.js';
import { type Clock, Trigger } from './pace.js';

export interface CameraSchedule {
  /** Pictures only while the sun's centre stands higher, in degrees as seen (with refraction); where it is seen from, in degrees. */
  readonly sun?: { readonly aboveDegrees: number; readonly latitude: number; readonly longitude: number } | undefined;
  /** Moments at which pictures are taken, so many each; between them the camera sleeps. */
  readonly moments?: { readonly cron: string; readonly timeZone: string; readonly burst: number } | undefined;
}

/** The clock may be set while the camera sleeps, and timers hold 24 days at most. */
const LOOK_AGAIN_MS = 30_000;

/** A camera that works by the hour or by daylight. While it sleeps its source is closed: programs are ended, connections cut. */
export class ScheduledSource implements FrameSource {
  private readonly moments: Cron | undefined;
  private readonly trigger = new Trigger();
  private isAwake = false;
  private isWanted = false;

  constructor(
    private readonly source: FrameSource,
    private readonly schedule: CameraSchedule,
    private readonly clock: Clock,
  ) {
    const { moments } = schedule;
    this.moments = moments && new Cron(moments.cron, { timezone: moments.timeZone });
  }

  get isLive(): boolean {
    return this.source.isLive ?? false;
  }

  /** Asleep it wakes for one picture. */
  captureNow(): void {
    if (this.isAwake) this.source.captureNow?.();
    else {
      this.isWanted = true;
      this.trigger.fire();
    }
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const burst = this.schedule.moments?.burst ?? Number.POSITIVE_INFINITY;
    while (!signal.aborted) {
      await this.sleep(signal, report);
      if (signal.aborted) return;
      const isWanted = this.isWanted;
      this.isWanted = false;
      this.isAwake = true;
      try {
        yield* this.some(isWanted ? 1 : burst, isWanted, signal, report);
      } finally {
        this.isAwake = false;
      }
    }
  }

  /** @param inTheDark too: somebody wants it */
  private async *some(
    most: number,
    inTheDark: boolean,
    signal: AbortSignal,
    report: SourceReport,
  ): AsyncIterable<CapturedFrame> {
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener('abort', stop, { once: true });
    const watching = inTheDark ? undefined : this.untilDark(over.signal).then(stop);
    let taken = 0;
    try {
      for await (const frame of this.source.frames(over.signal, report)) {
        yield frame;
        taken += 1;
        if (taken >= most) return;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      await watching;
    }
  }

  /** Until pictures are due, or somebody wants one. */
  private async sleep(signal: AbortSignal, report: SourceReport): Promise<void> {
    let next = this.nextMoment();
    for (;;) {
      const now = this.clock.now();
      if (signal.aborted || this.isWanted) return;
      if (next <= now) {
        if (this.isLight()) return;
        next = this.nextMoment();
      }
      report.state('asleep', 'asleep by its schedule');
      await this.trigger.wait(next > now ? Math.min(LOOK_AGAIN_MS, next - now) : LOOK_AGAIN_MS, this.clock, signal);
      // A clock that was set back brings earlier moments again.
      next = Math.min(next, this.nextMoment());
    }
  }

  private async untilDark(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.isLight()) await this.clock.wait(LOOK_AGAIN_MS, signal);
  }

  /** Milliseconds since 1970 of the next moment after now; before any time where every moment is one. */
  private nextMoment(): number {
    if (!this.moments) return Number.NEGATIVE_INFINITY;
    return this.moments.nextRun(new Date(this.clock.now()))?.getTime() ?? Number.POSITIVE_INFINITY;
  }

  private isLight(): boolean {
    const { sun } = this.schedule;
    if (!sun) return true;
    return getPosition(new Date(this.clock.now()), sun.latitude, sun.longitude).altitude > sun.aboveDegrees;
  }
}
