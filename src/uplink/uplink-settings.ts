import type { Outbox } from '../journal/journal.js';
import type { Backoff } from './backoff.js';
import type { BrokerLogin, HeardMessage } from './broker-session.js';
import type { BudgetLimits, BudgetUse } from './byte-budget.js';
import type { EncodedMessage } from './message.js';
import type { MessageQueue } from './message-queue.js';
import type { Topics } from './topics.js';

export interface UplinkSettings extends BrokerLogin {
  readonly topics: Topics;
  /** Of Fieldscout, for the status payload. */
  readonly version: string;
  readonly maxInFlight?: number;
  readonly backlogPerSecond?: number;
  readonly budget?: BudgetLimits;
}

export interface Listening {
  readonly filters: readonly string[];
  readonly heard: (message: HeardMessage) => void;
}

/** What a test or another kind of store sets; the rest have these defaults. */
export interface UplinkOptions {
  /** What must reach this broker. Without it all messages wait in memory. */
  readonly outbox?: Outbox;
  /** By topic, what an earlier run left retained at the broker, which may have lost it. */
  readonly retained?: Map<string, EncodedMessage>;
  /** What an earlier run used of the byte budget. */
  readonly budgetUse?: BudgetUse | undefined;
  /** What the node listens to besides, and who takes it. */
  readonly listening?: Listening;
  /** The broker can be reached, or it cannot and why; also each time that it is tried in vain. */
  readonly onTurn?: (isUp: boolean, reason: string | null) => void;
  readonly queue?: MessageQueue;
  readonly backoff?: Backoff;
  readonly refusalBackoff?: Backoff;
  /** Time after each connect until what is retained is said again. */
  readonly republishAfterMs?: number;
  /** A broker that keeps silent over messages for so long is left. */
  readonly answerTimeoutMs?: number;
  /** Time in which `online` must come back, in version 3.1.1. */
  readonly echoWithinMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}
