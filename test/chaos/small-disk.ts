import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { undoAtExit } from './children.js';

const CHUNK_BYTES = 64 << 10;

/** Whether this user may mount: root outside of most containers. */
export function canMount(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;
}

/** A file system of a few megabytes in memory, to be filled up. */
export class SmallDisk {
  private readonly forget: () => void;

  private constructor(readonly dir: string) {
    this.forget = undoAtExit(() => this.unmount());
  }

  /** @throws Error where it cannot be mounted */
  static async mount(dir: string, bytes: number): Promise<SmallDisk> {
    await mkdir(dir, { recursive: true });
    run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir]);
    return new SmallDisk(dir);
  }

  /** Takes all the space that is left, to the last byte. */
  fill(): void {
    const file = openSync(this.ballast, 'a');
    const chunk = Buffer.alloc(CHUNK_BYTES, 1);
    try {
      for (let size = CHUNK_BYTES; size >= 1; ) {
        try {
          writeSync(file, chunk, 0, size);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          size = Math.floor(size / 2);
        }
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    this.forget();
    run('umount', ['--lazy', this.dir]);
  }

  private get ballast(): string {
    return join(this.dir, 'ballast');
  }
}

function run(command: string, args: readonly string[]): void {
  const ended = spawnSync(command, args, { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${ended.stderr}`);
}
