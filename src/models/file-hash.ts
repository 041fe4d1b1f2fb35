import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FileFacts } from './manifest.js';

const READ_BYTES = 1 << 20;

/** SHA-256 (hex) and size of a file. */
export async function hashFile(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

const known = new Map<string, Promise<FileFacts>>();

/** `hashFile`, once per path, size and times of the file within this process: models are opened more than once. */
export async function hashFileOnce(path: string): Promise<FileFacts> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const key = [path, dev, ino, size, mtimeNs, ctimeNs].join('|');
  const found = known.get(key) ?? hashFile(path);
  known.set(key, found);
  found.catch(() => known.delete(key)); // the caller gets the rejection; only the memory of it is dropped here
  return found;
}

/** One hash for many files: SHA-256 over the sorted lines `path sha256\n`. */
export function combinedHash(files: Readonly<Record<string, string>>): string {
  const lines = Object.entries(files).map(([path, sha256]) => `${path} ${sha256}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
