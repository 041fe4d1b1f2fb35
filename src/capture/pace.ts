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

/** Ends a wait before its time. */
export class Trigger {
  private wake: (() => void) | undefined;
  private isDue = false;

  /** The wait that is under way ends; without one the next is over at once. */
  fire(): void {
    this.isDue = true;
    this.wake?.();
  }

  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    this.wake = () => early.abort();
    if (signal.aborted) early.abort();
    signal.addEventListener('abort', this.wake, { once: true });
    try {
      if (!this.isDue) await clock.wait(ms, early.signal);
    } finally {
      signal.removeEventListener('abort', this.wake);
      this.wake = undefined;
      this.isDue = false;
    }
  }
}

/** Ticks at most once an interval, the first at once, until the signal aborts; a late consumer gets the next tick at once. */
export async function* ticks(
  intervalMs: number,
  clock: Clock,
  signal: AbortSignal,
  trigger = new Trigger(),
): AsyncGenerator<number> {
  let next = clock.now();
  while (!signal.aborted) {
    // A clock that was set back must not stop the camera for as long.
    const wait = Math.min(next - clock.now(), intervalMs);
    if (wait > 0) await trigger.wait(wait, clock, signal);
    if (signal.aborted) return;
    const now = clock.now();
    next = Math.min(Math.max(next + intervalMs, now), now + intervalMs);
    yield now;
  }
}
