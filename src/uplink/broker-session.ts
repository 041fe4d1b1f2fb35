import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { EncodedMessage } from './message.js';
import { answerOf, reasonOf } from './reasons.js';

export interface BrokerLogin {
  readonly url: string;
  /** 4 is MQTT 3.1.1. */
  readonly protocolVersion: 4 | 5;
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What the broker allows on this connection. */
export interface SessionLimits {
  /** Most messages of QoS 1 on their way. */
  readonly inFlight: number;
  readonly packetBytes: number;
}

export interface SessionEvents {
  up(limits: SessionLimits): void;
  /** Once, also where the connection never came up. `byBroker`: the other side hung up, as over a bad message. */
  down(reason: string, byBroker: boolean): void;
  /** What somebody said on a topic that was subscribed to. */
  heard(message: HeardMessage): void;
}

export interface HeardMessage {
  readonly topic: string;
  readonly body: Buffer;
  /** The broker had kept it. In version 3.1.1 it tells so of what was said before the subscription only. */
  readonly retain: boolean;
}

/** `acknowledged`, or the reason code by which the broker refused the message. */
export type Answer = 'acknowledged' | { readonly refusedBy: number };

/** Reason codes from here on say no. */
const FIRST_REFUSAL = 128;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_S = 30;
/** Commands are small; a broker of MQTT 5 does not pass on what is larger. */
const MOST_HEARD_BYTES = 64 << 10;
/** Topic length, packet id, flags and MQTT 5 properties. */
const PACKET_OVERHEAD_BYTES = 64;

/** Bytes that a message takes on the wire, rather too many than too few. */
export function packetBytes({ topic, body }: Pick<EncodedMessage, 'topic' | 'body'>): number {
  return body.length + Buffer.byteLength(topic) + PACKET_OVERHEAD_BYTES;
}

/**
 * One connection to a broker, from the attempt to its end. mqtt.js neither reconnects nor queues here: it would keep
 * messages in memory of its own, out of sight.
 */
export class BrokerSession {
  readonly #login: BrokerLogin;
  readonly #will: EncodedMessage;
  readonly #events: SessionEvents;
  #client: MqttClient | undefined;
  #limits: SessionLimits | undefined;
  #ended = false;

  constructor(login: BrokerLogin, will: EncodedMessage, events: SessionEvents) {
    this.#login = login;
    this.#will = will;
    this.#events = events;
  }

  open(): void {
    try {
      this.#client = mqtt.connect(this.#login.url, this.#options());
    } catch (error) {
      this.#end(reasonOf(error), false);
      return;
    }
    const client = this.#client;
    client.on('connect', (connack) => {
      if (this.#ended) return;
      this.#limits = {
        inFlight: connack.properties?.receiveMaximum ?? 65_535,
        packetBytes: connack.properties?.maximumPacketSize ?? 256 << 20,
      };
      this.#events.up(this.#limits);
    });
    client.on('message', (topic, body, { retain }) => {
      if (!this.#ended) this.#events.heard({ topic, body, retain });
    });
    client.on('disconnect', (packet) => this.#end(`the broker ended it: ${answerOf(packet.reasonCode ?? 0)}`, true));
    client.on('error', (error) => this.#end(reasonOf(error), isHangUp(error)));
    client.on('close', () => this.#end('the broker closed the connection', true));
  }

  /** Bytes that the network has not taken yet. */
  get backlogBytes(): number {
    return this.#client?.stream.writableLength ?? 0;
  }

  fits(message: EncodedMessage): boolean {
    return packetBytes(message) <= (this.#limits?.packetBytes ?? 0);
  }

  /** @param answered never called where the connection is lost before the answer */
  send(message: EncodedMessage, answered?: (answer: Answer) => void): void {
    const { topic, body, qos, retain } = message;
    this.#client?.publish(topic, body, { qos, retain }, (error) => {
      if (this.#ended) return;
      const code = (error as { code?: unknown } | undefined)?.code;
      if (!error) answered?.('acknowledged');
      else if (typeof code === 'number') answered?.({ refusedBy: code });
      else this.#end(reasonOf(error), false);
    });
  }

  /** @param refused called with the broker's code where it does not let this node listen to all of them */
  subscribe(filters: readonly string[], refused: (code: number) => void): void {
    if (filters.length === 0) return;
    // As said, and not only what comes later: a command that was kept is to be refused, not obeyed or overlooked.
    const wanted = Object.fromEntries(
      filters.map((filter) => [filter, { qos: 1 as const, nl: false, rap: true, rh: 0 }]),
    );
    this.#client?.subscribe(wanted, (error) => {
      const { packet } = (error ?? {}) as { packet?: { granted?: readonly unknown[] } };
      const code = packet?.granted?.find((granted) => Number(granted) >= FIRST_REFUSAL);
      if (!this.#ended && code !== undefined) refused(Number(code));
    });
  }

  /** Cuts the connection; the broker publishes the will. */
  cut(reason: string): void {
    this.#end(reason, false);
  }

  /** Says goodbye, so that the broker drops the will; resolves when the connection is closed or the time is over. */
  async close(timeoutMs: number): Promise<void> {
    const client = this.#client;
    if (this.#ended || !client) return;
    this.#ended = true;
    // mqtt.js would wait for these answers before it says goodbye.
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      client.end(false, {}, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    client.stream.destroy();
  }

  /** Cuts the connection and tells nobody. */
  abandon(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#client?.end(true);
  }

  #end(reason: string, byBroker: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#client?.end(true);
    this.#events.down(reason, byBroker);
  }

  #options(): IClientOptions {
    const { protocolVersion, clientId, username, password, ca, cert, key } = this.#login;
    const { topic, body, qos, retain } = this.#will;
    return {
      protocolVersion,
      clientId,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_S,
      ...(protocolVersion === 5 ? { properties: { maximumPacketSize: MOST_HEARD_BYTES } } : {}),
      will: { topic, payload: body, qos, retain },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    };
  }
}

/** A broker that closes with bytes unread, as over a packet that is too large for it, looks like this. */
function isHangUp(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE';
}
