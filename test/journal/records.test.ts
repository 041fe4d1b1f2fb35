import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalStore } from '../../src/journal/journal-store.js';
import { openDatabase } from '../../src/journal/open-database.js';
import type { DowntimeRecord, FrameRecord, JournalRecord } from '../../src/journal/records.js';

const NOON_MS = Date.UTC(2026, 5, 1, 12);

const frame = (changes: Partial<FrameRecord> = {}): FrameRecord => ({
  type: 'frame',
  camera: 'leaf',
  capturedAtMs: NOON_MS,
  clock: 'synchronised',
  source: 'a.jpg',
  dropped: null,
  quality: null,
  ...changes,
});

describe('records', () => {
  let dir: string;
  let store: JournalStore;
  let nowMs: number;

  const open = (bootId: string) => {
    const gaps = { topic: 'farm/gaps', schema: 1 };
    const maxOutboxBytes = Number.MAX_SAFE_INTEGER;
    store = new JournalStore(openDatabase(join(dir, 'journal.db')), { bootId, gaps, maxOutboxBytes, now: () => nowMs });
  };
  const write = (...records: readonly JournalRecord[]) =>
    store.transaction(() => {
      for (const record of records) store.records.write(record);
    });
  const rows = (sql: string) => store.db.prepare(sql).all();

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'journal-'));
    nowMs = NOON_MS;
    open('boot-1');
  });
  afterEach(async () => {
    store.close();
    await rm(dir, { recursive: true });
  });

  it('keep the row of a frame small where nothing was found, and trace every detection', () => {
    const fingerprint = {
      model: { id: 'm', sha256: 'a' },
      promptSet: { id: 'p', hash: 'b' },
      calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'assumed' },
      provider: 'cpu',
    } as const;
    const seen = { frameId: 'f1', width: 640, height: 480, tiles: 12, fingerprint };
    const box = { x: 1, y: 2, width: 3, height: 4 };
    const detection = { target: 'aphid', prompt: 'an aphid', score: null, similarity: 0.3, box, scale: 224 };
    write(
      frame({ seen: { ...seen, detections: [] } }),
      frame({ seen: { ...seen, detections: [detection, { ...detection, score: 0.75 }] }, quality: { sharpness: 0.5 } }),
      frame({ dropped: 'unreadable' }),
    );
    expect(rows('SELECT camera, source, dropped, quality, frame_id, width FROM frames')).toEqual([
      { camera: 'leaf', source: 'a.jpg', dropped: null, quality: null, frame_id: null, width: null },
      { camera: 'leaf', source: 'a.jpg', dropped: null, quality: '{"sharpness":0.5}', frame_id: 'f1', width: 640 },
      { camera: 'leaf', source: 'a.jpg', dropped: 'unreadable', quality: null, frame_id: null, width: null },
    ]);
    expect(rows('SELECT frame, number, target, score, x, height FROM detections')).toEqual([
      { frame: 2, number: 0, target: 'aphid', score: null, x: 1, height: 4 },
      { frame: 2, number: 1, target: 'aphid', score: 0.75, x: 1, height: 4 },
    ]);
    const [traced] = store.db.prepare('SELECT json FROM fingerprints').pluck().all() as string[];
    expect(JSON.parse(traced ?? '')).toEqual(fingerprint);
  });

  it('keep one interval of downtime, however often it is told', () => {
    const told = (state: DowntimeRecord['state'], atMs: number, reason: string | null): DowntimeRecord => ({
      type: 'downtime',
      what: 'uplink',
      name: null,
      state,
      atMs,
      reason,
    });
    write(told('up', 1, null), told('down', 10, 'no route'), told('down', 20, 'refused'), told('up', 30, null));
    write(told('up', 40, null), told('down', 50, 'gone'));
    expect(rows('SELECT from_ms, to_ms, reason FROM downtime')).toEqual([
      { from_ms: 10, to_ms: 30, reason: 'no route' },
      { from_ms: 50, to_ms: null, reason: 'gone' },
    ]);
  });

  it('end the downtime of a camera where that of the node begins', () => {
    const down = {
      type: 'downtime',
      what: 'camera',
      name: 'leaf',
      state: 'down',
      atMs: NOON_MS,
      reason: 'dark',
    } as const;
    write(down);
    nowMs += 60_000;
    write(frame());
    store.db.close();
    nowMs += 3_600_000;
    open('boot-2');
    expect(rows('SELECT what, name, from_ms, to_ms, reason FROM downtime')).toEqual([
      { what: 'camera', name: 'leaf', from_ms: NOON_MS, to_ms: NOON_MS + 60_000, reason: 'dark' },
      { what: 'node', name: null, from_ms: NOON_MS + 60_000, to_ms: NOON_MS + 3_660_000, reason: 'unclean stop' },
    ]);
  });

  it('say from where on the clock showed something else, and leave what was written', () => {
    const message = { kind: 'new', topic: 't', camera: 'leaf', retain: false, id: 'a', json: '{"id":"a"}' } as const;
    store.transaction(() => store.apply({ op: 'accept', messages: [message] }));
    write(frame());
    const before = rows('SELECT * FROM messages');
    write({ type: 'clock-offset', offsetMs: 86_400_000, seenMs: NOON_MS + 86_400_000, trust: 'synchronised' });
    nowMs += 86_400_000;
    store.transaction(() => store.apply({ op: 'accept', messages: [message] }));
    expect(rows('SELECT run, at_sequence, at_frame, offset_ms, trust FROM clock_offsets')).toEqual([
      { run: 1, at_sequence: 2, at_frame: 2, offset_ms: 86_400_000, trust: 'synchronised' },
    ]);
    expect(rows('SELECT * FROM messages LIMIT 1')).toEqual(before);
    expect(rows('SELECT captured_ms FROM frames')).toEqual([{ captured_ms: NOON_MS }]);
  });

  it('keep labels by what the picture shows, also after its file is gone', () => {
    write({ type: 'label', sha256: 'ab', target: null, verdict: 'wrong', person: 'Ana', atMs: NOON_MS });
    expect(rows('SELECT sha256, target, verdict, person, at_ms FROM labels')).toEqual([
      { sha256: 'ab', target: null, verdict: 'wrong', person: 'Ana', at_ms: NOON_MS },
    ]);
  });
});
