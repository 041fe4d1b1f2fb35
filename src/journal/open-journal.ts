import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { FieldscoutError } from '../errors.js';
import { journalWorkerEntry } from '../paths.js';
import type { Journal, Outbox, OutboxEntry, OutboxMessage, OutboxStats } from './journal.js';
import {
  type CallMessage,
  END_JOURNAL,
  type JournalCall,
  type JournalReply,
  type JournalWorkerSettings,
} from './journal-protocol.js';
import type { Accepted, GapPlace, MissedMessages } from './outbox-table.js';
import type { JournalRecord } from './records.js';

export interface JournalOptions {
  /** The folder of the database; it is there. */
  readonly dir: string;
  /** Of this run of the daemon. */
  readonly bootId: string;
  /** Where gap records are told. */
  readonly gaps: GapPlace;
  readonly log: { info(line: string): void; warn(line: string): void };
  readonly recordEveryMs?: number;
  /** The worker's script. */
  readonly workerEntry?: string;
}

export const JOURNAL_FILE = 'journal.db';
const RECORD_EVERY_MS = 5_000;
/** For the transaction that runs when the journal is closed, on a slow disk. */
const END_WITHIN_MS = 2_000;

/** @throws FieldscoutError STORAGE_FAILED */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const settings: JournalWorkerSettings = {
    file: join(options.dir, JOURNAL_FILE),
    bootId: options.bootId,
    gaps: options.gaps,
    recordEveryMs: options.recordEveryMs ?? RECORD_EVERY_MS,
  };
  const worker = new Worker(options.workerEntry ?? journalWorkerEntry, { workerData: settings, name: 'journal' });
  const [first] = (await once(worker, 'message')) as [JournalReply];
  if (first.type === 'ready') return new WorkerJournal(worker, options);
  await worker.terminate();
  throw failed(options.dir, first.type === 'failed' ? first.line : `unexpected ${first.type}`);
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

class WorkerJournal implements Journal {
  readonly outbox: Outbox;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;

  constructor(
    private readonly worker: Worker,
    private readonly options: JournalOptions,
  ) {
    const { bootId } = options;
    worker.on('message', (reply: JournalReply) => this.settle(reply));
    worker.on('exit', () => this.rejectAll());
    worker.on('error', (error) => options.log.warn(`the journal's worker died: ${error.message}`));
    this.outbox = {
      accept: async (messages) => {
        if (messages.length === 0) return [];
        const packed = messages.map(pack);
        const accepted = (await this.call({ op: 'accept', messages: packed })) as Accepted;
        return packed.map(({ id: _, ...message }, i): OutboxEntry => {
          return { ...message, sequence: accepted.firstSequence + i, bootId, acceptedMs: accepted.acceptedMs };
        });
      },
      read: async ({ after, upTo = Number.MAX_SAFE_INTEGER, limit }) =>
        (await this.call({ op: 'read', after, upTo, limit })) as readonly OutboxEntry[],
      delivered: async (sequences) => void (await this.call({ op: 'delivered', sequences })),
      giveUp: async (sequences, reason) => void (await this.call({ op: 'giveUp', sequences, reason })),
      newest: async () => (await this.call({ op: 'newest' })) as number,
      stats: async () => (await this.call({ op: 'stats' })) as OutboxStats,
    };
  }

  record(record: JournalRecord): void {
    void this.call({ op: 'record', records: [record] }).catch((error: Error) => this.options.log.warn(error.message));
  }

  async missed(missed: MissedMessages): Promise<void> {
    await this.call({ op: 'missed', missed });
  }

  async close(): Promise<void> {
    const ended = once(this.worker, 'exit');
    this.worker.postMessage(END_JOURNAL);
    const inTime = new AbortController();
    const tooLate = sleep(END_WITHIN_MS, undefined, { signal: inTime.signal }).then(
      () => this.worker.terminate(),
      () => undefined, // it ended in time
    );
    await Promise.race([ended, tooLate]);
    inTime.abort();
  }

  private call(call: JournalCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.pending.set(id, { resolve, reject });
      const message: CallMessage = { id, call };
      this.worker.postMessage(message);
    });
  }

  private settle(reply: JournalReply): void {
    if (reply.type === 'log') this.options.log[reply.level](reply.line);
    if (reply.type !== 'done' && reply.type !== 'refused') return;
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.type === 'done') pending?.resolve(reply.result);
    else pending?.reject(failed(this.options.dir, reply.line));
  }

  private rejectAll(): void {
    for (const { reject } of this.pending.values()) reject(failed(this.options.dir, 'it is closed'));
    this.pending.clear();
  }
}

function pack({ payload, kind, topic, camera, retain }: OutboxMessage) {
  const { id } = payload as { readonly id?: unknown };
  return { kind, topic, camera, retain, id: typeof id === 'string' ? id : null, json: JSON.stringify(payload) };
}

function failed(dir: string, line: string): FieldscoutError {
  return new FieldscoutError(
    'STORAGE_FAILED',
    `The journal in ${dir} took nothing: ${line}.`,
    'Free some space, or set storage.dir to a folder that can be written.',
  );
}
