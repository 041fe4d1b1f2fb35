import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineOutlet, type OutletParts } from '../../src/daemon/line-outlet.js';
import { RecentFindings } from '../../src/dashboard/recent-findings.js';
import { RecentFrames } from '../../src/dashboard/recent-frames.js';
import { KeptPictures } from '../../src/journal/kept-pictures.js';
import type { JournalRecord, PictureRecord } from '../../src/journal/records.js';
import type { Detection, Frame, Inspection, TrackEvent } from '../../src/types.js';
import { nodeTopics } from '../../src/uplink/topics.js';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-06-01T12:00:00Z');

const detection: Detection = {
  target: 'aphid',
  prompt: 'an aphid',
  score: 0.9,
  similarity: 0.3,
  box: { x: 0, y: 0, width: 8, height: 8 },
  scale: 8,
};

let dir: string;
let topics: string[];
let frames: RecentFrames;
let records: JournalRecord[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'outlet-'));
  topics = [];
  records = [];
  frames = new RecentFrames();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function outletWith(changes: Partial<OutletParts> = {}): LineOutlet {
  return new LineOutlet({
    camera: 'leaf',
    topics: nodeTopics('fieldscout', 'farm', 'scout'),
    timeZone: 'UTC',
    keepPictures: 'detections',
    snapshots: { enabled: true, everyMs: 10_000, maxBytes: 60_000 },
    publish: ({ topic }) => void topics.push(topic.split('/').at(-1) as string),
    pictures: new KeptPictures({
      dir,
      maxBytes: 1_000_000,
      maxDays: 0,
      minFreeBytes: 0,
      onDeleted: () => undefined,
      onFault: () => undefined,
      now: Date.now,
    }),
    record: (record) => void records.push(record),
    frames,
    findings: new RecentFindings(),
    clockTrust: () => 'unknown',
    log: pino({ level: 'silent' }),
    ...changes,
  });
}

function looked(atMs: number, found = [detection], data = new Uint8Array(8 * 8 * 3)) {
  const image = { width: 8, height: 8, data };
  const about = { id: String(atMs), camera: 'leaf', origin: 'a.jpg', capturedAtMs: atMs };
  const frame: Frame = { ...about, image };
  const inspection: Inspection = {
    frame: { ...about, width: 8, height: 8 },
    tiles: 1,
    views: 1,
    detections: found,
    embeddings: new Map(found.map((one) => [one, Float32Array.of(0.6, 0.8)])),
    fingerprint: {
      model: { id: 'm', sha256: '0' },
      promptSet: { id: 'p', hash: '0' },
      calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' },
      provider: 'cpu',
    },
    timingsMs: { tile: 0, encode: 0, score: 0 },
  };
  return { frame, inspection };
}

/** @param data the frame's pixels, where they are to be broken ones */
async function frameAt(outlet: LineOutlet, atMs: number, found = [detection], data = new Uint8Array(8 * 8 * 3)) {
  const { frame, inspection } = looked(atMs, found, data);
  await outlet.frame(frame, inspection, 0);
}

describe('snapshots', () => {
  it('are published with detections, at most one in their time', async () => {
    const outlet = outletWith();
    await frameAt(outlet, START_MS, []);
    await frameAt(outlet, START_MS);
    await frameAt(outlet, START_MS + 9_999);
    await frameAt(outlet, START_MS + 10_000);
    expect(topics).toEqual(['detections', 'detections', 'snapshot', 'detections', 'detections', 'snapshot']);
  });

  it('go on where the clock was set back', async () => {
    const outlet = outletWith();
    await frameAt(outlet, START_MS);
    await frameAt(outlet, START_MS - HOUR_MS);
    expect(topics).toEqual(['detections', 'snapshot', 'detections', 'snapshot']);
  });
});

describe('counts', () => {
  const counts = [{ target: 'aphid', now: 1, hour: 1, day: 1 }];

  it('are told when they change and once a minute, also where the clock was set back', () => {
    const outlet = outletWith();
    const times = [0, 1000, 59_999, 60_000, 60_000 - HOUR_MS, 61_000 - HOUR_MS];
    const toldAt = times.filter((at) => {
      topics.length = 0;
      outlet.counts(counts, START_MS + at, false);
      return topics.length > 0;
    });
    expect(toldAt).toEqual([0, 60_000, 60_000 - HOUR_MS]);
  });
});

describe('the JPEG of a frame', () => {
  // What has too few pixels cannot be encoded: the attempt is seen.
  const broken = new Uint8Array(3);

  it('is made for the page', async () => {
    await frameAt(outletWith(), START_MS, []);
    expect(frames.latest('leaf')?.id).toBe(String(START_MS));
    await expect(frameAt(outletWith(), START_MS, [], broken)).rejects.toThrow();
  });

  it('is not made where neither a page nor a snapshot wants it', async () => {
    const noPage = { frames: undefined };
    const off = { enabled: false, everyMs: 10_000, maxBytes: 60_000 };
    await frameAt(outletWith(noPage), START_MS, [], broken);
    await frameAt(outletWith({ ...noPage, snapshots: off }), START_MS, [detection], broken);
    await frameAt(outletWith({ ...noPage, keepPictures: 'none' }), START_MS, [detection], broken);
    expect(topics).toEqual(['detections', 'detections', 'detections']);
    await expect(frameAt(outletWith(noPage), START_MS, [detection], broken)).rejects.toThrow();
  });
});

describe('what is journalled', () => {
  const track = { id: 't1', camera: 'leaf', target: 'aphid', firstSeenMs: 0, lastSeenMs: 0, hits: 2, best: detection };
  const born: TrackEvent = { type: 'new', after: { ...track, latest: detection } };

  it('is each frame that was looked at, and each that was not with its reason', async () => {
    const outlet = outletWith();
    await frameAt(outlet, START_MS, [detection], new Uint8Array(8 * 8 * 3).fill(51));
    const frameQuality = { brightness: 0.2, sharpness: 0 };
    outlet.dropped('unreadable', 'b.jpg is no picture', START_MS + 1);
    expect(records).toMatchObject([
      {
        type: 'frame',
        source: 'a.jpg',
        capturedAtMs: START_MS,
        clock: 'unknown',
        dropped: null,
        quality: frameQuality,
      },
      {
        type: 'frame',
        source: 'b.jpg is no picture',
        capturedAtMs: START_MS + 1,
        dropped: 'unreadable',
        quality: null,
      },
    ]);
    expect(records[0]).toMatchObject({ seen: { frameId: String(START_MS), tiles: 1, detections: [detection] } });
  });

  it('is when the camera gave nothing', () => {
    const outlet = outletWith();
    outlet.status('offline', START_MS, 'no answer');
    outlet.status('online', START_MS + 5, null);
    outlet.status('disabled', START_MS + 9, 'paused');
    expect(records).toEqual([
      { type: 'downtime', what: 'camera', name: 'leaf', state: 'down', atMs: START_MS, reason: 'no answer' },
      { type: 'downtime', what: 'camera', name: 'leaf', state: 'up', atMs: START_MS + 5, reason: null },
      { type: 'downtime', what: 'camera', name: 'leaf', state: 'down', atMs: START_MS + 9, reason: 'paused' },
    ]);
  });

  it("is a kept crop once its file is there, with the model's embedding of it", async () => {
    const outlet = outletWith();
    const { frame, inspection } = looked(START_MS);
    await outlet.keep(frame, [born], inspection);
    await expect.poll(() => records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      type: 'picture',
      camera: 'leaf',
      keptMs: START_MS,
      frameId: String(START_MS),
      crop: { track: 't1', target: 'aphid', box: detection.box },
      embedding: { model: { id: 'm', sha256: '0' }, vector: Float32Array.of(0.6, 0.8) },
    });
    const { path, sha256 } = records[0] as PictureRecord;
    expect(
      createHash('sha256')
        .update(await readFile(join(dir, path)))
        .digest('hex'),
    ).toBe(sha256);
  });

  it('is no picture of a camera that keeps none', async () => {
    const { frame, inspection } = looked(START_MS);
    await outletWith({ keepPictures: 'none' }).keep(frame, [born], inspection);
    expect(records).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });
});
