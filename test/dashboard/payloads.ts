import type { NodeFacts } from '../../src/dashboard/node-info.js';
import type {
  AlertContent,
  CountsPayload,
  DetectionsPayload,
  EventContent,
  HealthPayload,
} from '../../src/uplink/payloads.js';

/** Valid payloads of one node, for tests of the page. */
export const fingerprint: DetectionsPayload['fingerprint'] = {
  model: { id: 'scout-tiny', sha256: '3fa9c1d2aa00bb11cc22dd33ee44ff55' },
  promptSet: { id: 'insects/aphids', hash: '77aa01bc99887766' },
  calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' },
  provider: 'cpu',
};

export const facts: NodeFacts = {
  site: { id: 'farm', name: 'Quinta do Vale', timeZone: 'Europe/Lisbon', crop: 'Vicia faba' },
  node: 'scout',
  version: '0.1.0',
  baseTopic: 'fieldscout',
  model: fingerprint.model,
  provider: 'cpu',
  cameras: [
    {
      id: 'leaf',
      origin: 'sim:leaf',
      intervalMs: 1000,
      mmPerPixel: 0.1,
      promptSet: { ...fingerprint.promptSet, title: 'Aphids on leaves' },
      targets: [
        { id: 'aphid', name: 'Aphid', beneficial: false },
        { id: 'beetle', name: 'Leaf beetle', beneficial: false },
        { id: 'caterpillar', name: 'Caterpillar', beneficial: false },
        { id: 'lady-beetle', name: 'Lady beetle', beneficial: true },
      ],
    },
  ],
};

type DetectionValue = DetectionsPayload['detections'][number];

export const aphid: DetectionValue = {
  target: 'aphid',
  prompt: 'a green aphid on a leaf',
  score: 0.93,
  similarity: 0.2914,
  box: { x: 100, y: 120, width: 64, height: 64 },
  scale: 224,
};

export const ladyBeetle: DetectionValue = {
  target: 'lady-beetle',
  prompt: 'a red lady beetle with black spots',
  score: 0.81,
  similarity: 0.2731,
  box: { x: 400, y: 200, width: 80, height: 80 },
  scale: 224,
};

export function detections(
  frameId: string,
  found: readonly DetectionValue[],
  frame: Partial<DetectionsPayload['frame']> = {},
): DetectionsPayload {
  return {
    schema: 1,
    camera: 'leaf',
    frame: {
      id: frameId,
      origin: 'sim:leaf#1',
      capturedAt: '2026-06-01T09:30:00.000Z',
      clock: 'synchronised',
      width: 640,
      height: 360,
      ...frame,
    },
    fingerprint,
    tiles: 108,
    timingsMs: { decode: 10, tile: 20, encode: 500, score: 1, total: 640 },
    detections: [...found],
  };
}

export function event(id: string, type: EventContent['type'], found: DetectionValue = aphid): EventContent {
  return {
    schema: 1,
    id,
    type,
    camera: 'leaf',
    at: '2026-06-01T09:30:12.000Z',
    clock: 'synchronised',
    fingerprint,
    before: null,
    after: {
      id: `track-${id}`,
      camera: 'leaf',
      target: found.target,
      firstSeen: '2026-06-01T09:30:00.000Z',
      lastSeen: '2026-06-01T09:30:12.000Z',
      hits: 9,
      best: found,
      latest: found,
    },
  };
}

export function counts(values: CountsPayload['counts']): CountsPayload {
  return {
    schema: 1,
    camera: 'leaf',
    at: '2026-06-01T09:30:00.000Z',
    clock: 'synchronised',
    timeZone: 'Europe/Lisbon',
    counts: values,
  };
}

export function alert(state: AlertContent['state'], change: Partial<AlertContent> = {}): AlertContent {
  return {
    schema: 1,
    id: `alert-${state}`,
    rule: 'aphids-now',
    state,
    at: '2026-06-01T09:30:10.000Z',
    clock: 'synchronised',
    camera: 'leaf',
    target: 'aphid',
    measure: 'now',
    value: 12,
    threshold: 10,
    fingerprint,
    ...change,
  };
}

export function health(warnings: readonly string[]): HealthPayload {
  return {
    schema: 1,
    at: '2026-06-01T09:30:00.000Z',
    clock: 'synchronised',
    version: '0.1.0',
    bootId: 'boot-1',
    uptimeS: 60,
    site: {
      id: 'farm',
      name: 'Quinta do Vale',
      latitude: null,
      longitude: null,
      timeZone: 'Europe/Lisbon',
      crop: 'Vicia faba',
    },
    model: { ...fingerprint.model, precision: 'int8' },
    provider: 'cpu',
    memory: { rssBytes: 1, freeBytes: 1, totalBytes: 2 },
    disk: null,
    temperaturesC: {},
    board: { gpuLoad: null, powerMw: {}, throttling: [] },
    uplink: {
      state: 'connected',
      reason: null,
      queued: 3,
      dropped: {},
      unwritten: 0,
      outbox: { waiting: 0, bytes: 0, oldestAt: null, dropped: {} },
      budget: null,
    },
    cameras: [
      {
        id: 'leaf',
        state: 'online',
        picture: 'good',
        promptSet: fingerprint.promptSet,
        trapType: null,
        plantsInView: null,
        mmPerPixel: 0.1,
        framesLookedAt: 240,
        framesDropped: { unreadable: 2 },
        lastFrameAt: null,
      },
    ],
    warnings: [...warnings],
  };
}
