import type { Logger } from 'pino';
import type { BrokerSession, HeardMessage } from './broker-session.js';
import { EchoProbe } from './echo-probe.js';
import type { EncodedMessage } from './message.js';
import { answerOf } from './reasons.js';
import type { Listening } from './uplink-settings.js';

export interface ListenerParts {
  readonly listening: Listening | undefined;
  readonly url: string;
  readonly protocolVersion: 4 | 5;
  /** Time in which `online` must come back, in version 3.1.1. */
  readonly echoWithinMs?: number | undefined;
  readonly log: Logger;
}

/** What the node hears over one connection after the other: what others say to it, and in version 3.1.1 its own `online`. */
export class Listener {
  readonly #parts: ListenerParts;
  readonly #probe: EchoProbe;
  #statusTopic: string | undefined;
  /** The broker does not let this node listen. */
  #deaf: string | null = null;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#probe = new EchoProbe((trouble) => {
      if (trouble !== null) parts.log.warn({ url: parts.url }, trouble);
    }, parts.echoWithinMs);
  }

  /** One clear line; null where all is well. */
  get trouble(): string | null {
    return this.#deaf ?? this.#probe.trouble;
  }

  /** Before the node says `online`, which comes back to it. */
  begin(session: BrokerSession, online: EncodedMessage): void {
    const { listening, protocolVersion, url, log } = this.#parts;
    this.#deaf = null;
    this.#statusTopic = online.topic;
    session.subscribe(listening?.filters ?? [], (code) => {
      this.#deaf = `the broker does not let this node listen to commands: ${answerOf(code)}`;
      log.warn({ url }, this.#deaf);
    });
    if (protocolVersion === 5) return;
    this.#probe.begin(online);
    session.subscribe([online.topic], () => this.#probe.end());
  }

  /** The broker has `online`. */
  acknowledged(): void {
    this.#probe.acknowledged();
  }

  heard(message: HeardMessage): void {
    if (message.topic === this.#statusTopic) this.#probe.heard(message);
    else this.#parts.listening?.heard(message);
  }

  end(): void {
    this.#probe.end();
  }
}
