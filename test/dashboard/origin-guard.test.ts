import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../src/dashboard/origin-guard.js';

const loopback = { host: '127.0.0.1', port: 8080, allowedHosts: [] };
const behindProxy = { host: '127.0.0.1', port: 8080, allowedHosts: ['Scout.Farm.example', 'lan.example:9000'] };

describe('refusal', () => {
  it.each([
    ['127.0.0.1:8080', undefined],
    ['localhost:8080', undefined],
    ['LOCALHOST:8080', undefined],
    ['[::1]:8080', undefined],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['localhost:8080', 'HTTP://localhost:8080'],
    ['[::1]:8080', 'http://[::1]:8080'],
  ])('answers a request to %s from %s', (host, origin) => {
    expect(refusal({ host, origin }, loopback)).toBeNull();
  });

  it.each([
    ['127.0.0.1', 'the port is missing'],
    ['127.0.0.1:8081', 'the port is another'],
    ['127.0.0.1:80', 'the port is the usual one'],
    ['127.0.0.2:8080', 'the address is another loopback'],
    ['rebound.evil.example:8080', 'a name was pointed here'],
    ['localhost.evil.example:8080', 'a name begins like loopback'],
    ['evil-127.0.0.1:8080', 'a name ends like loopback'],
    ['localhost.:8080', 'there is a dot at the end'],
    ['0.0.0.0:8080', 'it is no address of a peer'],
    ['', 'it is empty'],
    ['127.0.0.1:8080@evil.example', 'there is a user'],
    ['evil.example@127.0.0.1:8080', 'there is a user'],
    ['127.0.0.1:8080/x', 'there is a path'],
    ['127.0.0.1:8080, evil.example', 'there are two'],
    ['127.0.0.1:808O', 'the port is no number'],
    ['127.0.0.1:99999', 'the port is too large'],
    ['127.0.0.1:', 'the port is empty'],
    ['127.0.0.1:8080\n', 'there is a line break'],
  ])('refuses the host %j: %s', (host) => {
    expect(refusal({ host }, loopback)).toMatch(/^Refused: [^\n]+\.$/);
  });

  it('refuses a request without a host', () => {
    expect(refusal({}, loopback)).toBe('Refused: the request names no valid host (none).');
  });

  it.each([
    'http://evil.example',
    'http://127.0.0.1',
    'http://127.0.0.1:8081',
    'https://127.0.0.1',
    'http://localhost:8080',
    'http://127.0.0.1:8080/',
    'http://127.0.0.1:8080.evil.example',
    'http://user@127.0.0.1:8080',
    'ws://127.0.0.1:8080',
    'file://127.0.0.1:8080',
    'null',
    '',
  ])('refuses the origin %j', (origin) => {
    expect(refusal({ host: '127.0.0.1:8080', origin }, loopback)).toBe(
      `Refused: a page of another origin ("${origin}") may not speak to this one.`,
    );
  });

  it('names the setting that would allow an unknown host', () => {
    expect(refusal({ host: 'scout.farm.example' }, loopback)).toBe(
      'Refused: this page is not known as "scout.farm.example". Add the name to dashboard.allowedHosts if it is yours.',
    );
  });

  it.each([
    ['scout.farm.example', 'https://scout.farm.example'],
    ['scout.farm.example', 'http://scout.farm.example'],
    ['scout.farm.example:8443', 'https://scout.farm.example:8443'],
    ['scout.farm.example:443', 'https://scout.farm.example'],
    ['lan.example:9000', 'http://lan.example:9000'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('answers a proxy that forwards %s for a page at %s', (host, origin) => {
    expect(refusal({ host, origin }, behindProxy)).toBeNull();
  });

  it.each([
    ['lan.example', undefined],
    ['lan.example:8080', undefined],
    ['sub.scout.farm.example', undefined],
    ['scout.farm.example', 'https://lan.example:9000'],
  ])('refuses %s from %s where only others are allowed', (host, origin) => {
    expect(refusal({ host, origin }, behindProxy)).toMatch(/^Refused: /);
  });

  it('knows the page by the address that it was told to listen on', () => {
    const onLan = { host: '192.168.1.5', port: 8080, allowedHosts: [] };
    expect(refusal({ host: '192.168.1.5:8080' }, onLan)).toBeNull();
    expect(refusal({ host: '192.168.1.6:8080' }, onLan)).not.toBeNull();
    const onV6 = { host: 'FD00::5', port: 8080, allowedHosts: [] };
    expect(refusal({ host: '[fd00::5]:8080' }, onV6)).toBeNull();
  });

  it.each(['0.0.0.0', '::', ''])('takes listening on %j for no name of its own', (host) => {
    const everywhere = { host, port: 8080, allowedHosts: [] };
    expect(refusal({ host: '192.168.1.5:8080' }, everywhere)).not.toBeNull();
    expect(refusal({ host: 'localhost:8080' }, everywhere)).toBeNull();
  });

  it('takes a missing port for 80 where it listens there', () => {
    expect(refusal({ host: 'localhost', origin: 'http://localhost' }, { ...loopback, port: 80 })).toBeNull();
  });

  it('answers no host but the three names of loopback, whatever is sent', () => {
    const known = ['127.0.0.1:8080', 'localhost:8080', '[::1]:8080'];
    const mutated = fc
      .tuple(fc.constantFrom(...known), fc.nat(20), fc.string({ maxLength: 3 }))
      .map(([host, at, text]) => host.slice(0, at) + text + host.slice(at));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.webAuthority(), mutated), (host) => {
        expect(refusal({ host }, loopback) === null).toBe(known.includes(host.toLowerCase()));
      }),
      { numRuns: 2000 },
    );
  });

  it('answers no origin but its own, whatever is sent, in one printable line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (origin) => {
        expect(refusal({ host: '127.0.0.1:8080', origin }, loopback)).toMatch(/^Refused: [\x20-\x7e]+$/);
      }),
      { numRuns: 300 },
    );
  });
});
