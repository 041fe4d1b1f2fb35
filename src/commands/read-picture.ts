import { FieldscoutError } from '../errors.js';
import { readRegularFile, unreadableReason } from '../regular-file.js';

const MAX_BYTES = 500_000_000;

/** @throws FieldscoutError IMAGE_UNREADABLE that names the file */
export async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, MAX_BYTES);
  } catch (cause) {
    throw new FieldscoutError(
      'IMAGE_UNREADABLE',
      `${path} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
}
