import type { MissedMessages } from '../../src/journal/gap.js';
import type { Outbox, OutboxEntry, OutboxMessage, OutboxStats } from '../../src/journal/journal.js';

/** The outbox's contract in memory, for tests of what reads it; each call answers in a later turn, as a worker does. */
export class MemoryOutbox implements Outbox {
  readonly entries = new Map<number, OutboxEntry>();
  readonly givenUp: { readonly sequence: number; readonly reason: string }[] = [];
  #newest = 0;

  constructor(private readonly bootId = 'boot-1') {}

  async accept(messages: readonly OutboxMessage[]): Promise<readonly OutboxEntry[]> {
    await turn();
    const accepted = messages.map(({ payload, ...message }) => {
      this.#newest += 1;
      return { ...message, sequence: this.#newest, bootId: this.bootId, acceptedMs: 0, json: JSON.stringify(payload) };
    });
    for (const entry of accepted) this.entries.set(entry.sequence, entry);
    return accepted;
  }

  async read(range: { readonly after: number; readonly upTo?: number; readonly limit: number }) {
    await turn();
    const { after, upTo = Number.POSITIVE_INFINITY, limit } = range;
    return [...this.entries.values()].filter(({ sequence }) => sequence > after && sequence <= upTo).slice(0, limit);
  }

  async delivered(sequences: readonly number[]): Promise<void> {
    await turn();
    for (const sequence of sequences) this.entries.delete(sequence);
  }

  async giveUp(sequences: readonly number[], reason: string): Promise<void> {
    await turn();
    for (const sequence of sequences) if (this.entries.delete(sequence)) this.givenUp.push({ sequence, reason });
  }

  async newest(): Promise<number> {
    await turn();
    return this.#newest;
  }

  async newestAlert() {
    await turn();
    return [...this.entries.values()].filter(({ kind }) => kind === 'alert').at(-1) ?? null;
  }

  /** As a journal does: counted, and named by a gap record. */
  async missed({ reason, kinds }: MissedMessages): Promise<void> {
    const payload = { reason, kinds };
    await this.accept([{ kind: 'gap', topic: 'gaps', camera: null, retain: false, payload }]);
  }

  async stats(): Promise<OutboxStats> {
    await turn();
    return { waiting: this.entries.size, bytes: 0, oldestMs: null, dropped: {} };
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
