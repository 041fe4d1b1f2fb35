import { randomUUID } from 'node:crypto';
import type { SourceReport } from '../capture/frame-source.js';
import { errorLine } from '../errors.js';
import { fingerprintOf, type Sight, targetIdsOf } from '../inspection/sight.js';
import type { CameraState } from '../journal/node-state.js';
import type { TrackCounts } from '../tracking/counts.js';
import type {
  CapturedFrame,
  Detection,
  Fingerprint,
  Frame,
  Inspection,
  TargetCount,
  Track,
  TrackEvent,
} from '../types.js';
import { PICTURE_FAULTS } from '../vision/picture-watch.js';
import { beforeAbort } from './before-abort.js';
import type { CameraLineParts } from './camera-line-parts.js';
import { CameraPresence, type Presence } from './camera-presence.js';
import { dropReason, hasNothingToLookAt, isUnusable, namesPicture } from './drop-reason.js';
import { DroppedFrames } from './dropped-frames.js';
import type { LineFault, LineHealth } from './line-health.js';
import { lookedWith } from './looked-with.js';
import { makePause, type Pause } from './pause.js';

const LOOK_AT_CLOCK_MS = 1_000;
/** One broken picture may happen on the way; so many one after the other are what the camera gives. */
const UNUSABLE_IN_A_ROW = 3;

/** The way of one camera's pictures: frame -> inspection -> tracks -> counts -> alerts, each told through the outlet. */
export class CameraLine {
  private readonly presence: CameraPresence;
  private readonly dropped: DroppedFrames;
  private picture: LineHealth['picture'] = null;
  private framesLookedAt = 0;
  private unusableInARow = 0;
  private lastFrameMs: number | null = null;
  private counts: TrackCounts;
  private next: Sight | undefined;
  private readonly waiting: (() => void)[] = [];
  /** What each detection was made with: that of a track which another sight did not see any more is an older one. */
  private readonly madeWith = new WeakMap<Detection, Fingerprint>();
  private told: readonly TargetCount[] = [];
  private isBusy = false;
  private quietSince = 0;
  private paused: Pause | undefined;

  constructor(
    private readonly parts: CameraLineParts,
    private sight: Sight,
  ) {
    this.counts = parts.countsFor(targetIdsOf(sight));
    this.presence = new CameraPresence(parts);
    this.dropped = new DroppedFrames(parts);
  }

  get health(): LineHealth {
    const { picture, framesLookedAt, dropped, lastFrameMs } = this;
    const isOff = this.paused !== undefined || this.presence.state === 'asleep';
    const state = isOff ? 'disabled' : this.presence.state === 'online' ? 'online' : 'offline';
    return { state, picture, framesLookedAt, framesDropped: dropped.counts, lastFrameMs };
  }

  /** As they were told last; none before the first time. */
  get latestCounts(): readonly TargetCount[] {
    return this.told;
  }

  /** What is looked for, from the next frame at the latest. */
  get promptSet() {
    return (this.next ?? this.sight).prompts.promptSet;
  }

  /**
   * Takes effect at once, or after the frame that is being looked at: a frame is looked at with one sight.
   * @returns resolves when the one before is used no more
   */
  use(sight: Sight): Promise<void> {
    this.next = sight;
    const adopted = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (!this.isBusy) this.adopt();
    return adopted;
  }

  get isPaused(): boolean {
    return this.paused !== undefined;
  }

  /** No picture is looked at until `resume`, save the one that is being looked at; tracks end when their time is over. */
  pause(): void {
    if (this.paused) return;
    this.wake();
    this.presence.begin();
    this.paused = makePause();
    this.parts.outlet.status('disabled', this.parts.now(), 'paused by a command');
    this.parts.log.info('paused');
  }

  resume(): void {
    if (!this.paused) return;
    const { end } = this.paused;
    this.paused = undefined;
    this.presence.begin();
    this.parts.outlet.status('offline', this.parts.now(), 'starting');
    this.parts.log.info('resumed');
    end();
  }

  /** What must outlive a restart. */
  get memory(): CameraState {
    const { alerts, source } = this.parts;
    return {
      counts: this.counts.snapshot(),
      raised: alerts.standing,
      position: source.position,
      lookedWith: lookedWith(fingerprintOf(this.sight)),
    };
  }

  /**
   * Runs until the signal aborts, then ends the tracks that live, and is over at once: a frame that is being looked at is left.
   * @throws FieldscoutError where the source cannot work at all
   */
  async run(signal: AbortSignal): Promise<void> {
    const { outlet, tracker, now, elapsed } = this.parts;
    if (this.paused) outlet.status('disabled', now(), 'paused by a command');
    else outlet.status('offline', now(), 'starting');
    this.quietSince = elapsed();
    const timer = setInterval(() => this.passTime(), LOOK_AT_CLOCK_MS);
    let reason = 'the camera gives no more frames';
    try {
      await beforeAbort(this.takeFrames(signal), signal);
      if (signal.aborted) reason = 'stopped';
    } catch (error) {
      reason = errorLine(error);
      throw error;
    } finally {
      clearInterval(timer);
      this.finish(tracker.endAll(), []);
      this.presence.begin();
      outlet.status('offline', now(), reason);
    }
  }

  private async takeFrames(signal: AbortSignal): Promise<void> {
    const report: SourceReport = {
      dropped: (reason, line) => this.dropped.add(reason, line),
      state: (state, line) => {
        // A source cannot know that what it gives shows nothing.
        if (!signal.aborted && (state !== 'online' || !this.hasFault)) this.turn(state, line);
      },
    };
    const { source } = this.parts;
    await this.whilePaused();
    for await (const captured of source.frames(signal, report)) {
      if (signal.aborted) return;
      if (this.paused) {
        await this.whilePaused();
        // What a camera took while it was paused is nobody's to look at.
        if (!source.keepsPictures) {
          this.dropped.add('paused', `${captured.origin}: the camera was paused`);
          continue;
        }
      }
      this.isBusy = true;
      const beganMs = this.parts.elapsed();
      const isLookedAt = await this.take(captured, signal);
      if (signal.aborted) return;
      this.isBusy = false;
      const doneMs = this.parts.elapsed();
      if (isLookedAt) this.quietSince = doneMs;
      this.adopt();
      await this.parts.rest?.(doneMs - beganMs, signal);
    }
  }

  private async whilePaused(): Promise<void> {
    while (this.paused) await this.paused.ended;
  }

  /** @returns whether the frame was looked at */
  private async take(captured: CapturedFrame, signal: AbortSignal): Promise<boolean> {
    const { pictures, inspector, source, elapsed } = this.parts;
    try {
      const start = performance.now();
      const { image, fault } = await pictures.open(captured, elapsed(), source.isLive ?? false);
      const decodeMs = performance.now() - start;
      if (signal.aborted) return false;
      if (fault) {
        this.refuse(fault, PICTURE_FAULTS[fault], `${captured.origin}: ${PICTURE_FAULTS[fault]}`);
        return false;
      }
      if (this.picture !== 'masked') this.seesField();
      const { camera, origin, capturedAtMs } = captured;
      const frame: Frame = { id: randomUUID(), camera, origin, capturedAtMs, image };
      const inspection = await inspector.inspect(frame, this.sight);
      if (signal.aborted) return false;
      this.seesField();
      await this.tell(frame, inspection, decodeMs, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const reason = dropReason(error);
      const line = namesPicture(reason) ? errorLine(error) : `${captured.origin}: ${errorLine(error)}`;
      if (hasNothingToLookAt(reason) || (isUnusable(reason) && this.isUnusableAgain())) this.refuse(reason, line, line);
      else this.dropped.add(reason, line);
      return false;
    }
  }

  private seesField(): void {
    this.unusableInARow = 0;
    this.picture = 'good';
    this.turn('online');
  }

  /** A folder is not at fault for its files: each is named, and the next may be a good one. */
  private isUnusableAgain(): boolean {
    this.unusableInARow += 1;
    return !this.parts.source.keepsPictures && this.unusableInARow >= UNUSABLE_IN_A_ROW;
  }

  private get hasFault(): boolean {
    return this.picture !== null && this.picture !== 'good';
  }

  /** Drops a picture that shows nothing of the field; the camera is offline until it gives a better one. */
  private refuse(fault: LineFault, reason: string, line: string): void {
    const before = this.picture;
    this.picture = fault;
    // Told once, also where the camera was offline for another reason.
    if (fault !== before) this.presence.begin();
    this.turn('offline', reason);
    this.dropped.add(fault, line, true);
  }

  private async tell(frame: Frame, inspection: Inspection, decodeMs: number, signal: AbortSignal): Promise<void> {
    const { tracker, outlet } = this.parts;
    await outlet.frame(frame, inspection, decodeMs);
    // The tracks have ended meanwhile.
    if (signal.aborted) return;
    for (const detection of inspection.detections) this.madeWith.set(detection, inspection.fingerprint);
    const events = tracker.observe(inspection.detections, frame.capturedAtMs);
    this.finish(events, tracker.live);
    await outlet.keep(frame, events, inspection);
    this.framesLookedAt += 1;
    this.lastFrameMs = frame.capturedAtMs;
    if (this.framesLookedAt === 1) this.parts.onFirstFrame?.();
  }

  /** Without frames tracks end, counts fall and alerts clear nevertheless; while it sleeps by its schedule tracks stand still. */
  private passTime(): void {
    const { tracker, lostAfterMs, elapsed, now, log } = this.parts;
    if (this.isBusy || elapsed() - this.quietSince <= lostAfterMs) return;
    try {
      const events = this.presence.state === 'asleep' ? [] : tracker.observe([], now());
      this.finish(events, tracker.live);
    } catch (error) {
      log.error(`counts and alerts could not be told: ${errorLine(error)}`);
    }
  }

  private finish(events: readonly TrackEvent[], live: readonly Track[]): void {
    const { camera, outlet, alerts, now } = this.parts;
    const fingerprint = fingerprintOf(this.sight);
    const atMs = now();
    for (const event of events) outlet.event(event, this.madeWith.get(event.after.latest) ?? fingerprint, atMs);
    const counts = this.counts.observe(events, live, atMs);
    this.told = counts;
    outlet.counts(counts, atMs, events.length > 0);
    for (const alert of alerts.observe(camera, counts, atMs)) outlet.alert(alert, fingerprint);
  }

  /** Tracks of targets that are still looked for go on; the others end, and their alerts clear. */
  private adopt(): void {
    if (this.next) {
      const { tracker, countsFor } = this.parts;
      const targets = targetIdsOf(this.next);
      this.finish(tracker.endOthers(targets), tracker.live);
      tracker.judgeAnew();
      this.sight = this.next;
      this.next = undefined;
      this.counts = countsFor(targets, this.counts.snapshot());
      this.finish([], tracker.live);
    }
    for (const adopted of this.waiting.splice(0)) adopted();
  }

  /** A pest that is still where it was before the sleep is the same one, and counted once. */
  private wake(): void {
    if (this.presence.state === 'asleep') this.parts.tracker.rest(this.presence.lastsMs);
  }

  private turn(state: Exclude<Presence, 'starting'>, line?: string): void {
    if (this.paused) return;
    if (state !== 'asleep') this.wake();
    this.presence.turn(state, line ?? null);
  }
}
