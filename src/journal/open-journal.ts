import { join } from 'node:path';
import { journalWorkerEntry } from '../paths.js';
import type { GapPlace } from './gap.js';
import type { Journal } from './journal.js';
import type { JournalLimits } from './retention.js';
import { type JournalLog, WorkerJournal } from './worker-journal.js';

export interface JournalOptions {
  /** The folder of the database; it is there. */
  readonly dir: string;
  /** Of this run of the daemon. */
  readonly bootId: string;
  /** The node has: where there is no journal then, it is gone, and that is said. False by default. */
  readonly hasRunBefore?: boolean;
  /** Where gap records are told. */
  readonly gaps: GapPlace;
  readonly log: JournalLog;
  /** None by default. */
  readonly limits?: Partial<JournalLimits>;
  readonly recordEveryMs?: number;
  readonly retainEveryMs?: number;
  /** The worker's script. */
  readonly workerEntry?: string;
}

export const JOURNAL_FILE = 'journal.db';
const RECORD_EVERY_MS = 10_000;
const RETAIN_EVERY_MS = 30_000;
const NO_LIMIT = { maxBytes: Number.MAX_SAFE_INTEGER, maxDays: 0 };
const NO_LIMITS: JournalLimits = {
  outbox: NO_LIMIT,
  messages: NO_LIMIT,
  detections: NO_LIMIT,
  embeddings: NO_LIMIT,
};

/** Opens the journal in a worker thread of its own. @throws FieldscoutError STORAGE_FAILED */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, bootId, gaps, limits, recordEveryMs = RECORD_EVERY_MS, retainEveryMs = RETAIN_EVERY_MS } = options;
  const settings = {
    file: join(dir, JOURNAL_FILE),
    bootId,
    hasRunBefore: options.hasRunBefore ?? false,
    gaps,
    recordEveryMs,
    limits: { ...NO_LIMITS, ...limits },
    retainEveryMs,
  };
  const journal = new WorkerJournal(options.workerEntry ?? journalWorkerEntry, settings, options.log);
  await journal.start();
  return journal;
}
