import { renameSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal, OutboxEntry } from '../../src/journal/journal.js';
import { JournalStore } from '../../src/journal/journal-store.js';
import { openDatabase } from '../../src/journal/open-database.js';
import { JOURNAL_FILE, openJournal } from '../../src/journal/open-journal.js';
import { rewriteStore } from '../../src/journal/recovering-store.js';
import { SqliteDatabase } from '../../src/journal/sqlite.js';

const gaps = { topic: 'farm/gaps', schema: 1 };
const PAGE = 4096;

describe('a journal whose file is damaged', () => {
  let dir: string;
  let file: string;
  const warnings: string[] = [];
  const infos: string[] = [];
  let journal: Journal | undefined;

  const start = async (bootId: string, hasRunBefore = false) => {
    const log = { info: (line: string) => void infos.push(line), warn: (line: string) => void warnings.push(line) };
    journal = await openJournal({ dir, bootId, hasRunBefore, gaps, log });
    return journal;
  };
  const stop = async () => {
    await journal?.close();
    journal = undefined;
  };
  const fill = async (count: number, padding = 300) => {
    const { outbox } = await start('boot-1');
    for (let i = 0; i < count; i += 500) {
      const messages = Array.from({ length: Math.min(500, count - i) }, (_, k) => ({
        kind: 'new' as const,
        topic: 'farm/events',
        camera: 'leaf',
        retain: false,
        payload: { schema: 1, id: `${i + k}`, padding: 'x'.repeat(padding) },
      }));
      await outbox.accept(messages);
    }
    await stop();
  };
  const all = async (from: Journal) => {
    const entries: OutboxEntry[] = [];
    for (;;) {
      const page = await from.outbox.read({ after: entries.at(-1)?.sequence ?? 0, limit: 1000 });
      if (page.length === 0) return entries;
      entries.push(...page);
    }
  };
  const scribble = async (firstPage: number, pages: number) => {
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(pages * PAGE, 0xa5), 0, pages * PAGE, firstPage * PAGE);
    await handle.close();
  };
  /** As a killed process leaves it. */
  const markCutOff = () => {
    const db = new SqliteDatabase(file);
    db.exec('UPDATE runs SET stopped = 0');
    db.close();
  };
  const isWhole = () => {
    const db = new SqliteDatabase(file, { readonly: true });
    const answer = db.pragma('integrity_check', { simple: true });
    db.close();
    return answer === 'ok';
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'journal-'));
    file = join(dir, JOURNAL_FILE);
    warnings.length = 0;
    infos.length = 0;
  });

  afterEach(async () => {
    await stop();
    await rm(dir, { recursive: true });
  });

  it('is set aside after a cut-off run, and what can be read is carried over in order', async () => {
    await fill(5_000);
    markCutOff();
    const pages = (await stat(file)).size / PAGE;
    await scribble(Math.floor(pages / 2), 3);
    const { outbox } = await start('boot-2');
    const entries = await all(journal as Journal);
    const kept = entries.filter(({ kind }) => kind === 'new').map(({ sequence }) => sequence);
    expect(kept.length).toBeGreaterThan(4_900);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
    expect(kept.at(-1)).toBe(5_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/is damaged .* it is kept as journal\.db\.damaged-\d+, \d+ rows .* are carried over/);
    const gap = entries.find(({ kind }) => kind === 'gap');
    expect(JSON.parse(gap?.json ?? '')).toMatchObject({ reason: 'damaged', count: 5_000 - kept.length });
    expect((await outbox.stats()).waiting).toBe(entries.length);
    const [next] = await outbox.accept([
      { kind: 'new', topic: 'farm/events', camera: 'leaf', retain: false, payload: { id: 'next' } },
    ]);
    expect(next?.sequence).toBeGreaterThan(1_000_000);
    await stop();
    expect(isWhole()).toBe(true);
  });

  it('is carried over as far as it goes where it was cut short', async () => {
    await fill(5_000);
    const pages = Math.floor((await stat(file)).size / PAGE / 2);
    await truncate(file, pages * PAGE);
    const { outbox } = await start('boot-2');
    const kept = (await all(journal as Journal)).filter(({ kind }) => kind === 'new');
    expect(kept.length).toBeGreaterThan(1_000);
    expect(kept[0]?.sequence).toBe(1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/is damaged/);
    const [gap] = (await all(journal as Journal)).filter(({ kind }) => kind === 'gap');
    expect(JSON.parse(gap?.json ?? '')).toMatchObject({ reason: 'damaged', count: 5_000 - kept.length });
    expect((await outbox.stats()).dropped).toEqual({ damaged: 5_000 - kept.length });
  });

  it('is found out while it is read, and the call is answered from what was carried over', async () => {
    await fill(5_000);
    const pages = (await stat(file)).size / PAGE;
    await scribble(Math.floor(pages / 2), 3);
    await start('boot-2');
    expect((await all(journal as Journal)).length).toBeGreaterThan(4_900);
    expect(warnings[0]).toMatch(/is damaged/);
  });

  it('is checked beside the work where it is large, and replaced when the fault is found', async () => {
    await fill(20_000, 900);
    expect((await stat(file)).size).toBeGreaterThan(16 << 20);
    markCutOff();
    const pages = (await stat(file)).size / PAGE;
    await scribble(Math.floor(pages / 2), 2);
    const { outbox } = await start('boot-2');
    await outbox.accept([
      { kind: 'new', topic: 'farm/events', camera: 'leaf', retain: false, payload: { id: 'meanwhile' } },
    ]);
    await expect.poll(() => warnings, { timeout: 20_000 }).toHaveLength(1);
    const entries = await all(journal as Journal);
    expect(entries.length).toBeGreaterThan(19_900);
    expect(entries.some(({ json }) => JSON.parse(json).id === 'meanwhile')).toBe(true);
  });

  it('says that a large file was checked and is whole', async () => {
    await fill(20_000, 900);
    markCutOff();
    await start('boot-2');
    await expect.poll(() => infos, { timeout: 20_000 }).toEqual([expect.stringContaining('is whole')]);
    expect(await readdir(dir)).not.toContainEqual(expect.stringContaining('damaged'));
  });

  it.each([
    ['that is no database', 'not a database at all, but long enough to look like one'.repeat(200)],
    ['that begins like one', 'SQLite format 3\0'.repeat(1000)],
  ])('is replaced where nothing can be read of it: a file %s', async (_what, text) => {
    await writeFile(file, text);
    const { outbox } = await start('boot-1');
    const before = Date.now();
    const [first] = await outbox.accept([
      { kind: 'new', topic: 'farm/events', camera: 'leaf', retain: false, payload: { id: 'a' } },
    ]);
    // No sequence that was ever published may come again.
    expect(first?.sequence).toBeGreaterThan(before - 60_000);
    expect(warnings).toHaveLength(1);
    expect(await readdir(dir)).toContainEqual(expect.stringMatching(/^journal\.db\.damaged-\d+$/));
  });

  it.each([
    ['was taken away', () => rm(file)],
    ['is empty', () => truncate(file)],
  ])('begins anew with sequences that never were, and says so, where it %s', async (_what, harm) => {
    await fill(3);
    await harm();
    const before = Date.now();
    const { outbox } = await start('boot-2', true);
    const message = { kind: 'new', topic: 'farm/events', camera: 'leaf', retain: false, payload: { id: 'a' } } as const;
    const [first] = await outbox.accept([message]);
    expect(first?.sequence).toBeGreaterThan(before - 60_000);
    expect(warnings).toEqual([
      `${file} is gone: a new one begins, and what waited in the old one for the broker is lost`,
    ]);
    await stop();
    await start('boot-3', true);
    expect(warnings).toHaveLength(1);
  });

  it('is refused, not replaced, where a newer program made it', async () => {
    await fill(1);
    const db = new SqliteDatabase(file);
    db.pragma('user_version = 999');
    db.close();
    await expect(start('boot-2')).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('schema 999'),
    });
  });

  it('keeps few of the damaged files', async () => {
    for (let i = 0; i < 4; i += 1) {
      await writeFile(file, `no database ${i}`.repeat(500));
      await start(`boot-${i}`);
      await stop();
    }
    const aside = (await readdir(dir)).filter((name) => name.includes('damaged'));
    expect(aside).toHaveLength(2);
  });

  const event = (id: string) => ({
    ...{ kind: 'new' as const, topic: 'farm/events', camera: 'leaf', retain: false },
    payload: { schema: 1, id },
  });

  it.each([
    ['its file', [''], 'nothing'],
    ['its file and log', ['', '-wal', '-shm'], 'nothing'],
    ['its log alone', ['-wal'], 'nothing'],
    ['its file, and another put in its place', [''], 'another'],
  ])('goes on with all that it held where somebody deletes %s', async (_what, ends, then) => {
    await fill(600);
    const { outbox } = await start('boot-2');
    const [before] = await outbox.accept([event('before')]);
    for (const end of ends) await rm(file + end);
    if (then === 'another') await writeFile(file, 'a stranger');
    const [after] = await outbox.accept([event('after')]);
    expect(after?.sequence).toBe((before?.sequence ?? 0) + 1);
    expect(warnings).toEqual([expect.stringContaining('was deleted while the node was running: it is written anew')]);
    const aside = (await readdir(dir)).filter((name) => /damaged-\d+$/.test(name));
    expect(aside).toHaveLength(ends.includes('') && then === 'nothing' ? 0 : 1);
    await outbox.accept([event('later')]);
    await stop();
    expect(isWhole()).toBe(true);
    const entries = await all(await start('boot-3', true));
    expect(entries.map(({ json }) => (JSON.parse(json) as { id: string }).id).slice(-3)).toEqual([
      'before',
      'after',
      'later',
    ]);
    expect(entries).toHaveLength(603);
    expect(warnings).toHaveLength(1);
  });

  it('goes on where the file cannot be written anew, and writes it at the stop', async () => {
    const { outbox } = await start('boot-1');
    await outbox.accept([event('before')]);
    await rm(file);
    await mkdir(join(`${file}.rewritten`, 'in-the-way'), { recursive: true });
    await outbox.accept([event('during')]);
    await outbox.accept([event('after')]);
    expect(warnings).toEqual([expect.stringContaining('was deleted and cannot be written anew')]);
    await rm(`${file}.rewritten`, { recursive: true });
    await stop();
    expect((await all(await start('boot-2', true))).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it.each(['before', 'after'])(
    'goes on with the copy where writing it anew was broken off %s it got its name',
    (when) => {
      const settings = { bootId: 'boot-1', gaps, maxOutboxBytes: 1e9, now: Date.now };
      const store = new JournalStore(openDatabase(file), settings);
      const message = { kind: 'new', topic: 't', camera: 'leaf', retain: false, id: 'only', json: '{}' } as const;
      store.transaction(() => store.apply({ op: 'accept', messages: [message] }));
      store.db.prepare('VACUUM INTO ?').run(`${file}.rewritten`);
      store.db.close();
      rmSync(file);
      if (when === 'after') renameSync(`${file}.rewritten`, file);
      const again = rewriteStore(file, store, settings);
      expect(again.apply({ op: 'newest' })).toBe(1);
      again.close();
    },
  );

  it('is written anew at the stop too, where its folder was deleted and nothing came since', async () => {
    const { outbox } = await start('boot-1');
    await outbox.accept([event('only')]);
    await rm(dir, { recursive: true });
    await stop();
    expect((await all(await start('boot-2', true))).map(({ sequence }) => sequence)).toEqual([1]);
  });
});
