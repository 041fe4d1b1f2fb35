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
/** A process that was kept waiting between its looks at the clocks has read them at different times. */
const MOST_BETWEEN_MS = 50;

/**
 * Notices when the wall clock is set. A time server that only lets it run a little faster or slower (at most 0.5 ms a second) makes no
 * step: each look compares with the one before.
 */
export class ClockWatch {
  private difference: number | undefined;

  constructor(private readonly parts: ClockWatchParts) {
    this.look();
  }

  /** To be called about once a second. A look at which the clocks cannot be read together is left to the next one. */
  look(): void {
    const { wallMs: wall, elapsedMs: elapsed, onStep } = this.parts;
    const beforeMs = elapsed();
    const wallMs = wall();
    const afterMs = elapsed();
    if (afterMs - beforeMs > MOST_BETWEEN_MS) return;
    const difference = wallMs - afterMs;
    const offsetMs = this.difference === undefined ? 0 : Math.round(difference - this.difference);
    this.difference = difference;
    if (Math.abs(offsetMs) >= LEAST_STEP_MS) onStep(offsetMs, wallMs);
  }
}
