import { existsSync, statSync } from 'node:fs';

/** Whether the files that an open database writes to still have their names: deleted ones are written to all the same, and end with the process. */
export class FilePresence {
  private readonly inodes: readonly (readonly [string, number])[];

  /** @param file an open database in WAL mode */
  constructor(file: string) {
    this.inodes = [file, `${file}-wal`].filter(existsSync).map((path) => [path, statSync(path).ino]);
  }

  /** False where the file system does not answer: what is written next will tell. */
  get isGone(): boolean {
    try {
      return this.inodes.some(([path, ino]) => statSync(path, { throwIfNoEntry: false })?.ino !== ino);
    } catch {
      return false; // as said above
    }
  }
}
