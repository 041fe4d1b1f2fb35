import { randomUUID } from 'node:crypto';
import { chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsent } from '../regular-file.js';

const READABLE = 0o644;

/**
 * Puts a text in the place of a file: a reader, and a power cut, find the old one or the new one, never a half. Owner and mode stay, and a link
 * leads on to the file.
 * @throws the file system's error
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const before = await stat(path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  const target = before ? await realpath(path) : path;
  const partial = `${target}.${randomUUID()}.new`;
  try {
    const file = await open(partial, 'wx', before ? before.mode & 0o777 : READABLE);
    try {
      await file.writeFile(text);
      if (before) await file.chmod(before.mode & 0o777); // whatever the umask is
      await file.sync();
    } finally {
      await file.close();
    }
    if (before && before.uid !== (await stat(partial)).uid) await chown(partial, before.uid, before.gid);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  const folder = await open(dirname(target), 'r');
  await folder.sync().finally(() => folder.close());
}
