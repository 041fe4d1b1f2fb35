import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { RecentFindings } from '../dashboard/recent-findings.js';
import type { RecentFrames } from '../dashboard/recent-frames.js';
import { errorLine } from '../errors.js';
import type { KeptPictures } from '../journal/kept-pictures.js';
import type { Alert, Fingerprint, Frame, Inspection, TargetCount, TrackEvent } from '../types.js';
import * as channels from '../uplink/channels.js';
import * as compose from '../uplink/compose.js';
import type { UplinkMessage } from '../uplink/message.js';
import type { CountsPayload } from '../uplink/payloads.js';
import type { Topics } from '../uplink/topics.js';
import { cropJpeg, jpegOf, shrinkJpeg } from '../vision/jpeg.js';

export interface OutletParts {
  readonly camera: string;
  readonly topics: Topics;
  readonly timeZone: string;
  readonly keepPictures: 'none' | 'detections' | 'all';
  readonly snapshots: { readonly enabled: boolean; readonly everyMs: number; readonly maxBytes: number };
  readonly publish: (message: UplinkMessage) => void;
  readonly pictures: KeptPictures;
  /** For the page; undefined where there is none. */
  readonly frames: RecentFrames | undefined;
  readonly findings: RecentFindings;
  readonly clockTrust: () => CountsPayload['clock'];
  readonly log: Logger;
}

const COUNTS_EVERY_MS = 60_000;
/** Enough to see a pest on a screen, small enough to keep some in memory. */
const PAGE_LONGEST_PX = 1600;

/** Where one camera's findings go: MQTT, the page's memory, and the kept pictures, as the camera's settings allow. */
export class LineOutlet {
  private countsTold: { readonly text: string; readonly atMs: number } = { text: '', atMs: Number.NEGATIVE_INFINITY };
  private snapshotMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: OutletParts) {}

  async frame(frame: Frame, inspection: Inspection, decodeMs: number): Promise<void> {
    const { camera, topics, frames, findings, publish, clockTrust } = this.parts;
    const wantsSnapshot = inspection.detections.length > 0 && this.isSnapshotDue(frame.capturedAtMs);
    const jpeg = frames || wantsSnapshot ? await jpegOf(frame.image, PAGE_LONGEST_PX) : undefined;
    if (jpeg) frames?.put(camera, { id: frame.id, jpeg });
    const payload = compose.detectionsPayload(inspection, decodeMs, clockTrust());
    findings.seeDetections(payload);
    publish(channels.detectionsMessage(topics, payload));
    if (jpeg && wantsSnapshot) await this.snapshot(jpeg, frame.capturedAtMs);
  }

  event(event: TrackEvent, fingerprint: Fingerprint, atMs: number): void {
    const payload = compose.eventPayload(randomUUID(), event, fingerprint, atMs, this.parts.clockTrust());
    this.parts.publish(channels.eventMessage(this.parts.topics, payload));
    const { id, target } = event.after;
    const { score, similarity } = payload.after.best;
    this.parts.log[event.type === 'update' ? 'debug' : 'info'](
      { track: id, score, similarity },
      `${event.type} ${target}`,
    );
  }

  /** Told when they change, after events, and once a minute so that a reader sees the node count. */
  counts(counts: readonly TargetCount[], atMs: number, force: boolean): void {
    const text = JSON.stringify(counts);
    if (!force && text === this.countsTold.text && Math.abs(atMs - this.countsTold.atMs) < COUNTS_EVERY_MS) return;
    this.countsTold = { text, atMs };
    const { camera, topics, timeZone, publish, clockTrust } = this.parts;
    publish(channels.countsMessage(topics, compose.countsPayload(camera, counts, atMs, clockTrust(), timeZone)));
  }

  alert(alert: Alert, fingerprint: Fingerprint): void {
    const payload = compose.alertPayload(alert, fingerprint, this.parts.clockTrust());
    this.parts.findings.seeAlert(payload);
    this.parts.publish(channels.alertMessage(this.parts.topics, payload));
    const { rule, state, target, measure, value, threshold } = alert;
    this.parts.log.warn({ rule, target, measure, value, threshold }, `alert ${state}`);
  }

  status(state: 'online' | 'offline' | 'disabled', sinceMs: number, reason: string | null): void {
    const { camera, topics, publish } = this.parts;
    publish(channels.cameraStatusMessage(topics, camera, compose.cameraStatusPayload(state, sinceMs, reason)));
  }

  /** Keeps what the camera's settings allow; a disk that takes no more costs the picture, never the event. */
  async keep({ image }: Frame, events: readonly TrackEvent[]): Promise<void> {
    const { camera, keepPictures, pictures, log } = this.parts;
    if (keepPictures === 'none') return;
    const born = events.filter(({ type }) => type === 'new');
    try {
      for (const { after } of born) await pictures.keep(camera, await cropJpeg(image, after.latest.box));
      if (keepPictures === 'all') await pictures.keep(camera, await jpegOf(image));
    } catch (error) {
      log.warn(`a picture could not be kept: ${errorLine(error)}`);
    }
  }

  /** A clock that was set back must not stop snapshots until it has caught up. */
  private isSnapshotDue(atMs: number): boolean {
    const { snapshots, keepPictures } = this.parts;
    return snapshots.enabled && keepPictures !== 'none' && Math.abs(atMs - this.snapshotMs) >= snapshots.everyMs;
  }

  private async snapshot(jpeg: Uint8Array, atMs: number): Promise<void> {
    const { camera, topics, snapshots, publish, log } = this.parts;
    this.snapshotMs = atMs;
    const small = await shrinkJpeg(jpeg, snapshots.maxBytes);
    if (small) publish(channels.snapshotMessage(topics, camera, small));
    else log.warn(`no snapshot fits into ${snapshots.maxBytes} bytes`);
  }
}
