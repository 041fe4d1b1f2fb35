export interface BurstPlan {
  readonly intervalMs: number;
  readonly schedule?: { readonly cron?: string | undefined; readonly burst: number } | undefined;
}

/** Tells of bursts that end before any track could be announced. @param minDurationMs the tracker's */
export function shortBurst({ intervalMs, schedule }: BurstPlan, minDurationMs: number): readonly string[] {
  if (schedule?.cron === undefined) return [];
  const spanMs = (schedule.burst - 1) * intervalMs;
  if (spanMs >= minDurationMs) return [];
  return [
    `a burst of ${schedule.burst} spans ${spanMs} ms, less than tracking.minDurationMs (${minDurationMs}): a pest is counted only where it is still there at the next moment. ` +
      `Set schedule.burst to ${Math.ceil(minDurationMs / intervalMs) + 1} or more.`,
  ];
}
