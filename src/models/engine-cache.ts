import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorLine, FieldscoutError } from '../errors.js';
import type { EngineJob } from './engine-job.js';
import { type EngineKey, engineName } from './engine-key.js';
import { hashFile } from './file-hash.js';
import { withFileLock } from './file-lock.js';
import { sha256Hex } from './manifest.js';

export type Started = (pid: number) => void;

/** The part of onnxruntime that makes an engine and proves it; both reject with a reason, and when the signal aborts. */
export interface EngineBinding {
  /** Writes an EPContext model with the engine embedded to `contextFile`. Minutes. `started` is told of the process that does it, if one does. */
  build(job: EngineJob, contextFile: string, signal: AbortSignal, started?: Started): Promise<void>;
  /** Loads it, runs it and compares what it says with what the ONNX file says on the CPU. */
  prove(job: EngineJob, contextFile: string, signal: AbortSignal, started?: Started): Promise<void>;
}

export type EngineState =
  /** `file`: an EPContext model. */
  | { readonly state: 'ready'; readonly file: string; readonly built: boolean }
  | { readonly state: 'failed'; readonly reason: string };

export interface EngineReports {
  info(line: string): void;
  warn(line: string): void;
}

export interface EngineOptions {
  readonly signal: AbortSignal;
  /** Builds although a build for the same key failed within the last day. */
  readonly retry: boolean;
}

export interface EngineClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after the time or as soon as the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const systemClock: EngineClock = {
  now: Date.now,
  async wait(ms, signal) {
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};

const CONTEXT = 'model_ctx.onnx';
const RECORD = 'engine.json';
/** A build that fails costs minutes: a node that starts often must not spend them each time. */
const RETRY_AFTER_MS = 86_400_000;
/** While another process builds the same one. */
const LOOK_AGAIN_MS = 60_000;

const recordSchema = z.strictObject({
  key: z.strictObject({
    modelSha256: sha256Hex,
    tensorrt: z.string(),
    gpu: z.string(),
    precision: z.enum(['fp32', 'fp16']),
    batchSize: z.int().min(1),
  }),
  sha256: sha256Hex,
});
const failureSchema = z.strictObject({ reason: z.string(), atMs: z.number() });

/** TensorRT engines on the disk, one folder for each key. What is there counts only whole, of the same key, and proved. */
export class EngineCache {
  private readonly building = new Map<string, Promise<EngineState>>();

  constructor(
    private readonly dir: string,
    private readonly binding: EngineBinding,
    private readonly reports: EngineReports,
    private readonly clock: EngineClock = systemClock,
  ) {}

  /** What is there and whole, not yet run. */
  async present({ key }: EngineJob): Promise<EngineState> {
    const place = this.placeOf(key);
    const fault = await recordFault(key, place);
    return fault === null
      ? { state: 'ready', file: join(place, CONTEXT), built: false }
      : { state: 'failed', reason: fault };
  }

  /**
   * The engine for a key, proved, and built where there is none or none that works. Where another process builds it, that is waited for, and
   * taken over where that process is gone. Never rejects: a node goes on with its next provider.
   * Asked twice at once it builds once.
   */
  engine(job: EngineJob, options: EngineOptions): Promise<EngineState> {
    const name = engineName(job.key);
    const present = this.building.get(name);
    if (present !== undefined) return present;
    const made = this.findOrBuild(job, options).finally(() => this.building.delete(name));
    this.building.set(name, made);
    return made;
  }

  private async findOrBuild(job: EngineJob, options: EngineOptions): Promise<EngineState> {
    const { signal } = options;
    let told: string | undefined;
    for (;;) {
      try {
        return await this.findOrBuildNow(job, options);
      } catch (error) {
        if (signal.aborted) return STOPPED;
        const reason = errorLine(error);
        if (!(error instanceof BuiltElsewhere)) {
          this.reports.warn(`the TensorRT engine cannot be built, the next provider serves: ${reason}`);
          return { state: 'failed', reason };
        }
        // Nothing is wrong unless a lock is left that names nobody: that one a person has to delete.
        if (told !== reason) this.reports[error.isNamed ? 'info' : 'warn'](reason);
        told = reason;
      }
      await this.clock.wait(LOOK_AGAIN_MS, signal);
      if (signal.aborted) return STOPPED;
    }
  }

  /** @throws BuiltElsewhere */
  private async findOrBuildNow(job: EngineJob, { signal, retry }: EngineOptions): Promise<EngineState> {
    const place = this.placeOf(job.key);
    const found: EngineState = { state: 'ready', file: join(place, CONTEXT), built: false };
    const unrecorded = await recordFault(job.key, place);
    const fault = unrecorded ?? (await this.proofFault(job, found.file, signal));
    if (fault === null) return found;
    const failure = retry ? null : await this.recentFailure(place);
    if (failure !== null)
      throw new Error(`${failure} (it failed within the last day; "fieldscout models build-engine" tries again)`);
    await mkdir(this.dir, { recursive: true });
    const busy = (pid: number | null) => new BuiltElsewhere(`${place}.lock`, pid);
    return withFileLock(`${place}.lock`, busy, async (lock) => {
      // Another process may have built it since it was looked at.
      if (unrecorded !== null && (await recordFault(job.key, place)) === null)
        if ((await this.proofFault(job, found.file, signal)) === null) return found;
      if (fault !== NONE_YET) this.reports.warn(`the TensorRT engine ${engineName(job.key)} is built anew: ${fault}`);
      await this.build(job, place, signal, (pid) => {
        lock.helper(pid).catch((error: unknown) => {
          this.reports.warn(`the build is not noted, and would outlive a node that is killed: ${errorLine(error)}`);
        });
      });
      return { ...found, built: true };
    });
  }

  private async proofFault(job: EngineJob, file: string, signal: AbortSignal): Promise<string | null> {
    try {
      await this.binding.prove(job, file, signal);
      return null;
    } catch (error) {
      signal.throwIfAborted();
      return `it does not run (${errorLine(error)})`;
    }
  }

  /** In a folder beside it, renamed when it is whole and proved: a power cut leaves no half engine. */
  private async build(job: EngineJob, place: string, signal: AbortSignal, started: Started): Promise<void> {
    const draft = `${place}.building`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    const file = join(draft, CONTEXT);
    try {
      this.reports.info('a TensorRT engine is being built: this takes minutes, and the next provider serves meanwhile');
      const beganMs = performance.now();
      await this.binding.build(job, file, signal, started);
      await access(file);
      await this.binding.prove(job, file, signal, started);
      const { sha256 } = await hashFile(file);
      await writeWhole(join(draft, RECORD), { key: job.key, sha256 });
      await rm(place, { recursive: true, force: true });
      await rename(draft, place);
      await rm(failureFile(place), { force: true });
      this.reports.info(`the TensorRT engine is built (${Math.round((performance.now() - beganMs) / 1000)} s)`);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!signal.aborted) await this.keepFailure(place, errorLine(error));
      throw error;
    }
  }

  private async keepFailure(place: string, reason: string): Promise<void> {
    try {
      await writeWhole(failureFile(place), { reason, atMs: this.clock.now() });
    } catch (error) {
      this.reports.warn(`that the engine failed is not kept, the next start tries again: ${errorLine(error)}`);
    }
  }

  /** A clock that was set back since does not keep it for ever. */
  private async recentFailure(place: string): Promise<string | null> {
    const text = await textOf(failureFile(place));
    if (text === null) return null;
    try {
      const { reason, atMs } = failureSchema.parse(JSON.parse(text));
      const ageMs = this.clock.now() - atMs;
      return ageMs >= 0 && ageMs < RETRY_AFTER_MS ? reason : null;
    } catch {
      return null; // a damaged note of a failure is none: the build itself tells
    }
  }

  private placeOf(key: EngineKey): string {
    return join(this.dir, engineName(key));
  }
}

const NONE_YET = 'there is none yet';
const STOPPED: EngineState = { state: 'failed', reason: 'it was stopped' };
const failureFile = (place: string) => `${place}.failed.json`;

/** Why what is there cannot be used; null where it is whole and of this key. */
async function recordFault(key: EngineKey, place: string): Promise<string | null> {
  try {
    const text = await textOf(join(place, RECORD));
    if (text === null) return NONE_YET;
    const record = recordSchema.parse(JSON.parse(text));
    if (engineName(record.key) !== engineName(key)) return 'it was made for something else';
    const { sha256 } = await hashFile(join(place, CONTEXT));
    return sha256 === record.sha256 ? null : 'its file is damaged';
  } catch (error) {
    const isDamaged = error instanceof z.ZodError || error instanceof SyntaxError;
    return isDamaged ? 'its record is damaged' : `it cannot be read (${errorLine(error)})`;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeWhole(path: string, value: unknown): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(value)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

class BuiltElsewhere extends FieldscoutError {
  readonly isNamed: boolean;

  constructor(lock: string, pid: number | null) {
    super(
      'PROVIDER_UNAVAILABLE',
      `The TensorRT engine is being built by another process${pid === null ? '' : ` (${pid})`}: it is looked for every minute.`,
      `Wait for it; if none is running, delete ${lock}.`,
    );
    this.isNamed = pid !== null;
  }
}
