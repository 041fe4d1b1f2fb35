import type { DeviceProfile } from './device-profile.js';
import { hottest, nextStep, type ThermalStep } from './thermal-steps.js';

export interface ThermalGuardParts {
  readonly limits: DeviceProfile['thermal'];
  readonly temperatures: () => Promise<Readonly<Record<string, number>>>;
  /** What there is to say about it now; nothing at full pace. */
  readonly tell: (lines: readonly string[]) => void;
}

/** Holds the cameras back while the board is hot, and says so: slower first, then no frames, until it has cooled. */
export class ThermalGuard {
  private present: ThermalStep = 'full';
  private readonly waiting = new Set<() => void>();

  constructor(private readonly parts: ThermalGuardParts) {}

  get step(): ThermalStep {
    return this.present;
  }

  /** Looks at the temperatures once. */
  async look(): Promise<void> {
    const { limits, temperatures, tell } = this.parts;
    const worst = hottest(await temperatures(), limits.zones);
    this.present = nextStep(this.present, worst?.celsius ?? null, limits);
    tell(worst && this.present !== 'full' ? [warningOf(this.present, worst.zone, limits)] : []);
    if (this.present === 'paused') return;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  /** After a frame that took `tookMs`: longer between frames at `slow`, none at `paused`. */
  async rest(
    tookMs: number,
    wait: (ms: number, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.present === 'slow') await wait((this.parts.limits.slowFactor - 1) * tookMs, signal);
    await this.coolEnough(signal);
  }

  /** Resolves once the board is cool enough for a frame, or when the signal aborts. */
  private async coolEnough(signal: AbortSignal): Promise<void> {
    if (this.present !== 'paused' || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      this.waiting.add(wake);
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
    ? `the board is too hot (${zone} reached ${pauseAtC} °C): no frames until it is below ${slowAtC} °C`
    : `the board is hot (${zone} reached ${slowAtC} °C): ${slowFactor} times longer between frames until it is below ${resumeBelowC} °C`;
}
