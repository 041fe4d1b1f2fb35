import { errorLine } from '../errors.js';
import type { Outbox } from '../journal/journal.js';

const RETRY_MS = 1_000;
/** Beyond this nothing more is sent until the disk has taken what is settled already. */
const MOST_PENDING = 10_000;

/** What the broker said about entries, on its way to the disk: many at a time, again and again until it is there. */
export class Settlement {
  readonly #outbox: Pick<Outbox, 'delivered' | 'giveUp'>;
  readonly #onFault: (line: string | null) => void;
  readonly #onGaveUp: () => void;
  readonly #onRoom: () => void;
  /** By sequence: null where it was delivered, else the reason why it was given up. */
  readonly #pending = new Map<number, string | null>();
  #writing: Promise<void> | undefined;

  /**
   * @param onFault takes why the disk does not take it, until it does: null
   * @param onGaveUp something was given up: the outbox names it by a gap record, which waits now
   * @param onRoom it was full, and is not any more
   */
  constructor(
    outbox: Pick<Outbox, 'delivered' | 'giveUp'>,
    onFault: (line: string | null) => void,
    onGaveUp: () => void,
    onRoom: () => void,
  ) {
    this.#outbox = outbox;
    this.#onFault = onFault;
    this.#onGaveUp = onGaveUp;
    this.#onRoom = onRoom;
  }

  get isFull(): boolean {
    return this.#pending.size >= MOST_PENDING;
  }

  /** Settled, although the outbox may still give it. */
  has(sequence: number): boolean {
    return this.#pending.has(sequence);
  }

  delivered(sequence: number): void {
    this.#pending.set(sequence, null);
    this.#writing ??= this.#write();
  }

  giveUp(sequence: number, reason: string): void {
    this.#pending.set(sequence, reason);
    this.#writing ??= this.#write();
  }

  /** Resolves when all is on the disk. */
  async done(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Answers that come in the same moment go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.size > 0) {
      const all = [...this.#pending];
      let wasFull = false;
      try {
        for (const reason of new Set(all.map(([, why]) => why))) {
          const sequences = all.filter(([, why]) => why === reason).map(([sequence]) => sequence);
          if (reason === null) await this.#outbox.delivered(sequences);
          else await this.#outbox.giveUp(sequences, reason);
          wasFull ||= this.isFull;
          for (const sequence of sequences) this.#pending.delete(sequence);
        }
        this.#onFault(null);
        if (all.some(([, reason]) => reason !== null)) this.#onGaveUp();
        if (wasFull && !this.isFull) this.#onRoom();
      } catch (error) {
        this.#onFault(errorLine(error));
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    this.#writing = undefined;
  }
}
