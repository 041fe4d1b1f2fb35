import { resolve } from 'node:path';
import { stateDirectory } from '../config/environment.js';
import { errorLine, FieldscoutError } from '../errors.js';
import { lockFolder, type ReleaseFolder } from '../journal/folder-lock.js';
import { makeFolder } from '../make-folder.js';

const DEFAULT_STORAGE_DIR = 'fieldscout-data';
const MOST_NODES = 20;

/** Where a node that has the machine for itself keeps what it knows. */
export function storageDirOf(configured: string | undefined, baseDir: string): string {
  return configured === undefined
    ? resolve(stateDirectory() ?? baseDir, DEFAULT_STORAGE_DIR)
    : resolve(baseDir, configured);
}

export interface StoragePlace {
  readonly dir: string;
  /** The default folder where another node has it. */
  readonly inUse: string | undefined;
  readonly release: ReleaseFolder;
}

/**
 * Makes the node's folder and takes it for this process alone. By default a second node beside the first takes the next free
 * folder, as it does with ports; a configured folder is taken or the start fails.
 * @throws FieldscoutError STORAGE_FAILED
 */
export async function takeStorage(configured: string | undefined, baseDir: string): Promise<StoragePlace> {
  const names =
    configured === undefined
      ? [DEFAULT_STORAGE_DIR, ...Array.from({ length: MOST_NODES - 1 }, (_, i) => `${DEFAULT_STORAGE_DIR}-${i + 2}`)]
      : [configured];
  for (const name of names) {
    const dir = resolve(baseDir, name);
    const release = await take(dir);
    if (release) return { dir, inUse: name === names[0] ? undefined : resolve(baseDir, names[0] as string), release };
  }
  throw new FieldscoutError(
    'STORAGE_FAILED',
    `storage.dir: ${resolve(baseDir, names[0] as string)} is in use by another node on this machine.`,
    'Stop that one, or set another folder.',
  );
}

async function take(dir: string): Promise<ReleaseFolder | undefined> {
  try {
    await makeFolder(dir);
    return await lockFolder(dir);
  } catch (cause) {
    throw storageRefusal(dir, cause);
  }
}

export function storageRefusal(dir: string, cause: unknown): FieldscoutError {
  return new FieldscoutError(
    'STORAGE_FAILED',
    `storage.dir: ${dir} cannot be used: ${errorLine(cause)}.`,
    'Set it to a folder that this user may write.',
    { cause },
  );
}
