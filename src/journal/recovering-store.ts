import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { printable } from '../errors.js';
import { JournalStore, type StoreSettings } from './journal-store.js';
import { openDatabase } from './open-database.js';
import { isDamage, type Salvaged, salvage } from './salvage.js';
import { beginSequencesAfter } from './sequences.js';
import { SqliteDatabase } from './sqlite.js';

/** Checked before anything else: it takes well under a second. A larger file is checked beside the work. */
const CHECKED_AT_ONCE_BYTES = 16 << 20;
/** Each may be as large as the database. */
const MOST_SET_ASIDE = 2;

export interface OpenedStore {
  readonly store: JournalStore;
  /** The last run did not end cleanly and the file is large: it is yet to be checked. */
  readonly isCheckDue: boolean;
}

/**
 * Opens the store, whatever state its file is in: a damaged one is set aside, and what can be read of it is carried over.
 * @param hasRunBefore the node has: where there is no journal then, it is gone
 * @throws SqliteError where the disk refuses; FieldscoutError STORAGE_FAILED for a file of a newer program
 */
export function openStore(
  file: string,
  settings: StoreSettings,
  hasRunBefore: boolean,
  warn: (line: string) => void,
): OpenedStore {
  const isLarge = existsSync(file) && statSync(file).size > CHECKED_AT_ONCE_BYTES;
  try {
    const db = openDatabase(file);
    try {
      const isClean = endedCleanly(db);
      if (!isClean && !isLarge) {
        const fault = faultOf(db);
        if (fault) throw new SqliteDatabase.SqliteError(fault, 'SQLITE_CORRUPT');
      }
      if (hasRunBefore && isNew(db)) {
        // No sequence of a plausible past is as large as the time in milliseconds.
        beginSequencesAfter(db, settings.now());
        warn(`${file} is gone: a new one begins, and what waited in the old one for the broker is lost`);
      }
      return { store: new JournalStore(db, settings), isCheckDue: !isClean && isLarge };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { store: recoverStore(file, settings, (error as Error).message, warn), isCheckDue: false };
  }
}

/** Sets a damaged database aside and goes on with what can be read of it. It must be closed. */
export function recoverStore(
  file: string,
  settings: StoreSettings,
  fault: string,
  warn: (line: string) => void,
): JournalStore {
  const aside = setAside(file, settings.now());
  const db = openDatabase(file);
  let salvaged: Salvaged;
  try {
    salvaged = salvage(aside, db, settings.now());
  } catch (error) {
    db.close();
    throw error;
  }
  const { rows, lostFromOutbox } = salvaged;
  const unknown = rows === 0 ? ', and how many messages waited for the broker nobody knows' : '';
  const lost = lostFromOutbox > 0 ? `, ${lostFromOutbox} messages that waited for the broker are lost` : unknown;
  warn(
    `${file} is damaged (${fault}): it is kept as ${basename(aside)}, ${rows} rows that can be read are carried over${lost}`,
  );
  const store = new JournalStore(db, settings);
  if (lostFromOutbox > 0) {
    const atMs = settings.now();
    const missed = { reason: 'damaged', kinds: { unknown: lostFromOutbox }, cameras: [], fromMs: atMs, toMs: atMs };
    store.transaction(() => store.outbox.missed(missed));
  }
  return store;
}

/**
 * Writes the file of an open store anew, from what SQLite still holds of it, and goes on with it. What has the name meanwhile is set aside.
 * The old store must be closed before the new file has its name, for closing deletes the log of that name: from then on the copy is all
 * there is. It is never deleted, and a second call goes on from there.
 * @throws SqliteError, or the file system's error, where the disk refuses
 */
export function rewriteStore(file: string, store: JournalStore, settings: StoreSettings): JournalStore {
  const copy = `${file}.rewritten`;
  if (store.db.open) {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(copy, { force: true });
    try {
      store.db.prepare('VACUUM INTO ?').run(copy);
      flush(copy);
    } catch (error) {
      rmSync(copy, { force: true });
      throw error;
    }
    store.db.close();
  }
  if (existsSync(copy)) {
    if (['', '-wal', '-shm'].some((end) => existsSync(file + end))) setAside(file, settings.now());
    renameSync(copy, file);
    flush(dirname(file));
  }
  return new JournalStore(openDatabase(file), settings);
}

function flush(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** @returns what is wrong with the file; undefined where nothing is found */
export function faultOf(db: Database): string | undefined {
  try {
    const [first] = db.pragma('quick_check(1)') as { readonly quick_check: string }[];
    const answer = first?.quick_check ?? 'no answer';
    return answer === 'ok' ? undefined : printable(answer.replace(/^\*{3} in database main \*{3}\s*/, ''));
  } catch (error) {
    if (isDamage(error)) return (error as Error).message;
    throw error;
  }
}

function isNew(db: Database): boolean {
  return db.prepare('SELECT 1 FROM runs LIMIT 1').get() === undefined;
}

function endedCleanly(db: Database): boolean {
  return (db.prepare('SELECT stopped FROM runs ORDER BY id DESC LIMIT 1').pluck().get() ?? 1) === 1;
}

function setAside(file: string, nowMs: number): string {
  const dir = dirname(file);
  const prefix = `${basename(file)}.damaged-`;
  const earlier = readdirSync(dir).filter((name) => name.startsWith(prefix) && /-\d+$/.test(name));
  for (const name of earlier.sort().slice(0, Math.max(0, earlier.length - MOST_SET_ASIDE + 1))) {
    for (const end of ['', '-wal', '-shm']) rmSync(join(dir, name + end), { force: true });
  }
  const aside = join(dir, `${prefix}${nowMs}`);
  // The log first: without it the database is whole, if older; a log without its database is nothing.
  for (const end of ['-wal', '-shm', '']) {
    if (existsSync(file + end)) renameSync(file + end, aside + end);
  }
  return aside;
}
