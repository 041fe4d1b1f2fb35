import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { JOURNAL_FILE } from '../../src/journal/open-journal.js';
import { SqliteDatabase } from '../../src/journal/sqlite.js';
import type { Accepted } from './ledger.js';

/** What a node's journal says, read beside its own code while the daemon runs, or after its death. */

/** Every message that was ever accepted; retention is far away in these runs. */
export function acceptedIn(storageDir: string): Accepted {
  const rows = reading(storageDir, (db) => db.prepare('SELECT sequence, id FROM messages').all(), []);
  return new Map((rows as { sequence: number; id: string }[]).map(({ sequence, id }) => [sequence, id]));
}

/** The newest sequence that was ever given. */
export function newestIn(storageDir: string): number {
  const last = "SELECT seq FROM sqlite_sequence WHERE name = 'messages'";
  return Number(reading(storageDir, (db) => db.prepare(last).pluck().get(), 0) ?? 0);
}

/** How many messages the broker has not acknowledged yet. */
export function waitingIn(storageDir: string): number {
  return Number(reading(storageDir, (db) => db.prepare('SELECT count(*) FROM outbox').pluck().get(), 0));
}

/** SQLite's own full check: `ok`, or what is wrong. */
export function integrityOf(storageDir: string): string {
  return String(reading(storageDir, (db) => db.pragma('integrity_check', { simple: true }), 'ok'));
}

/** @param otherwise the answer while there is no database, or no schema in it yet */
function reading<T>(storageDir: string, read: (db: Database) => T, otherwise: T): T {
  const file = join(storageDir, JOURNAL_FILE);
  if (!existsSync(file)) return otherwise;
  // Read-only: it neither checkpoints nor deletes the log, which the daemon must recover by itself.
  const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    return db.pragma('user_version', { simple: true }) === 0 ? otherwise : read(db);
  } finally {
    db.close();
  }
}
