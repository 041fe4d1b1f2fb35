import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { entry } from '../support/hostile-command.js';
import { waitFor } from '../support/hostile-daemon.js';
import { textured } from '../support/hostile-pictures.js';
import { killAtExit } from './children.js';

const tinyModel = fileURLToPath(new URL('../fixtures/tiny-random-siglip', import.meta.url));
const probe = new URL('./probe.mjs', import.meta.url);
const WORDS = {
  title: 'Words',
  templates: ['{}'],
  negatives: [],
  targets: [
    { id: 'one', name: 'One', prompts: ['a thing'] },
    { id: 'two', name: 'Two', prompts: ['a green aphid'] },
  ],
};
/** Side of a tile, which is the tiny model's input: nothing is resized, so that events come fast. */
const TILE_PX = 32;
/** Least that the tracker allows. */
const UPDATE_EVERY_MS = 100;
/** On a machine that is busy with other things a start takes its time. */
const ANSWERS_WITHIN_MS = 240_000;
const LINES_KEPT = 400;

export interface NodeFolder {
  readonly dir: string;
  /** The node's state and journal. */
  readonly storageDir: string;
}

/**
 * A folder for a node whose one camera sees something in every tile of one picture, in every frame.
 * @param tracks tiles of the picture, at most 300: each is a track, and each track tells an update about ten times a second
 * @param storageDir elsewhere than in the folder, where given
 */
export async function prepareNode(dir: string, tracks: number, storageDir = join(dir, 'data')): Promise<NodeFolder> {
  const pictures = join(dir, 'pictures');
  await mkdir(pictures, { recursive: true });
  await mkdir(join(dir, 'no-pictures'), { recursive: true });
  const side = Math.ceil(Math.sqrt(tracks));
  const [width, height] = [side * TILE_PX, Math.max(2, Math.ceil(tracks / side)) * TILE_PX];
  await textured(width, height).jpeg().toFile(join(pictures, 'field.jpg'));
  await writeFile(join(dir, 'words.yaml'), stringify(WORDS));
  return { dir, storageDir };
}

export interface NodeSettings {
  /** Of the farm's broker; undefined where the embedded one is the uplink. */
  readonly url: string | undefined;
  /** `idle`: a camera that sees nothing, so that what waits can drain. */
  readonly camera: 'busy' | 'idle';
  readonly intervalMs?: number;
  readonly keepPictures?: 'none' | 'detections';
  /** Historical messages a second; far above the default, so that a run ends. */
  readonly backlogPerSecond?: number;
  /** Merged over all others, section by section. */
  readonly config?: Readonly<Record<string, object>>;
}

export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Open file descriptors. */
  readonly files: number;
}

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly ticks: number;
}

/** The whole daemon (`fieldscout run`) in a process of its own, with a probe to ask it for its memory and its loop. */
export class RunningNode {
  /** The newest lines of its log. */
  readonly lines: string[] = [];
  private readonly exited: Promise<unknown[]>;
  private asked = 0;
  private readonly waiting = new Map<number, (answer: unknown) => void>();

  private constructor(
    readonly child: ChildProcess,
    /** Whether a tracer stands between us and the daemon, so that signals go to the whole group. */
    private readonly isTraced: boolean,
  ) {
    this.exited = once(child, 'exit');
    killAtExit(child, () => this.signal('SIGKILL'));
    let rest = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        this.lines.push(...lines);
        this.lines.splice(0, this.lines.length - LINES_KEPT);
      });
    }
    child.on('message', (message) => {
      const { number, answer } = message as { number: number; answer: unknown };
      this.waiting.get(number)?.(answer);
      this.waiting.delete(number);
    });
  }

  /** @param tracer a command line that runs the daemon as its last arguments, e.g. strace */
  static async start(folder: NodeFolder, settings: NodeSettings, tracer: readonly string[] = []): Promise<RunningNode> {
    const file = join(folder.dir, 'fieldscout.yaml');
    await writeFile(file, stringify(configOf(folder, settings)));
    const [command = process.execPath, ...args] = [...tracer, process.execPath, entry, 'run', '-c', file];
    const child = spawn(command, args, {
      cwd: folder.dir,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: `--import=${probe.href}` },
      // A group of its own, so that the tracer and what it traces end together.
      detached: tracer.length > 0,
    });
    return new RunningNode(child, tracer.length > 0);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when a line of the log says so. */
  async says(pattern: RegExp, withinMs = ANSWERS_WITHIN_MS): Promise<void> {
    await this.until(() => this.lines.some((line) => pattern.test(line)), withinMs, `${pattern} was not said`);
  }

  /** @throws Error with the end of the log where it does not come true in time, or the daemon ends meanwhile */
  async until(holds: () => boolean | Promise<boolean>, withinMs: number, what: string): Promise<void> {
    const end = Date.now() + withinMs;
    while (!(await holds())) {
      if (!this.isRunning) throw new Error(`the daemon ended: ${what}\n${this.tail}`);
      if (Date.now() > end) throw new Error(`${what} within ${withinMs} ms\n${this.tail}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  memory(): Promise<Memory> {
    return this.ask('memory');
  }

  /** Begins to measure how long the main loop is held up. */
  async watchLoop(): Promise<void> {
    await this.ask('watchLoop');
  }

  loop(): Promise<LoopDelay> {
    return this.ask('loop');
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** @returns the exit code of a clean stop */
  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    await waitFor(
      () => (this.isRunning ? undefined : true),
      120_000,
      () => `the daemon did not stop:\n${this.tail}`,
    );
    return this.child.exitCode;
  }

  get tail(): string {
    return this.lines.slice(-25).join('\n');
  }

  private signal(signal: NodeJS.Signals): void {
    if (!this.isRunning || this.child.pid === undefined) return;
    if (this.isTraced) process.kill(-this.child.pid, signal);
    else this.child.kill(signal);
  }

  private async ask<T>(ask: string): Promise<T> {
    this.asked += 1;
    const number = this.asked;
    const answer = new Promise<T>((resolve) => this.waiting.set(number, resolve as (answer: unknown) => void));
    this.child.send({ number, ask });
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (why: string) => reject(new Error(`the daemon does not tell its ${ask}: ${why}\n${this.tail}`));
      const timer = setTimeout(() => fail('too late'), ANSWERS_WITHIN_MS);
      timer.unref();
      void this.exited.then(() => fail('it ended'));
    });
    return Promise.race([answer, late]);
  }
}

function configOf({ dir, storageDir }: NodeFolder, settings: NodeSettings): object {
  const { url, camera, intervalMs = 10, keepPictures = 'none', backlogPerSecond = 100_000, config = {} } = settings;
  const source = camera === 'busy' ? `folder-loop:${join(dir, 'pictures')}` : `folder:${join(dir, 'no-pictures')}`;
  const tiles = { scales: [TILE_PX], overlap: 0, wholeFrame: false };
  const ours: Record<string, object | string | number> = {
    model: tinyModel,
    threads: 1,
    batchSize: 64,
    cameras: [{ id: 'bed', source, intervalMs, prompts: ['words.yaml'], tiles, keepPictures }],
    detection: { minScore: 0 },
    tracking: { minDurationMs: 0, updateEveryMs: UPDATE_EVERY_MS },
    snapshots: { enabled: false },
    broker: { enabled: false },
    dashboard: { enabled: false },
    mqtt: { ...(url === undefined ? {} : { url }), backlogPerSecond },
    storage: { dir: storageDir },
  };
  const merged = { ...ours };
  for (const [section, values] of Object.entries(config)) {
    const own = ours[section];
    merged[section] = typeof own === 'object' && !Array.isArray(own) ? { ...own, ...values } : values;
  }
  return merged;
}
