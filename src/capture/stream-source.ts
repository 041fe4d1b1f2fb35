import { errorLine } from '../errors.js';
import type { CapturedFrame } from '../types.js';
import type { FrameSource, SourceReport } from './frame-source.js';
import { JpegSplitter } from './jpeg-splitter.js';
import { type Clock, Trigger, ticks } from './pace.js';

export interface StreamSettings {
  readonly camera: string;
  /** For people: without a login. */
  readonly origin: string;
  readonly intervalMs: number;
  /** Bytes that hold JPEG pictures, until the signal aborts; called anew after each failure. */
  readonly connect: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** What ends well is over, as a video file is; otherwise it is connected again. */
  readonly endsOnce?: boolean;
  /** False for what was recorded. */
  readonly isLive?: boolean;
  /** Until the first picture and between two; 7 and 4 s by default. */
  readonly firstPictureMs?: number;
  readonly stallMs?: number;
  /** Makes the next picture come at once, where it is made when it is due. */
  readonly captureNow?: () => void;
}

interface Picture {
  readonly bytes: Uint8Array;
  readonly capturedAtMs: number;
}

/** A camera waits for its next key frame; one that never sends is left early enough to be back within 10 s after it can. */
const FIRST_PICTURE_MS = 7_000;
export const STALL_MS = 4_000;
const FIRST_WAIT_MS = 250;
/** Most between the starts of two attempts: with what a program takes to start and to find the first picture, below 10 s. */
const MOST_WAIT_MS = 3_000;

/**
 * A camera that sends pictures unasked. The newest one is held, older ones are forgotten; where the stream breaks, stalls or turns into
 * garbage it is left and connected again, with a growing wait of at most 3 s between two attempts' starts.
 */
export class StreamSource implements FrameSource {
  private readonly trigger = new Trigger();
  private newest: Picture | undefined;
  private arrived: (() => void) | undefined;

  constructor(
    private readonly settings: StreamSettings,
    private readonly clock: Clock,
  ) {}

  get isLive(): boolean {
    return this.settings.isLive ?? true;
  }

  captureNow(): void {
    const { captureNow } = this.settings;
    if (captureNow) {
      // The one that is held was taken before it was wanted.
      this.newest = undefined;
      captureNow();
    }
    this.trigger.fire();
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const { camera, origin, intervalMs } = this.settings;
    const stop = new AbortController();
    const pass = () => stop.abort();
    signal.addEventListener('abort', pass, { once: true });
    if (signal.aborted) stop.abort();
    let isOver = false;
    const receiving = this.receive(stop.signal, report).finally(() => {
      isOver = true;
      this.arrived?.();
    });
    try {
      for await (const _ of ticks(intervalMs, this.clock, stop.signal, this.trigger)) {
        while (!this.newest && !isOver) await this.nextArrival();
        const picture = this.newest;
        this.newest = undefined;
        if (!picture || signal.aborted) return;
        yield { camera, origin, ...picture };
      }
    } finally {
      signal.removeEventListener('abort', pass);
      stop.abort();
      await receiving;
    }
  }

  private nextArrival(): Promise<void> {
    return new Promise((resolve) => {
      this.arrived = resolve;
    });
  }

  private async receive(signal: AbortSignal, report: SourceReport): Promise<void> {
    const { origin, endsOnce } = this.settings;
    // What came when it was read last is no picture of now.
    this.newest = undefined;
    let failures = 0;
    while (!signal.aborted) {
      const startedMs = performance.now();
      let firstPictureMs: number | undefined;
      try {
        await this.receiveOnce(signal, report, () => {
          firstPictureMs ??= performance.now();
        });
        if (endsOnce || signal.aborted) return;
        throw new Error('the stream has ended');
      } catch (error) {
        if (signal.aborted) return;
        report.state('offline', `${origin}: ${errorLine(error)}`);
      }
      // One picture is no recovery: a camera that ends after each would be connected again without pause.
      if (firstPictureMs !== undefined && performance.now() - firstPictureMs > MOST_WAIT_MS) failures = 0;
      const wait = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) - (performance.now() - startedMs);
      failures += 1;
      if (wait > 0) await this.clock.wait(wait, signal);
    }
  }

  private async receiveOnce(signal: AbortSignal, report: SourceReport, onPicture: () => void): Promise<void> {
    const { connect, firstPictureMs = FIRST_PICTURE_MS, stallMs = STALL_MS } = this.settings;
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    const splitter = new JpegSplitter();
    let stalled: string | undefined;
    const watch = (ms: number) =>
      setTimeout(() => {
        const garbage = splitter.garbageBytes > 1_000 ? `, only ${splitter.garbageBytes} bytes that are none` : '';
        stalled = `no picture for ${Math.round(ms / 1000)} s${garbage}`;
        attempt.abort();
      }, ms);
    let timer = watch(firstPictureMs);
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const chunk of connect(attempt.signal)) {
        const bytes = splitter.push(chunk).at(-1);
        if (!bytes) continue;
        clearTimeout(timer);
        timer = watch(stallMs);
        onPicture();
        report.state('online');
        this.newest = { bytes, capturedAtMs: this.clock.now() };
        this.arrived?.();
      }
    } catch (error) {
      // What a program or a camera says tells more than that nothing came.
      if (stalled === undefined || error !== attempt.signal.reason) throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
    if (stalled !== undefined) throw new Error(stalled);
  }
}
