import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorLine, isExpected } from '../errors.js';
import { installFolder } from './install-folder.js';
import { openModelFolder } from './open-model-folder.js';
import { type Pulled, type PullOptions, pull } from './pull.js';
import type { RegistryEntry } from './registry.js';

const ID_CHARACTERS = 48;
const HASH_CHARACTERS = 12;

export interface PulledBeside extends Pick<Pulled, 'dir' | 'unchecked'> {
  /** False where exactly this model was there already. */
  readonly isNew: boolean;
}

/**
 * Fetches a model of the registry into a folder of its own, named by its content (`<into>/<id>@<12 hex>`): one of that id that is in use
 * stays as it is. Errors as of `pull`.
 */
export async function pullBeside(entry: RegistryEntry, options: PullOptions): Promise<PulledBeside> {
  const incoming = join(options.into, '.incoming');
  const { dir, unchecked } = await pull(entry, { ...options, into: incoming });
  const { sha256 } = (await openModelFolder(dir, { searchDirs: [] })).ref;
  const target = join(options.into, `${entry.id.slice(0, ID_CHARACTERS)}@${sha256.slice(0, HASH_CHARACTERS)}`);
  const isNew = !(await holds(target, sha256));
  if (isNew) await installFolder(dir, target, join(incoming, '.replaced'));
  else await rm(dir, { recursive: true });
  return { dir: target, unchecked, isNew };
}

/** A folder that is damaged does not: it is replaced by what was fetched. */
async function holds(dir: string, sha256: string): Promise<boolean> {
  try {
    return (await openModelFolder(dir, { searchDirs: [] })).ref.sha256 === sha256;
  } catch (error) {
    if (isExpected(error)) return false;
    throw new Error(`${dir} cannot be examined: ${errorLine(error)}`, { cause: error });
  }
}
