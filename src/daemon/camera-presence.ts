import type { Logger } from 'pino';
import type { LineOutlet } from './line-outlet.js';

export type Presence = 'starting' | 'online' | 'offline' | 'asleep';

interface PresenceParts {
  readonly outlet: Pick<LineOutlet, 'status'>;
  readonly now: () => number;
  /** Milliseconds that nobody sets. */
  readonly elapsed: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Reasons may change with each attempt; they are not told with each. */
const REASON_EVERY_MS = 60_000;

/** Whether a camera gives pictures: told when that changes, and where it stays offline for another reason than the one told last. */
export class CameraPresence {
  private present: Presence = 'starting';
  private reason: string | null = null;
  private sinceMs = 0;
  private changedMs = 0;
  private toldMs = 0;

  constructor(private readonly parts: PresenceParts) {}

  get state(): Presence {
    return this.present;
  }

  /** For how long it is so, in ms that nobody sets. */
  get lastsMs(): number {
    return this.parts.elapsed() - this.changedMs;
  }

  /** What comes next is told, whatever it is. */
  begin(): void {
    this.present = 'starting';
  }

  turn(state: Exclude<Presence, 'starting'>, reason: string | null): void {
    const { outlet, now, elapsed, log } = this.parts;
    const isNew = state !== this.present;
    const isOtherReason = state === 'offline' && reason !== this.reason;
    if (!isNew && !(isOtherReason && elapsed() - this.toldMs >= REASON_EVERY_MS)) return;
    if (isNew) {
      this.sinceMs = now();
      this.changedMs = elapsed();
    }
    this.present = state;
    this.reason = reason;
    this.toldMs = elapsed();
    outlet.status(state === 'asleep' ? 'disabled' : state, this.sinceMs, reason);
    if (state === 'online') log.info('the camera gives frames');
    else if (state === 'asleep') log.info(`the camera is ${reason}`);
    else log.warn(`the camera is ${isNew ? '' : 'still '}offline: ${reason}`);
  }
}
