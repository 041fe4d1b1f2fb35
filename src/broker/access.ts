import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { FieldscoutError } from '../errors.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What a client presents. */
export interface Login {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** `daemon` publishes and reads, `commander` reads and commands, `reader` reads. */
export type Role = 'daemon' | 'commander' | 'reader';

/** Where a client came in: the TCP port, or the page's WebSocket, whose Origin and Host were checked there. */
export type Door = 'tcp' | 'page';

export interface AccessRules {
  /** The daemon's own, made anew at each start. */
  readonly daemon: Credentials;
  /** What others must present at the TCP port, who may then command; without it anyone who reaches the port may read. */
  readonly readers?: Credentials | undefined;
}

/** @returns what a client may do, or undefined where it is refused */
export function roleOf(door: Door, given: Login, rules: AccessRules): Role | undefined {
  if (door === 'page') return 'reader';
  if (matches(given, rules.daemon)) return 'daemon';
  if (rules.readers === undefined) return 'reader';
  return matches(given, rules.readers) ? 'commander' : undefined;
}

/** Compares in a time that tells nothing about how much of either was right. */
function matches(given: Login, wanted: Credentials): boolean {
  const username = sameText(given.username ?? '', wanted.username);
  const password = sameText(given.password ?? '', wanted.password);
  return username && password;
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * @returns the credentials that readers need, or undefined where none are configured
 * @throws FieldscoutError BROKER_INVALID where half of them is missing, or where others could reach the port without any
 */
export function readerCredentials(settings: {
  readonly host: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}): Credentials | undefined {
  const { host, username, password } = settings;
  if ((username ?? '') === '' && (password ?? '') === '') {
    if (isLoopback(host)) return undefined;
    throw new FieldscoutError(
      'BROKER_INVALID',
      `broker.host ${host} lets other machines in, and no password is set.`,
      'Set broker.username and broker.passwordFile, or leave broker.host at 127.0.0.1.',
    );
  }
  if (username === undefined || username === '' || password === undefined || password === '')
    throw new FieldscoutError(
      'BROKER_INVALID',
      `broker.${username ? 'passwordFile' : 'username'} is missing or empty.`,
      'Set both broker.username and broker.passwordFile, or neither.',
    );
  return { username, password };
}
