import type { MissedMessages } from './gap.js';
import type { JournalRecord } from './records.js';

/**
 * What the node's durable store promises. It is implemented over SQLite in a worker thread: every call answers with a promise
 * and none blocks the caller's loop.
 */

/** What an outbox drops first when it is full: updates, then news and ends; alerts, then what was set of the clock, and gap records last. */
export type OutboxKind = 'new' | 'update' | 'end' | 'alert' | 'clock' | 'gap';

/** A message that must reach the uplink's broker, as it is handed in. */
export interface OutboxMessage {
  readonly kind: OutboxKind;
  readonly topic: string;
  /** null for what belongs to the whole node. */
  readonly camera: string | null;
  readonly retain: boolean;
  /** A payload of `uplink/payloads.ts` that already carries its id. */
  readonly payload: object;
}

/** A message that waits in the outbox. */
export interface OutboxEntry extends Omit<OutboxMessage, 'payload'> {
  /** Grows by one with each accepted message of this node, over restarts too, and is never used again. */
  readonly sequence: number;
  /** The run of the daemon that accepted it. */
  readonly bootId: string;
  readonly acceptedMs: number;
  /** The payload as JSON, without what only the sender knows (`historical`). */
  readonly json: string;
}

/** An alert as it was accepted; its topic is where alerts are told now. */
export type AcceptedAlert = Pick<OutboxEntry, 'sequence' | 'bootId' | 'json'>;

export interface OutboxStats {
  readonly waiting: number;
  readonly bytes: number;
  readonly oldestMs: number | null;
  /** Entries given up since the store was made, by reason (`outbox-full`, `refused`, `too-large`, `expired`). */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface Outbox {
  /**
   * Accepts messages in order; when it resolves they are on the disk for good.
   * @throws FieldscoutError STORAGE_FAILED where the disk takes no more: nothing of this call was accepted
   */
  accept(messages: readonly OutboxMessage[]): Promise<readonly OutboxEntry[]>;
  /** Entries of `after < sequence <= upTo`, oldest first. */
  read(range: {
    readonly after: number;
    readonly upTo?: number;
    readonly limit: number;
  }): Promise<readonly OutboxEntry[]>;
  /** The broker of the configured uplink has them. */
  delivered(sequences: readonly number[]): Promise<void>;
  /** The broker will never take them: counted by the reason, and named by a gap record. */
  giveUp(sequences: readonly number[], reason: string): Promise<void>;
  /** The sequence of the newest message ever accepted; 0 at the beginning. */
  newest(): Promise<number>;
  /** The newest alert that was ever accepted, delivered or not; null where there is none any more. */
  newestAlert(): Promise<AcceptedAlert | null>;
  stats(): Promise<OutboxStats>;
}

/** The whole store of a node. */
export interface Journal {
  readonly outbox: Outbox;
  /**
   * Notes what was seen, kept, labelled, or was down. It answers at once and never blocks: records are on the disk after a few
   * seconds, or with the next message that is accepted, whichever comes first; what the disk does not take in time is counted.
   */
  record(record: JournalRecord): void;
  /**
   * Resolves once the records that were noted before are on the disk, or are counted in `lost`.
   * @throws FieldscoutError STORAGE_FAILED where the disk takes nothing now
   */
  written(): Promise<void>;
  /** Records that were let go of because the disk took nothing, by type, since the start. */
  readonly lost: Readonly<Record<string, number>>;
  /** While the clock is known to be wrong, nothing is deleted for its age. */
  trustClock(trustsClock: boolean): void;
  /** Names messages that were never accepted: counted, and told by a gap record. */
  missed(missed: MissedMessages): Promise<void>;
  /** Writes what waits, and closes the database cleanly. */
  close(): Promise<void>;
}
