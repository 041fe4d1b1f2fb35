import { errorLine } from '../errors.js';
import type { Outbox, OutboxEntry } from '../journal/journal.js';

export interface LaneParts {
  readonly outbox: Pick<Outbox, 'read'>;
  /** Entries of `after < sequence <= upTo`; without `upTo` also those that are yet to come. */
  readonly after: number;
  readonly upTo?: number;
  /** On its way or settled, as of the moment in which it was read: never this lane's to send. */
  readonly isTaken: (entry: OutboxEntry) => boolean;
  /** Not to be sent now. */
  readonly skip: (entry: OutboxEntry) => boolean;
  /** `peek` may have something now. */
  readonly onReady: () => void;
  /** Why the outbox cannot be read; it is tried again. null: it can. */
  readonly onFault: (line: string | null) => void;
}

const PAGE_ENTRIES = 128;
const RETRY_MS = 1_000;

/**
 * Goes through a range of the outbox once, in order, a page at a time: however much waits there, one page is in memory. It goes by
 * sequence alone, so that entries which are settled meanwhile, in whatever order, neither move it nor hold it up.
 */
export class Lane {
  readonly #parts: LaneParts;
  #page: readonly OutboxEntry[] = [];
  #at = 0;
  #after: number;
  #isReading = false;
  /** The last read found the end of what there was. */
  #isAtEnd = false;
  /** More came while that was read. */
  #hasNews = false;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#after = parts.after;
  }

  /** All that there was has been taken. */
  get isAtEnd(): boolean {
    return this.#isAtEnd && this.#at >= this.#page.length;
  }

  /** The next entry, where it is in memory; where it is not, a page is fetched, and `onReady` says when it is there. */
  peek(): OutboxEntry | undefined {
    while (this.#at < this.#page.length) {
      const entry = this.#page[this.#at] as OutboxEntry;
      if (!this.#parts.skip(entry)) return entry;
      this.#at += 1;
    }
    if (!this.#isAtEnd) void this.#read();
    return undefined;
  }

  /** Takes what `peek` gave. */
  shift(): void {
    this.#at += 1;
  }

  /** Something new was accepted. */
  wake(): void {
    this.#isAtEnd = false;
    this.#hasNews = true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#page = [];
    this.#at = 0;
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#isClosed) return;
    this.#isReading = true;
    this.#hasNews = false;
    const { outbox, upTo, onReady, onFault } = this.#parts;
    try {
      const range = { after: this.#after, limit: PAGE_ENTRIES, ...(upTo === undefined ? {} : { upTo }) };
      const page = await outbox.read(range);
      if (this.#isClosed) return;
      this.#isAtEnd = page.length < PAGE_ENTRIES && !this.#hasNews;
      // Not later: what was on its way then may be settled and forgotten by the time its turn comes.
      this.#page = page.filter((entry) => !this.#parts.isTaken(entry));
      this.#at = 0;
      this.#after = page.at(-1)?.sequence ?? this.#after;
      this.#isReading = false;
      onFault(null);
      onReady();
    } catch (error) {
      if (this.#isClosed) return;
      onFault(errorLine(error));
      this.#retry = setTimeout(() => {
        this.#isReading = false;
        onReady();
      }, RETRY_MS);
    }
  }
}
