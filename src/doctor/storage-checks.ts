import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/schema.js';
import { isAbsent } from '../regular-file.js';
import { failure } from './failure.js';
import { type Finding, fine, wrong } from './finding.js';

/** Without this much the journal cannot even be opened. */
const LEAST_BYTES = 20_000_000;
const READABLE_BY_OTHERS = 0o077;

/** @param dir where the node keeps its state, whether it is there yet or not */
export async function checkDisk(dir: string, { minFreeBytes }: Config['storage']): Promise<Finding> {
  try {
    const place = await nearestFolder(dir);
    await access(place, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(place);
    const free = bavail * bsize;
    const message = `${dir}: ${megabytes(free)} free`;
    const remedy = 'Free some space, or lower storage.maxPictureBytes and storage.minFreeBytes.';
    if (free < LEAST_BYTES) return wrong('disk', 'fail', 'disk-full', message, remedy);
    if (free >= minFreeBytes) return fine('disk', message);
    const short = `${message}, less than storage.minFreeBytes (${megabytes(minFreeBytes)}): no pictures are kept`;
    return wrong('disk', 'warn', 'disk-low', short, remedy);
  } catch (error) {
    return failure('disk', 'storage-unusable', error, `Set storage.dir to a folder that this user may write.`);
  }
}

/** @param files by the setting that names them */
export async function checkSecrets(files: ReadonlyMap<string, string>): Promise<Finding> {
  const open: string[] = [];
  for (const [setting, path] of files) {
    try {
      if (((await stat(path)).mode & READABLE_BY_OTHERS) !== 0) open.push(`${setting} (${path})`);
    } catch (error) {
      if (!isAbsent(error)) return failure('secrets', 'secret-unreadable', error, `Check ${setting}.`);
      return wrong(
        'secrets',
        'fail',
        'secret-missing',
        `${setting}: there is no ${path}.`,
        'Write it, or set its path.',
      );
    }
  }
  if (open.length === 0) return fine('secrets', files.size === 0 ? 'no secret files' : 'for the owner alone');
  const remedy = "Take the others' rights away: chmod 600, owned by the user of the node.";
  return wrong('secrets', 'warn', 'secret-exposed', `others may read or change ${open.join(', ')}`, remedy);
}

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(dir: string): Promise<string> {
  for (let place = resolve(dir); ; place = dirname(place)) {
    try {
      if ((await stat(place)).isDirectory()) return place;
      throw Object.assign(new Error(`${place} is no folder`), { syscall: 'stat' });
    } catch (error) {
      if (!isAbsent(error) || place === '/') throw error;
    }
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
