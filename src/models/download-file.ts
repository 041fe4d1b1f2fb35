import { type FileHandle, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { hashFile } from './file-hash.js';
import type { FileFacts } from './manifest.js';
import type { PartialFile } from './partial-file.js';
import type { RegistryFile } from './registry.js';
import { dropBody, Interruption, reasonOf, trustedFetch, untilAborted } from './trusted-fetch.js';

export interface Transfer {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** An attempt in which nothing arrives for this time is given up. */
  readonly stallMs: number;
  /** Attempts in a row that bring no new byte. */
  readonly attempts: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onBytes: (received: number, total: number | null) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Fetches one file, resuming what an earlier attempt or an earlier run left behind.
 * @returns hash and size as they are on disk.
 * @throws FieldscoutError DOWNLOAD_FAILED, MODEL_HASH_MISMATCH (the partial file is deleted), STORAGE_FAILED.
 */
export async function downloadFile(file: RegistryFile, partial: PartialFile, transfer: Transfer): Promise<FileFacts> {
  const earlier = await partial.state(file.url);
  if (!earlier?.complete || (await partial.size()) === 0) await transferAll(file, partial, transfer);
  const facts = await hashFile(partial.path);
  if (file.bytes !== null && facts.bytes !== file.bytes) {
    await partial.discard();
    throw wrongSize(file, facts.bytes);
  }
  if (file.sha256 !== null && facts.sha256 !== file.sha256) {
    await partial.discard();
    throw new FieldscoutError(
      'MODEL_HASH_MISMATCH',
      `${file.url} is not the file that the registry describes: SHA-256 ${facts.sha256}, expected ${file.sha256}.`,
      'It was deleted; pull again, and if that does not help, the publisher has changed it.',
    );
  }
  return facts;
}

async function transferAll(file: RegistryFile, partial: PartialFile, transfer: Transfer): Promise<void> {
  let fruitless = 0;
  let farthest = await partial.size();
  for (;;) {
    try {
      return await attempt(file, partial, transfer);
    } catch (error) {
      if (transfer.signal.aborted) throw stopped(file, error);
      if (!(error instanceof Interruption)) throw error;
      const reached = await partial.size();
      fruitless = reached > farthest ? 1 : fruitless + 1;
      farthest = Math.max(farthest, reached);
      if (fruitless >= transfer.attempts) throw gaveUp(file, error, fruitless);
      const pause = Math.max(error.retryAfterMs, FIRST_PAUSE_MS * 2 ** (fruitless - 1));
      await transfer.sleep(Math.min(pause, LONGEST_PAUSE_MS), transfer.signal);
    }
  }
}

async function attempt(file: RegistryFile, partial: PartialFile, transfer: Transfer): Promise<void> {
  const end = new AbortController();
  const stop = () => end.abort(transfer.signal.reason);
  const stalled = new Interruption(`nothing arrived for ${transfer.stallMs} ms`);
  const timer = setTimeout(() => end.abort(stalled), transfer.stallMs);
  if (transfer.signal.aborted) stop();
  transfer.signal.addEventListener('abort', stop);
  try {
    const answer = await ask(file, partial, transfer.fetch, end.signal);
    const { response, offset, total, etag } = answer;
    const keep = (bytes: number) => partial.remember({ url: file.url, etag, bytes, complete: false });
    if (response !== null)
      await receive(response, partial, { offset, total, keep, signal: end.signal }, (received) => {
        timer.refresh();
        transfer.onBytes(received, total);
      });
    await partial.remember({ url: file.url, etag, bytes: await partial.size(), complete: true });
  } catch (error) {
    throw end.signal.reason === stalled ? stalled : error;
  } finally {
    clearTimeout(timer);
    transfer.signal.removeEventListener('abort', stop);
  }
}

interface Answer {
  /** null where the server says that everything is here already. */
  readonly response: Response | null;
  readonly offset: number;
  readonly total: number | null;
  readonly etag: string | null;
}

/** Asks for what is missing: the whole file, unless the bytes at hand are known to belong to it. */
async function ask(
  file: RegistryFile,
  partial: PartialFile,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Answer> {
  const state = await partial.state(file.url);
  const size = Math.min(await partial.size(), state?.bytes ?? 0);
  const resumable = state !== null && size > 0 && (state.etag !== null || file.sha256 !== null);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (resumable) headers.range = `bytes=${size}-`;
  if (resumable && state.etag !== null) headers['if-range'] = state.etag;

  const response = await trustedFetch(file.url, headers, fetch, signal);
  const etag = strongTag(response);
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status === 200) return { response, offset: 0, total: lengthOf(response), etag };
  await refuseOthers(response, file);
  const continues = resumable && (state.etag === null || etag === null || etag === state.etag);
  if (response.status === 206 && continues && Number(range?.[1]) === size)
    return { response, offset: size, total: Number(range?.[2]), etag: etag ?? state.etag };
  dropBody(response);
  if (response.status === 416 && continues && Number(range?.[2]) === size)
    return { response: null, offset: size, total: size, etag: state.etag };
  await partial.discard();
  throw new Interruption('the server has another file than the one begun');
}

async function refuseOthers(response: Response, file: RegistryFile): Promise<void> {
  const { status } = response;
  if (status === 206 || status === 416) return;
  dropBody(response);
  const said = `${status} ${response.statusText}`.trim();
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new Interruption(`the server answered ${said}`, retryAfterMs(response));
  throw new FieldscoutError(
    'DOWNLOAD_FAILED',
    `${file.url} answered ${said}.`,
    status === 404 || status === 410
      ? 'The publisher has moved or removed it: look at the homepage of the model.'
      : 'Check that the model may be fetched without a login, and the proxy if there is one.',
  );
}

interface Span {
  /** Where in the file the body begins. */
  readonly offset: number;
  readonly total: number | null;
  /** Notes how many bytes are on the disk for good. */
  readonly keep: (bytes: number) => Promise<void>;
  readonly signal: AbortSignal;
}

const SYNC_EVERY_BYTES = 16 << 20;

async function receive(
  response: Response,
  partial: PartialFile,
  span: Span,
  onBytes: (received: number) => void,
): Promise<void> {
  const { offset, total, keep } = span;
  const handle = await partial.openAt(offset);
  try {
    await keep(offset);
    if (total !== null) await requireRoom(partial.path, total - offset);
    const end = await copyBody(response, handle, span, onBytes);
    if (total !== null && end !== total) throw new Interruption(`the connection was cut at ${end} of ${total} bytes`);
  } finally {
    try {
      await syncTo(handle, keep);
    } finally {
      await handle.close();
    }
  }
}

async function syncTo(handle: FileHandle, keep: Span['keep']): Promise<void> {
  await handle.sync();
  await keep((await handle.stat()).size);
}

/** @returns the position after the last byte. */
async function copyBody(
  response: Response,
  handle: FileHandle,
  { offset, keep, signal }: Span,
  onBytes: (received: number) => void,
): Promise<number> {
  if (response.body === null) return offset;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  let position = offset;
  let synced = offset;
  try {
    for (let chunk = await nextChunk(reader, signal); chunk !== null; chunk = await nextChunk(reader, signal)) {
      position += await writeAll(handle, chunk, position);
      if (position - synced >= SYNC_EVERY_BYTES) {
        await syncTo(handle, keep);
        synced = position;
      }
      onBytes(position);
    }
    return position;
  } finally {
    reader.cancel().catch(() => undefined); // the body's own failure is on its way already
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<number> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
  return written;
}

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  try {
    const { done, value } = await untilAborted(reader.read(), signal);
    return done ? null : value;
  } catch (cause) {
    throw new Interruption(`the connection was cut (${reasonOf(cause)})`, 0, { cause });
  }
}

/** Thrown where a write failed or would fail for lack of room; `pull` knows the model's name. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';

  constructor(
    readonly neededBytes: number,
    readonly freeBytes: number,
  ) {
    super(`${neededBytes} bytes needed, ${freeBytes} free`);
  }
}

async function requireRoom(path: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < neededBytes) throw new DiskFull(neededBytes, bavail * bsize);
}

/** A weak tag promises the same meaning, not the same bytes. */
function strongTag(response: Response): string | null {
  const etag = response.headers.get('etag');
  return etag?.startsWith('"') ? etag : null;
}

function lengthOf(response: Response): number | null {
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  const length = response.headers.get('content-length');
  return encoding === 'identity' && length !== null && /^\d+$/.test(length) ? Number(length) : null;
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function wrongSize(file: RegistryFile, bytes: number): FieldscoutError {
  return new FieldscoutError(
    'DOWNLOAD_FAILED',
    `${file.url} has ${bytes} bytes, the registry says ${file.bytes}.`,
    'It was deleted; pull again, and if that does not help, the publisher has changed it.',
  );
}

function gaveUp(file: RegistryFile, cause: Interruption, attempts: number): FieldscoutError {
  return new FieldscoutError(
    'DOWNLOAD_FAILED',
    `${file.url} could not be fetched: ${cause.message}, ${attempts} times in a row.`,
    'Pull again when the connection is better: what has arrived is kept.',
    { cause },
  );
}

function stopped(file: RegistryFile, cause: unknown): FieldscoutError {
  return new FieldscoutError(
    'DOWNLOAD_FAILED',
    `Stopped while fetching ${file.url}.`,
    'Pull again to go on: what has arrived is kept.',
    { cause },
  );
}
