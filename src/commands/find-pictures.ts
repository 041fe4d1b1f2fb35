import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldscoutError } from '../errors.js';

const PICTURE = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;

/**
 * Pictures that paths name: a file stands for itself whatever its ending, a folder for the pictures in it and below, by name.
 * A path that is not there stands for itself too, beside others that are: it is named when it is read.
 * @throws FieldscoutError USAGE where no path is there or nothing is found.
 */
export async function findPictures(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const faults: NodeJS.ErrnoException[] = [];
  for (const path of paths) {
    try {
      found.push(...((await stat(path)).isDirectory() ? await picturesBelow(path) : [path]));
    } catch (error) {
      faults.push(error as NodeJS.ErrnoException);
      found.push(path);
    }
  }
  const [fault] = faults;
  if (fault && faults.length === paths.length) {
    throw new FieldscoutError('USAGE', `${paths[0]} cannot be read (${fault.code}).`, 'Check the path.', {
      cause: fault,
    });
  }
  if (found.length === 0) {
    throw new FieldscoutError(
      'USAGE',
      `There is no picture in ${paths.join(', ')}.`,
      'Name a JPEG, PNG, WebP or TIFF file, or a folder of them.',
    );
  }
  return found;
}

/** Links to folders are not followed: one that leads back up would never end. */
async function picturesBelow(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => PICTURE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
