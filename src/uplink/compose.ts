import type { Alert, Detection, Fingerprint, Inspection, TargetCount, Track, TrackEvent } from '../types.js';
import {
  type AlertContent,
  type CameraStatusPayload,
  type CountsPayload,
  type DetectionsPayload,
  type EventContent,
  SCHEMA_VERSION,
} from './payloads.js';

/** Stages' values as payloads. Times become UTC texts, numbers are rounded to what they are worth. */

type ClockTrust = EventContent['clock'];

export function detectionsPayload(inspection: Inspection, decodeMs: number, clock: ClockTrust): DetectionsPayload {
  const { frame, fingerprint, tiles, detections, timingsMs } = inspection;
  const { tile, encode, score } = timingsMs;
  const total = decodeMs + tile + encode + score;
  return {
    schema: SCHEMA_VERSION,
    camera: frame.camera,
    frame: {
      id: frame.id,
      origin: frame.origin,
      capturedAt: instant(frame.capturedAtMs),
      clock,
      width: frame.width,
      height: frame.height,
    },
    fingerprint,
    tiles,
    timingsMs: {
      decode: tenth(decodeMs),
      tile: tenth(tile),
      encode: tenth(encode),
      score: tenth(score),
      total: tenth(total),
    },
    detections: detections.map(detectionOf),
  };
}

export function eventPayload(
  id: string,
  event: TrackEvent,
  fingerprint: Fingerprint,
  atMs: number,
  clock: ClockTrust,
): EventContent {
  return {
    schema: SCHEMA_VERSION,
    id,
    type: event.type,
    camera: event.after.camera,
    at: instant(atMs),
    clock,
    fingerprint,
    before: event.before ? trackOf(event.before) : null,
    after: trackOf(event.after),
  };
}

export function countsPayload(
  camera: string,
  counts: readonly TargetCount[],
  atMs: number,
  clock: ClockTrust,
  timeZone: string,
): CountsPayload {
  return { schema: SCHEMA_VERSION, camera, at: instant(atMs), clock, timeZone, counts: [...counts] };
}

export function alertPayload(alert: Alert, fingerprint: Fingerprint, clock: ClockTrust): AlertContent {
  const { atMs, ...rest } = alert;
  return { schema: SCHEMA_VERSION, ...rest, at: instant(atMs), clock, fingerprint };
}

export function cameraStatusPayload(
  state: CameraStatusPayload['state'],
  sinceMs: number,
  reason: string | null,
): CameraStatusPayload {
  return { schema: SCHEMA_VERSION, state, since: instant(sinceMs), reason };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function trackOf(track: Track): EventContent['after'] {
  const { id, camera, target, firstSeenMs, lastSeenMs, hits, best, latest } = track;
  return {
    id,
    camera,
    target,
    firstSeen: instant(firstSeenMs),
    lastSeen: instant(lastSeenMs),
    hits,
    best: detectionOf(best),
    latest: detectionOf(latest),
  };
}

function detectionOf({
  target,
  prompt,
  score,
  similarity,
  box,
  scale,
}: Detection): DetectionsPayload['detections'][number] {
  return {
    target,
    prompt,
    score: score === null ? null : tenThousandth(score),
    similarity: tenThousandth(similarity),
    box,
    scale,
  };
}

const tenth = (value: number) => Math.round(value * 10) / 10;
const tenThousandth = (value: number) => Math.round(value * 1e4) / 1e4;
