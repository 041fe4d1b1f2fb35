import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorLine, FieldscoutError } from '../errors.js';
import type { EngineJob } from './engine-job.js';
import { type EngineKey, engineName } from './engine-key.js';
import { hashFile } from './file-hash.js';
import { withFileLock } from './file-lock.js';
import { sha256Hex } from './manifest.js';

/** The part of onnxruntime that makes an engine and proves it; both reject with a reason, and when the signal aborts. */
export interface EngineBinding {
  /** Writes an EPContext model with the engine embedded to `contextFile`. Minutes. */
  build(job: EngineJob, contextFile: string, signal: AbortSignal): Promise<void>;
  /** Loads it, runs it and compares what it says with what the ONNX file says on the CPU. */
  prove(job: EngineJob, contextFile: string, signal: AbortSignal): Promise<void>;
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

const CONTEXT = 'model_ctx.onnx';
const RECORD = 'engine.json';
/** A build that fails costs minutes: a node that starts often must not spend them each time. */
const RETRY_AFTER_MS = 86_400_000;

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
    private readonly now: () => number = Date.now,
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
   * The engine for a key, proved, and built where there is none or none that works. Never rejects: a node goes on with its next provider.
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

  private async findOrBuild(job: EngineJob, { signal, retry }: EngineOptions): Promise<EngineState> {
    const place = this.placeOf(job.key);
    try {
      const fault = (await recordFault(job.key, place)) ?? (await this.proofFault(job, join(place, CONTEXT), signal));
      if (fault === null) return { state: 'ready', file: join(place, CONTEXT), built: false };
      if (fault !== NONE_YET) this.reports.warn(`the TensorRT engine ${engineName(job.key)} is built anew: ${fault}`);
      const failure = retry ? null : await this.recentFailure(place);
      if (failure !== null)
        throw new Error(`${failure} (it failed within the last day; "fieldscout models build-engine" tries again)`);
      await mkdir(this.dir, { recursive: true });
      await withFileLock(
        `${place}.lock`,
        (pid) => busy(place, pid),
        () => this.build(job, place, signal),
      );
      return { state: 'ready', file: join(place, CONTEXT), built: true };
    } catch (error) {
      if (signal.aborted) return { state: 'failed', reason: 'it was stopped' };
      const reason = errorLine(error);
      this.reports.warn(`the TensorRT engine cannot be built, the next provider serves: ${reason}`);
      return { state: 'failed', reason };
    }
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
  private async build(job: EngineJob, place: string, signal: AbortSignal): Promise<void> {
    const draft = `${place}.building`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    const file = join(draft, CONTEXT);
    try {
      this.reports.info('a TensorRT engine is being built: this takes minutes, and the next provider serves meanwhile');
      const beganMs = performance.now();
      await this.binding.build(job, file, signal);
      await access(file);
      await this.binding.prove(job, file, signal);
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
      await writeWhole(failureFile(place), { reason, atMs: this.now() });
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
      const ageMs = this.now() - atMs;
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

function busy(place: string, pid: number | null): FieldscoutError {
  return new FieldscoutError(
    'PROVIDER_UNAVAILABLE',
    `The engine is being built by another process${pid === null ? '' : ` (${pid})`}.`,
    `Wait for it to end; if none is running, delete ${place}.lock.`,
  );
}
