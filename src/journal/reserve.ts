import { randomBytes } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAbsent } from '../regular-file.js';

const BYTES = 2 << 20;
/** Taken only where much more is free: what is to be written now comes first. */
const LEAST_FREE_BYTES = 4 * BYTES;

/** A file that does nothing but take up room: given up, it lets a node that stops while the disk is full write its last events. */
export class Reserve {
  constructor(private readonly path: string) {}

  /** Takes the room where it is not taken yet. What the disk does not give now is asked for again. Never throws. */
  async take(): Promise<void> {
    try {
      if (await this.isTaken()) return;
      const { bavail, bsize } = await statfs(dirname(this.path));
      // No zeros: some file systems store none of them.
      if (bavail * bsize >= LEAST_FREE_BYTES) await writeFile(this.path, randomBytes(BYTES));
    } catch {
      // A disk that cannot be written is told of by those who must write to it.
      await this.giveUp();
    }
  }

  private async isTaken(): Promise<boolean> {
    try {
      return (await stat(this.path)).size === BYTES;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  /** Gives the room free. Never throws. */
  async giveUp(): Promise<void> {
    await rm(this.path, { force: true }).catch(() => undefined); // then there is no more room than before
  }
}
