import type { HeardMessage } from './broker-session.js';
import type { EncodedMessage } from './message.js';

const ECHO_WITHIN_MS = 10_000;

/**
 * A broker of MQTT 3.1.1 cannot refuse a message: one whose access rules forbid it acknowledges and drops it (mosquitto does). So the
 * node listens to its own status topic: where its `online` does not come back, the rules may be in the way. It tells about that
 * topic alone; MQTT 5 names every refusal, and needs no probe.
 */
export class EchoProbe {
  readonly #onChange: (trouble: string | null) => void;
  readonly #withinMs: number;
  #awaited: EncodedMessage | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trouble: string | null = null;

  constructor(onChange: (trouble: string | null) => void, withinMs = ECHO_WITHIN_MS) {
    this.#onChange = onChange;
    this.#withinMs = withinMs;
  }

  /** One clear line; null where the message came back or there has been no time yet. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** This message is on its way, on a topic that is listened to. */
  begin(message: EncodedMessage): void {
    this.end();
    this.#awaited = message;
  }

  /** The broker says that it has it. */
  acknowledged(): void {
    const topic = this.#awaited?.topic;
    if (topic === undefined) return;
    const line =
      `the broker acknowledges, but "${topic}" does not come back: its access rules may drop what this node says without a word ` +
      '(allow this node to write and to read its topics, or set mqtt.protocolVersion to 5)';
    this.#timer = setTimeout(() => this.#set(line), this.#withinMs);
  }

  heard({ topic, body }: HeardMessage): void {
    if (topic !== this.#awaited?.topic || !body.equals(this.#awaited.body)) return;
    this.end();
  }

  /** The connection is gone, or the broker does not let this node listen. */
  end(): void {
    clearTimeout(this.#timer);
    this.#awaited = undefined;
    this.#set(null);
  }

  #set(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#onChange(trouble);
  }
}
