import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal, OutboxMessage } from '../../src/journal/journal.js';
import { openJournal } from '../../src/journal/open-journal.js';

const log = { info: () => undefined, warn: (line: string) => expect.fail(line) };
const gaps = { topic: 'farm/gaps', schema: 1 };

const message = (id: string, kind: OutboxMessage['kind'] = 'new', camera: string | null = 'leaf'): OutboxMessage => ({
  kind,
  topic: `farm/${kind}`,
  camera,
  retain: kind === 'alert',
  payload: { schema: 1, id },
});

describe('outbox', () => {
  let dir: string;
  let journal: Journal;
  const open = async (bootId = 'boot-1') => {
    journal = await openJournal({ dir, bootId, gaps, log });
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'journal-'));
    await open();
  });

  afterEach(async () => {
    await journal.close();
    await rm(dir, { recursive: true });
  });

  it('gives back what it accepted, in order, over a restart', async () => {
    const { outbox } = journal;
    const [first] = await outbox.accept([message('a'), message('b', 'alert', null)]);
    expect(first).toMatchObject({ sequence: 1, bootId: 'boot-1', topic: 'farm/new', camera: 'leaf', retain: false });
    await journal.close();
    await open('boot-2');
    await journal.outbox.accept([message('c')]);
    const entries = await journal.outbox.read({ after: 0, limit: 10 });
    expect(entries.map(({ sequence, bootId, json }) => [sequence, bootId, JSON.parse(json).id])).toEqual([
      [1, 'boot-1', 'a'],
      [2, 'boot-1', 'b'],
      [3, 'boot-2', 'c'],
    ]);
    expect(entries[1]).toMatchObject({ kind: 'alert', camera: null, retain: true });
    expect(await journal.outbox.newest()).toBe(3);
  });

  it('answers many accepts that come at once with one order', async () => {
    const accepted = await Promise.all(
      Array.from({ length: 300 }, (_, i) => journal.outbox.accept([message(`${i}`), message(`${i}+`)])),
    );
    expect(accepted.flat().map(({ sequence }) => sequence)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
    const page = await journal.outbox.read({ after: 100, upTo: 400, limit: 50 });
    expect(page.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, i) => 101 + i));
  });

  it('never gives a sequence twice, also when all is delivered', async () => {
    await journal.outbox.accept([message('a'), message('b')]);
    await journal.outbox.delivered([1, 2]);
    expect(await journal.outbox.stats()).toMatchObject({ waiting: 0, bytes: 0, oldestMs: null, dropped: {} });
    await journal.close();
    await open('boot-2');
    expect(await journal.outbox.newest()).toBe(2);
    expect((await journal.outbox.accept([message('c')]))[0]?.sequence).toBe(3);
  });

  it('names what is given up in a gap record that waits itself', async () => {
    await journal.outbox.accept([message('a'), message('b', 'update'), message('c', 'end', 'trap')]);
    await journal.outbox.giveUp([1, 3], 'refused');
    const [b, gap] = await journal.outbox.read({ after: 0, limit: 10 });
    expect(b?.sequence).toBe(2);
    expect(gap).toMatchObject({ kind: 'gap', topic: 'farm/gaps', sequence: 4, camera: null, retain: false });
    expect(JSON.parse(gap?.json ?? '')).toMatchObject({
      schema: 1,
      reason: 'refused',
      count: 2,
      kinds: { new: 1, end: 1 },
      cameras: ['leaf', 'trap'],
      firstSequence: 1,
      lastSequence: 3,
    });
    expect((await journal.outbox.stats()).dropped).toEqual({ refused: 2 });
  });

  it('adds to a gap record that nobody has read, and begins another after that', async () => {
    const gapsIn = async () =>
      (await journal.outbox.read({ after: 0, limit: 100 }))
        .filter(({ kind }) => kind === 'gap')
        .map(({ json }) => JSON.parse(json).count);
    await journal.outbox.accept(Array.from({ length: 6 }, (_, i) => message(`${i}`)));
    await journal.outbox.giveUp([1], 'too-large');
    await journal.outbox.giveUp([2, 3], 'too-large');
    expect(await gapsIn()).toEqual([3]);
    await journal.outbox.giveUp([4], 'too-large');
    expect(await gapsIn()).toEqual([3, 1]);
  });

  it('counts a gap record that is given up, and makes none of it', async () => {
    await journal.outbox.accept([message('a')]);
    await journal.outbox.giveUp([1], 'refused');
    await journal.outbox.giveUp([2], 'refused');
    expect(await journal.outbox.read({ after: 0, limit: 10 })).toEqual([]);
    expect((await journal.outbox.stats()).dropped).toEqual({ refused: 2 });
  });

  it('names messages that it was never given', async () => {
    const missed = { reason: 'storage', kinds: { new: 2 }, cameras: ['leaf'], fromMs: 1_000, toMs: 2_000 };
    await journal.missed(missed);
    const [gap] = await journal.outbox.read({ after: 0, limit: 10 });
    expect(JSON.parse(gap?.json ?? '')).toMatchObject({
      reason: 'storage',
      count: 2,
      firstSequence: null,
      lastSequence: null,
      from: '1970-01-01T00:00:01.000Z',
      to: '1970-01-01T00:00:02.000Z',
    });
  });
});
