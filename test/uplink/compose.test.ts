import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection, Fingerprint, Inspection, Track } from '../../src/types.js';
import * as compose from '../../src/uplink/compose.js';
import * as schemas from '../../src/uplink/payloads.js';

const atMs = Date.parse('2026-05-04T03:02:01.007Z');
const at = '2026-05-04T03:02:01.007Z';

const fingerprint: Fingerprint = {
  model: { id: 'scout-tiny', sha256: 'ab'.repeat(32) },
  promptSet: { id: 'insects/aphids', hash: 'cd'.repeat(32) },
  calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' },
  provider: 'cpu',
};

const detection: Detection = {
  target: 'aphid',
  prompt: 'a green aphid',
  score: 0.123456,
  similarity: 0.314159,
  box: { x: 1, y: 2, width: 3, height: 4 },
  scale: 224,
};
const told = { ...detection, score: 0.1235, similarity: 0.3142 };

const track: Track = {
  id: 't1',
  camera: 'leaf',
  target: 'aphid',
  firstSeenMs: atMs - 1000,
  lastSeenMs: atMs,
  hits: 2,
  best: detection,
  latest: { ...detection, score: null },
};
const toldTrack = {
  id: 't1',
  camera: 'leaf',
  target: 'aphid',
  firstSeen: '2026-05-04T03:02:00.007Z',
  lastSeen: at,
  hits: 2,
  best: told,
  latest: { ...told, score: null },
};

const inspectionOf = (detections: readonly Detection[]): Inspection => ({
  frame: { id: 'f1', camera: 'leaf', origin: 'a.jpg', capturedAtMs: atMs, width: 640, height: 480 },
  tiles: 7,
  views: 7,
  detections,
  embeddings: new Map(),
  fingerprint,
  timingsMs: { tile: 1.26, encode: 30.04, score: 0.5 },
});

describe('payloads', () => {
  it('of detections carry the frame, the fingerprint, rounded numbers and the sum of the times', () => {
    const payload = compose.detectionsPayload(inspectionOf([detection]), 10.01, 'unsynchronised');
    expect(payload).toEqual({
      schema: 1,
      camera: 'leaf',
      frame: { id: 'f1', origin: 'a.jpg', capturedAt: at, clock: 'unsynchronised', width: 640, height: 480 },
      fingerprint,
      tiles: 7,
      timingsMs: { decode: 10, tile: 1.3, encode: 30, score: 0.5, total: 41.8 },
      detections: [told],
    });
    expect(schemas.detectionsPayload.parse(payload)).toEqual(payload);
  });

  it('of events carry what was told before and what is now', () => {
    const begun = compose.eventPayload('e1', { type: 'new', after: track }, fingerprint, atMs, 'synchronised');
    expect(begun).toEqual({
      schema: 1,
      id: 'e1',
      type: 'new',
      camera: 'leaf',
      at,
      clock: 'synchronised',
      fingerprint,
      before: null,
      after: toldTrack,
    });
    const ended = compose.eventPayload(
      'e2',
      { type: 'end', before: track, after: { ...track, hits: 3 } },
      fingerprint,
      atMs,
      'unknown',
    );
    expect([ended.before, ended.after]).toEqual([toldTrack, { ...toldTrack, hits: 3 }]);
    const place = { bootId: 'b1', sequence: 1, historical: false };
    for (const payload of [begun, ended])
      expect(schemas.eventPayload.parse({ ...payload, ...place })).toEqual({ ...payload, ...place });
  });

  it('of counts tell whose day it is', () => {
    const counts = [{ target: 'aphid', now: 1, hour: 2, day: 3 }];
    const payload = compose.countsPayload('leaf', counts, atMs, 'synchronised', 'Europe/Lisbon');
    expect(payload).toEqual({
      schema: 1,
      camera: 'leaf',
      at,
      clock: 'synchronised',
      timeZone: 'Europe/Lisbon',
      counts,
    });
    expect(schemas.countsPayload.parse(payload)).toEqual(payload);
  });

  it('of alerts carry the numbers behind them', () => {
    const { atMs: _, ...alert } = {
      id: 'a1',
      rule: 'many',
      state: 'raised' as const,
      camera: 'leaf',
      target: 'aphid',
      measure: 'day' as const,
      value: 7,
      threshold: 5,
      atMs,
    };
    const payload = compose.alertPayload({ ...alert, atMs }, fingerprint, 'synchronised');
    expect(payload).toEqual({ schema: 1, ...alert, at, clock: 'synchronised', fingerprint });
    const place = { bootId: 'b1', sequence: 1, historical: true };
    expect(schemas.alertPayload.parse({ ...payload, ...place })).toEqual({ ...payload, ...place });
  });

  it('of a camera tell since when and why', () => {
    const payload = compose.cameraStatusPayload('offline', atMs, 'no answer');
    expect(payload).toEqual({ schema: 1, state: 'offline', since: at, reason: 'no answer' });
    expect(schemas.cameraStatusPayload.parse(payload)).toEqual(payload);
  });

  it('keep to their schema and survive JSON, whatever a stage gives', () => {
    const anyDetection = fc.record({
      target: fc.string(),
      prompt: fc.string(),
      score: fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1, noNaN: true })),
      similarity: fc.double({ min: -1, max: 1, noNaN: true }),
      box: fc.record({
        x: fc.nat(30_000),
        y: fc.nat(30_000),
        width: fc.integer({ min: 1, max: 30_000 }),
        height: fc.integer({ min: 1, max: 30_000 }),
      }),
      scale: fc.integer({ min: 1, max: 30_000 }),
    });
    fc.assert(
      fc.property(fc.array(anyDetection, { maxLength: 5 }), fc.double({ min: 0, max: 1e6, noNaN: true }), (all, ms) => {
        const payload = compose.detectionsPayload(inspectionOf(all), ms, 'unknown');
        const again: unknown = JSON.parse(JSON.stringify(payload));
        expect(schemas.detectionsPayload.parse(again)).toEqual(again);
      }),
    );
  });
});
