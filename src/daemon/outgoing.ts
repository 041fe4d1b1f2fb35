import type { Logger } from 'pino';
import { errorLine } from '../errors.js';
import type { Journal, OutboxEntry, OutboxStats } from '../journal/journal.js';
import { Acceptance } from '../uplink/acceptance.js';
import type { BudgetUse } from '../uplink/byte-budget.js';
import { encodeEntry, type UplinkMessage } from '../uplink/message.js';
import type { MqttUplink } from '../uplink/mqtt-uplink.js';
import type { UplinkState } from '../uplink/uplink-state.js';

export interface OutgoingParts {
  readonly journal: Pick<Journal, 'outbox' | 'missed'>;
  /** The configured one, which alone acknowledges what waits in the outbox. */
  readonly uplink: MqttUplink;
  /** The embedded broker's, for the page, where the farm has one of its own. */
  readonly page: MqttUplink | undefined;
  readonly log: Logger;
}

export interface OutgoingState extends UplinkState {
  /** As last known, where the journal cannot be read: then `reason` says why. */
  readonly outbox: OutboxStats;
  /** Messages that the disk has not taken yet. */
  readonly unwritten: number;
}

/**
 * Where all goes that the node says. What must reach the farm goes by way of the outbox, and the page gets a copy as soon as it is on
 * the disk; the rest goes to the brokers at once.
 */
export class Outgoing {
  private readonly acceptance: Acceptance;
  private outbox: OutboxStats = { waiting: 0, bytes: 0, oldestMs: null, dropped: {} };

  constructor(private readonly parts: OutgoingParts) {
    const { journal, log } = parts;
    this.acceptance = new Acceptance({
      journal,
      onAccepted: (entries) => this.tell(entries),
      now: Date.now,
      log,
    });
  }

  /** @throws FieldscoutError BROKER_INVALID for certificates that cannot be used */
  start(): void {
    for (const uplink of this.uplinks) uplink.start();
  }

  /** To the farm alone: what the page has no use for. */
  publishToFarm(message: UplinkMessage): void {
    this.parts.uplink.publish(message);
  }

  /** Never throws and never waits. */
  publish(message: UplinkMessage): void {
    if (message.outbox) {
      this.acceptance.add(message);
      return;
    }
    for (const uplink of this.uplinks) uplink.publish(message);
  }

  /** What was used of the byte budget; undefined where none is set. */
  get budgetUse(): BudgetUse | undefined {
    const { uplink } = this.parts;
    return uplink.state.budget === null ? undefined : uplink.budgetUse;
  }

  /** Messages that the disk has not taken yet. */
  get unwritten(): number {
    return this.acceptance.unwritten;
  }

  async state(): Promise<OutgoingState> {
    const { uplink } = this.parts;
    const { acceptance } = this;
    const fault = await this.readOutbox();
    const { state, reason, queued, dropped, budget } = uplink.state;
    const lost = acceptance.unserialisable;
    return {
      state,
      reason: acceptance.fault ?? reason ?? fault,
      queued,
      dropped: lost === 0 ? dropped : { ...dropped, unserialisable: (dropped.unserialisable ?? 0) + lost },
      budget,
      outbox: this.outbox,
      unwritten: this.unwritten,
    };
  }

  /** Resolves when all that must reach the farm is on the disk. */
  async written(): Promise<void> {
    await this.acceptance.done();
  }

  async stop(): Promise<void> {
    await Promise.all(this.uplinks.map((uplink) => uplink.stop()));
  }

  /** @returns why it cannot be read; null where it can */
  private async readOutbox(): Promise<string | null> {
    try {
      this.outbox = await this.parts.journal.outbox.stats();
      return null;
    } catch (error) {
      return errorLine(error); // health is told nevertheless, with what is known
    }
  }

  private get uplinks(): readonly MqttUplink[] {
    const { uplink, page } = this.parts;
    return page ? [uplink, page] : [uplink];
  }

  private tell(entries: readonly OutboxEntry[]): void {
    const { uplink, page } = this.parts;
    uplink.wake();
    if (!page) return;
    for (const entry of entries) {
      const { topic, qos, retain, keep, body } = encodeEntry(entry, false);
      page.publish({ topic, qos, retain, keep, bytes: body });
    }
  }
}
