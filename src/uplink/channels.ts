import type { z } from 'zod';
import { type ClockContent, clockPayload } from './clock-payload.js';
import type { UplinkMessage } from './message.js';
import {
  type AlertContent,
  alertPayload,
  type CameraStatusPayload,
  type CountsPayload,
  cameraStatusPayload,
  countsPayload,
  type DetectionsPayload,
  detectionsPayload,
  type EventContent,
  eventPayload,
  type GapContent,
  gapPayload,
  type HealthPayload,
  healthPayload,
  type StatusPayload,
  statusPayload,
} from './payloads.js';
import type { Topics } from './topics.js';

/** How one kind of message travels. */
export interface Channel {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** What waits while the broker is away: every message in order, or the latest of the topic. */
  readonly keep: 'all' | 'latest';
  /** `jpeg`: the bytes of a picture. */
  readonly payload: z.ZodType | 'jpeg';
}

/** Every kind of message of a node; messages and docs/asyncapi.yaml both come from this table. */
export const CHANNELS = {
  status: { qos: 1, retain: true, keep: 'latest', payload: statusPayload },
  health: { qos: 1, retain: true, keep: 'latest', payload: healthPayload },
  detections: { qos: 0, retain: false, keep: 'all', payload: detectionsPayload },
  snapshot: { qos: 0, retain: false, keep: 'all', payload: 'jpeg' },
  events: { qos: 1, retain: false, keep: 'all', payload: eventPayload },
  counts: { qos: 1, retain: true, keep: 'latest', payload: countsPayload },
  cameraStatus: { qos: 1, retain: true, keep: 'latest', payload: cameraStatusPayload },
  alerts: { qos: 1, retain: true, keep: 'all', payload: alertPayload },
  gaps: { qos: 1, retain: false, keep: 'all', payload: gapPayload },
  clock: { qos: 1, retain: false, keep: 'all', payload: clockPayload },
} as const satisfies Record<string, Channel>;

export type ChannelName = keyof typeof CHANNELS;

/** @returns where a channel lives; cameras have channels of their own */
export function channelTopic(channel: ChannelName, topics: Topics, camera: string): string {
  switch (channel) {
    case 'status':
    case 'health':
    case 'alerts':
    case 'gaps':
    case 'clock':
      return topics[channel];
    case 'cameraStatus':
      return topics.camera(camera).status;
    case 'detections':
    case 'snapshot':
    case 'events':
    case 'counts':
      return topics.camera(camera)[channel];
  }
}

function say(channel: ChannelName, topic: string, payload: object): UplinkMessage {
  const { qos, retain, keep } = CHANNELS[channel];
  return { topic, qos, retain, keep, payload };
}

export const statusMessage = (topics: Topics, payload: StatusPayload): UplinkMessage =>
  say('status', topics.status, payload);

export const healthMessage = (topics: Topics, payload: HealthPayload): UplinkMessage =>
  say('health', topics.health, payload);

export const alertMessage = (topics: Topics, payload: AlertContent): UplinkMessage => ({
  ...say('alerts', topics.alerts, payload),
  outbox: { kind: 'alert', camera: payload.camera },
});

export const gapMessage = (topics: Topics, payload: GapContent): UplinkMessage => ({
  ...say('gaps', topics.gaps, payload),
  outbox: { kind: 'gap', camera: null },
});

export const clockMessage = (topics: Topics, payload: ClockContent): UplinkMessage => ({
  ...say('clock', topics.clock, payload),
  outbox: { kind: 'clock', camera: null },
});

export const detectionsMessage = (topics: Topics, payload: DetectionsPayload): UplinkMessage =>
  say('detections', topics.camera(payload.camera).detections, payload);

export const eventMessage = (topics: Topics, payload: EventContent): UplinkMessage => ({
  ...say('events', topics.camera(payload.camera).events, payload),
  outbox: { kind: payload.type, camera: payload.camera },
});

export const countsMessage = (topics: Topics, payload: CountsPayload): UplinkMessage =>
  say('counts', topics.camera(payload.camera).counts, payload);

export const cameraStatusMessage = (topics: Topics, camera: string, payload: CameraStatusPayload): UplinkMessage =>
  say('cameraStatus', topics.camera(camera).status, payload);

/** @param jpeg bytes of a JPEG, within `snapshots.maxBytes` */
export function snapshotMessage(topics: Topics, camera: string, jpeg: Uint8Array): UplinkMessage {
  const { qos, retain, keep } = CHANNELS.snapshot;
  return { topic: topics.camera(camera).snapshot, qos, retain, keep, bytes: jpeg };
}
