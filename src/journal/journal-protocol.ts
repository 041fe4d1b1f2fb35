import type { GapPlace, MissedMessages } from './gap.js';
import type { PackedMessage } from './outbox-table.js';
import type { JournalRecord } from './records.js';
import type { JournalLimits } from './retention.js';

/** What is said between the daemon's thread and the journal's. */
export type JournalCall =
  | { readonly op: 'accept'; readonly messages: readonly PackedMessage[] }
  | { readonly op: 'read'; readonly after: number; readonly upTo: number; readonly limit: number }
  | { readonly op: 'delivered'; readonly sequences: readonly number[] }
  | { readonly op: 'giveUp'; readonly sequences: readonly number[]; readonly reason: string }
  | { readonly op: 'missed'; readonly missed: MissedMessages }
  | { readonly op: 'newest' }
  | { readonly op: 'newestAlert' }
  | { readonly op: 'stats' }
  /** Answered once the records before it are on the disk, which are not let wait for it any longer. */
  | { readonly op: 'written' }
  /** Not urgent: it goes with the next transaction, or after a few seconds. */
  | { readonly op: 'record'; readonly records: readonly JournalRecord[] };

export interface JournalWorkerSettings {
  readonly file: string;
  readonly bootId: string;
  /** The node has: where there is no journal then, it is gone. */
  readonly hasRunBefore: boolean;
  readonly gaps: GapPlace;
  /** Records wait this long for a transaction that is made anyway: fewer writes keep a memory card alive. */
  readonly recordEveryMs: number;
  readonly limits: JournalLimits;
  readonly retainEveryMs: number;
}

export interface CallMessage {
  readonly id: number;
  readonly call: JournalCall;
}

/** Whether age counts: a clock that is known to be wrong makes nothing old. */
export interface ClockMessage {
  readonly trustsClock: boolean;
}

export const END_JOURNAL = 'end';

export type JournalMessage = CallMessage | ClockMessage | typeof END_JOURNAL;

export type JournalReply =
  | { readonly type: 'ready' }
  /** @param mayPass a disk that is full now takes again later */
  | { readonly type: 'failed'; readonly line: string; readonly mayPass: boolean }
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly line: string }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly line: string };
