import { chmod, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { textIfThere, unreadableReason } from '../regular-file.js';
import type { ServiceFile } from './service-files.js';

/** What was done with a file, or would be done. */
export interface Placement {
  readonly path: string;
  readonly done: 'written' | 'unchanged' | 'kept' | 'removed' | 'absent';
}

const READABLE_BY_OTHERS = 0o077;

/**
 * Puts the files of a service in place, each whole or not at all.
 * @param root stands before every path; "/" for this machine
 * @param dryRun tells what would be done, and does nothing
 * @throws FieldscoutError STORAGE_FAILED that names the file which cannot be put in its place
 */
export async function placeFiles(
  files: readonly ServiceFile[],
  root: string,
  dryRun: boolean,
): Promise<readonly Placement[]> {
  const placements: Placement[] = [];
  for (const file of files) {
    const path = join(root, file.path);
    const before = await textIfThere(path);
    const isThere = before !== undefined;
    if (isThere && (file.owner === 'theirs' || before === file.text)) {
      // A secret that others could read stays none.
      if (file.owner === 'ours' && !dryRun) await inPlace(path, () => chmod(path, file.mode));
      placements.push({ path, done: file.owner === 'theirs' ? 'kept' : 'unchanged' });
      continue;
    }
    if (!dryRun) await inPlace(path, () => write(path, file));
    placements.push({ path, done: 'written' });
  }
  return placements;
}

/** Those of the files in whose place something else lies. */
export async function filesInTheWay(files: readonly ServiceFile[], root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { path, text } of files) {
    const before = await textIfThere(join(root, path));
    if (before !== undefined && before !== text) found.push(join(root, path));
  }
  return found;
}

/** Takes away what is ours; what people wrote stays. Folders that are empty by that go too, where they bear the service's name. */
export async function removeFiles(
  files: readonly ServiceFile[],
  root: string,
  dryRun: boolean,
): Promise<readonly Placement[]> {
  const placements: Placement[] = [];
  for (const file of files) {
    const path = join(root, file.path);
    if ((await textIfThere(path)) === undefined) placements.push({ path, done: 'absent' });
    else if (file.owner === 'theirs') placements.push({ path, done: 'kept' });
    else {
      if (!dryRun) await inPlace(path, () => remove(path));
      placements.push({ path, done: 'removed' });
    }
  }
  return placements;
}

async function inPlace(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new FieldscoutError(
      'STORAGE_FAILED',
      `${path} cannot be written (${unreadableReason(cause)}).`,
      'Check that its folder is one and may be written to; what was written before stays.',
      { cause },
    );
  }
}

async function write(path: string, { text, mode }: ServiceFile): Promise<void> {
  // A folder that is made for secrets is root's alone.
  const isSecret = (mode & READABLE_BY_OTHERS) === 0;
  await mkdir(dirname(path), { recursive: true, ...(isSecret ? { mode: 0o700 } : {}) });
  const partial = `${path}.new`;
  await rm(partial, { force: true });
  await writeFile(partial, text, { mode, flag: 'wx' });
  await chmod(partial, mode); // whatever the umask is
  await rename(partial, path);
}

async function remove(path: string): Promise<void> {
  await rm(path);
  if (!dirname(path).endsWith('.service.d')) return;
  try {
    await rmdir(dirname(path));
  } catch (error) {
    // A drop-in that a person wrote is in it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}
