/** At most `perSecond` things a second, and a tenth of that in one go. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #most: number;
  /** Milliseconds that nobody sets. */
  readonly #elapsed: () => number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, elapsed: () => number) {
    this.#perSecond = perSecond;
    this.#most = Math.max(1, perSecond / 10);
    this.#elapsed = elapsed;
    this.#tokens = this.#most;
    this.#atMs = elapsed();
  }

  /** @returns 0 where one may go now, else the milliseconds until it may */
  waitMs(): number {
    const now = this.#elapsed();
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#atMs) * this.#perSecond) / 1000);
    this.#atMs = now;
    // Rounding must not leave a wait of nearly nothing that is asked for again and again.
    return this.#tokens >= 1 - 1e-9 ? 0 : Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond);
  }

  take(): void {
    this.#tokens -= 1;
  }
}
