import type { Logger } from 'pino';
import { errorLine } from '../errors.js';
import type { Journal, OutboxEntry, OutboxKind, OutboxMessage } from '../journal/journal.js';
import { toJson, type UplinkMessage } from './message.js';

export interface AcceptanceParts {
  readonly journal: Pick<Journal, 'outbox' | 'missed'>;
  /** They are on the disk for good; none where a gap record of the journal's own is. */
  readonly onAccepted: (entries: readonly OutboxEntry[]) => void;
  readonly now: () => number;
  readonly log: Logger;
}

interface Waiting {
  readonly message: OutboxMessage;
  readonly atMs: number;
}

interface Lost {
  readonly kinds: Map<OutboxKind, number>;
  readonly cameras: Set<string>;
  fromMs: number;
  toMs: number;
}

/** While the disk takes nothing, so many wait in memory; then updates give way first, then news and ends, then alerts. */
const MOST_WAITING = 5_000;
const MOST_AT_ONCE = 500;
const RETRY_MS = 1_000;
const GIVES_WAY: readonly OutboxKind[] = ['update', 'new', 'end', 'alert', 'clock', 'gap'];

/**
 * The door of the outbox: takes messages without making anyone wait, and hands them over in order, as many at a time as came while
 * the disk was busy. What it has to give up while the disk takes nothing is named by a gap record as soon as it takes again.
 */
export class Acceptance {
  readonly #parts: AcceptanceParts;
  readonly #waiting: Waiting[] = [];
  /** Of the batch that is being written. */
  #handedOver = 0;
  #lost: Lost | undefined;
  #work: Promise<void> | undefined;
  #fault: string | null = null;
  #wake: (() => void) | undefined;
  #unserialisable = 0;

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
  }

  /** Why the disk takes nothing just now; null where it does. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Messages that are not on the disk yet, and those that were given up and are named by no gap record yet. */
  get unwritten(): number {
    const lost = [...(this.#lost?.kinds.values() ?? [])].reduce((sum, count) => sum + count, 0);
    return this.#waiting.length + this.#handedOver + lost;
  }

  /** Given up so far because JSON cannot say them. */
  get unserialisable(): number {
    return this.#unserialisable;
  }

  /** Never throws and never waits. */
  add(message: UplinkMessage): void {
    const { topic, retain, outbox } = message;
    if (!outbox || 'bytes' in message) throw new Error(`a message on ${topic} does not go by way of the outbox`);
    try {
      // As it is now: what becomes of the object later must not reach the disk.
      const payload = JSON.parse(toJson(message.payload)) as object;
      this.#waiting.push({ message: { ...outbox, topic, retain, payload }, atMs: this.#parts.now() });
    } catch (error) {
      this.#unserialisable += 1;
      this.#parts.log.error({ topic, reason: errorLine(error) }, 'a payload that JSON cannot say');
      return;
    }
    if (this.#waiting.length > MOST_WAITING) this.#giveWay();
    this.#work ??= this.#handOver();
  }

  /** Resolves when all is on the disk; with a disk that takes nothing it does not. */
  async done(): Promise<void> {
    this.#wake?.();
    await this.#work;
  }

  async #handOver(): Promise<void> {
    // What is said in the same moment goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0 || this.#lost) {
      try {
        // What was given up came before what still waits.
        if (this.#lost) await this.#tellLost(this.#lost);
        else await this.#acceptSome();
        this.#fault = null;
      } catch (error) {
        this.#complain(errorLine(error));
        await this.#pause();
      }
    }
    this.#work = undefined;
  }

  async #acceptSome(): Promise<void> {
    const batch = this.#waiting.splice(0, MOST_AT_ONCE);
    this.#handedOver = batch.length;
    try {
      this.#parts.onAccepted(await this.#parts.journal.outbox.accept(batch.map(({ message }) => message)));
    } catch (error) {
      this.#waiting.unshift(...batch);
      throw error;
    } finally {
      this.#handedOver = 0;
    }
  }

  async #tellLost(lost: Lost): Promise<void> {
    const { kinds, cameras, fromMs, toMs } = lost;
    this.#lost = undefined;
    try {
      const missed = { reason: 'storage', kinds: Object.fromEntries(kinds), cameras: [...cameras], fromMs, toMs };
      await this.#parts.journal.missed(missed);
      this.#parts.onAccepted([]);
    } catch (error) {
      this.#lost = merge(lost, this.#lost);
      throw error;
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS).unref(); // a full disk must not keep the program from ending
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #giveWay(): void {
    const kind = GIVES_WAY.find((one) => this.#waiting.some(({ message }) => message.kind === one));
    const at = this.#waiting.findIndex(({ message }) => message.kind === kind);
    const [given] = this.#waiting.splice(at, 1);
    if (given) this.#lost = merge(lostOne(given), this.#lost);
  }

  #complain(line: string): void {
    if (line !== this.#fault) this.#parts.log.error({ reason: line }, 'events wait in memory: the disk takes nothing');
    this.#fault = line;
  }
}

function lostOne({ message: { kind, camera }, atMs }: Waiting): Lost {
  return { kinds: new Map([[kind, 1]]), cameras: new Set(camera === null ? [] : [camera]), fromMs: atMs, toMs: atMs };
}

function merge(a: Lost, b: Lost | undefined): Lost {
  if (!b) return a;
  const kinds = new Map(a.kinds);
  for (const [kind, count] of b.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return {
    kinds,
    cameras: new Set([...a.cameras, ...b.cameras]),
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
  };
}
