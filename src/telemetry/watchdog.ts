import type { Heartbeats } from './heartbeats.js';
import type { SystemdNotify } from './systemd-notify.js';

/** The main loop's beat, given by whoever turns it. */
export const MAIN_LOOP = 'main loop';
/** The inference worker's: it has answered. */
export const INFERENCE = 'inference worker';

/** Without a watchdog of systemd a part counts as stuck after this. */
const PATIENCE_MS = 90_000;
const BEATS_IN_PATIENCE = 6;
const LOOP_EVERY_MS = 1_000;

export interface WatchdogParts {
  readonly notify: Pick<SystemdNotify, 'watchdogMs' | 'alive'>;
  readonly heartbeats: Heartbeats;
  /** Asks the inference worker for something small; resolves when it has answered. */
  readonly probe: () => Promise<void>;
  readonly warn: (lines: readonly string[]) => void;
}

/**
 * Feeds systemd's watchdog while the main loop and the inference worker beat, and no longer: a node that hangs is then started anew.
 * Nothing that a camera, a broker or a disk does or fails to do keeps it from being fed.
 */
export class Watchdog {
  private timers: readonly NodeJS.Timeout[] = [];
  private isProbing = false;

  constructor(private readonly parts: WatchdogParts) {}

  /** A part that has been silent for longer is stuck. Half of what systemd waits, as the last message may lie a quarter back. */
  get patienceMs(): number {
    const { watchdogMs } = this.parts.notify;
    return watchdogMs === undefined ? PATIENCE_MS : watchdogMs / 2;
  }

  start(): void {
    const { heartbeats } = this.parts;
    heartbeats.beat(MAIN_LOOP);
    heartbeats.beat(INFERENCE);
    const everyMs = Math.max(1, this.patienceMs / BEATS_IN_PATIENCE);
    this.timers = [
      // Past the poll phase: the loop has turned, and timers did not merely fall due.
      setInterval(() => setImmediate(() => heartbeats.beat(MAIN_LOOP)), Math.min(LOOP_EVERY_MS, everyMs)),
      setInterval(() => this.look(), everyMs),
    ];
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  /** Those that are stuck now, for people. */
  get stuck(): readonly string[] {
    return this.parts.heartbeats
      .stale(this.patienceMs)
      .map(({ part, ageMs }) => `the ${part} has not answered for ${Math.round(ageMs / 1000)} s`);
  }

  /** Called regularly: feeds, or says who is stuck; asks the worker where no work has shown lately that it lives. */
  look(): void {
    const { stuck } = this;
    this.parts.warn(stuck.length > 0 ? ['a part of the node hangs; systemd starts it anew where it watches it'] : []);
    if (stuck.length === 0) void this.parts.notify.alive();
    const idleMs = this.parts.heartbeats.ageMs(INFERENCE) ?? 0;
    if (idleMs >= this.patienceMs / BEATS_IN_PATIENCE) void this.ask();
  }

  private async ask(): Promise<void> {
    if (this.isProbing) return;
    this.isProbing = true;
    try {
      await this.parts.probe();
    } catch {
      // No answer is no beat, which is what the watchdog looks at; the model's own warnings say why.
    } finally {
      this.isProbing = false;
    }
  }
}
