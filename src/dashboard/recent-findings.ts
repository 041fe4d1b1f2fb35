import type { AlertContent, DetectionsPayload } from '../uplink/payloads.js';

/** What a page that was just opened shows before the next message comes. */
export interface Findings {
  /** The newest of each camera. */
  readonly detections: readonly DetectionsPayload[];
  /** Raised and not cleared yet, oldest first: the retained alert of MQTT is only the last one. */
  readonly alerts: readonly AlertContent[];
}

/** Remembers the newest detections of each camera and the alerts that stand; fed with what the node publishes. */
export class RecentFindings {
  private readonly detections = new Map<string, DetectionsPayload>();
  private readonly alerts = new Map<string, AlertContent>();

  seeDetections(payload: DetectionsPayload): void {
    this.detections.set(payload.camera, payload);
  }

  seeAlert(payload: AlertContent): void {
    const key = JSON.stringify([payload.rule, payload.camera, payload.target]);
    this.alerts.delete(key);
    if (payload.state === 'raised') this.alerts.set(key, payload);
  }

  now(): Findings {
    return { detections: [...this.detections.values()], alerts: [...this.alerts.values()] };
  }
}
