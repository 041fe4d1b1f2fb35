import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxEntry, OutboxKind } from '../../src/journal/journal.js';
import { JournalStore } from '../../src/journal/journal-store.js';
import { openDatabase } from '../../src/journal/open-database.js';
import type { PackedMessage } from '../../src/journal/outbox-table.js';
import type { FrameRecord } from '../../src/journal/records.js';
import { type JournalLimits, Retention } from '../../src/journal/retention.js';

const DAY_MS = 86_400_000;
const none = { maxBytes: Number.MAX_SAFE_INTEGER, maxDays: 0 };
const unlimited: JournalLimits = { outbox: none, messages: none, detections: none, embeddings: none };

const message = (kind: OutboxKind, bytes = 1000): PackedMessage => ({
  kind,
  topic: `farm/${kind}`,
  camera: 'leaf',
  retain: false,
  id: null,
  json: JSON.stringify({ padding: 'x'.repeat(bytes) }),
});

const frame = (capturedAtMs: number): FrameRecord => ({
  type: 'frame',
  camera: 'leaf',
  capturedAtMs,
  clock: 'synchronised',
  source: 'picture.jpg',
  dropped: null,
  quality: null,
  seen: {
    frameId: `frame-${capturedAtMs}`,
    width: 100,
    height: 100,
    tiles: 4,
    fingerprint: {
      model: { id: 'm', sha256: 'a' },
      promptSet: { id: 'p', hash: 'b' },
      calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'assumed' },
      provider: 'cpu',
    },
    detections: [
      {
        target: 'aphid',
        prompt: 'a green aphid',
        score: 0.9,
        similarity: 0.3,
        box: { x: 1, y: 2, width: 3, height: 4 },
        scale: 224,
      },
    ],
  },
});

describe('retention', () => {
  let dir: string;
  let nowMs: number;
  let store: JournalStore;
  const lines: string[] = [];

  const open = (maxOutboxBytes = Number.MAX_SAFE_INTEGER) => {
    store = new JournalStore(openDatabase(join(dir, 'journal.db')), {
      bootId: 'boot-1',
      gaps: { topic: 'farm/gaps', schema: 1 },
      maxOutboxBytes,
      now: () => nowMs,
    });
  };
  const accept = (...messages: readonly PackedMessage[]) =>
    store.transaction(() => store.apply({ op: 'accept', messages }));
  const read = () => store.apply({ op: 'read', after: 0, upTo: 1e9, limit: 1e6 }) as readonly OutboxEntry[];
  const retain = (limits: Partial<JournalLimits>, trustsClock = true) => {
    const retention = new Retention(
      store,
      { ...unlimited, ...limits },
      () => nowMs,
      (line) => lines.push(line),
    );
    let steps = 1;
    while (retention.step(trustsClock)) steps += 1;
    return steps;
  };
  const numbers = (sql: string) => store.db.prepare(sql).pluck().all();

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'journal-'));
    nowMs = Date.UTC(2026, 5, 1);
    lines.length = 0;
  });

  afterEach(async () => {
    store.close();
    await rm(dir, { recursive: true });
  });

  it('gives up updates before news and ends, and those before alerts, when the outbox is full', () => {
    open(20_000);
    const kinds: OutboxKind[] = ['new', 'update', 'alert', 'update', 'end'];
    for (let i = 0; i < 5; i += 1) accept(...kinds.map((kind) => message(kind)));
    const left = read();
    expect(left.filter(({ kind }) => kind === 'alert')).toHaveLength(5);
    expect(left.filter(({ kind }) => kind === 'new' || kind === 'end')).toHaveLength(10);
    const dropped = left.filter(({ kind }) => kind === 'gap').flatMap(({ json }) => JSON.parse(json));
    const updates = left.filter(({ kind }) => kind === 'update');
    expect(dropped.reduce((sum, { kinds: of }) => sum + of.update, 0)).toBe(10 - updates.length);
    // The oldest first: those that are left are the newest.
    expect(updates.map(({ sequence }) => sequence).every((sequence) => sequence > 12)).toBe(true);
    expect(store.outbox.stats().dropped).toEqual({ 'outbox-full': 10 - updates.length });
    expect(store.outbox.stats().bytes).toBeLessThan(21_000);
  });

  it('tells one gap record of all that a long outage costs', () => {
    open(50_000);
    for (let i = 0; i < 500; i += 1) accept(message('update'));
    const gaps = read().filter(({ kind }) => kind === 'gap');
    expect(gaps).toHaveLength(1);
    const { count, firstSequence, lastSequence } = JSON.parse(gaps[0]?.json ?? '');
    expect(firstSequence).toBe(1);
    const waiting = read().filter(({ kind }) => kind === 'update');
    expect(count + waiting.length).toBe(500);
    expect(waiting[0]?.sequence).toBeGreaterThan(lastSequence);
  });

  it('deletes delivered messages, oldest first, and none that waits', () => {
    open();
    for (let i = 0; i < 100; i += 1) accept(message('new'));
    store.transaction(() => store.apply({ op: 'delivered', sequences: [10, 20, 30, 40, 50] }));
    retain({ messages: { maxBytes: 4_500, maxDays: 0 } });
    expect(read()).toHaveLength(95);
    const gone = numbers('SELECT sequence FROM messages');
    expect(gone).not.toContain(10);
    expect(gone).toContain(50);
    retain({ messages: { maxBytes: 0, maxDays: 0 } });
    expect(numbers('SELECT count(*) FROM messages')).toEqual([95]);
    expect(lines.at(-1)).toMatch(
      /^deleted the oldest delivered events and alerts, \d \(\d+ bytes\): storage\.maxEvent/,
    );
  });

  it('deletes frames with their detections by bytes, in small steps', () => {
    open();
    store.transaction(() => {
      for (let i = 0; i < 3_000; i += 1) store.records.write(frame(nowMs + i));
    });
    const { bytes } = store.tallies.of('detections');
    const steps = retain({ detections: { maxBytes: bytes / 3, maxDays: 0 } });
    expect(steps).toBeGreaterThan(3);
    const [count] = numbers('SELECT count(*) FROM frames') as number[];
    expect(count).toBe(1_000);
    expect(numbers('SELECT min(captured_ms) FROM frames')).toEqual([nowMs + 2_000]);
    expect(numbers('SELECT count(*) FROM detections')).toEqual([1_000]);
    expect(store.tallies.of('detections')).toMatchObject({ rows: 1_000, deletedRows: 2_000 });
    expect(lines).toEqual([expect.stringMatching(/^deleted the oldest frames with their detections, 2000 /)]);
  });

  it('deletes by age, but not while the clock is known to be wrong', () => {
    open();
    store.transaction(() => {
      for (let day = 0; day < 10; day += 1) store.records.write(frame(nowMs + day * DAY_MS));
    });
    accept(message('new'));
    nowMs += 9 * DAY_MS + 1000;
    const limits = { detections: { ...none, maxDays: 3 }, outbox: { ...none, maxDays: 3 } };
    retain(limits, false);
    expect(numbers('SELECT count(*) FROM frames')).toEqual([10]);
    retain(limits, true);
    expect(numbers('SELECT count(*) FROM frames')).toEqual([3]);
    const [gap] = read();
    expect(JSON.parse(gap?.json ?? '')).toMatchObject({ reason: 'expired', count: 1, kinds: { new: 1 } });
  });

  it('keeps an embedding longer than its picture, and forgets the picture when both are gone', () => {
    open();
    const picture = (n: number) => ({
      type: 'picture' as const,
      path: `leaf/${n}.jpg`,
      sha256: `${n}`,
      camera: 'leaf',
      bytes: 10,
      keptMs: nowMs,
      frameId: 'f',
      crop: { track: 't', target: 'aphid', box: { x: 1, y: 2, width: 3, height: 4 } },
      embedding: { model: { id: 'm', sha256: 'a' }, vector: Float32Array.of(0.6, 0.8) },
    });
    store.transaction(() => {
      for (let n = 0; n < 3; n += 1) store.records.write(picture(n));
      store.records.write({ type: 'pictures-deleted', paths: ['leaf/0.jpg'], atMs: nowMs });
    });
    retain({});
    expect(numbers('SELECT path FROM pictures')).toHaveLength(3);
    expect(numbers("SELECT box ->> '$.width' FROM pictures")).toEqual([3, 3, 3]);
    const [blob] = numbers('SELECT vector FROM embeddings LIMIT 1') as Buffer[];
    expect([blob?.readFloatLE(0), blob?.readFloatLE(4)]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
    retain({ embeddings: { maxBytes: 2 * 136, maxDays: 0 } });
    expect(numbers('SELECT picture FROM embeddings')).toEqual([2, 3]);
    expect(numbers('SELECT path FROM pictures')).toEqual(['leaf/1.jpg', 'leaf/2.jpg']);
  });

  it('gives the freed bytes back to the disk', async () => {
    open();
    store.transaction(() => {
      for (let i = 0; i < 40_000; i += 1) store.records.write(frame(nowMs + i));
    });
    store.db.pragma('wal_checkpoint(TRUNCATE)');
    const before = (await stat(join(dir, 'journal.db'))).size;
    retain({ detections: { maxBytes: 100_000, maxDays: 0 } });
    store.db.pragma('wal_checkpoint(TRUNCATE)');
    const after = (await stat(join(dir, 'journal.db'))).size;
    expect(after).toBeLessThan(before / 3);
  });

  it('keeps the newest hundred thousand outages and set clocks, and the runs that something tells of', () => {
    open();
    const { db } = store;
    store.transaction(() => {
      const run = db.prepare('INSERT INTO runs (boot_id, started_ms, last_alive_ms) VALUES (?, 0, 0)');
      const outage = db.prepare("INSERT INTO downtime (run, what, from_ms, to_ms) VALUES (?, 'uplink', ?, ?)");
      const offset = db.prepare('INSERT INTO clock_offsets VALUES (NULL, ?, 1, 1, 5, 5, ?)');
      for (let i = 2; i <= 40; i += 1) run.run(`boot-${i}`);
      for (let i = 0; i < 101_300; i += 1) outage.run(3 + Math.floor(i / 4000), i, i + 1);
      for (let i = 0; i < 100_001; i += 1) offset.run(20, 'unknown');
    });
    retain({});
    expect(numbers('SELECT count(*) FROM downtime')).toEqual([100_000]);
    expect(numbers('SELECT min(from_ms) FROM downtime')).toEqual([1300]);
    expect(numbers('SELECT count(*) FROM clock_offsets')).toEqual([100_000]);
    // Run 1 is this one in the test, and older than all: its rows are none.
    expect(numbers('SELECT min(id) FROM runs')).toEqual([3]);
    expect(lines).toEqual(['deleted the oldest notes of runs, downtime and set clocks: 1303']);
  });
});
