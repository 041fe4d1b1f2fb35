import { errorLine } from '../errors.js';
import type { CallMessage, JournalCall, JournalReply } from './journal-protocol.js';
import type { JournalStore } from './journal-store.js';
import { isDamage } from './salvage.js';

/**
 * Gathers the calls that are there and makes them one transaction: one flush of the disk for all, whose answers go out after it.
 * Calls keep their order.
 */
export class GroupCommit {
  private calls: CallMessage[] = [];
  private records: CallMessage[] = [];
  private isDue = false;
  private lazily: NodeJS.Timeout | undefined;

  /**
   * @param current gives the store to write to
   * @param onDamage gives another store in place of one whose file turned out to be damaged
   */
  constructor(
    private readonly current: () => JournalStore,
    private readonly recordEveryMs: number,
    private readonly reply: (reply: JournalReply) => void,
    private readonly onDamage: (fault: string) => JournalStore,
  ) {}

  add(message: CallMessage): void {
    if (message.call.op === 'record') {
      this.records.push(message);
      this.lazily ??= setTimeout(() => this.commit(), this.recordEveryMs);
      return;
    }
    this.calls.push(message);
    if (this.isDue) return;
    this.isDue = true;
    // After the messages that have arrived already.
    setImmediate(() => this.commit());
  }

  /** Writes what waits. */
  close(): void {
    this.commit();
  }

  private commit(): void {
    clearTimeout(this.lazily);
    this.lazily = undefined;
    this.isDue = false;
    const all = [...this.records, ...this.calls];
    this.records = [];
    this.calls = [];
    if (all.length === 0) return;
    const store = this.current();
    try {
      this.answer(
        all,
        store.transaction(() => all.map(({ call }) => store.apply(call))),
      );
    } catch (error) {
      this.oneByOne(isDamage(error) ? this.mend(store, error) : store, all, error);
    }
  }

  private mend(store: JournalStore, error: unknown): JournalStore {
    try {
      return this.onDamage(errorLine(error));
    } catch (failure) {
      const line = `the damaged journal cannot be set aside: ${errorLine(failure)}`;
      this.reply({ type: 'log', level: 'warn', line });
      return store;
    }
  }

  private answer(messages: readonly CallMessage[], results: readonly unknown[]): void {
    for (const [i, { id }] of messages.entries()) this.reply({ type: 'done', id, result: results[i] });
  }

  /** One call that cannot be done must not take the others with it. A disk that takes nothing refuses them all at once. */
  private oneByOne(store: JournalStore, messages: readonly CallMessage[], cause: unknown): void {
    let refusal = isRefusedByDisk(cause) ? cause : undefined;
    for (const message of messages) {
      try {
        if (isRead(message.call)) this.answer([message], [store.apply(message.call)]);
        else if (refusal) this.refuse(message, refusal);
        else this.answer([message], [store.transaction(() => store.apply(message.call))]);
      } catch (error) {
        if (isRefusedByDisk(error)) refusal = error;
        this.refuse(message, error);
      }
    }
  }

  private refuse(message: CallMessage, error: unknown): void {
    // Who sends them sends no more than so many that are unanswered.
    if (message.call.op === 'record' && isRefusedByDisk(error)) {
      this.records.push(message);
      this.lazily ??= setTimeout(() => this.commit(), this.recordEveryMs);
      return;
    }
    this.reply({ type: 'refused', id: message.id, line: errorLine(error) });
  }
}

function isRead({ op }: JournalCall): boolean {
  return op === 'read' || op === 'newest' || op === 'newestAlert' || op === 'stats';
}

/** Full, or failing just now: it may take again later. */
function isRefusedByDisk(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|NOMEM|BUSY)/.test(
    String((error as { code?: unknown } | null)?.code ?? ''),
  );
}
