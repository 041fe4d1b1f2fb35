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

/** The system's code where there is one (ENOENT), else the message. */
export function unreadableReason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? errorLine(error);
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
