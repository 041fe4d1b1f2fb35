/** Most bytes that MQTT's "remaining length" field may take (MQTT 3.1.1, section 2.2.3). */
const MAX_LENGTH_BYTES = 4;

/**
 * Watches the bytes of one MQTT connection and tells as soon as a packet announces more than is allowed: a parser would
 * go on collecting up to 256 MB of it.
 */
export class PacketLimiter {
  #state: 'type' | 'length' | 'body' = 'type';
  #remaining = 0;
  #lengthBytes = 0;

  /** @param maxBytes most bytes of a packet after its fixed header; may be raised after a login */
  constructor(public maxBytes: number) {}

  /** @returns what is wrong with the packet that these bytes begin or carry on, or undefined */
  fault(chunk: Uint8Array): string | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'body') {
        const skipped = Math.min(this.#remaining, chunk.length - at);
        at += skipped;
        this.#remaining -= skipped;
        if (this.#remaining === 0) this.#state = 'type';
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      if (this.#state === 'type') {
        this.#state = 'length';
        this.#remaining = 0;
        this.#lengthBytes = 0;
        continue;
      }
      this.#remaining += (byte & 0x7f) * 128 ** this.#lengthBytes;
      this.#lengthBytes += 1;
      const more = (byte & 0x80) !== 0;
      if (more && this.#lengthBytes === MAX_LENGTH_BYTES) return 'a packet length of more than four bytes';
      if (this.#remaining > this.maxBytes) return `a packet of more than ${this.maxBytes} bytes`;
      if (!more) this.#state = this.#remaining === 0 ? 'type' : 'body';
    }
    return undefined;
  }
}
