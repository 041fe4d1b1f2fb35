import { FieldscoutError } from '../errors.js';
import { isTrustedTransport } from './registry.js';

const MAX_HOPS = 10;

/** A failure that another attempt may mend: a cut, a stall, an overloaded server. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor(
    message: string,
    /** How long the server asked to be left alone. */
    readonly retryAfterMs: number = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * GET that follows redirects itself, so that none of them leads from https to http.
 * @throws Interruption where the network failed, FieldscoutError DOWNLOAD_FAILED for a redirect that is not followed.
 */
export async function trustedFetch(
  address: string,
  headers: Readonly<Record<string, string>>,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Response> {
  let url = new URL(address);
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const response = await getOnce(url, headers, fetch, signal);
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    dropBody(response);
    url = nextHop(url, location);
  }
  throw new FieldscoutError('DOWNLOAD_FAILED', `${address} redirects in a circle.`, 'Tell the publisher of the model.');
}

async function getOnce(
  url: URL,
  headers: Readonly<Record<string, string>>,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await untilAborted(fetch(url.href, { headers, signal, redirect: 'manual' }), signal);
  } catch (cause) {
    throw new Interruption(reasonOf(cause), 0, { cause });
  }
}

function nextHop(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (to && isTrustedTransport(to)) return to;
  throw new FieldscoutError(
    'DOWNLOAD_FAILED',
    `${from.href} redirects to ${to?.origin ?? location}, which is not https.`,
    'Nothing was fetched from there; tell the publisher of the model.',
  );
}

/** The innermost words of a failed fetch: "fetch failed" alone helps nobody. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return reasonOf(cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}

/** Settles as `work` does, or fails as soon as the signal is aborted: a reader of fetch may stay silent after an abort. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Lets go of an answer that nobody will read; whether its connection ends well no longer matters. */
export function dropBody(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}
