import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CountAlerts } from '../alerting/count-alerts.js';
import type { FrameSource } from '../capture/frame-source.js';
import { errorLine, FieldscoutError } from '../errors.js';
import type { Inspector } from '../inspection/inspector.js';
import type { CountsState, TrackCounts } from '../tracking/counts.js';
import type { IouTracker } from '../tracking/iou-tracker.js';
import type { CapturedFrame, EmbeddedPromptSet, Fingerprint, Frame, Inspection, Track, TrackEvent } from '../types.js';
import { decodeImage } from '../vision/decode.js';
import type { LineOutlet } from './line-outlet.js';

export interface CameraLineParts {
  readonly camera: string;
  readonly source: FrameSource;
  readonly inspector: Inspector;
  readonly tracker: IouTracker;
  readonly alerts: CountAlerts;
  readonly outlet: LineOutlet;
  /** Counts for a prompt set's targets, going on from what was counted before (at the first time: before the restart). */
  readonly countsFor: (targets: readonly string[], before?: CountsState) => TrackCounts;
  readonly now: () => number;
  readonly log: Logger;
}

export interface LineHealth {
  readonly state: 'online' | 'offline';
  readonly framesLookedAt: number;
  readonly framesDropped: Readonly<Record<string, number>>;
  readonly lastFrameMs: number | null;
}

/** The way of one camera's pictures: frame -> inspection -> tracks -> counts -> alerts, each told through the outlet. */
export class CameraLine {
  private state: LineHealth['state'] = 'offline';
  private framesLookedAt = 0;
  private readonly framesDropped: Record<string, number> = {};
  private lastFrameMs: number | null = null;
  private counts: TrackCounts;
  private next: EmbeddedPromptSet | undefined;
  private fingerprint: Fingerprint | undefined;

  constructor(
    private readonly parts: CameraLineParts,
    private prompts: EmbeddedPromptSet,
  ) {
    this.counts = parts.countsFor(targetIds(prompts));
  }

  get health(): LineHealth {
    const { state, framesLookedAt, framesDropped, lastFrameMs } = this;
    return { state, framesLookedAt, framesDropped: { ...framesDropped }, lastFrameMs };
  }

  get promptSet() {
    return this.prompts.promptSet;
  }

  /** Takes effect between two frames. */
  usePrompts(prompts: EmbeddedPromptSet): void {
    this.next = prompts;
  }

  /** What must outlive a restart. */
  get memory() {
    return { counts: this.counts.snapshot(), raised: this.parts.alerts.standing };
  }

  /** Runs until the signal aborts, then ends the tracks that live. @throws FieldscoutError where the source cannot work at all */
  async run(signal: AbortSignal): Promise<void> {
    const { source, outlet, tracker, now } = this.parts;
    outlet.status('offline', now(), 'starting');
    const report = {
      dropped: (reason: string, line: string) => this.drop(reason, line),
      state: (state: 'online' | 'offline', line?: string) => this.turn(state, line),
    };
    for await (const captured of source.frames(signal, report)) {
      if (signal.aborted) break;
      this.adoptPrompts();
      await this.take(captured, signal);
    }
    this.finish(tracker.endAll(), []);
    outlet.status('offline', now(), 'stopped');
  }

  private async take(captured: CapturedFrame, signal: AbortSignal): Promise<void> {
    try {
      const start = performance.now();
      const image = await decodeImage(captured.bytes, captured.origin);
      const decodeMs = performance.now() - start;
      this.turn('online');
      const { camera, origin, capturedAtMs } = captured;
      const frame: Frame = { id: randomUUID(), camera, origin, capturedAtMs, image };
      const inspection = await this.parts.inspector.inspect(frame, this.prompts);
      await this.tell(frame, inspection, decodeMs);
    } catch (error) {
      if (signal.aborted) return;
      const reason = dropReason(error);
      const named = reason === 'unreadable' || reason === 'too-large';
      this.drop(reason, named ? errorLine(error) : `${captured.origin}: ${errorLine(error)}`);
    }
  }

  private async tell(frame: Frame, inspection: Inspection, decodeMs: number): Promise<void> {
    const { tracker, outlet } = this.parts;
    this.framesLookedAt += 1;
    this.lastFrameMs = frame.capturedAtMs;
    this.fingerprint = inspection.fingerprint;
    await outlet.frame(frame, inspection, decodeMs);
    const events = tracker.observe(inspection.detections, frame.capturedAtMs);
    this.finish(events, tracker.live);
    await outlet.keep(frame, events);
  }

  private finish(events: readonly TrackEvent[], live: readonly Track[]): void {
    const { camera, outlet, alerts, now } = this.parts;
    const fingerprint = this.fingerprint;
    if (!fingerprint) return;
    const atMs = now();
    for (const event of events) outlet.event(event, fingerprint, atMs);
    const counts = this.counts.observe(events, live, atMs);
    outlet.counts(counts, atMs, events.length > 0);
    for (const alert of alerts.observe(camera, counts, atMs)) outlet.alert(alert, fingerprint);
  }

  /** Tracks of the old words end: they must not go on under new ones. */
  private adoptPrompts(): void {
    if (!this.next) return;
    this.finish(this.parts.tracker.endAll(), []);
    this.prompts = this.next;
    this.next = undefined;
    this.counts = this.parts.countsFor(targetIds(this.prompts), this.counts.snapshot());
  }

  private drop(reason: string, line: string): void {
    this.framesDropped[reason] = (this.framesDropped[reason] ?? 0) + 1;
    this.parts.log.warn({ reason }, `frame dropped: ${errorLine(line)}`);
  }

  private turn(state: 'online' | 'offline', line?: string): void {
    if (this.state === state) return;
    this.state = state;
    this.parts.outlet.status(state, this.parts.now(), line ?? null);
    if (state === 'online') this.parts.log.info('the camera gives frames');
    else this.parts.log.warn(`the camera is offline: ${line}`);
  }
}

/** A frame that nothing foresaw costs that frame alone: the camera goes on with the next one. */
function dropReason(error: unknown): string {
  if (!(error instanceof FieldscoutError)) return 'failed';
  switch (error.code) {
    case 'IMAGE_UNREADABLE':
      return 'unreadable';
    case 'IMAGE_TOO_LARGE':
      return 'too-large';
    case 'INFERENCE_FAILED':
      return 'inference';
    default:
      return 'failed';
  }
}

function targetIds({ targets }: EmbeddedPromptSet): readonly string[] {
  return targets.map(({ target }) => target.id);
}
