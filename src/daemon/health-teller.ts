export interface HealthTellerParts {
  /** Does not throw. */
  readonly tell: () => Promise<void>;
  /** By a clock that nobody sets. */
  readonly elapsed: () => number;
}

const EVERY_MS = 60_000;
/** Between two that were asked for: at the start the broker and each camera ask, nearly at the same time. */
const LEAST_GAP_MS = 2_000;

/** When health is told: once a minute, and soon after what a reader waits for. */
export class HealthTeller {
  private toldMs = Number.NEGATIVE_INFINITY;
  private interval: NodeJS.Timeout | undefined;
  private asked: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly parts: HealthTellerParts) {}

  start(): void {
    this.interval = setInterval(() => void this.now(), EVERY_MS);
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.interval);
    clearTimeout(this.asked);
  }

  /** At once, also after `stop`. */
  async now(): Promise<void> {
    clearTimeout(this.asked);
    this.asked = undefined;
    this.toldMs = this.parts.elapsed();
    await this.parts.tell();
  }

  /** In this turn of the loop or a little later: what asks within that time is answered together. */
  soon(): void {
    if (this.isStopped || this.asked) return;
    const waitMs = Math.max(0, this.toldMs + LEAST_GAP_MS - this.parts.elapsed());
    this.asked = setTimeout(() => void this.now(), waitMs);
  }
}
