import { FieldscoutError } from '../errors.js';
import { withFileLock } from './file-lock.js';

/**
 * Runs `work` while holding a lock file, so that two pulls of one model never write the same files.
 * @throws FieldscoutError DOWNLOAD_FAILED where another process holds it.
 */
export function withPullLock<T>(path: string, id: string, work: () => Promise<T>): Promise<T> {
  return withFileLock(path, (pid) => busy(path, id, pid), work);
}

function busy(path: string, id: string, pid: number | null): FieldscoutError {
  return new FieldscoutError(
    'DOWNLOAD_FAILED',
    `${id} is being pulled by another process${pid === null ? '' : ` (${pid})`}.`,
    `Wait for it to end; if none is running, delete ${path}.`,
  );
}
