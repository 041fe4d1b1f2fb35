import { errorLine, FieldscoutError } from '../errors.js';
import { isAbsent, readRegularFile, unreadableReason } from '../regular-file.js';
import type { ConsoleLog } from './console-log.js';

const MAX_BYTES = 500_000_000;

/** @throws FieldscoutError IMAGE_UNREADABLE that names the file */
export async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, MAX_BYTES);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function unreadable(path: string, cause: unknown): FieldscoutError {
  return new FieldscoutError(
    'IMAGE_UNREADABLE',
    `${path} cannot be read (${isAbsent(cause) ? 'there is no such file' : unreadableReason(cause)}).`,
    'Check the path and its permissions.',
    { cause },
  );
}

/**
 * Tells what is wrong with one picture; the others go on and the exit code becomes 2.
 * @throws the error itself where it is not about a picture
 */
export function passOver(error: unknown, log: Pick<ConsoleLog, 'error'>): void {
  if (!(error instanceof FieldscoutError) || !/^(IMAGE|VIEW)_/.test(error.code)) throw error;
  log.error(errorLine(error));
  process.exitCode = 2;
}
