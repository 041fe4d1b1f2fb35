import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Accepted } from './ledger.js';

/** What a node's journal says, read by other means than its own code. */
export interface JournalReading {
  readonly accepted: Accepted;
  /** The newest sequence ever given. */
  readonly newest: number;
  /** Messages that the broker has not acknowledged yet. */
  readonly waiting: number;
}

const fileOf = (storageDir: string) => join(storageDir, 'journal.sqlite');

export function readJournal(storageDir: string): JournalReading {
  return reading(storageDir, (_db) => ({ accepted: new Map(), newest: 0, waiting: 0 }));
}

export const waitsIn = (storageDir: string) => readJournal(storageDir).waiting;
export const acceptedIn = (storageDir: string) => readJournal(storageDir).newest;

/** SQLite's own full check: `ok`, or what is wrong. */
export function integrityOf(storageDir: string): string {
  return reading(storageDir, (db) => String(db.pragma('integrity_check', { simple: true })));
}

function reading<T>(storageDir: string, read: (db: Database.Database) => T): T {
  // Read-only: it neither checkpoints nor deletes the log that the daemon must recover by itself.
  const db = new Database(fileOf(storageDir), { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    return read(db);
  } finally {
    db.close();
  }
}
