import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../src/uplink/reasons.js';

const fault = (code: string | number, message = 'x') => Object.assign(new Error(message), { code });

describe('reasonOf', () => {
  it.each([
    [4, 'wrong user or password: check mqtt.username and mqtt.passwordFile'],
    [134, 'wrong user or password: check mqtt.username and mqtt.passwordFile'],
    ['ECONNREFUSED', 'nothing listens there: is the broker running?'],
    ['CERT_HAS_EXPIRED', "the broker's certificate has expired, or this node's clock is wrong"],
  ])('says what code %s means', (code, line) => {
    expect(reasonOf(fault(code))).toBe(line);
  });

  it('lets the first of several addresses speak', () => {
    expect(reasonOf(new AggregateError([fault('ENETUNREACH'), fault('ECONNREFUSED')]))).toBe(
      'the network cannot be reached',
    );
  });

  it('says what it does not know in one line, with the code', () => {
    expect(reasonOf(fault('EODD', 'first\n  second'))).toBe('first second (EODD)');
    expect(reasonOf(fault(200))).toBe('it answers with code 200');
  });
});
