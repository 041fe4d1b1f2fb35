import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Adapter, Low } from 'lowdb';
import { errorLine, FieldscoutError } from '../errors.js';

/** Small state of the node that must outlive a restart. */
export interface NodeState {
  /** Counts of each camera, in the form that tracking gives them. */
  readonly counts: Readonly<Record<string, unknown>>;
}

const empty: NodeState = { counts: {} };

/**
 * Node state in one JSON file. Writes survive a power cut: a temporary file is written and flushed, renamed over the old
 * one, and the folder is flushed. A file that cannot be parsed is set aside with a line, never overwritten.
 */
export async function openNodeState(path: string, warn: (line: string) => void): Promise<NodeStateFile> {
  const db = new Low<NodeState>(new DurableJson(path), empty);
  try {
    await db.read();
  } catch (error) {
    const aside = `${path}.broken-${Date.now()}`;
    await rename(path, aside);
    warn(`${path} cannot be read (${errorLine(error)}); it is kept as ${aside} and counts begin anew`);
  }
  return new NodeStateFile(db);
}

export class NodeStateFile {
  private saved: string;

  constructor(private readonly db: Low<NodeState>) {
    this.saved = JSON.stringify(db.data);
  }

  get data(): NodeState {
    return this.db.data;
  }

  /** Writes where something changed. @throws FieldscoutError STORAGE_FAILED; the old file stays. */
  async save(state: NodeState): Promise<void> {
    const text = JSON.stringify(state);
    if (text === this.saved) return;
    this.db.data = state;
    await this.db.write();
    this.saved = text;
  }
}

class DurableJson implements Adapter<NodeState> {
  /** One write at a time: two would share the temporary file. */
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  async read(): Promise<NodeState | null> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const state = JSON.parse(text) as NodeState | null;
    if (typeof state?.counts !== 'object' || state.counts === null) throw new Error('it holds no counts');
    return state;
  }

  write(state: NodeState): Promise<void> {
    const text = JSON.stringify(state);
    const written = this.last.then(() => this.replace(text));
    this.last = written.catch(() => undefined); // the caller of that write is told; the next one starts afresh
    return written;
  }

  private async replace(text: string): Promise<void> {
    const temporary = `${this.path}.tmp`;
    try {
      await writeFlushed(temporary, text);
      await rename(temporary, this.path);
      const folder = await open(dirname(this.path), 'r');
      await folder.sync().finally(() => folder.close());
    } catch (cause) {
      throw new FieldscoutError(
        'STORAGE_FAILED',
        `${this.path} cannot be written: ${errorLine(cause)}.`,
        'Free some space, or set storage.dir to a folder that can be written.',
        { cause },
      );
    }
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
