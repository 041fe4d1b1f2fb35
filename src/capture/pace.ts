import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time or as soon as the signal aborts; never throws. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  async wait(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};

/** Ticks at most once an interval, the first at once, until the signal aborts; a late consumer gets the next tick at once. */
export async function* ticks(intervalMs: number, clock: Clock, signal: AbortSignal): AsyncGenerator<number> {
  let next = clock.now();
  while (!signal.aborted) {
    // A clock that was set back must not stop the camera for as long.
    const wait = Math.min(next - clock.now(), intervalMs);
    if (wait > 0) await clock.wait(wait, signal);
    if (signal.aborted) return;
    const now = clock.now();
    next = Math.min(Math.max(next + intervalMs, now), now + intervalMs);
    yield now;
  }
}
