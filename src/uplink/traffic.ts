import type { Logger } from 'pino';
import type { Answer } from './broker-session.js';
import type { BudgetClass, ByteBudget } from './byte-budget.js';
import { copyOf, type EncodedMessage } from './message.js';
import type { MessageQueue, QueuedMessage } from './message-queue.js';
import type { OutboxDrain } from './outbox-drain.js';
import { answerOf } from './reasons.js';
import type { DropReason } from './uplink-state.js';

export interface TrafficParts {
  /** Retained state; and all else where there is no outbox. */
  readonly queue: MessageQueue;
  readonly drain: OutboxDrain | undefined;
  readonly budget: ByteBudget;
  readonly maxInFlight: number;
  /** By topic, what the broker keeps. It is said again after each connect: a broker may lose it. */
  readonly retained: Map<string, EncodedMessage>;
  /** Of the health topic, on which it is said once that the budget is used up. */
  readonly healthTopic: string;
  /** Milliseconds that nobody sets. */
  readonly elapsed: () => number;
  readonly drop: (reason: DropReason, messages?: number) => void;
  readonly log: Logger;
}

export interface Parcel extends QueuedMessage {
  readonly from: 'queue' | 'outbox';
}

/** Connections that the broker may close over one and the same message until that message is left out. */
const MOST_CLOSES_OVER_A_MESSAGE = 4;
/** A close later than this after the message has other reasons: the network, a broker that is stopped. */
const CLOSES_AT_ONCE_MS = 3_000;
const TOO_LARGE = 149;
/** Refusals (MQTT 5) that would come again for the same message. */
const FINAL_REFUSALS = new Set([135, 144, TOO_LARGE, 153]);
/** Those that lie in the message itself; the others may end when somebody changes the broker's rules. */
const FAULTS_OF_A_MESSAGE = new Set([TOO_LARGE, 153]);

/** Which message of QoS 1 goes next over a connection, what is on its way, and what the broker's answers mean for it. */
export class Traffic {
  readonly #parts: TrafficParts;
  /** The broker closed the last connection while messages were on their way, and has acknowledged none since. */
  #isWary = false;
  #lastSent: { readonly parcel: Parcel; readonly atMs: number } | undefined;
  /** The one message that was on its way each time, and how often. */
  #suspect: { readonly key: string; readonly closes: number } | undefined;
  #refusal: { readonly topic: string; readonly line: string } | undefined;
  /** Topics of which it was said, on this connection, that a message is too large. */
  readonly #tooLarge = new Set<string>();
  /** By topic, the ticket of the newest retained entry that was sent. */
  readonly #newestRetained = new Map<string, number>();
  /** The end of the window for which it was said that the budget is used up. */
  #noticedMs = 0;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
  }

  get inFlight(): number {
    return this.#parts.queue.inFlight + (this.#parts.drain?.inFlight ?? 0);
  }

  get queued(): number {
    return this.#parts.queue.size + (this.#parts.drain?.inFlight ?? 0);
  }

  /** All that is not backlog has been sent and acknowledged. */
  get isIdle(): boolean {
    return this.#parts.queue.size === 0 && (this.#parts.drain?.isIdle ?? true);
  }

  /** What the broker refuses, or what is wrong on the way to it although it is connected; null where all is well. */
  get trouble(): string | null {
    return this.#refusal?.line ?? this.#parts.drain?.trouble ?? null;
  }

  begin(): void {
    this.#refusal = undefined;
    this.#tooLarge.clear();
    this.#parts.drain?.begin();
  }

  /** @param receiveMaximum most messages on their way that the broker takes */
  next(receiveMaximum: number): Parcel | undefined {
    const { queue, drain, maxInFlight } = this.#parts;
    // After a close over messages one goes at a time, so that the next close names the one at fault.
    // One is kept free for `stopped`, by which a broker of MQTT 5 would lose its patience.
    const window = this.#isWary ? 1 : Math.min(maxInFlight, Math.max(1, receiveMaximum - 1));
    if (this.inFlight >= window) return undefined;
    const state = this.#mayGo('state') ? queue.take() : this.#notice();
    const entry = state || !this.#mayGo('event') ? undefined : drain?.take();
    const parcel: Parcel | undefined = state ? { ...state, from: 'queue' } : entry && { ...entry, from: 'outbox' };
    if (entry?.message.retain) this.#supersede(entry);
    if (parcel) this.#lastSent = { parcel, atMs: this.#parts.elapsed() };
    return parcel;
  }

  /** @returns why the connection must be cut, where the broker's answer leaves no other way */
  answered(parcel: Parcel, answer: Answer): string | undefined {
    const { ticket, message, from } = parcel;
    const { queue, drain } = this.#parts;
    if (answer === 'acknowledged') {
      this.#isWary = false;
      this.#suspect = undefined;
      this.accepted(message.topic);
      if (from === 'queue') queue.remove(ticket);
      else drain?.acknowledged(ticket);
      if (this.#newestRetained.get(message.topic) === ticket && from === 'outbox')
        this.#parts.retained.set(message.topic, copyOf(message));
      return undefined;
    }
    const { refusedBy } = answer;
    if (from === 'outbox') {
      this.#refuse(message.topic, refusedBy);
      if (!FAULTS_OF_A_MESSAGE.has(refusedBy)) drain?.hold(ticket);
      else drain?.giveUp(ticket, refusedBy === TOO_LARGE ? 'too-large' : 'refused');
      return undefined;
    }
    if (!FINAL_REFUSALS.has(refusedBy)) return `the broker did not take a message: ${answerOf(refusedBy)}`;
    queue.remove(ticket);
    this.refused(message.topic, refusedBy);
    return undefined;
  }

  /** The broker takes messages of that topic. */
  accepted(topic: string): void {
    if (this.#refusal?.topic === topic) this.#refusal = undefined;
  }

  /** A message that was given up because the broker refused it. */
  refused(topic: string, code: number): void {
    this.#refuse(topic, code);
    this.#parts.drop('refused');
  }

  /** @param parcel where the message had been taken from here */
  tooLarge({ topic, body }: EncodedMessage, parcel?: Parcel): void {
    const line = `messages on ${topic} are too large for the broker, and are given up`;
    // A camera may say such a one ten times a second.
    if (!this.#tooLarge.has(topic)) this.#parts.log.warn({ bytes: body.length }, line);
    this.#tooLarge.add(topic);
    this.#refusal = { topic, line };
    if (parcel?.from === 'outbox') {
      this.#parts.drain?.giveUp(parcel.ticket, 'too-large');
      return;
    }
    if (parcel) this.#parts.queue.remove(parcel.ticket);
    this.#parts.drop('too-large');
  }

  /** The connection is gone. `byBroker`: the other side hung up although it had been ready for messages. */
  lost(reason: string, byBroker: boolean): void {
    const { queue, drain, log } = this.#parts;
    const culprit = byBroker ? this.#culprit() : undefined;
    if (byBroker && this.inFlight > 0) this.#isWary = true;
    if (culprit) {
      const { topic } = culprit.message;
      if (culprit.from === 'outbox') {
        drain?.setAside();
        log.error({ topic, reason }, 'an event over which the broker hangs up is left out for an hour');
      } else {
        queue.remove(culprit.ticket);
        this.#parts.drop('refused');
        log.error({ topic, reason }, 'gave up a message over which the broker hangs up');
      }
    }
    queue.retry();
    drain?.end();
  }

  /** The message over which the broker has hung up again and again, each time at once and with nothing else on its way. */
  #culprit(): Parcel | undefined {
    if (this.inFlight !== 1 || !this.#lastSent) return undefined;
    const { parcel, atMs } = this.#lastSent;
    const isAtOnce = this.#parts.elapsed() - atMs <= CLOSES_AT_ONCE_MS;
    const key = `${parcel.from} ${parcel.ticket}`;
    const closes = isAtOnce ? (this.#suspect?.key === key ? this.#suspect.closes : 0) + 1 : 0;
    this.#suspect = { key, closes };
    if (closes < MOST_CLOSES_OVER_A_MESSAGE) return undefined;
    this.#suspect = undefined;
    return parcel;
  }

  /** What the broker kept before must not be said again after this. */
  #supersede({ ticket, message: { topic } }: QueuedMessage): void {
    this.#newestRetained.set(topic, ticket);
    this.#parts.retained.delete(topic);
    this.#parts.queue.forget(topic);
  }

  #refuse(topic: string, code: number): void {
    const line = `the broker refuses messages on ${topic}: ${answerOf(code)}`;
    if (this.#refusal?.line !== line) this.#parts.log.error({ topic, reason: answerOf(code) }, 'a message was refused');
    this.#refusal = { topic, line };
  }

  #mayGo(traffic: BudgetClass): boolean {
    return this.#parts.budget.waitMs(traffic) === 0;
  }

  /** Health that says the budget is used up, once a window. */
  #notice(): QueuedMessage | undefined {
    const { budget, queue, healthTopic } = this.#parts;
    const untilMs = budget.state().eventsWaitUntilMs;
    if (untilMs === null || untilMs === this.#noticedMs || !this.#mayGo('notice')) return undefined;
    const message = queue.take(healthTopic);
    if (message) this.#noticedMs = untilMs;
    return message;
  }
}
