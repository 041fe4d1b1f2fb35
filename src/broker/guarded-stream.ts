import { Duplex } from 'node:stream';
import type { PacketLimiter } from './packet-limiter.js';

/** What may wait for a slow reader without the broker waiting for it. */
export const WRITE_BUFFER_BYTES = 4 << 20;

/** One connection of the broker: the bytes of `source` as they are, cut off as soon as a packet is too large. */
export class GuardedStream extends Duplex {
  readonly #source: Duplex;

  constructor(source: Duplex, limiter: PacketLimiter) {
    super({ writableHighWaterMark: WRITE_BUFFER_BYTES });
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      const fault = limiter.fault(chunk);
      if (fault !== undefined) this.destroy(new Error(fault));
      else if (!this.push(chunk)) source.pause();
    });
    source.on('end', () => this.push(null));
    source.on('error', (error) => this.destroy(error));
    source.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#source.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#source.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#source.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#source.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#source.destroy();
    done(error);
  }
}
