import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldscoutError } from '../errors.js';

const PICTURE = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;

/**
 * Pictures that paths name: a file stands for itself whatever its ending, a folder for the pictures in it and below, by name.
 * @throws FieldscoutError USAGE where a path is not there or nothing is found.
 */
export async function findPictures(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const about = await stat(path).catch((cause: NodeJS.ErrnoException) => {
      throw new FieldscoutError('USAGE', `${path} cannot be read (${cause.code}).`, 'Check the path.', { cause });
    });
    if (!about.isDirectory()) found.push(path);
    else {
      const names = await readdir(path, { recursive: true });
      found.push(
        ...names
          .filter((name) => PICTURE.test(name))
          .sort()
          .map((name) => join(path, name)),
      );
    }
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
