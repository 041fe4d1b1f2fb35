import { join } from 'node:path';
import { isFile } from '../regular-file.js';

/** @returns the parts of a relative path written with `/` or `\`; null where it is empty, absolute or leads out of its folder. */
export function pictureSegments(fileName: string): readonly string[] | null {
  if (/^([\\/]|[A-Za-z]:)/.test(fileName) || fileName.includes('\0')) return null;
  const segments = fileName.split(/[\\/]/).filter((segment) => segment !== '' && segment !== '.');
  return segments.length === 0 || segments.includes('..') ? null : segments;
}

/**
 * Where a COCO `file_name` lies: at that path in the folder of pictures or, where it repeats that folder's own name as
 * many exports do, by its last part alone.
 * @returns an absolute or relative path in `dir`; the first form where neither is there, so that reading names it.
 */
export async function findPicture(dir: string, fileName: string): Promise<string> {
  const segments = pictureSegments(fileName);
  if (segments === null) throw new RangeError(`${fileName} is no path inside ${dir}`);
  const whole = join(dir, ...segments);
  const byName = join(dir, segments.at(-1) ?? '');
  try {
    return !(await isFile(whole)) && (await isFile(byName)) ? byName : whole;
  } catch {
    return whole; // what hinders a look hinders reading too, which says why
  }
}
