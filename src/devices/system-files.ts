import { join } from 'node:path';
import { namesIfThere, textIfThere, unreadableReason } from '../regular-file.js';

/** Takes a line about something that is there and cannot be read. */
export type Unreadable = (line: string) => void;

/** What drivers answer for a sensor that is switched off: it has nothing to tell. */
const OFF = ['ENODATA', 'EAGAIN'];

/** Files of the system that a machine may lack. What is there and cannot be read counts as lacking too, and is told. */
export class SystemFiles {
  /** @param root where the file system begins; the sample trees of tests lie elsewhere */
  constructor(
    private readonly root: string,
    private readonly unreadable: Unreadable,
  ) {}

  namesIn(dir: string): Promise<readonly string[]> {
    return this.or([], join(this.root, dir), namesIfThere);
  }

  /** @param path below the root. @returns null where this machine has no such file */
  textOf(path: string): Promise<string | null> {
    return this.or(null, join(this.root, path), async (file) => (await textIfThere(file)) ?? null);
  }

  private async or<T>(lacking: T, path: string, read: (path: string) => Promise<T>): Promise<T> {
    try {
      return await read(path);
    } catch (error) {
      const reason = unreadableReason(error);
      if (!OFF.includes(reason)) this.unreadable(`${path} cannot be read (${reason})`);
      return lacking;
    }
  }
}
