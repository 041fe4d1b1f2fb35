import type { Database, Statement } from 'better-sqlite3';

/** What retention counts and limits. Kept pictures are files and count themselves. */
export const TALLY_NAMES = ['outbox', 'messages', 'detections', 'embeddings'] as const;
export type TallyName = (typeof TALLY_NAMES)[number];

export interface Tally {
  readonly rows: number;
  readonly bytes: number;
  readonly deletedRows: number;
  readonly deletedBytes: number;
}

type Change = { rows: number; bytes: number; deletedRows: number; deletedBytes: number };

const NOTHING: Tally = { rows: 0, bytes: 0, deletedRows: 0, deletedBytes: 0 };

/**
 * Rows and bytes of the store. Counting a million rows at each start would take seconds, so the sums are rows of the store
 * themselves, written in the transaction that changes what they count.
 */
export class Tallies {
  private readonly stored = new Map<TallyName, Tally>();
  private readonly changes = new Map<TallyName, Change>();
  private readonly write: Statement;

  constructor(db: Database) {
    this.write = db.prepare('REPLACE INTO tallies VALUES (?, ?, ?, ?, ?)');
    for (const row of db.prepare('SELECT * FROM tallies').all() as TallyRow[]) {
      const { rows, bytes, deleted_rows: deletedRows, deleted_bytes: deletedBytes } = row;
      this.stored.set(row.name, { rows, bytes, deletedRows, deletedBytes });
    }
  }

  of(name: TallyName): Tally {
    return plus(this.stored.get(name) ?? NOTHING, this.changes.get(name) ?? NOTHING);
  }

  added(name: TallyName, rows: number, bytes: number): void {
    this.change(name, { ...NOTHING, rows, bytes });
  }

  /** They left as they should: delivered, say. */
  removed(name: TallyName, rows: number, bytes: number): void {
    this.change(name, { ...NOTHING, rows: -rows, bytes: -bytes });
  }

  /** A limit took them. */
  deleted(name: TallyName, rows: number, bytes: number): void {
    this.change(name, { rows: -rows, bytes: -bytes, deletedRows: rows, deletedBytes: bytes });
  }

  /** Within the transaction, last. */
  save(): void {
    for (const name of this.changes.keys()) {
      const { rows, bytes, deletedRows, deletedBytes } = this.of(name);
      this.write.run(name, rows, bytes, deletedRows, deletedBytes);
    }
  }

  committed(): void {
    for (const name of this.changes.keys()) this.stored.set(name, this.of(name));
    this.changes.clear();
  }

  rolledBack(): void {
    this.changes.clear();
  }

  private change(name: TallyName, by: Change): void {
    this.changes.set(name, plus(this.changes.get(name) ?? NOTHING, by));
  }
}

interface TallyRow {
  readonly name: TallyName;
  readonly rows: number;
  readonly bytes: number;
  readonly deleted_rows: number;
  readonly deleted_bytes: number;
}

function plus(a: Tally, b: Tally): Change {
  return {
    rows: a.rows + b.rows,
    bytes: a.bytes + b.bytes,
    deletedRows: a.deletedRows + b.deletedRows,
    deletedBytes: a.deletedBytes + b.deletedBytes,
  };
}
