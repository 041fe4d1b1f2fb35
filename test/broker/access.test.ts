import { describe, expect, it } from 'vitest';
import { isLoopback, readerCredentials, roleOf } from '../../src/broker/access.js';

const daemon = { username: 'fieldscout-daemon', password: 'made at start' };
const farmer = { username: 'farmer', password: 'tomato' };
const nobody = { username: undefined, password: undefined };

describe('roleOf', () => {
  it('knows the daemon by its secret', () => {
    expect(roleOf('tcp', daemon, { daemon })).toBe('daemon');
    expect(roleOf('tcp', { ...daemon, password: 'made at starT' }, { daemon })).toBe('reader');
  });

  it('lets everyone read where no password is set; where one is, those who know it read and command', () => {
    expect(roleOf('tcp', nobody, { daemon })).toBe('reader');
    expect(roleOf('tcp', nobody, { daemon, readers: farmer })).toBeUndefined();
    expect(roleOf('tcp', { ...farmer, password: 'potato' }, { daemon, readers: farmer })).toBeUndefined();
    expect(roleOf('tcp', farmer, { daemon, readers: farmer })).toBe('commander');
  });

  it('lets the page read, and never publish', () => {
    expect(roleOf('page', nobody, { daemon, readers: farmer })).toBe('reader');
    expect(roleOf('page', daemon, { daemon })).toBe('reader');
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.4', false],
    ['127.evil.example', false],
  ])('%s: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });
});

describe('readerCredentials', () => {
  it('refuses a door to other machines without a password', () => {
    expect(() => readerCredentials({ host: '0.0.0.0' })).toThrow(
      'broker.host 0.0.0.0 lets other machines in, and no password is set.',
    );
  });

  it('refuses half of a login', () => {
    expect(() => readerCredentials({ host: '127.0.0.1', username: 'farmer' })).toThrow(
      'broker.passwordFile is missing',
    );
    expect(() => readerCredentials({ host: '127.0.0.1', password: 'tomato' })).toThrow('broker.username is missing');
  });

  it('takes a whole one anywhere, and none on loopback', () => {
    expect(readerCredentials({ host: '0.0.0.0', ...farmer })).toEqual(farmer);
    expect(readerCredentials({ host: '127.0.0.1' })).toBeUndefined();
  });
});
