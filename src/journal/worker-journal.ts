import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { errorLine, FieldscoutError } from '../errors.js';
import type { MissedMessages } from './gap.js';
import type { AcceptedAlert, Journal, Outbox, OutboxEntry, OutboxMessage, OutboxStats } from './journal.js';
import {
  END_JOURNAL,
  type JournalCall,
  type JournalMessage,
  type JournalReply,
  type JournalWorkerSettings,
} from './journal-protocol.js';
import type { Accepted, PackedMessage } from './outbox-table.js';
import type { JournalRecord } from './records.js';

export interface JournalLog {
  info(line: string): void;
  warn(line: string): void;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Records that the disk has not taken yet; beyond them more are counted and let go of. */
const MOST_UNWRITTEN = 20_000;
/** For the transaction that runs when the journal is closed, on a slow disk. */
const END_WITHIN_MS = 2_000;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 30_000;

/** The journal as the daemon's thread sees it: it asks the worker that owns the database, and starts another where that one died. */
export class WorkerJournal implements Journal {
  readonly outbox: Outbox;
  readonly #entry: string;
  readonly #settings: JournalWorkerSettings;
  readonly #log: JournalLog;
  readonly #pending = new Map<number, Pending>();
  readonly #closing = new AbortController();
  readonly #lost: Record<string, number> = {};
  #worker: Worker | undefined;
  #nextId = 0;
  #unwritten = 0;
  #trustsClock = true;
  /** Whether what kept the worker from starting may pass by itself. */
  #mayPass = false;

  constructor(entry: string, settings: JournalWorkerSettings, log: JournalLog) {
    this.#entry = entry;
    this.#settings = settings;
    this.#log = log;
    this.outbox = {
      accept: (messages) => this.#accept(messages),
      read: async ({ after, upTo = Number.MAX_SAFE_INTEGER, limit }) =>
        (await this.#call({ op: 'read', after, upTo, limit })) as readonly OutboxEntry[],
      delivered: async (sequences) => void (await this.#call({ op: 'delivered', sequences })),
      giveUp: async (sequences, reason) => void (await this.#call({ op: 'giveUp', sequences, reason })),
      newest: async () => (await this.#call({ op: 'newest' })) as number,
      newestAlert: async () => (await this.#call({ op: 'newestAlert' })) as AcceptedAlert | null,
      stats: async () => (await this.#call({ op: 'stats' })) as OutboxStats,
    };
  }

  get lost(): Readonly<Record<string, number>> {
    return this.#lost;
  }

  /**
   * Resolves when the database is open. Where the disk is full it is tried again and again: until then nothing is accepted, and what is
   * to be accepted waits with its sender.
   * @throws FieldscoutError STORAGE_FAILED for what does not pass by itself
   */
  async start(): Promise<void> {
    try {
      await this.#startWorker();
    } catch (error) {
      if (!this.#mayPass) throw error;
      this.#log.warn(errorLine(error));
      void this.#restart();
    }
  }

  async #startWorker(): Promise<void> {
    const worker = new Worker(this.#entry, { workerData: this.#settings, name: 'journal' });
    try {
      await this.#ready(worker);
    } catch (error) {
      await worker.terminate();
      throw this.#failed(errorLine(error));
    }
    worker.on('error', (error) => this.#revive(worker, errorLine(error)));
    worker.on('exit', (code) => this.#revive(worker, `exit code ${code}`));
    this.#worker = worker;
    this.trustClock(this.#trustsClock);
  }

  record(record: JournalRecord): void {
    const { type } = record;
    if (this.#unwritten >= MOST_UNWRITTEN) {
      this.#count(type);
      return;
    }
    this.#unwritten += 1;
    this.#call({ op: 'record', records: [record] })
      .catch(() => this.#count(type)) // a disk that takes nothing is told of by what waits for it; here it is counted
      .finally(() => {
        this.#unwritten -= 1;
      });
  }

  async written(): Promise<void> {
    if (this.#unwritten === 0) return;
    await this.#call({ op: 'written' });
  }

  async missed(missed: MissedMessages): Promise<void> {
    await this.#call({ op: 'missed', missed });
  }

  trustClock(trustsClock: boolean): void {
    this.#trustsClock = trustsClock;
    this.#send({ trustsClock });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) await end(worker);
    this.#rejectAll('it is closed');
  }

  async #accept(messages: readonly OutboxMessage[]): Promise<readonly OutboxEntry[]> {
    if (messages.length === 0) return [];
    const packed = messages.map(pack);
    const { bootId } = this.#settings;
    const { firstSequence, acceptedMs } = (await this.#call({ op: 'accept', messages: packed })) as Accepted;
    return packed.map(({ kind, topic, camera, retain, json }, i) => {
      return { kind, topic, camera, retain, json, bootId, acceptedMs, sequence: firstSequence + i };
    });
  }

  #ready(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number) => reject(new Error(`its worker ended with code ${code} while starting`));
      worker.once('error', reject);
      worker.once('exit', onExit);
      worker.on('message', (reply: JournalReply) => {
        if (reply.type === 'failed') {
          this.#mayPass = reply.mayPass;
          reject(new Error(reply.line));
        }
        if (reply.type === 'ready') {
          worker.off('error', reject);
          worker.off('exit', onExit);
          resolve();
        }
        this.#settle(reply);
      });
    });
  }

  #call(call: JournalCall): Promise<unknown> {
    if (!this.#worker) return Promise.reject(this.#failed('it is not open'));
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      this.#send({ id, call });
    });
  }

  #send(message: JournalMessage): void {
    this.#worker?.postMessage(message);
  }

  #settle(reply: JournalReply): void {
    if (reply.type === 'log') this.#log[reply.level](reply.line);
    if (reply.type !== 'done' && reply.type !== 'refused') return;
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.type === 'done') pending?.resolve(reply.result);
    else pending?.reject(this.#failed(reply.line));
  }

  #revive(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#log.warn(`the journal's worker died (${reason}) and is started anew`);
    // Whether what they asked was done before is not known: who asked asks again, and ids tell copies.
    this.#rejectAll(reason);
    void this.#restart();
  }

  async #restart(): Promise<void> {
    const { signal } = this.#closing;
    let said = '';
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
      // An abort is the only reason for which it rejects, and what the loop looks at.
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#startWorker();
        if (signal.aborted) await this.close();
        return;
      } catch (error) {
        const line = errorLine(error);
        if (line !== said) this.#log.warn(line);
        said = line;
      }
    }
  }

  #rejectAll(reason: string): void {
    for (const { reject } of this.#pending.values()) reject(this.#failed(reason));
    this.#pending.clear();
  }

  #count(type: string): void {
    this.#lost[type] = (this.#lost[type] ?? 0) + 1;
  }

  #failed(line: string): FieldscoutError {
    return new FieldscoutError(
      'STORAGE_FAILED',
      `${this.#settings.file} takes nothing: ${line}.`,
      'Free some space, or set storage.dir to a folder that can be written.',
    );
  }
}

function pack({ payload, kind, topic, camera, retain }: OutboxMessage): PackedMessage {
  const { id } = payload as { readonly id?: unknown };
  return { kind, topic, camera, retain, id: typeof id === 'string' ? id : null, json: JSON.stringify(payload) };
}

async function end(worker: Worker): Promise<void> {
  // Also where it fails at the last moment: `once` of node:events would reject then.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage(END_JOURNAL);
  const inTime = new AbortController();
  const tooLate = sleep(END_WITHIN_MS, undefined, { signal: inTime.signal }).then(
    () => worker.terminate(),
    () => undefined, // it ended in time
  );
  await Promise.race([ended, tooLate]);
  inTime.abort();
}
