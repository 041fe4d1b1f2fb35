import type * as uplink from '../../uplink/payloads.js';
import type { NodeInfo } from '../node-info.js';

export interface Payloads {
  readonly status: uplink.StatusPayload;
  readonly health: uplink.HealthPayload;
  readonly alert: uplink.AlertContent;
  readonly detections: uplink.DetectionsPayload;
  readonly event: uplink.EventContent;
  readonly counts: uplink.CountsPayload;
  readonly cameraStatus: uplink.CameraStatusPayload;
}

export type Kind = keyof Payloads;

/** What a topic carries; `camera` is empty for those of the whole node. */
export interface TopicMeaning {
  readonly kind: Kind;
  readonly camera: string;
}

export type Message = {
  readonly [K in Kind]: { readonly kind: K; readonly camera: string; readonly payload: Payloads[K] };
}[Kind];

/** Every topic that the page listens to. */
export function topicsOf(node: NodeInfo): ReadonlyMap<string, TopicMeaning> {
  const ofNode = [
    [node.topics.status, { kind: 'status', camera: '' }],
    [node.topics.health, { kind: 'health', camera: '' }],
    [node.topics.alerts, { kind: 'alert', camera: '' }],
  ] as const;
  const ofCameras = node.cameras.flatMap(
    ({ id: camera, topics }) =>
      [
        [topics.detections, { kind: 'detections', camera }],
        [topics.events, { kind: 'event', camera }],
        [topics.counts, { kind: 'counts', camera }],
        [topics.status, { kind: 'cameraStatus', camera }],
      ] as const,
  );
  return new Map<string, TopicMeaning>([...ofNode, ...ofCameras]);
}

/** @returns null for what is no JSON, of another schema version, or lacks what the page shows */
export function readMessage({ kind, camera }: TopicMeaning, text: string): Message | null {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return null; // null is the answer for it, and the caller counts it
  }
  return fits(payload, SHAPES[kind]) ? ({ kind, camera, payload } as Message) : null;
}

type Shape = 'text' | 'number' | 'version' | 'object' | readonly ['maybe', Shape] | readonly ['list', Shape] | Fields;
interface Fields {
  readonly [name: string]: Shape;
}

const SCHEMA_VERSION = 1;
const ref = { id: 'text' } as const;
const box = { x: 'number', y: 'number', width: 'number', height: 'number' } as const;
const detection = { target: 'text', prompt: 'text', score: ['maybe', 'number'], similarity: 'number', box } as const;
const track = {
  firstSeen: 'text',
  lastSeen: 'text',
  hits: 'number',
  target: 'text',
  latest: detection,
  best: detection,
} as const;
const fingerprint = {
  model: { ...ref, sha256: 'text' },
  promptSet: { ...ref, hash: 'text' },
  calibration: { kind: 'text', origin: 'text' },
  provider: 'text',
} as const;

const SHAPES: Readonly<Record<Kind, Fields>> = {
  status: { schema: 'version', state: 'text', at: ['maybe', 'text'], version: 'text' },
  health: {
    schema: 'version',
    at: 'text',
    clock: 'text',
    version: 'text',
    uplink: { state: 'text', reason: ['maybe', 'text'], queued: 'number', dropped: 'object' },
    cameras: ['list', { id: 'text', framesLookedAt: 'number', framesDropped: 'object' }],
    warnings: ['list', 'text'],
  },
  alert: {
    schema: 'version',
    id: 'text',
    rule: 'text',
    state: 'text',
    at: 'text',
    camera: 'text',
    target: 'text',
    measure: 'text',
    value: 'number',
    threshold: 'number',
  },
  detections: {
    schema: 'version',
    camera: 'text',
    frame: { id: 'text', origin: 'text', capturedAt: 'text', clock: 'text', width: 'number', height: 'number' },
    fingerprint,
    tiles: 'number',
    timingsMs: { total: 'number' },
    detections: ['list', detection],
  },
  event: { schema: 'version', id: 'text', type: 'text', camera: 'text', at: 'text', after: track },
  counts: {
    schema: 'version',
    at: 'text',
    counts: ['list', { target: 'text', now: 'number', hour: 'number', day: 'number' }],
  },
  cameraStatus: { schema: 'version', state: 'text', since: 'text', reason: ['maybe', 'text'] },
};

function fits(value: unknown, shape: Shape): boolean {
  if (shape === 'text') return typeof value === 'string';
  if (shape === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (shape === 'version') return value === SCHEMA_VERSION;
  if (shape === 'object') return isObject(value);
  if (isTagged(shape)) {
    const [tag, inner] = shape;
    return tag === 'maybe'
      ? value === null || fits(value, inner)
      : Array.isArray(value) && value.every((item) => fits(item, inner));
  }
  return isObject(value) && Object.entries(shape).every(([name, inner]) => fits(value[name], inner));
}

const isTagged = (shape: Shape): shape is readonly ['maybe' | 'list', Shape] => Array.isArray(shape);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
