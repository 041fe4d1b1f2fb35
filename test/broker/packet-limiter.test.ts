import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketLimiter } from '../../src/broker/packet-limiter.js';

/** A packet with a body of `bytes` bytes and its length as MQTT writes it. */
function packet(bytes: number): Buffer {
  const length: number[] = [];
  let rest = bytes;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bytes, 0xff)]);
}

/** Cuts bytes at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

describe('PacketLimiter', () => {
  it('lets packets up to the limit through and stops the first that announces more', () => {
    const limiter = new PacketLimiter(1000);
    expect(limiter.fault(packet(1000))).toBeUndefined();
    expect(limiter.fault(packet(0))).toBeUndefined();
    expect(limiter.fault(packet(1001).subarray(0, 3))).toBe('a packet of more than 1000 bytes');
  });

  it('stops a length of more than four bytes', () => {
    expect(new PacketLimiter(1e9).fault(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toBe(
      'a packet length of more than four bytes',
    );
  });

  it('counts the same however the bytes are cut', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(), { maxLength: 30 }), (bytes, cuts) => {
        const limiter = new PacketLimiter(16_384);
        const fault = pieces(Buffer.concat(bytes.map(packet)), cuts)
          .map((piece) => limiter.fault(piece))
          .find((found) => found !== undefined);
        expect(fault).toBe(bytes.some((size) => size > 16_384) ? 'a packet of more than 16384 bytes' : undefined);
      }),
    );
  });
});
