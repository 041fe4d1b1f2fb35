import type { FrameSource } from '../../src/capture/frame-source.js';
import type { CapturedFrame } from '../../src/types.js';
import { Recorder } from './recorder.js';

/** The bound on the time between the end of a fault and the next picture. */
export const RECOVERY_MS = 10_000;

/** A source that is read as the daemon reads it, to the end of a test. */
export class StreamWatch {
  readonly report = new Recorder();
  readonly frames: CapturedFrame[] = [];
  private readonly stop = new AbortController();
  private readonly reading: Promise<void>;

  constructor(source: FrameSource) {
    this.reading = this.read(source);
  }

  /** Waits for so many more pictures. @returns after how many milliseconds they were there */
  async more(count: number, withinMs = 60_000): Promise<number> {
    const start = performance.now();
    const wanted = this.frames.length + count;
    while (this.frames.length < wanted) {
      if (performance.now() - start > withinMs)
        throw new Error(`${this.frames.length} of ${wanted} pictures: ${this.report.states.join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - start;
  }

  async offline(withinMs = 30_000): Promise<string> {
    const start = performance.now();
    while (!this.report.states.at(-1)?.startsWith('offline')) {
      if (performance.now() - start > withinMs) throw new Error(`still ${this.report.states.join(' | ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.report.states.at(-1) as string;
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.reading;
  }

  private async read(source: FrameSource): Promise<void> {
    for await (const frame of source.frames(this.stop.signal, this.report)) this.frames.push(frame);
  }
}
