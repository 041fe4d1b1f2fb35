import { errorLine } from '../errors.js';
import type { CapturedFrame } from '../types.js';
import type { FrameSource, SourceReport } from './frame-source.js';
import { MJPEG_TYPE, mjpegUrlSource } from './mjpeg-url-source.js';
import { type Clock, Trigger, ticks } from './pace.js';
import { withoutLogin } from './without-login.js';

export interface StillUrlSettings {
  readonly camera: string;
  readonly url: URL;
  readonly intervalMs: number;
  /** A camera that sends nothing for so long is given up on; 8 s by default, so that one that comes back is seen within 10 s. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly atMs: number;
  /** Undefined where the camera sends a stream. */
  readonly bytes: Uint8Array | undefined;
}

const MAX_BYTES = 50_000_000;
const TIMEOUT_MS = 8_000;
/** For one picture that comes in drops. */
const LONGEST_MS = 60_000;
const FIRST_WAIT_MS = 500;
/** Most between the starts of two attempts while the camera does not answer. */
const MOST_WAIT_MS = 5_000;

/** A network camera that gives one picture for each HTTP GET, or says that it sends a stream (MJPEG), which is then taken. User and password of the URL go as basic authentication, never to a log. */
export class StillUrlSource implements FrameSource {
  private readonly address: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly timeoutMs: number;
  private readonly trigger = new Trigger();
  /** Where the camera sends pictures unasked. */
  private stream: FrameSource | undefined;

  constructor(
    private readonly settings: StillUrlSettings,
    private readonly clock: Clock,
  ) {
    const { url } = settings;
    this.timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    this.address = bare.href;
    const login = `${decoded(url.username)}:${decoded(url.password)}`;
    this.headers = login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  }

  /** A server of stills may rightly give one picture again; one that sends a stream may not. */
  get isLive(): boolean {
    return this.stream?.isLive ?? false;
  }

  captureNow(): void {
    if (this.stream) this.stream.captureNow?.();
    else this.trigger.fire();
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const { camera, url, intervalMs } = this.settings;
    const origin = withoutLogin(url.href);
    for await (const _ of ticks(intervalMs, this.clock, signal, this.trigger)) {
      const answer = await this.answer(origin, signal, report);
      if (!answer) return;
      if (!answer.bytes) {
        const request = (ending: AbortSignal) => this.requestStream(ending);
        this.stream = mjpegUrlSource({ camera, origin, request, intervalMs }, this.clock);
        break;
      }
      this.stream = undefined;
      report.state('online');
      yield { camera, origin, capturedAtMs: answer.atMs, bytes: answer.bytes };
    }
    if (this.stream && !signal.aborted) yield* this.stream.frames(signal, report);
  }

  /** Asks until the camera answers, however long its interval is. @returns undefined where it is aborted */
  private async answer(origin: string, signal: AbortSignal, report: SourceReport): Promise<Answer | undefined> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const startedMs = performance.now();
      const atMs = this.clock.now();
      try {
        return { atMs, bytes: await this.fetchStill(signal) };
      } catch (error) {
        if (signal.aborted) return undefined;
        report.state('offline', `${origin}: ${reasonOf(error, this.timeoutMs)}`);
      }
      const wait = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) - (performance.now() - startedMs);
      if (wait > 0) await this.clock.wait(wait, signal);
    }
    return undefined;
  }

  private async requestStream(signal: AbortSignal): Promise<Response> {
    const response = await fetch(this.address, { headers: this.headers, signal });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`the camera answers ${response.status} ${response.statusText}`.trim());
  }

  /**
   * @returns undefined where the answer is a stream.
   * AbortSignal.any would leave something on a signal that lives as long as the node, with each picture.
   */
  private async fetchStill(signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const attempt = new AbortController();
    const stop = () => attempt.abort(signal.reason);
    const timeout = new DOMException('The camera is too slow.', 'TimeoutError');
    const timer = setTimeout(() => attempt.abort(timeout), this.timeoutMs);
    const endMs = performance.now() + LONGEST_MS;
    const onBytes = () => {
      if (performance.now() < endMs) timer.refresh();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const response = await fetch(this.address, { headers: this.headers, signal: attempt.signal });
      onBytes();
      return await this.bodyOf(response, onBytes);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  private async bodyOf(response: Response, onBytes: () => void): Promise<Uint8Array | undefined> {
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the camera answers ${response.status} ${response.statusText}`.trim());
    }
    if (MJPEG_TYPE.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      return undefined;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      onBytes();
      size += chunk.byteLength;
      if (size > MAX_BYTES) throw new Error(`the picture is larger than ${MAX_BYTES / 1e6} MB`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

/** A "%" that stands for itself, as people type it into passwords, is left as it is. */
function decoded(part: string): string {
  return part.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes; // decodeURIComponent throws where the bytes are no text: that is the answer
    }
  });
}

/** fetch hides the cause ("connect ECONNREFUSED") under "fetch failed". */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer for ${timeoutMs / 1000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return errorLine(cause) || (cause as NodeJS.ErrnoException).code || 'no connection';
}
