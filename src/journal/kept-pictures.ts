import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { isAbsent } from '../regular-file.js';

export interface KeptPicture {
  /** Within the folder. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface PictureSettings {
  readonly dir: string;
  /** Beyond this the oldest are deleted. */
  readonly maxBytes: number;
  /** Older ones are deleted; 0: no limit by age. */
  readonly maxDays: number;
  /** With less free on the disk nothing more is kept. */
  readonly minFreeBytes: number;
  /** Paths within the folder. */
  readonly onDeleted: (paths: readonly string[], bytes: number) => void;
  /** A kept file that can be neither counted nor deleted: it is passed over. */
  readonly onFault: (path: string, error: unknown) => void;
  readonly now: () => number;
}

/** Why a picture was not kept. */
export type NotKept = 'disk-low' | 'disk-slow';

interface Kept {
  readonly bytes: number;
  readonly keptMs: number;
}

const DAY_MS = 86_400_000;
/** On their way to a slow disk; each is in memory. */
const MOST_WAITING = 64;
const LOOK_AT_DISK_MS = 5_000;
/** The frames of the cameras pass through the same few threads. */
const STATS_AT_ONCE = 64;

/**
 * Pictures kept on disk as `<dir>/<camera>/<sha256>.jpg`, named by their content so that the same picture is kept once. One that is
 * kept survives a power cut: a temporary file is written and flushed, renamed, and its folder is flushed.
 */
export class KeptPictures {
  /** By path within the folder, oldest first. */
  private readonly files = new Map<string, Kept>();
  private bytes = 0;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private room = { hasRoom: true, lookedMs: Number.NEGATIVE_INFINITY };
  private readonly skipped: Record<NotKept, number> = { 'disk-low': 0, 'disk-slow': 0 };

  constructor(private readonly settings: PictureSettings) {}

  /** Pictures that were not kept since the start, by reason. */
  get notKept(): Readonly<Record<NotKept, number>> {
    return this.skipped;
  }

  /** The disk has less free than the floor: nothing is kept. */
  get isDiskLow(): boolean {
    return !this.room.hasRoom;
  }

  /**
   * Resolves when the folder is there and can be read. Its pictures are counted beside the work, for a hundred thousand take seconds: what
   * is to be kept meanwhile waits for the count.
   */
  async open(): Promise<void> {
    const { dir } = this.settings;
    await makeFolder(dir);
    const there = await readdir(dir, { recursive: true });
    this.last = this.takeStock(there);
  }

  /**
   * @returns where it is, once it is there for good; undefined where the disk is too low or too slow: counted
   * @throws the file system's error (a full disk, say)
   */
  async keep(camera: string, jpeg: Uint8Array): Promise<KeptPicture | undefined> {
    if (this.waiting >= MOST_WAITING) {
      this.skipped['disk-slow'] += 1;
      return undefined;
    }
    this.waiting += 1;
    const kept = this.last.then(() => this.keepNow(camera, jpeg));
    this.last = kept.catch(() => undefined); // who wanted it kept is told; the next one starts afresh
    return kept.finally(() => {
      this.waiting -= 1;
    });
  }

  /** Deletes what is too old. @param trustsClock false where the clock is known to be wrong: then nothing is */
  async tidy(trustsClock: boolean): Promise<void> {
    const tidied = this.last.then(() => this.deleteOldest(trustsClock));
    this.last = tidied.catch(() => undefined); // as above
    await tidied;
  }

  /** Resolves when all that was to be kept is. */
  async written(): Promise<void> {
    await this.last;
  }

  private async keepNow(camera: string, jpeg: Uint8Array): Promise<KeptPicture | undefined> {
    const { dir, now } = this.settings;
    const sha256 = createHash('sha256').update(jpeg).digest('hex');
    const path = join(camera, `${sha256}.jpg`);
    const kept = { path, sha256, bytes: jpeg.byteLength };
    if (this.files.has(path)) return kept;
    if (!(await this.hasRoom())) {
      this.skipped['disk-low'] += 1;
      return undefined;
    }
    await makeFolder(join(dir, camera));
    await writeDurably(join(dir, path), jpeg);
    this.add(path, { bytes: jpeg.byteLength, keptMs: now() });
    await this.deleteOldest(false);
    return kept;
  }

  private async takeStock(there: readonly string[]): Promise<void> {
    const { dir } = this.settings;
    // A power cut while one was written leaves its temporary file, which no limit would ever count.
    for (const name of there) if (name.endsWith('.jpg.tmp')) await this.remove(join(dir, name));
    const names = there.filter((name) => name.endsWith('.jpg'));
    const found: { readonly name: string; readonly kept: Kept }[] = [];
    for (let start = 0; start < names.length; start += STATS_AT_ONCE) {
      const some = names.slice(start, start + STATS_AT_ONCE);
      const stats = await Promise.all(some.map((name) => this.statOf(join(dir, name))));
      for (const [i, about] of stats.entries())
        if (about) found.push({ name: some[i] as string, kept: { bytes: about.size, keptMs: about.mtimeMs } });
    }
    for (const { name, kept } of found.sort((a, b) => a.kept.keptMs - b.kept.keptMs)) this.add(name, kept);
    await this.deleteOldest(false);
  }

  /** undefined for a file that somebody deleted since it was listed, and for one that cannot be asked, which is told. */
  private async statOf(path: string): Promise<Stats | undefined> {
    try {
      return await stat(path);
    } catch (error) {
      if (!isAbsent(error)) this.settings.onFault(path, error);
      return undefined;
    }
  }

  /** @returns whether it is gone */
  private async remove(path: string): Promise<boolean> {
    try {
      await rm(path, { force: true });
      return true;
    } catch (error) {
      this.settings.onFault(path, error);
      return false;
    }
  }

  private add(path: string, kept: Kept): void {
    this.files.set(path, kept);
    this.bytes += kept.bytes;
  }

  private async hasRoom(): Promise<boolean> {
    const atMs = performance.now();
    if (atMs - this.room.lookedMs < LOOK_AT_DISK_MS) return this.room.hasRoom;
    const { bavail, bsize } = await statfs(this.settings.dir);
    this.room = { hasRoom: bavail * bsize >= this.settings.minFreeBytes, lookedMs: atMs };
    return this.room.hasRoom;
  }

  private async deleteOldest(trustsClock: boolean): Promise<void> {
    const { dir, maxBytes, maxDays, onDeleted, now } = this.settings;
    const tooOldMs = trustsClock && maxDays > 0 ? now() - maxDays * DAY_MS : Number.NEGATIVE_INFINITY;
    const deleted: string[] = [];
    let freed = 0;
    for (const [path, { bytes, keptMs }] of this.files) {
      if (this.bytes <= maxBytes && keptMs >= tooOldMs) break;
      const isGone = await this.remove(join(dir, path));
      this.files.delete(path);
      this.bytes -= bytes;
      if (!isGone) continue;
      freed += bytes;
      deleted.push(path);
    }
    if (deleted.length > 0) onDeleted(deleted, freed);
  }
}

async function writeDurably(path: string, jpeg: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(jpeg);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
