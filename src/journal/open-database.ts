import type { Database } from 'better-sqlite3';
import { migrate } from './migrations.js';
import { SqliteDatabase } from './sqlite.js';

/**
 * Opens a database for durable writes, and brings its schema up to date.
 * @throws SqliteError of a file that is no database or is damaged; FieldscoutError STORAGE_FAILED of a newer program's file
 */
export function openDatabase(file: string): Database {
  const db = new SqliteDatabase(file);
  try {
    // Before the first table: deleted pages can then be given back to the file system a few at a time.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // Each COMMIT flushes the log to the disk. NORMAL would survive a killed process, but not a power cut.
    db.pragma('synchronous = FULL');
    db.pragma('busy_timeout = 5000');
    db.pragma('cache_size = -8000');
    db.pragma('temp_store = MEMORY');
    db.pragma('journal_size_limit = 16777216');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
