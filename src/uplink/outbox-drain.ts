import type { Logger } from 'pino';
import { errorLine } from '../errors.js';
import type { Outbox, OutboxEntry } from '../journal/journal.js';
import type { Backoff } from './backoff.js';
import { HeldTopics } from './held-topics.js';
import { Lane } from './lane.js';
import { type EncodedMessage, encodeEntry } from './message.js';
import type { QueuedMessage } from './message-queue.js';
import { NamedTimers } from './named-timers.js';
import { Settlement } from './settlement.js';
import { TokenBucket } from './token-bucket.js';

export interface DrainParts {
  readonly outbox: Outbox;
  readonly backlogPerSecond: number;
  /** `take` may have something now. */
  readonly onReady: () => void;
  readonly log: Logger;
  /** Milliseconds that nobody sets. */
  readonly elapsed: () => number;
  readonly random: () => number;
  /** How long a refused topic waits. */
  readonly refusalBackoff?: Backoff | undefined;
}

interface Lanes {
  readonly backlog: Lane;
  readonly live: Lane;
}

interface SetAside {
  readonly untilMs: number;
  readonly times: number;
  /** The lanes passed it over and have not been taken back to it. */
  readonly isOut: boolean;
}

const RETRY_MS = 1_000;
/** An entry over which the broker hangs up waits so long before it is tried again. */
const SET_ASIDE_MS = 3_600_000;
/** After so many such hours it is given up. */
const MOST_TIMES_ASIDE = 24;

/**
 * Sends the outbox over one connection after the other, in two lanes. What was accepted before the connection was ready is its
 * backlog: oldest first, at a bounded rate. What is accepted later is live. Both go by sequence, so that over one connection each
 * entry is sent once at most, and none is passed over; the next connection begins again with whatever is not settled.
 */
export class OutboxDrain {
  readonly #parts: DrainParts;
  readonly #settlement: Settlement;
  readonly #held: HeldTopics;
  readonly #bucket: TokenBucket;
  readonly #timers = new NamedTimers<'begin' | 'rate' | 'held'>();
  readonly #onTheirWay = new Map<number, OutboxEntry>();
  readonly #aside = new Map<number, SetAside>();
  /** By topic, the sequence of the newest retained message that was sent. */
  readonly #newestRetained = new Map<string, number>();
  #lanes: Lanes | undefined;
  #boundary = 0;
  #connection = 0;
  #lastWasLive = false;
  readonly #faults = new Map<'read' | 'write', string>();

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#settlement = new Settlement(
      parts.outbox,
      (line) => this.#note('write', line),
      () => this.wake(),
      parts.onReady,
    );
    this.#held = new HeldTopics(parts.elapsed, parts.random, parts.refusalBackoff);
    this.#bucket = new TokenBucket(parts.backlogPerSecond, parts.elapsed);
  }

  get inFlight(): number {
    return this.#onTheirWay.size;
  }

  /** All that is live has been sent and acknowledged. */
  get isIdle(): boolean {
    return this.inFlight === 0 && (this.#lanes?.live.isAtEnd ?? false);
  }

  /** Why the outbox cannot be read or written just now, or what is left out of it for now; null where all is well. */
  get trouble(): string | null {
    const fault = this.#faults.get('write') ?? this.#faults.get('read');
    if (fault !== undefined || this.#aside.size === 0) return fault ?? null;
    return `messages over which the broker hangs up, and which are tried again once an hour: ${this.#aside.size}`;
  }

  /** A connection is ready for messages. */
  begin(): void {
    this.#connection += 1;
    void this.#open(this.#connection);
  }

  /** It is lost: what was on its way is sent again over the next one. */
  end(): void {
    this.#connection += 1;
    this.#close();
    this.#lanes = undefined;
    this.#onTheirWay.clear();
    this.#held.lost();
    this.#timers.clear('begin', 'rate', 'held');
  }

  /** Something new was accepted. */
  wake(): void {
    this.#lanes?.live.wake();
    this.#parts.onReady();
  }

  /** The next entry that may go, on its way until it is answered or the connection ends. */
  take(): QueuedMessage | undefined {
    if (!this.#lanes || this.#settlement.isFull) return undefined;
    if (this.#held.openDue() || this.#hasDueAside()) {
      this.#rewind();
      this.#awaitDue();
    }
    const { backlog, live } = this.#lanes;
    // Where both have something they take turns: neither a flood of live events nor a fast backlog holds up the other.
    for (const lane of this.#lastWasLive ? [backlog, live] : [live, backlog]) {
      const taken = this.#takeFrom(lane, lane === backlog);
      if (!taken) continue;
      this.#lastWasLive = lane === live;
      return taken;
    }
    return undefined;
  }

  acknowledged(sequence: number): void {
    const entry = this.#onTheirWay.get(sequence);
    this.#onTheirWay.delete(sequence);
    this.#aside.delete(sequence);
    this.#settlement.delivered(sequence);
    // What was passed over while its topic was held is behind the lanes.
    if (entry && this.#held.acknowledged(entry.topic)) this.#rewind();
  }

  /** The broker will never take it. */
  giveUp(sequence: number, reason: string): void {
    this.#onTheirWay.delete(sequence);
    this.#aside.delete(sequence);
    this.#settlement.giveUp(sequence, reason);
  }

  /** The broker does not take its topic for now; it waits in the outbox. */
  hold(sequence: number): void {
    const entry = this.#onTheirWay.get(sequence);
    this.#onTheirWay.delete(sequence);
    if (entry) this.#held.refused(entry.topic);
    this.#awaitDue();
  }

  /** The broker hangs up over what is on its way: it is left out for an hour. */
  setAside(): void {
    for (const sequence of this.#onTheirWay.keys()) {
      const times = (this.#aside.get(sequence)?.times ?? 0) + 1;
      if (times > MOST_TIMES_ASIDE) this.giveUp(sequence, 'refused');
      else this.#aside.set(sequence, { untilMs: this.#parts.elapsed() + SET_ASIDE_MS, times, isOut: true });
    }
  }

  /** Resolves when all answers of the broker are on the disk, or when the time is over. */
  async settled(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.#settlement.done(), over]);
    clearTimeout(timer);
  }

  async #open(connection: number): Promise<void> {
    try {
      const newest = await this.#parts.outbox.newest();
      if (connection !== this.#connection) return;
      this.#boundary = newest;
      this.#rewind();
      this.#awaitDue();
      this.#parts.onReady();
    } catch (error) {
      if (connection !== this.#connection) return;
      this.#note('read', errorLine(error));
      this.#timers.set('begin', RETRY_MS, () => void this.#open(connection));
    }
  }

  /** Both lanes from their beginnings; what is on its way or settled is passed over. */
  #rewind(): void {
    this.#close();
    const { outbox, onReady } = this.#parts;
    const parts = {
      outbox,
      isTaken: ({ sequence }: OutboxEntry) => this.#onTheirWay.has(sequence) || this.#settlement.has(sequence),
      skip: (entry: OutboxEntry) => !this.#mayGo(entry),
      onReady,
      onFault: (line: string | null) => this.#note('read', line),
    };
    this.#lanes = {
      backlog: new Lane({ ...parts, after: 0, upTo: this.#boundary }),
      live: new Lane({ ...parts, after: this.#boundary }),
    };
  }

  #close(): void {
    this.#lanes?.backlog.close();
    this.#lanes?.live.close();
  }

  #takeFrom(lane: Lane, historical: boolean): QueuedMessage | undefined {
    for (let entry = lane.peek(); entry; entry = lane.peek()) {
      const waitMs = historical ? this.#bucket.waitMs() : 0;
      if (waitMs > 0) {
        this.#timers.set('rate', waitMs, this.#parts.onReady);
        return undefined;
      }
      lane.shift();
      const message = this.#encode(entry, historical);
      if (!message) continue;
      if (historical) this.#bucket.take();
      this.#held.sent(entry.topic);
      this.#onTheirWay.set(entry.sequence, entry);
      return { ticket: entry.sequence, message };
    }
    return undefined;
  }

  /** An old retained message must not take the place of a newer one. */
  #encode(entry: OutboxEntry, historical: boolean): EncodedMessage | undefined {
    try {
      const message = encodeEntry(entry, historical);
      if (!entry.retain) return message;
      if (entry.sequence < (this.#newestRetained.get(entry.topic) ?? 0)) return { ...message, retain: false };
      this.#newestRetained.set(entry.topic, entry.sequence);
      return message;
    } catch (error) {
      this.#parts.log.error(
        { sequence: entry.sequence, reason: errorLine(error) },
        'an entry of the outbox is no JSON',
      );
      this.giveUp(entry.sequence, 'unreadable');
      return undefined;
    }
  }

  #awaitDue(): void {
    const { waitMs } = this.#held;
    if (waitMs === undefined) return;
    this.#timers.set('held', waitMs + 1, () => {
      this.#parts.onReady();
      // Timers may fire a little before their time by the other clock.
      this.#awaitDue();
    });
  }

  #hasDueAside(): boolean {
    const now = this.#parts.elapsed();
    const due = [...this.#aside].filter(([, { isOut, untilMs }]) => isOut && now >= untilMs);
    for (const [sequence, { untilMs, times }] of due) this.#aside.set(sequence, { untilMs, times, isOut: false });
    return due.length > 0;
  }

  #mayGo({ sequence, topic }: OutboxEntry): boolean {
    if (this.#parts.elapsed() < (this.#aside.get(sequence)?.untilMs ?? Number.NEGATIVE_INFINITY)) return false;
    return this.#held.mayGo(topic);
  }

  #note(what: 'read' | 'write', line: string | null): void {
    // A disk that takes answers again makes room for more of them.
    if (line === null) {
      if (this.#faults.delete(what)) this.#parts.onReady();
    } else if (this.#faults.get(what) !== line) {
      this.#faults.set(what, line);
      this.#parts.log.error(
        { reason: line },
        `the outbox cannot be ${what === 'read' ? 'read' : 'written'}; it is tried again`,
      );
    }
  }
}
