import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/journal/migrations.js';
import { openDatabase } from '../../src/journal/open-database.js';

describe('the database', () => {
  it('flushes each commit, can shrink, and holds references', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'journal-'));
    const db = openDatabase(join(dir, 'journal.db'));
    const pragma = (name: string) => db.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2); // FULL
    expect(pragma('auto_vacuum')).toBe(2); // INCREMENTAL
    expect(pragma('foreign_keys')).toBe(1);
    db.close();
    await rm(dir, { recursive: true });
  });

  it('takes the steps of the schema that it does not have yet, each once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'journal-'));
    const db = openDatabase(join(dir, 'journal.db'));
    const before = db.pragma('user_version', { simple: true }) as number;
    const steps = [...Array.from({ length: before }, () => 'SELECT no_such_function()'), 'CREATE TABLE later (id)'];
    migrate(db, steps);
    migrate(db, steps);
    expect(db.pragma('user_version', { simple: true })).toBe(before + 1);
    expect(() => migrate(db, [...steps, 'CREATE TABLE more (id); CREATE TABLE later (id)'])).toThrow('later');
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").pluck().get()).toBe(0);
    db.close();
    await rm(dir, { recursive: true });
  });
});
