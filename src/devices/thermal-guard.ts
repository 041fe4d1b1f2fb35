import type { DeviceProfile } from './device-profile.js';
import { LastTemperatures } from './last-temperatures.js';
import { hottest, nextStep, type ThermalStep } from './thermal-steps.js';

export interface ThermalGuardParts {
  readonly limits: DeviceProfile['thermal'];
  readonly temperatures: () => Promise<Readonly<Record<string, number>>>;
  /** What there is to say about it now; nothing at full pace. */
  readonly tell: (lines: readonly string[]) => void;
  /** A clock that nobody sets; the process's own by default. */
  readonly nowMs?: () => number;
}

/** The guard looks so often, and whoever waits is asked so often whether that is still needed. */
export const LOOK_EVERY_MS = 5_000;

interface Waiting {
  /** Of the step; true: no more waiting. */
  readonly isOver: () => boolean;
  readonly wake: () => void;
}

/**
 * Holds the cameras back while the board is hot, and says so: slower first, then no frames, until it has cooled. A zone that cannot be read counts
 * with its last temperature for 10 minutes; then the others decide, and it is told.
 */
export class ThermalGuard {
  private step: ThermalStep = 'full';
  private readonly waiting = new Set<Waiting>();
  private readonly last: LastTemperatures;

  constructor(private readonly parts: ThermalGuardParts) {
    this.last = new LastTemperatures(parts.nowMs ?? (() => performance.now()));
  }

  get isTooHot(): boolean {
    return this.step === 'paused';
  }

  /** Looks at the temperatures once. */
  async look(): Promise<void> {
    const { limits, temperatures, tell } = this.parts;
    const { celsius, lostC } = this.last.with(await temperatures());
    const worst = hottest(celsius, limits.zones);
    this.step = nextStep(this.step, worst?.celsius ?? null, limits);
    const lost = hottest(lostC, limits.zones);
    const isMissed = lost !== null && (worst === null || lost.celsius >= limits.resumeBelowC);
    tell([
      ...(worst && this.step !== 'full' ? [warningOf(this.step, worst.zone, limits)] : []),
      ...(isMissed ? [lossOf(lost.zone)] : []),
    ]);
    for (const { isOver, wake } of this.waiting) if (isOver()) wake();
  }

  /** After a frame that took `tookMs`: longer between frames while the board is hot, and no longer than it is. */
  async rest(
    tookMs: number,
    wait: (ms: number, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let leftMs = (this.parts.limits.slowFactor - 1) * tookMs;
    while (this.step === 'slow' && leftMs > 0 && !signal.aborted) {
      const sliceMs = Math.min(leftMs, LOOK_EVERY_MS);
      await wait(sliceMs, signal);
      leftMs -= sliceMs;
    }
  }

  /** Resolves once no frame may be taken, or when the signal aborts. */
  untilTooHot(signal: AbortSignal): Promise<void> {
    return this.until(() => this.isTooHot, signal);
  }

  /** Resolves once the board is cool enough for a frame, or when the signal aborts. */
  untilCool(signal: AbortSignal): Promise<void> {
    return this.until(() => !this.isTooHot, signal);
  }

  private async until(isOver: () => boolean, signal: AbortSignal): Promise<void> {
    if (isOver() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(entry);
        resolve();
      };
      const entry: Waiting = { isOver, wake };
      this.waiting.add(entry);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** The same words at each degree: a warning that stands is told once. */
function warningOf(
  step: ThermalStep,
  zone: string,
  { slowAtC, pauseAtC, resumeBelowC, slowFactor }: ThermalGuardParts['limits'],
) {
  return step === 'paused'
    ? `the board is too hot (${zone} reached ${pauseAtC} °C): cameras are closed until it is below ${slowAtC} °C`
    : `the board is hot (${zone} reached ${slowAtC} °C): ${slowFactor} times longer between frames until it is below ${resumeBelowC} °C`;
}

const lossOf = (zone: string): string =>
  `the temperature of ${zone} cannot be read any more: the cameras are not held back by it, however hot it is`;
