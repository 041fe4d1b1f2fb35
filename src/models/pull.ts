import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FieldscoutError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { unreadableReason } from '../regular-file.js';
import { DiskFull, downloadFile, type Transfer } from './download-file.js';
import { installFolder, recoverFolder, syncFolder } from './install-folder.js';
import { type FileFacts, type Manifest, manifestSchema, writeManifest } from './manifest.js';
import { openModelFolder } from './open-model-folder.js';
import { PartialFile } from './partial-file.js';
import { withPullLock } from './pull-lock.js';
import type { RegistryEntry, RegistryFile } from './registry.js';

export interface PullProgress {
  readonly path: string;
  /** Which file of how many, from 1. */
  readonly file: number;
  readonly files: number;
  readonly receivedBytes: number;
  /** null where the server does not say. */
  readonly totalBytes: number | null;
}

export interface PullOptions {
  /** The folder that holds model folders; the model becomes `<into>/<id>`. */
  readonly into: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal;
  /** An attempt in which nothing arrives for this time is given up; 30 s by default. */
  readonly stallMs?: number;
  /** Attempts in a row that may bring nothing; 5 by default. */
  readonly attempts?: number;
  readonly sleep?: Transfer['sleep'];
}

export interface Pulled {
  readonly dir: string;
  readonly manifest: Manifest;
  /** Paths whose hash nobody has checked: they are what the server gave. */
  readonly unchecked: readonly string[];
}

/**
 * Fetches a model of the registry and installs it whole or not at all; a model of that id that is there already stays
 * in use until then.
 * @throws FieldscoutError DOWNLOAD_FAILED, MODEL_HASH_MISMATCH, MODEL_INVALID, STORAGE_FAILED.
 */
export async function pull(entry: RegistryEntry, options: PullOptions): Promise<Pulled> {
  if (entry.export !== undefined)
    throw new FieldscoutError(
      'DOWNLOAD_FAILED',
      `${entry.id} cannot be pulled, it needs an export: ${entry.export}`,
      `Put the folder at ${join(options.into, entry.id)} (see ${entry.homepage}).`,
    );
  const staging = join(options.into, '.partial', entry.id);
  try {
    await makeFolder(staging);
    return await withPullLock(join(staging, 'lock'), entry.id, () => fetchAndInstall(entry, staging, options));
  } catch (error) {
    throw storageFailure(error, entry, options.into) ?? error;
  }
}

async function fetchAndInstall(entry: RegistryEntry, staging: string, options: PullOptions): Promise<Pulled> {
  const target = join(options.into, entry.id);
  const aside = join(staging, 'replaced');
  const ready = join(staging, 'files');
  await recoverFolder(target, aside);

  const facts: Record<string, FileFacts> = {};
  for (const [index, file] of entry.files.entries()) {
    const partial = new PartialFile(join(ready, file.path), join(staging, 'state', `${file.path}.json`));
    facts[file.path] = await downloadOrFree(file, partial, transferFor(entry, file, index, options));
  }
  const unchecked = entry.files.filter(({ sha256 }) => sha256 === null).map(({ path }) => path);
  const manifest = manifestFor(entry, facts, unchecked);
  await writeManifest(ready, manifest);
  await requireUsable(ready, staging, entry);
  for (const dir of new Set([ready, ...entry.files.map(({ path }) => dirname(join(ready, path)))]))
    await syncFolder(dir);
  await installFolder(ready, target, aside);
  await rm(join(staging, 'state'), { recursive: true, force: true });
  return { dir: target, manifest, unchecked };
}

/** A file for which there is no room is deleted at once: a full disk stops more than this download. */
async function downloadOrFree(file: RegistryFile, partial: PartialFile, transfer: Transfer): Promise<FileFacts> {
  try {
    return await downloadFile(file, partial, transfer);
  } catch (error) {
    if (isDiskFull(error)) await partial.discard();
    throw error;
  }
}

function transferFor(entry: RegistryEntry, file: RegistryFile, index: number, options: PullOptions): Transfer {
  const report = options.onProgress;
  return {
    fetch: options.fetch ?? globalThis.fetch,
    signal: options.signal ?? new AbortController().signal,
    stallMs: options.stallMs ?? 30_000,
    attempts: options.attempts ?? 5,
    sleep: options.sleep ?? pause,
    onBytes: (receivedBytes, totalBytes) =>
      report?.({ path: file.path, file: index + 1, files: entry.files.length, receivedBytes, totalBytes }),
  };
}

/** Waits; a stop of the pull ends the wait, and the next attempt then says so. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function manifestFor(entry: RegistryEntry, files: Record<string, FileFacts>, unchecked: readonly string[]): Manifest {
  return manifestSchema.parse({
    id: entry.id,
    kind: entry.kind,
    logitScale: entry.logitScale,
    logitBias: entry.logitBias,
    embeddingSize: entry.embeddingSize,
    ...(entry.maxTokens === undefined ? {} : { maxTokens: entry.maxTokens }),
    files,
    licence: entry.licence,
    source: entry.homepage,
    unchecked,
  });
}

/** What a server gives under the right name may still be a page of apologies: such a model never replaces a good one. */
async function requireUsable(ready: string, staging: string, entry: RegistryEntry): Promise<void> {
  try {
    await openModelFolder(ready, { searchDirs: [] });
  } catch (error) {
    if (error instanceof FieldscoutError) await rm(staging, { recursive: true, force: true });
    if (error instanceof FieldscoutError)
      throw new FieldscoutError(
        error.code,
        `What was fetched for ${entry.id} is not a usable model: ${error.message}`,
        'It was deleted; look at the homepage of the model.',
        { cause: error },
      );
    throw error;
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof DiskFull || ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function storageFailure(error: unknown, entry: RegistryEntry, into: string): FieldscoutError | null {
  if (isDiskFull(error)) {
    const wanted =
      error instanceof DiskFull
        ? `the next file needs ${error.neededBytes} bytes and ${error.freeBytes} are free`
        : 'there is no room for the next bytes';
    return new FieldscoutError(
      'STORAGE_FAILED',
      `The disk of ${into} is full: ${wanted}; all of ${entry.id} takes about ${entry.approximateBytes} bytes.`,
      'Free that much and pull again; what was installed before is untouched.',
      { cause: error },
    );
  }
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (error instanceof FieldscoutError || code === undefined || syscall === undefined) return null;
  return new FieldscoutError(
    'STORAGE_FAILED',
    `${path ?? into} cannot be written (${unreadableReason(error)}).`,
    'Check its permissions, or choose another folder with --models-dir.',
    { cause: error },
  );
}
