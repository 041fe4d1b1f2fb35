export interface ClockWatchParts {
  /** The wall clock, which people and time servers set. */
  readonly wallMs: () => number;
  /** A clock that nobody sets, and that goes on while the machine sleeps. */
  readonly elapsedMs: () => number;
  /** The wall clock shows `offsetMs` more than it would have. */
  readonly onStep: (offsetMs: number, wallMs: number) => void;
}

/** Both clocks are read one after the other, and the elapsed one may count in hundredths of a second. */
const LEAST_STEP_MS = 200;

/**
 * Notices when the wall clock is set. A time server that only lets it run a little faster or slower (at most 0.5 ms a second) makes no
 * step: each look compares with the one before.
 */
export class ClockWatch {
  private difference: number;

  constructor(private readonly parts: ClockWatchParts) {
    this.difference = parts.wallMs() - parts.elapsedMs();
  }

  /** To be called about once a second. */
  look(): void {
    const wallMs = this.parts.wallMs();
    const difference = wallMs - this.parts.elapsedMs();
    const offsetMs = Math.round(difference - this.difference);
    this.difference = difference;
    if (Math.abs(offsetMs) >= LEAST_STEP_MS) this.parts.onStep(offsetMs, wallMs);
  }
}
