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
  /** Milliseconds since 1970: pictures are due from then on, also where it comes while others are taken. */
  private next = Number.NEGATIVE_INFINITY;
  /** Asleep it wakes for one picture. */
  readonly captureNow?: () => void;

  constructor(
    private readonly source: FrameSource,
    private readonly schedule: CameraSchedule,
    private readonly clock: Clock,
  ) {
    const { moments } = schedule;
    this.moments = moments && new Cron(moments.cron, { timezone: moments.timeZone });
    if (source.captureNow) this.captureNow = () => this.wake();
  }

  get isLive(): boolean {
    return this.source.isLive ?? false;
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const burst = this.schedule.moments?.burst ?? Number.POSITIVE_INFINITY;
    this.next = this.nextMoment();
    while (!signal.aborted) {
      const isDue = await this.sleep(signal, report);
      if (signal.aborted) return;
      this.isWanted = false;
      this.isAwake = true;
      try {
        yield* this.some(isDue ? burst : 1, !isDue, signal, report);
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

  /** Until pictures are due, or somebody wants one. @returns whether they are due: what is wanted is among them then */
  private async sleep(signal: AbortSignal, report: SourceReport): Promise<boolean> {
    while (!signal.aborted) {
      const now = this.clock.now();
      const isPast = this.next <= now;
      // A clock that was set back brings earlier moments again.
      this.next = isPast ? this.nextMoment() : Math.min(this.next, this.nextMoment());
      if (isPast && this.isLight()) return true;
      if (this.isWanted) return false;
      report.state('asleep', 'asleep by its schedule');
      const wait = this.next > now ? Math.min(LOOK_AGAIN_MS, this.next - now) : LOOK_AGAIN_MS;
      await this.trigger.wait(wait, this.clock, signal);
    }
    return false;
  }

  private wake(): void {
    if (this.isAwake) this.source.captureNow?.();
    else {
      this.isWanted = true;
      this.trigger.fire();
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
