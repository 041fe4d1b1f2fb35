import { isIPv6 } from 'node:net';

/** Who may speak to the page's server. */
export interface GuardSettings {
  /** The address that the server listens on, as configured. */
  readonly host: string;
  /** The port that it truly listens on. */
  readonly port: number;
  /** Names besides loopback: `scout.farm.example` at any port, or `scout.farm.example:8443` at that one. */
  readonly allowedHosts: readonly string[];
}

/** The headers that tell where a request was sent to and which page sent it. */
export interface RequestHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

interface Authority {
  readonly name: string;
  /** null where the text has none. */
  readonly port: number | null;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const EVERY_ADDRESS = ['0.0.0.0', '::', ''];
const HTTP_PORT = 80;
const MAX_ECHO = 100;

/**
 * Tells whether a request may be answered. A page on loopback can be reached by every web page that the same browser
 * shows: by its address (so Origin is checked) and by a name that an attacker's DNS points here (so Host is checked).
 * @returns null where it may, else one line that says why not and how to allow it
 */
export function refusal(headers: RequestHeaders, settings: GuardSettings): string | null {
  const host = headers.host === undefined ? null : parseAuthority(headers.host);
  if (host === null) return `Refused: the request names no valid host (${echo(headers.host)}).`;
  if (!isKnownHost(host, settings))
    return `Refused: this page is not known as ${echo(headers.host)}. Add the name to dashboard.allowedHosts if it is yours.`;
  if (headers.origin !== undefined && !isSameOrigin(headers.origin, host))
    return `Refused: a page of another origin (${echo(headers.origin)}) may not speak to this one.`;
  return null;
}

function isKnownHost(host: Authority, settings: GuardSettings): boolean {
  const allowed = settings.allowedHosts.map(parseAuthority);
  if (allowed.some((entry) => entry?.name === host.name && (entry.port === null || entry.port === host.port)))
    return true;
  return ownNames(settings.host).includes(host.name) && (host.port ?? HTTP_PORT) === settings.port;
}

function ownNames(host: string): readonly string[] {
  if (EVERY_ADDRESS.includes(host)) return LOOPBACK;
  return [...LOOPBACK, isIPv6(host) ? `[${host.toLowerCase()}]` : host.toLowerCase()];
}

/** A proxy before the server may speak TLS to browsers, so both schemes can be the page's own. */
function isSameOrigin(origin: string, host: Authority): boolean {
  const [, scheme, rest] = /^(https?):\/\/(.*)$/i.exec(origin) ?? [];
  const from = rest === undefined ? null : parseAuthority(rest);
  if (!scheme || !from) return false;
  const usual = scheme.toLowerCase() === 'https' ? 443 : HTTP_PORT;
  return from.name === host.name && (from.port ?? usual) === (host.port ?? usual);
}

/** `name`, `name:port`, `[v6]` or `[v6]:port`, and nothing else: no user, path, blank or trailing dot. */
function parseAuthority(text: string): Authority | null {
  const [, name, port] = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/i.exec(text) ?? [];
  if (name === undefined) return null;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return null;
  return { name: name.toLowerCase(), port: port === undefined ? null : Number(port) };
}

function echo(text: string | undefined): string {
  if (text === undefined) return 'none';
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${printable.length > MAX_ECHO ? `${printable.slice(0, MAX_ECHO)}...` : printable}"`;
}
