import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry, encodeMessage } from '../../src/uplink/message.js';

const base = { topic: 'a/b', qos: 1, retain: false } as const;

describe('encodeMessage', () => {
  it('says a payload as JSON', () => {
    expect(String(encodeMessage({ ...base, payload: { at: null, n: 1.5 } }).body)).toBe('{"at":null,"n":1.5}');
  });

  it('leaves bytes as they are and copies them', () => {
    const bytes = new Uint8Array([255, 216, 0]);
    const { body } = encodeMessage({ ...base, bytes });
    bytes[0] = 0;
    expect([...body]).toEqual([255, 216, 0]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s, naming its key', (score) => {
    const payload = { detections: [{ score }] };
    expect(() => encodeMessage({ ...base, payload })).toThrow(`score is ${score}`);
  });

  it('keeps the latest of retained topics and all of the others, unless told otherwise', () => {
    const payload = {};
    expect(encodeMessage({ ...base, payload }).keep).toBe('all');
    expect(encodeMessage({ ...base, retain: true, payload }).keep).toBe('latest');
    expect(encodeMessage({ ...base, retain: true, keep: 'all', payload }).keep).toBe('all');
  });
});

describe('encodeEntry', () => {
  it('says all of the payload, with its place among the others and its lane', () => {
    const any = fc.record({
      payload: fc.dictionary(fc.string(), fc.jsonValue()),
      sequence: fc.nat(),
      historical: fc.boolean(),
    });
    fc.assert(
      fc.property(any, ({ payload, sequence, historical }) => {
        const place = { bootId: 'boot-1', sequence };
        const json = JSON.stringify(payload);
        const entry = {
          ...place,
          kind: 'new',
          topic: 'events',
          camera: 'leaf',
          retain: false,
          acceptedMs: 0,
          json,
        } as const;
        const { body, ...rest } = encodeEntry(entry, historical);
        expect(rest).toEqual({ topic: 'events', qos: 1, retain: false, keep: 'all' });
        expect(JSON.parse(String(body))).toEqual({ ...(JSON.parse(json) as object), ...place, historical });
      }),
    );
  });
});
