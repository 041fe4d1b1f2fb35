import { readdir, readFile, stat } from 'node:fs/promises';
import { errorLine } from './errors.js';

/**
 * Reads a whole file. What is no file is refused before it is opened: a read from a pipe waits for ever, one from a device
 * may never end.
 * @throws Error; `unreadableReason` says it in a few words
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<Buffer> {
  const about = await stat(path);
  if (about.isDirectory()) throw new Error('it is a folder');
  if (!about.isFile()) throw new Error('it is not a file but a pipe, a socket or a device');
  if (about.size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1e6} MB`);
  return readFile(path);
}

const IN_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'access is denied',
  EPERM: 'it is not permitted',
  EROFS: 'its file system can only be read',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
};

/** In words what the system says of a file, else the system's code or the message. */
export function unreadableReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? errorLine(error) : (IN_WORDS[code] ?? code);
}

/** Names that pictures end in, of the kinds that can be decoded. */
export const PICTURE_NAME = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;

/** @throws the file system's error where it cannot be told whether there is one */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** @returns undefined where there is no such file. @throws the file system's error where it cannot be read */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** @returns none where there is no such folder. @throws the file system's error where it cannot be looked into */
export async function namesIfThere(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Changes with the content, also where an editor renames a new file over the old one; the error's code where there is none. */
export async function fileState(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause);
  }
}

/** Whether an error says that there is nothing at a path. ERR_INVALID_ARG_VALUE: a NUL byte, which no path has. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}
