import type { Database } from 'better-sqlite3';

/** The next message gets the number after `last`: those up to it may have been published, and no sequence comes again. */
export function beginSequencesAfter(db: Database, last: number): void {
  db.exec("DELETE FROM sqlite_sequence WHERE name = 'messages'");
  db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?)").run(last);
}
