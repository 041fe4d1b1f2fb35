import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { RecentFindings } from '../dashboard/recent-findings.js';
import type { RecentFrames } from '../dashboard/recent-frames.js';
import { errorLine } from '../errors.js';
import type { KeptPictures } from '../journal/kept-pictures.js';
import type { FrameRecord, JournalRecord, PictureRecord } from '../journal/records.js';
import type { Alert, Fingerprint, Frame, Inspection, TargetCount, TrackEvent } from '../types.js';
import * as channels from '../uplink/channels.js';
import * as compose from '../uplink/compose.js';
import type { UplinkMessage } from '../uplink/message.js';
import type { CountsPayload } from '../uplink/payloads.js';
import type { Topics } from '../uplink/topics.js';
import { cropJpeg, jpegOf, shrinkJpeg } from '../vision/jpeg.js';
import { pictureQuality } from '../vision/picture-quality.js';

export interface OutletParts {
  readonly camera: string;
  readonly topics: Topics;
  readonly timeZone: string;
  readonly keepPictures: 'none' | 'detections' | 'all';
  readonly snapshots: { readonly enabled: boolean; readonly everyMs: number; readonly maxBytes: number };
  readonly publish: (message: UplinkMessage) => void;
  readonly pictures: KeptPictures;
  readonly record: (record: JournalRecord) => void;
  /** For the page; undefined where there is none. */
  readonly frames: RecentFrames | undefined;
  readonly findings: RecentFindings;
  readonly clockTrust: () => CountsPayload['clock'];
  readonly log: Logger;
}

const COUNTS_EVERY_MS = 60_000;
/** Enough to see a pest on a screen, small enough to keep some in memory. */
const PAGE_LONGEST_PX = 1600;
const MOST_SOURCE_CHARACTERS = 200;

/** Where one camera's findings go: MQTT, the page's memory, and the kept pictures, as the camera's settings allow. */
export class LineOutlet {
  private countsTold: { readonly text: string; readonly atMs: number } = { text: '', atMs: Number.NEGATIVE_INFINITY };
  private snapshotMs = Number.NEGATIVE_INFINITY;
  private keepFault = '';

  constructor(private readonly parts: OutletParts) {}

  async frame(frame: Frame, inspection: Inspection, decodeMs: number): Promise<void> {
    const { camera, topics, frames, findings, publish, clockTrust } = this.parts;
    const wantsSnapshot = inspection.detections.length > 0 && this.isSnapshotDue(frame.capturedAtMs);
    const jpeg = frames || wantsSnapshot ? await jpegOf(frame.image, PAGE_LONGEST_PX) : undefined;
    if (jpeg) frames?.put(camera, { id: frame.id, jpeg });
    const clock = clockTrust();
    this.recordFrame(frame, inspection, clock);
    const payload = compose.detectionsPayload(inspection, decodeMs, clock);
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
    const isUp = state === 'online';
    const what = { what: 'camera', name: camera, state: isUp ? 'up' : 'down' } as const;
    this.parts.record({ type: 'downtime', ...what, atMs: sinceMs, reason });
  }

  /** A frame that nobody looked at. @param source where it came from and what became of it, for people */
  dropped(reason: string, source: string, atMs: number): void {
    const { camera, record, clockTrust } = this.parts;
    const about = { camera, capturedAtMs: atMs, clock: clockTrust(), source: source.slice(0, MOST_SOURCE_CHARACTERS) };
    record({ type: 'frame', ...about, dropped: reason, quality: null });
  }

  /** Keeps what the camera's settings allow. The disk is not waited for, and costs the picture at most, never the event. */
  async keep({ image }: Frame, events: readonly TrackEvent[], inspection: Inspection): Promise<void> {
    const { keepPictures } = this.parts;
    if (keepPictures === 'none') return;
    const { model } = inspection.fingerprint;
    try {
      for (const { type, after } of events) {
        if (type !== 'new') continue;
        const { id: track, target, latest } = after;
        const vector = inspection.embeddings.get(latest);
        const crop = { track, target, box: latest.box };
        void this.write(await cropJpeg(image, latest.box), inspection, crop, vector ? { model, vector } : null);
      }
      if (keepPictures === 'all') void this.write(await jpegOf(image), inspection, null, null);
    } catch (error) {
      this.notKept(errorLine(error));
    }
  }

  private async write(
    jpeg: Uint8Array,
    { frame }: Inspection,
    crop: PictureRecord['crop'],
    embedding: PictureRecord['embedding'],
  ): Promise<void> {
    const { camera, pictures, record } = this.parts;
    try {
      const kept = await pictures.keep(camera, jpeg);
      if (!kept) return;
      const about = { camera, keptMs: frame.capturedAtMs, frameId: frame.id, crop, embedding };
      record({ type: 'picture', ...kept, ...about });
      this.keepFault = '';
    } catch (error) {
      this.notKept(errorLine(error));
    }
  }

  /** A disk that stays full is told of once. */
  private notKept(line: string): void {
    if (line !== this.keepFault) this.parts.log.warn(`a picture could not be kept: ${line}`);
    this.keepFault = line;
  }

  private recordFrame({ image }: Frame, inspection: Inspection, clock: CountsPayload['clock']): void {
    const { frame, tiles, fingerprint, detections } = inspection;
    const { id: frameId, width, height, camera, capturedAtMs, origin: source } = frame;
    this.parts.record({
      type: 'frame',
      camera,
      capturedAtMs,
      clock,
      source: source.slice(0, MOST_SOURCE_CHARACTERS),
      dropped: null,
      quality: qualityOf(image),
      seen: { frameId, width, height, tiles, fingerprint, detections },
    });
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

/** Rounded: each frame's row holds it. */
function qualityOf(image: Frame['image']): FrameRecord['quality'] {
  const { brightness, sharpness } = pictureQuality(image);
  return { brightness: Math.round(brightness * 1e3) / 1e3, sharpness: Math.round(sharpness * 10) / 10 };
}
