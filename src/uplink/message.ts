import type { OutboxEntry, OutboxKind } from '../journal/journal.js';

/** One thing to say: a payload, which becomes JSON, or bytes as they are. */
export type UplinkMessage = {
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /**
   * What waits while the broker is away: `all` in order, or the `latest` of the topic alone. By default retained topics
   * keep the latest and the others all.
   */
  readonly keep?: 'all' | 'latest';
  /** Given where it must reach the broker of the configured uplink: it goes by way of the outbox. */
  readonly outbox?: { readonly kind: OutboxKind; readonly camera: string | null };
} & ({ readonly payload: object } | { readonly bytes: Uint8Array });

/** A message as it goes on the wire. */
export interface EncodedMessage {
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly keep: 'all' | 'latest';
  readonly body: Buffer;
}

/**
 * Encodes at once, so that later changes of the payload do not reach the wire.
 * @throws Error for what JSON cannot say; NaN and Infinity too, which it would turn into null
 */
export function encodeMessage(message: UplinkMessage): EncodedMessage {
  const { topic, qos, retain } = message;
  const keep = message.keep ?? (retain ? 'latest' : 'all');
  const body = 'bytes' in message ? Buffer.from(message.bytes) : Buffer.from(toJson(message.payload));
  return { topic, qos, retain, keep, body };
}

/** @throws Error that names the key of a number that is not finite */
export function toJson(payload: object): string {
  return JSON.stringify(payload, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
    return value;
  });
}

/** A retained entry said once more, for a broker that may have lost what it kept. */
export function copyOf(message: EncodedMessage): EncodedMessage {
  const payload = JSON.parse(String(message.body)) as object;
  return { ...message, keep: 'latest', body: Buffer.from(JSON.stringify({ ...payload, historical: true })) };
}

/** An entry of the outbox as it goes on the wire, with its place among the others and its lane. */
export function encodeEntry(entry: OutboxEntry, historical: boolean): EncodedMessage {
  const { topic, retain, bootId, sequence } = entry;
  const payload: unknown = JSON.parse(entry.json);
  const body = Buffer.from(JSON.stringify({ ...(payload as object), bootId, sequence, historical }));
  return { topic, qos: 1, retain, keep: 'all', body };
}
