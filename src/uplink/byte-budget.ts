export interface BudgetLimits {
  readonly bytesPerHour?: number | undefined;
  readonly bytesPerDay?: number | undefined;
}

interface Window {
  /** When its first byte went; milliseconds since 1970. */
  readonly sinceMs: number;
  readonly bytes: number;
}

/** What was used, to be kept over a restart. */
export interface BudgetUse {
  readonly hour: Window;
  readonly day: Window;
}

export interface BudgetState {
  readonly hour: BudgetWindowState | null;
  readonly day: BudgetWindowState | null;
  /** Until when events wait in the outbox; null where they may go. */
  readonly eventsWaitUntilMs: number | null;
}

export interface BudgetWindowState {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** When it begins anew. */
  readonly untilMs: number;
}

/** What is sent: pictures and the like of QoS 0, retained state, events and alerts, and the word that the budget is used up. */
export type BudgetClass = 'live' | 'state' | 'event' | 'notice';

/** Up to which part of a window each may still be sent: the last quarter but a tenth belongs to events alone. */
const SHARES: Readonly<Record<BudgetClass, number>> = { live: 0.5, state: 0.75, event: 0.9, notice: 1 };
const LENGTH_MS = { hour: 3_600_000, day: 86_400_000 } as const;
const UNUSED: Window = { sinceMs: 0, bytes: 0 };

/**
 * How much may go over a metered link. A window begins with the first message after the last one ended, by the node's clock; a
 * clock that is set back prolongs it by what it had lasted, so that no limit is ever exceeded by that.
 */
export class ByteBudget {
  readonly #limits: { readonly hour: number | undefined; readonly day: number | undefined };
  readonly #now: () => number;
  #use: BudgetUse;

  constructor({ bytesPerHour, bytesPerDay }: BudgetLimits, before: BudgetUse | undefined, now: () => number) {
    this.#limits = { hour: bytesPerHour, day: bytesPerDay };
    this.#use = before ?? { hour: UNUSED, day: UNUSED };
    this.#now = now;
  }

  get isLimited(): boolean {
    return this.#limits.hour !== undefined || this.#limits.day !== undefined;
  }

  get use(): BudgetUse {
    return this.#use;
  }

  spend(bytes: number): void {
    if (!this.isLimited) return;
    this.#roll();
    const add = ({ sinceMs, bytes: before }: Window) => ({
      sinceMs: before === 0 ? this.#now() : sinceMs,
      bytes: before + bytes,
    });
    this.#use = { hour: add(this.#use.hour), day: add(this.#use.day) };
  }

  /** @returns 0 where such a message may go now, else the milliseconds until it may */
  waitMs(traffic: BudgetClass): number {
    if (!this.isLimited) return 0;
    this.#roll();
    const waits = (['hour', 'day'] as const).map((name) => {
      const limit = this.#limits[name];
      const { sinceMs, bytes } = this.#use[name];
      if (limit === undefined || bytes < limit * SHARES[traffic]) return 0;
      return sinceMs + LENGTH_MS[name] - this.#now();
    });
    return Math.max(...waits);
  }

  state(): BudgetState {
    this.#roll();
    const of = (name: 'hour' | 'day'): BudgetWindowState | null => {
      const limitBytes = this.#limits[name];
      if (limitBytes === undefined) return null;
      const { sinceMs, bytes } = this.#use[name];
      const beganMs = bytes === 0 ? this.#now() : sinceMs;
      return { limitBytes, usedBytes: bytes, untilMs: beganMs + LENGTH_MS[name] };
    };
    const waitMs = this.waitMs('event');
    return { hour: of('hour'), day: of('day'), eventsWaitUntilMs: waitMs === 0 ? null : this.#now() + waitMs };
  }

  #roll(): void {
    this.#use = { hour: this.#current('hour'), day: this.#current('day') };
  }

  #current(name: 'hour' | 'day'): Window {
    const window = this.#use[name];
    const now = this.#now();
    if (window.bytes === 0 || now >= window.sinceMs + LENGTH_MS[name]) return UNUSED;
    return now < window.sinceMs ? { ...window, sinceMs: now } : window;
  }
}
