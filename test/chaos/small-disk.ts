import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { undoAtExit } from './children.js';

const CHUNK_BYTES = 64 << 10;

/** Whether this user may mount: as root, or where sudo asks for no password; most containers forbid it all the same. */
export function canMount(): boolean {
  const [command = '', ...args] = [...asRoot(), 'unshare', '--mount', 'true'];
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? [] : ['sudo', '-n'];
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
    const options = `size=${bytes},mode=0700,uid=${process.getuid?.() ?? 0}`;
    run(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', dir]);
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
    run(['umount', '--lazy', this.dir]);
  }

  private get ballast(): string {
    return join(this.dir, 'ballast');
  }
}

function run(words: readonly string[]): void {
  const [command = '', ...args] = [...asRoot(), ...words];
  const ended = spawnSync(command, args, { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${words.join(' ')} failed: ${ended.stderr}`);
}
