import { randomUUID } from 'node:crypto';
import { uptime } from 'node:os';
import type { Logger } from 'pino';
import { errorLine } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import { type ClockTrust, readClockTrust } from '../telemetry/clock-trust.js';
import { ClockWatch } from '../telemetry/clock-watch.js';
import type { ClockContent } from '../uplink/clock-payload.js';
import { instant } from '../uplink/compose.js';
import { SCHEMA_VERSION } from '../uplink/payloads.js';

const LOOK_MS = 1_000;
const ASK_MS = 30_000;

/** What the node knows of its clock, and what the journal and the farm are to know: by how much it was set, and whether it can be trusted. */
export class NodeClock {
  private known: ClockTrust = 'unknown';
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly journal: Pick<Journal, 'record' | 'trustClock'>,
    /** Tells those who read what this node says. */
    private readonly tell: (payload: ClockContent) => void,
    private readonly log: Logger,
  ) {}

  get trust(): ClockTrust {
    return this.known;
  }

  async start(): Promise<void> {
    await this.ask();
    const watch = new ClockWatch({
      wallMs: Date.now,
      elapsedMs: () => uptime() * 1000,
      onStep: (offsetMs, wallMs) => void this.stepped(offsetMs, wallMs),
    });
    this.timers.push(
      setInterval(() => watch.look(), LOOK_MS),
      setInterval(() => void this.ask(), ASK_MS),
    );
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private async stepped(offsetMs: number, seenMs: number): Promise<void> {
    // Whoever set it may trust it by now.
    await this.ask();
    this.log.warn({ offsetMs, trust: this.known }, 'the clock was set; times before stay as they were written');
    this.journal.record({ type: 'clock-offset', offsetMs, seenMs, trust: this.known });
    this.tell({ schema: SCHEMA_VERSION, id: randomUUID(), at: instant(seenMs), clock: this.known, offsetMs });
  }

  private async ask(): Promise<void> {
    try {
      this.known = await readClockTrust();
      this.journal.trustClock(this.known !== 'unsynchronised');
    } catch (error) {
      this.log.warn(`nobody says whether the clock is right: ${errorLine(error)}`);
    }
  }
}
