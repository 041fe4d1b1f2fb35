import type { Database } from 'better-sqlite3';
import { beginSequencesAfter } from './sequences.js';
import { SqliteDatabase } from './sqlite.js';

/** In the order in which they are missed most. `key`: its rows are read along it, so that what lies behind a damaged page is found. */
const TABLES: readonly { readonly name: string; readonly key: string }[] = [
  { name: 'runs', key: 'id' },
  { name: 'outbox', key: 'sequence' },
  { name: 'messages', key: 'sequence' },
  { name: 'drops', key: 'reason' },
  { name: 'labels', key: 'id' },
  { name: 'pictures', key: 'id' },
  { name: 'embeddings', key: 'picture' },
  { name: 'downtime', key: 'id' },
  { name: 'clock_offsets', key: 'id' },
  { name: 'fingerprints', key: 'id' },
  { name: 'frames', key: 'id' },
  { name: 'detections', key: 'frame' },
];

/** Sequences of messages that nobody can read any more may have been published: the next ones begin far beyond them. */
const SEQUENCES_SKIPPED = 1_000_000;
/** A leaf of a table whose neighbours are fine costs a few of them; where all are damaged, doubling is soon past the end. */
const MOST_SKIPS = 1_000;

export interface Salvaged {
  readonly rows: number;
  /** Messages that waited for the broker and are lost. */
  readonly lostFromOutbox: number;
}

/** Carries over what can be read of a damaged database into a fresh one, in one transaction. */
export function salvage(brokenFile: string, fresh: Database, nowMs: number): Salvaged {
  const broken = openBroken(brokenFile);
  // Rows come before those that they refer to, and some of those are lost.
  fresh.pragma('foreign_keys = OFF');
  const salvaged = fresh
    .transaction(() => {
      let rows = 0;
      if (broken) for (const { name, key } of TABLES) rows += copyTable(broken, fresh, name, key);
      const waiting = numberOf(broken, "SELECT rows FROM tallies WHERE name = 'outbox'");
      // An entry without its content, or the other way round, is of no use.
      const listed = numberOf(fresh, 'SELECT count(*) FROM outbox');
      fresh.exec('DELETE FROM outbox WHERE sequence NOT IN (SELECT sequence FROM messages)');
      const kept = numberOf(fresh, 'SELECT count(*) FROM outbox');
      const last = Math.max(
        numberOf(broken, "SELECT seq FROM sqlite_sequence WHERE name = 'messages'"),
        numberOf(fresh, 'SELECT max(sequence) FROM messages'),
        numberOf(fresh, 'SELECT max(sequence) FROM outbox'),
      );
      // Where nothing can be read, no sequence of a plausible past is as large as the time in milliseconds.
      beginSequencesAfter(fresh, last > 0 ? last + SEQUENCES_SKIPPED : nowMs);
      countAnew(fresh);
      return { rows, lostFromOutbox: Math.max(waiting, listed) - kept };
    })
    .immediate();
  fresh.pragma('foreign_keys = ON');
  broken?.close();
  return salvaged;
}

function openBroken(file: string): Database | undefined {
  try {
    const db = new SqliteDatabase(file, { readonly: true });
    // A file that was cut short is refused as a whole by any other connection: its first pages can be read by this one.
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch {
    return undefined; // not even its list of tables can be read: nothing is carried over, and the caller says so
  }
}

function copyTable(broken: Database, fresh: Database, name: string, key: string): number {
  const known = columnsOf(fresh, name);
  const columns = columnsOf(broken, name).filter((column) => known.includes(column));
  if (!columns.includes(key)) return 0;
  const list = columns.join(', ');
  const insert = fresh.prepare(`INSERT OR IGNORE INTO ${name} (${list}) VALUES (${columns.map(() => '?').join(', ')})`);
  const at = columns.indexOf(key);
  let copied = 0;
  let after: unknown = null;
  let skip = 1;
  for (let attempt = 0; attempt < MOST_SKIPS; attempt += 1) {
    try {
      const from = after === null ? '' : `WHERE ${key} > @after`;
      const rows = broken.prepare(`SELECT ${list} FROM ${name} ${from} ORDER BY ${key}`).raw();
      for (const row of rows.iterate(after === null ? {} : { after }) as Iterable<unknown[]>) {
        after = row[at];
        skip = 1;
        copied += insert.run(row).changes;
      }
      return copied;
    } catch (error) {
      if (!isDamage(error)) throw error;
      // From the last row that could be read on, further and further, until a page comes that can be read.
      if (after !== null && typeof after !== 'number') return copied;
      after = ((after as number | null) ?? 0) + skip;
      skip *= 2;
      if ((after as number) > Number.MAX_SAFE_INTEGER / 4) return copied;
    }
  }
  return copied;
}

function columnsOf(db: Database, table: string): readonly string[] {
  try {
    return (db.pragma(`table_info(${table})`) as { readonly name: string }[]).map(({ name }) => name);
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

function numberOf(db: Database | undefined, sql: string): number {
  try {
    return (db?.prepare(sql).pluck().get() as number | null | undefined) ?? 0;
  } catch (error) {
    if (isDamage(error) || /no such table/.test(String(error))) return 0;
    throw error;
  }
}

function countAnew(db: Database): void {
  const sums: Readonly<Record<string, string>> = {
    messages: 'SELECT count(*), coalesce(sum(bytes), 0) FROM messages',
    outbox: 'SELECT count(*), coalesce(sum(bytes), 0) FROM outbox JOIN messages USING (sequence)',
    detections: 'SELECT count(*), coalesce(sum(bytes), 0) FROM frames',
    embeddings: 'SELECT count(*), coalesce(sum(128 + length(vector)), 0) FROM embeddings',
  };
  for (const [name, sql] of Object.entries(sums)) {
    const [rows, bytes] = db.prepare(sql).raw().get() as [number, number];
    db.prepare('REPLACE INTO tallies VALUES (?, ?, ?, 0, 0)').run(name, rows, bytes);
  }
}

export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: unknown } | null)?.code ?? ''));
}
