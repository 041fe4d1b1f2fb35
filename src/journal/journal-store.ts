import type { Database, Statement } from 'better-sqlite3';
import type { GapPlace } from './gap.js';
import type { JournalCall } from './journal-protocol.js';
import { OutboxTable } from './outbox-table.js';
import { RecordTables } from './record-tables.js';
import { Tallies } from './tallies.js';

export interface StoreSettings {
  readonly bootId: string;
  readonly gaps: GapPlace;
  /** Beyond this, entries of the outbox are given up by rule. */
  readonly maxOutboxBytes: number;
  readonly now: () => number;
}

/** The tables of an open database for one run of the daemon. Synchronous: it lives in the journal's worker. */
export class JournalStore {
  readonly tallies: Tallies;
  readonly outbox: OutboxTable;
  readonly records: RecordTables;
  private readonly alive: Statement;
  private readonly run: number;

  constructor(
    readonly db: Database,
    private readonly settings: StoreSettings,
  ) {
    const { bootId, gaps, maxOutboxBytes, now } = settings;
    this.run = beginRun(db, bootId, now());
    this.tallies = new Tallies(db);
    this.outbox = new OutboxTable(db, this.run, this.tallies, gaps, maxOutboxBytes, now);
    this.records = new RecordTables(db, this.run, this.tallies);
    this.alive = db.prepare('UPDATE runs SET last_alive_ms = ? WHERE id = ?');
  }

  /**
   * Runs some work as one transaction, durable when it returns: SQLite appends the pages to the write-ahead log and, with
   * `synchronous=FULL`, has the log flushed (fdatasync) before COMMIT returns; only later, at a checkpoint, do pages go to the database
   * file, which is flushed before the log is used anew. What a power cut can take is a transaction that nobody was told of.
   * @throws SqliteError; nothing of it was written
   */
  transaction<Result>(work: () => Result): Result {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.tallies.save();
      this.alive.run(this.settings.now(), this.run);
      this.db.exec('COMMIT');
      this.tallies.committed();
      return result;
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.tallies.rolledBack();
      this.outbox.rolledBack();
      this.records.rolledBack();
      throw error;
    }
  }

  /** One call, within a transaction. @returns what is answered */
  apply(call: JournalCall): unknown {
    switch (call.op) {
      case 'accept':
        return this.outbox.accept(call.messages);
      case 'read':
        return this.outbox.read(call.after, call.upTo, call.limit);
      case 'delivered':
        this.outbox.delivered(call.sequences);
        return null;
      case 'giveUp':
        this.outbox.giveUp(call.sequences, call.reason);
        return null;
      case 'missed':
        this.outbox.missed(call.missed);
        return null;
      case 'newest':
        return this.outbox.newest();
      case 'newestAlert':
        return this.outbox.newestAlert();
      case 'stats':
        return this.outbox.stats();
      case 'written':
        return null;
      case 'record':
        for (const record of call.records) this.records.write(record);
        return call.records.length;
    }
  }

  /**
   * A clean stop: the log is folded into the database, which the next start need not check.
   * @throws SqliteError where the disk refuses: it is closed, and the next start checks it
   */
  close(): void {
    try {
      this.transaction(() => this.db.prepare('UPDATE runs SET stopped = 1 WHERE id = ?').run(this.run));
    } finally {
      this.db.close();
    }
  }
}

/** Notes the new run, and how long the node was down before it. */
function beginRun(db: Database, bootId: string, nowMs: number): number {
  return db
    .transaction(() => {
      const before = db.prepare('SELECT id, last_alive_ms, stopped FROM runs ORDER BY id DESC LIMIT 1').get() as
        | { readonly id: number; readonly last_alive_ms: number; readonly stopped: number }
        | undefined;
      const insert = db.prepare('INSERT INTO runs (boot_id, started_ms, last_alive_ms) VALUES (?, ?, ?)');
      const known = db.prepare('SELECT id FROM runs WHERE boot_id = ?').pluck().get(bootId) as number | undefined;
      if (known !== undefined) return known; // carried over from a file that turned out to be damaged
      const run = Number(insert.run(bootId, nowMs, nowMs).lastInsertRowid);
      if (!before) return run;
      // What was down when the node went down is told again if it still is.
      db.prepare('UPDATE downtime SET to_ms = ? WHERE to_ms IS NULL').run(before.last_alive_ms);
      db.prepare("INSERT INTO downtime (run, what, from_ms, to_ms, reason) VALUES (?, 'node', ?, ?, ?)").run(
        run,
        before.last_alive_ms,
        nowMs,
        before.stopped === 1 ? 'stopped' : 'unclean stop',
      );
      return run;
    })
    .immediate();
}
