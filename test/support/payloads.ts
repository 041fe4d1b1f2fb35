import type { ClockPayload } from '../../src/uplink/clock-payload.js';
import type {
  AlertPayload,
  CameraStatusPayload,
  CountsPayload,
  DetectionsPayload,
  EventPayload,
  GapPayload,
  HealthPayload,
} from '../../src/uplink/payloads.js';

/** One payload of each kind as a node would say it, for tests of what carries them. */

const at = '2026-05-04T03:02:01.000Z';

const fingerprint = {
  model: { id: 'scout-tiny', sha256: 'ab'.repeat(32) },
  promptSet: { id: 'insects/aphids', hash: 'cd'.repeat(32) },
  calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' },
  provider: 'cpu',
} as const;

const detection = {
  target: 'aphid',
  prompt: 'a green aphid on a leaf',
  score: 0.93,
  similarity: 0.31,
  box: { x: 10, y: 20, width: 30, height: 40 },
  scale: 224,
};

const track = {
  id: 'track-1',
  camera: 'leaf',
  target: 'aphid',
  firstSeen: at,
  lastSeen: at,
  hits: 3,
  best: detection,
  latest: detection,
};

const order = { bootId: 'boot-1', sequence: 1, historical: false };

export const detectionsSample: DetectionsPayload = {
  schema: 1,
  camera: 'leaf',
  frame: { id: 'frame-1', origin: 'sim:leaf#1', capturedAt: at, clock: 'synchronised', width: 640, height: 480 },
  fingerprint,
  tiles: 12,
  timingsMs: { decode: 1, tile: 2, encode: 30, score: 0.5, total: 33.5 },
  detections: [detection],
};

export const eventSample = (id: string): EventPayload => ({
  schema: 1,
  id,
  type: 'new',
  camera: 'leaf',
  at,
  clock: 'unknown',
  fingerprint,
  before: null,
  after: track,
  ...order,
});

export const countsSample = (now: number): CountsPayload => ({
  schema: 1,
  camera: 'leaf',
  at,
  clock: 'synchronised',
  timeZone: 'Europe/Lisbon',
  counts: [{ target: 'aphid', now, hour: 7, day: 9 }],
});

export const cameraStatusSample: CameraStatusPayload = { schema: 1, state: 'online', since: at, reason: null };

export const alertSample: AlertPayload = {
  schema: 1,
  id: 'alert-1',
  rule: 'many-aphids',
  state: 'raised',
  at,
  clock: 'synchronised',
  camera: 'leaf',
  target: 'aphid',
  measure: 'now',
  value: 5,
  threshold: 3,
  fingerprint,
  ...order,
};

export const clockSample: ClockPayload = {
  schema: 1,
  id: 'clock-1',
  at: '2026-05-04T03:02:01.000Z',
  clock: 'synchronised',
  offsetMs: -3_600_000,
  bootId: 'boot-1',
  sequence: 9,
  historical: false,
};

export const gapSample: GapPayload = {
  schema: 1,
  id: 'gap-1',
  at,
  reason: 'outbox-full',
  count: 3,
  kinds: { update: 2, new: 1 },
  cameras: ['leaf'],
  firstSequence: 4,
  lastSequence: 9,
  from: at,
  to: at,
  ...order,
};

export const healthSample: HealthPayload = {
  schema: 1,
  at,
  clock: 'synchronised',
  version: '0.1.0',
  bootId: 'boot-1',
  uptimeS: 12.5,
  site: { id: 'farm', name: 'My farm', latitude: 38.7, longitude: -9.1, timeZone: 'UTC', crop: null },
  model: { id: 'scout-tiny', sha256: 'ab'.repeat(32), precision: 'int8' },
  provider: 'cpu',
  memory: { rssBytes: 1, freeBytes: 2, totalBytes: 3 },
  disk: null,
  temperaturesC: { cpu: 51.5 },
  board: { gpuLoad: null, powerMw: {}, throttling: [] },
  uplink: {
    state: 'connected',
    reason: null,
    queued: 0,
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
      promptSet: { id: 'insects/aphids', hash: 'cd'.repeat(32) },
      trapType: null,
      plantsInView: 4,
      mmPerPixel: null,
      framesLookedAt: 3,
      framesDropped: { unreadable: 1 },
      lastFrameAt: at,
    },
  ],
  warnings: [],
};
