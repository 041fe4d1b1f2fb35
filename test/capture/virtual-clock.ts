import type { Clock } from '../../src/capture/pace.js';

interface Wait {
  /** In virtual time that nobody sets. */
  readonly untilMs: number;
  readonly end: () => void;
}

/** Time that goes by only while all wait for it: to the end that comes first. Nights take milliseconds. */
export class VirtualClock implements Clock {
  private readonly waits = new Set<Wait>();
  private isTurning = false;

  private elapsedMs = 0;

  /** @param offsetMs the time at the beginning */
  constructor(private offsetMs: number) {}

  now(): number {
    return this.offsetMs + this.elapsedMs;
  }

  /** As somebody who sets it does. */
  set(nowMs: number): void {
    this.offsetMs = nowMs - this.elapsedMs;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = () => {
        this.waits.delete(wait);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const wait: Wait = { untilMs: this.elapsedMs + ms, end };
      this.waits.add(wait);
      signal.addEventListener('abort', end, { once: true });
      this.turn();
    });
  }

  private turn(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    // After all that is due now has been done.
    setImmediate(() => {
      this.isTurning = false;
      const [first] = [...this.waits].sort((a, b) => a.untilMs - b.untilMs);
      if (!first) return;
      this.elapsedMs = Math.max(this.elapsedMs, first.untilMs);
      first.end();
      if (this.waits.size > 0) this.turn();
    });
  }
}
