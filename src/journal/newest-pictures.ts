import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../regular-file.js';

/**
 * The newest kept pictures of a camera, newest first, read beside a node that runs.
 * @param dir the folder of kept pictures
 */
export async function newestPictures(dir: string, camera: string, most: number): Promise<readonly string[]> {
  const found: { readonly path: string; readonly keptMs: number }[] = [];
  for (const name of await namesIn(join(dir, camera))) {
    if (!name.endsWith('.jpg')) continue;
    const path = join(dir, camera, name);
    try {
      found.push({ path, keptMs: (await stat(path)).mtimeMs });
    } catch (error) {
      if (!isAbsent(error)) throw error; // the node deleted it meanwhile
    }
  }
  return found
    .sort((a, b) => b.keptMs - a.keptMs)
    .slice(0, most)
    .map(({ path }) => path);
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
