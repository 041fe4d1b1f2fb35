import type { BudgetState } from './byte-budget.js';

/** Why a message was given up. What goes by way of the outbox is counted there. */
export type DropReason =
  /** QoS 0 without a connection. */
  | 'offline'
  /** QoS 0 while the network takes too little. */
  | 'congested'
  /** QoS 0 where the byte budget is kept for events. */
  | 'budget'
  /** The oldest of a full queue. */
  | 'queue-full'
  /** Larger than the broker allows. */
  | 'too-large'
  /** The broker refused it, or hung up over it again and again. */
  | 'refused'
  /** JSON cannot say it. */
  | 'unserialisable'
  /** Still waiting when the node stopped, or said after that. */
  | 'stopped';

export type DropCounts = Readonly<Partial<Record<DropReason, number>>>;

/** How the uplink fares, for health and the page. */
export interface UplinkState {
  readonly state: 'connecting' | 'connected' | 'offline';
  /** One clear line; null where all is well. */
  readonly reason: string | null;
  /** Messages in memory waiting to be sent, and all that wait for the broker's answer. */
  readonly queued: number;
  /** Messages given up since the start. */
  readonly dropped: DropCounts;
  /** null where no byte budget is set. */
  readonly budget: BudgetState | null;
}
