import { type Backoff, reconnectDelayMs } from './backoff.js';

interface Hold {
  /** `closed` until a time; `open` for one message, which finds out (`asking`) whether the broker takes the topic again. */
  state: 'closed' | 'open' | 'asking';
  untilMs: number;
  refusals: number;
}

const BACKOFF: Backoff = { firstMs: 10_000, mostMs: 600_000 };

/**
 * Topics that the broker refuses. What belongs there waits while other topics go on; from time to time, ever more rarely, one
 * message finds out whether the broker takes them again.
 */
export class HeldTopics {
  readonly #holds = new Map<string, Hold>();
  readonly #elapsed: () => number;
  readonly #random: () => number;
  readonly #backoff: Backoff;

  /** @param elapsed milliseconds that nobody sets */
  constructor(elapsed: () => number, random: () => number, backoff: Backoff = BACKOFF) {
    this.#elapsed = elapsed;
    this.#random = random;
    this.#backoff = backoff;
  }

  mayGo(topic: string): boolean {
    const hold = this.#holds.get(topic);
    return !hold || hold.state === 'open';
  }

  sent(topic: string): void {
    const hold = this.#holds.get(topic);
    if (hold?.state === 'open') hold.state = 'asking';
  }

  /** Several refusals of what went together are one. */
  refused(topic: string): void {
    const before = this.#holds.get(topic);
    if (before?.state === 'closed') return;
    const refusals = (before?.refusals ?? 0) + 1;
    const untilMs = this.#elapsed() + reconnectDelayMs(refusals, this.#backoff, this.#random());
    this.#holds.set(topic, { state: 'closed', untilMs, refusals });
  }

  /** Milliseconds until `openDue` opens something; undefined where nothing is held back. */
  get waitMs(): number | undefined {
    const closed = [...this.#holds.values()].filter(({ state }) => state === 'closed');
    if (closed.length === 0) return undefined;
    return Math.max(0, Math.min(...closed.map(({ untilMs }) => untilMs)) - this.#elapsed());
  }

  /** @returns whether it was held until now */
  acknowledged(topic: string): boolean {
    return this.#holds.get(topic)?.state === 'asking' && this.#holds.delete(topic);
  }

  /** The connection is lost: what was on its way to find out tells nothing. */
  lost(): void {
    for (const hold of this.#holds.values()) if (hold.state === 'asking') hold.state = 'open';
  }

  /** Opens what is due. @returns whether there was any */
  openDue(): boolean {
    const now = this.#elapsed();
    const due = [...this.#holds.values()].filter(({ state, untilMs }) => state === 'closed' && now >= untilMs);
    for (const hold of due) hold.state = 'open';
    return due.length > 0;
  }
}
