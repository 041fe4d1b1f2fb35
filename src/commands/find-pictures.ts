import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { PICTURE_NAME } from '../regular-file.js';
import { unreadable } from './read-picture.js';

/**
 * Pictures that paths name: a file stands for itself whatever its ending, a folder for the pictures in it and below, by name.
 * @param fail takes the IMAGE_UNREADABLE of each path that is not there or cannot be looked into
 * @throws FieldscoutError USAGE where all can be looked into and none holds a picture.
 */
export async function findPictures(
  paths: readonly string[],
  fail: (error: FieldscoutError) => void,
): Promise<readonly string[]> {
  const found: string[] = [];
  let faults = 0;
  for (const path of paths) {
    try {
      found.push(...((await stat(path)).isDirectory() ? await picturesBelow(path) : [path]));
    } catch (error) {
      faults += 1;
      fail(unreadable(path, error));
    }
  }
  if (found.length === 0 && faults === 0) {
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
    .filter((entry) => PICTURE_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
