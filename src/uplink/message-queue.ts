import type { EncodedMessage } from './message.js';

export interface QueuedMessage {
  /** Grows with every message of a queue. */
  readonly ticket: number;
  readonly message: EncodedMessage;
}

/** Messages of QoS 1 that need not outlive a restart, from `publish` until the broker acknowledged them. */
export interface MessageQueue {
  /** Waiting or on their way. */
  readonly size: number;
  readonly inFlight: number;
  /** @returns the messages that had to give way, oldest first */
  add(message: EncodedMessage): readonly EncodedMessage[];
  /** Takes the oldest waiting message (of a topic, where one is given); it is on its way until `remove` or `retry`. */
  take(topic?: string): QueuedMessage | undefined;
  /** The broker has it, or it was given up. */
  remove(ticket: number): void;
  /** The connection is lost: all that was on its way waits again, in its old order. */
  retry(): void;
  /** The latest of that topic need not be said any more: something newer is on its way. */
  forget(topic: string): void;
  /** Whether a message of that topic waits or is on its way. */
  holds(topic: string): boolean;
}

/** In memory and bounded: a restart loses what waits, and beyond `capacity` the oldest waiting message gives way. */
export class MemoryQueue implements MessageQueue {
  readonly #capacity: number;
  #waiting = new Map<number, EncodedMessage>();
  readonly #onTheirWay = new Map<number, EncodedMessage>();
  #lastTicket = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#waiting.size + this.#onTheirWay.size;
  }

  get inFlight(): number {
    return this.#onTheirWay.size;
  }

  add(message: EncodedMessage): readonly EncodedMessage[] {
    if (message.keep === 'latest') this.forget(message.topic);
    this.#lastTicket += 1;
    this.#waiting.set(this.#lastTicket, message);
    const given: EncodedMessage[] = [];
    while (this.size > this.#capacity) {
      const oldest = this.#waiting.entries().next().value;
      if (!oldest) break;
      this.#waiting.delete(oldest[0]);
      given.push(oldest[1]);
    }
    return given;
  }

  take(topic?: string): QueuedMessage | undefined {
    const waiting = this.#waiting.entries();
    const oldest = topic === undefined ? waiting.next().value : [...waiting].find(([, next]) => next.topic === topic);
    if (!oldest) return undefined;
    const [ticket, message] = oldest;
    this.#waiting.delete(ticket);
    this.#onTheirWay.set(ticket, message);
    return { ticket, message };
  }

  remove(ticket: number): void {
    this.#onTheirWay.delete(ticket);
    this.#waiting.delete(ticket);
  }

  retry(): void {
    const newer = this.#waiting;
    const superseded = new Set([...newer.values()].filter(({ keep }) => keep === 'latest').map(({ topic }) => topic));
    const again = [...this.#onTheirWay].filter(([, { keep, topic }]) => keep === 'all' || !superseded.has(topic));
    this.#onTheirWay.clear();
    this.#waiting = new Map([...again, ...newer]);
  }

  holds(topic: string): boolean {
    const isOf = (message: EncodedMessage) => message.topic === topic;
    return [...this.#waiting.values()].some(isOf) || [...this.#onTheirWay.values()].some(isOf);
  }

  forget(topic: string): void {
    for (const [ticket, message] of this.#waiting) {
      if (message.keep === 'latest' && message.topic === topic) this.#waiting.delete(ticket);
    }
  }
}
