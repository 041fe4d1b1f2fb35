import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly keptMs: number;
}

/**
 * Pictures kept on disk as `<dir>/<camera>/<sha256>.jpg`, named by their content so that the same picture is kept once. Beyond
 * the byte limit the oldest are deleted.
 */
export class KeptPictures {
  private files: Kept[] = [];
  private bytes = 0;

  constructor(
    private readonly dir: string,
    private readonly maxBytes: number,
    private readonly onDeleted: (count: number, bytes: number) => void,
  ) {}

  /** Takes stock of what is there. */
  async open(): Promise<void> {
    await makeFolder(this.dir);
    const there = await readdir(this.dir, { recursive: true });
    // A power cut while one was written leaves its temporary file, which no limit would ever count.
    for (const name of there) if (name.endsWith('.jpg.tmp')) await rm(join(this.dir, name), { force: true });
    const names = there.filter((name) => name.endsWith('.jpg'));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.dir, name);
        const about = await stat(path);
        return { path, bytes: about.size, keptMs: about.mtimeMs };
      }),
    );
    this.files = files.sort((a, b) => a.keptMs - b.keptMs);
    this.bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    await this.deleteOldest();
  }

  /** @returns the path within the folder. @throws the file system's error (a full disk, say) */
  async keep(camera: string, jpeg: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(jpeg).digest('hex');
    const name = join(camera, `${hash}.jpg`);
    const path = join(this.dir, name);
    if (this.files.some((file) => file.path === path)) return name;
    await makeFolder(join(this.dir, camera));
    const temporary = `${path}.tmp`;
    try {
      await writeFile(temporary, jpeg);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    this.files.push({ path, bytes: jpeg.byteLength, keptMs: Date.now() });
    this.bytes += jpeg.byteLength;
    await this.deleteOldest();
    return name;
  }

  private async deleteOldest(): Promise<void> {
    let count = 0;
    let freed = 0;
    while (this.bytes > this.maxBytes) {
      const oldest = this.files.shift();
      if (!oldest) break;
      await rm(oldest.path, { force: true });
      this.bytes -= oldest.bytes;
      freed += oldest.bytes;
      count += 1;
    }
    if (count > 0) this.onDeleted(count, freed);
  }
}
