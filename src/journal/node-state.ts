import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Adapter, Low } from 'lowdb';
import { z } from 'zod';
import { errorLine, FieldscoutError } from '../errors.js';
import { isFile } from '../regular-file.js';

const cameraState = z.object({
  counts: z.object({
    days: z.record(z.string(), z.record(z.string(), z.int().nonnegative()).readonly()).readonly(),
    lastHourMs: z.record(z.string(), z.array(z.number()).readonly()).readonly(),
  }),
  /** Alerts that stand, as `alerting/` names them. */
  raised: z.array(z.string()).readonly(),
  /** How far the source came, as `capture/` says it. */
  position: z.number().optional(),
  /** What its newest numbers were made with. */
  lookedWith: z
    .object({
      model: z.object({ id: z.string(), sha256: z.string() }),
      promptSet: z.object({ id: z.string(), hash: z.string() }),
      calibration: z.object({
        kind: z.enum(['clip', 'siglip']),
        logitScale: z.number(),
        logitBias: z.number(),
        origin: z.enum(['manifest', 'assumed']),
      }),
    })
    .optional(),
});

/** What commands changed, and which were answered; see `uplink/command-desk.ts`. */
const commandState = z.object({
  answered: z.array(z.object({ key: z.string(), refusal: z.string().nullable() })).readonly(),
  /** By camera; what is not named is as configured. */
  cameras: z
    .record(
      z.string(),
      z.object({
        isPaused: z.boolean().optional(),
        minScore: z.number().min(0).max(1).optional(),
        /** Prompt sets that are switched off, as the configuration names them. */
        promptsOff: z.array(z.string()).readonly().optional(),
      }),
    )
    .readonly(),
});

const budgetWindow = z.object({ sinceMs: z.number(), bytes: z.number().nonnegative() });

const nodeState = z.object({
  /** Whose it is: `<baseTopic>/<site>/<node>`. */
  identity: z.string().optional(),
  cameras: z.record(z.string(), cameraState).readonly(),
  commands: commandState.optional(),
  /** What was used of `mqtt.budget`. */
  budget: z.object({ hour: budgetWindow, day: budgetWindow }).optional(),
  /** What was announced to Home Assistant, so that it can be taken back. */
  homeAssistant: z
    .object({ topics: z.array(z.string()).readonly(), components: z.record(z.string(), z.string()).readonly() })
    .optional(),
});

export type CommandState = z.infer<typeof commandState>;
export type CameraSettings = CommandState['cameras'][string];

export type LookedWith = NonNullable<z.infer<typeof cameraState>['lookedWith']>;

export type CameraState = z.infer<typeof cameraState>;

/** Small state of the node that must outlive a restart, by camera. */
export type NodeState = z.infer<typeof nodeState>;

const empty: NodeState = { cameras: {} };

/**
 * Node state in one JSON file. Writes survive a power cut: a temporary file is written and flushed, renamed over the old
 * one, and the folder is flushed. A file that cannot be parsed is set aside with a line, never overwritten.
 */
export async function openNodeState(path: string, warn: (line: string) => void): Promise<NodeStateFile> {
  const json = new DurableJson(path);
  const db = new Low<NodeState>(json, empty);
  try {
    await db.read();
  } catch (error) {
    const aside = `${path}.broken-${Date.now()}`;
    await rename(path, aside);
    warn(`${path} cannot be read (${errorLine(error)}); it is kept as ${aside} and counts begin anew`);
  }
  return new NodeStateFile(db, json);
}

export class NodeStateFile {
  private saved: string;
  /** What is on the disk, and what is on its way there, in order. */
  private written: NodeState;
  private changes: readonly Partial<NodeState>[] = [];
  private current: NodeState;
  /** One write at a time: each holds what the disk took before it, and its own change. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Low<NodeState>,
    private readonly json: DurableJson,
  ) {
    this.written = db.data;
    this.current = db.data;
    this.saved = JSON.stringify(db.data);
  }

  /** The file was there, in whatever state. */
  get hasRunBefore(): boolean {
    return this.json.wasThere;
  }

  /** With the changes that are on their way. */
  get data(): NodeState {
    return this.current;
  }

  /** Writes where something changed, or the file was taken away. @throws FieldscoutError STORAGE_FAILED; the old file and the old data stay. */
  save(change: Partial<NodeState>): Promise<void> {
    this.changes = [...this.changes, change];
    this.current = { ...this.current, ...change };
    const written = this.last.then(() => this.write(change));
    this.last = written.catch(() => undefined); // who wanted that change is told; the next one starts afresh
    return written;
  }

  private async write(change: Partial<NodeState>): Promise<void> {
    const state = { ...this.written, ...change };
    const text = JSON.stringify(state);
    try {
      if (text !== this.saved || !(await this.json.isThere())) {
        this.db.data = state;
        await this.db.write();
        this.saved = text;
      }
      this.written = state;
    } finally {
      this.changes = this.changes.filter((other) => other !== change);
      this.current = Object.assign({}, this.written, ...this.changes);
    }
  }
}

class DurableJson implements Adapter<NodeState> {
  wasThere = false;

  constructor(private readonly path: string) {}

  /** What cannot be told is taken for no: the write says what is wrong. */
  isThere(): Promise<boolean> {
    return isFile(this.path).catch(() => false);
  }

  async read(): Promise<NodeState | null> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      this.wasThere = true;
      throw error;
    }
    this.wasThere = true;
    const state = nodeState.safeParse(JSON.parse(text));
    if (state.success) return state.data;
    throw new Error(`${state.error.issues[0]?.path.join('.')}: ${state.error.issues[0]?.message}`);
  }

  async write(state: NodeState): Promise<void> {
    const text = JSON.stringify(state);
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
