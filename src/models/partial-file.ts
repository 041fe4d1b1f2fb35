import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../make-folder.js';

const stateSchema = z.object({
  url: z.string(),
  /** Strong entity tag of what the partial file is a part of. */
  etag: z.string().nullable(),
  /** How many of its bytes are known to be on the disk: after a power cut a file may be longer, filled with zeros. */
  bytes: z.int().min(0),
  complete: z.boolean(),
});

export type PartialState = z.infer<typeof stateSchema>;

/** A file on its way: its bytes so far, and beside them what they are a part of. */
export class PartialFile {
  constructor(
    readonly path: string,
    private readonly statePath: string,
  ) {}

  /** @returns null where nothing usable is there; the download then begins anew. */
  async state(url: string): Promise<PartialState | null> {
    let text: string;
    try {
      text = await readFile(this.statePath, 'utf8');
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
    const state = stateSchema.safeParse(parsed(text));
    return state.success && state.data.url === url ? state.data : null;
  }

  async remember(state: PartialState): Promise<void> {
    await makeFolder(dirname(this.statePath));
    await writeFile(`${this.statePath}.tmp`, JSON.stringify(state));
    await rename(`${this.statePath}.tmp`, this.statePath);
  }

  /** Bytes that are there, 0 without a file. */
  async size(): Promise<number> {
    try {
      return (await stat(this.path)).size;
    } catch (error) {
      if (isAbsent(error)) return 0;
      throw error;
    }
  }

  /** Opened for writing from `offset` on; whatever lay behind it is cut off. */
  async openAt(offset: number): Promise<FileHandle> {
    await makeFolder(dirname(this.path));
    const handle = await open(this.path, offset > 0 ? 'r+' : 'w');
    await handle.truncate(offset);
    return handle;
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.statePath, { force: true });
  }
}

/** A state cut off by a power failure is as good as none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // null is no state, which is the answer
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
