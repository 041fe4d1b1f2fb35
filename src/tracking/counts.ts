import type { TargetCount, Track, TrackEvent } from '../types.js';

const HOUR_MS = 3_600_000;
/** The day that is, and two that a wrong clock may have shown meanwhile. */
const DAYS_KEPT = 3;

/** What must outlive a restart so that today's count is today's. */
export interface CountsState {
  /** Tracks that began, by calendar day and target; the day that was seen last stands last. */
  readonly days: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** When tracks of the last hour began, by target. */
  readonly lastHourMs: Readonly<Record<string, readonly number[]>>;
}

export const noCounts: CountsState = { days: {}, lastHourMs: {} };

/** Counts tracks of one camera by target: live ones, those of the last 60 minutes, those since the site's midnight. */
export class TrackCounts {
  private state: CountsState;

  /**
   * @param targets all that is looked for, so that a zero is told as a zero
   * @param dayOf the site's calendar day of an instant, e.g. "2026-06-01"
   */
  constructor(
    private readonly targets: readonly string[],
    private readonly dayOf: (atMs: number) => string,
    state: CountsState = noCounts,
  ) {
    this.state = state;
  }

  observe(events: readonly TrackEvent[], live: readonly Track[], atMs: number): readonly TargetCount[] {
    const day = this.dayOf(atMs);
    // A clock that starts with yesterday's date must find today again once it is set right.
    const { [day]: before = {}, ...others } = this.state.days;
    const today = { ...before };
    const lastHourMs: Record<string, readonly number[]> = {};
    for (const [target, times] of Object.entries(this.state.lastHourMs)) {
      // A clock set back by minutes leaves them within the hour; those further ahead would count again in years.
      const recent = times.filter((time) => Math.abs(atMs - time) < HOUR_MS);
      if (recent.length > 0) lastHourMs[target] = recent;
    }
    for (const { type, after } of events) {
      if (type !== 'new') continue;
      today[after.target] = (today[after.target] ?? 0) + 1;
      lastHourMs[after.target] = [...(lastHourMs[after.target] ?? []), atMs];
    }
    const days = Object.fromEntries([...Object.entries(others), [day, today] as const].slice(-DAYS_KEPT));
    this.state = { days, lastHourMs };
    return this.targets.map((target) => ({
      target,
      now: live.filter((track) => track.target === target).length,
      hour: lastHourMs[target]?.length ?? 0,
      day: today[target] ?? 0,
    }));
  }

  snapshot(): CountsState {
    return this.state;
  }
}

/** The calendar day of an instant in a time zone, as "2026-06-01". */
export function siteDay(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (atMs) => format.format(atMs);
}
