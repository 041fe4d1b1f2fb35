import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.js';

/**
 * Puts a finished folder in the place of an older one. The older one is moved aside first and comes back if the second
 * move fails; `recoverFolder` brings it back after a power cut between the two.
 */
export async function installFolder(ready: string, target: string, aside: string): Promise<void> {
  await makeFolder(dirname(target));
  const replaced = await moveIfThere(target, aside);
  try {
    await rename(ready, target);
  } catch (error) {
    if (replaced) await rename(aside, target);
    throw error;
  }
  await syncFolder(dirname(target));
  await rm(aside, { recursive: true, force: true });
}

/** Ends what a power cut interrupted: the older folder returns where the newer one never arrived. */
export async function recoverFolder(target: string, aside: string): Promise<void> {
  if (!(await isThere(target))) await moveIfThere(aside, target);
  await rm(aside, { recursive: true, force: true });
}

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await (await open(path, 'r')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
