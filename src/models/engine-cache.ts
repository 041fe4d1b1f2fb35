import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorLine } from '../errors.js';
import { type EngineKey, engineName } from './engine-key.js';
import { hashFile } from './file-hash.js';
import { sha256Hex } from './manifest.js';

/** The part of onnxruntime that makes an engine and proves it; both reject with a reason. */
export interface EngineBinding {
  /** Writes an EPContext model with the engine embedded to `contextFile`. Minutes. */
  build(key: EngineKey, contextFile: string): Promise<void>;
  /** Loads it and runs one real inference. */
  prove(contextFile: string): Promise<void>;
}

export type EngineState =
  /** `file`: an EPContext model that passed a real inference. */
  | { readonly state: 'ready'; readonly file: string; readonly built: boolean }
  | { readonly state: 'failed'; readonly reason: string };

export interface EngineReports {
  info(line: string): void;
  warn(line: string): void;
}

const CONTEXT = 'model_ctx.onnx';
const RECORD = 'engine.json';
const recordSchema = z.strictObject({
  key: z.strictObject({
    modelSha256: sha256Hex,
    tensorrt: z.string(),
    gpu: z.string(),
    precision: z.enum(['fp32', 'fp16', 'int8']),
    batchSize: z.int().min(1),
  }),
  sha256: sha256Hex,
});

/** TensorRT engines on the disk, one folder for each key. What is there counts only whole, of the same key, and proved. */
export class EngineCache {
  private readonly building = new Map<string, Promise<EngineState>>();

  constructor(
    private readonly dir: string,
    private readonly binding: EngineBinding,
    private readonly reports: EngineReports,
  ) {}

  /**
   * The engine for a key, built where there is none or none that works. Never rejects: a node goes on with its next provider.
   * Asked twice at once it builds once.
   */
  engine(key: EngineKey): Promise<EngineState> {
    const name = engineName(key);
    const present = this.building.get(name);
    if (present !== undefined) return present;
    const made = this.findOrBuild(key, name).finally(() => this.building.delete(name));
    this.building.set(name, made);
    return made;
  }

  private async findOrBuild(key: EngineKey, name: string): Promise<EngineState> {
    const place = join(this.dir, name);
    const fault = await this.faultOf(key, place);
    if (fault === null) return { state: 'ready', file: join(place, CONTEXT), built: false };
    if (fault !== 'there is none yet') this.reports.warn(`the TensorRT engine ${name} is built anew: ${fault}`);
    try {
      await this.build(key, place);
      return { state: 'ready', file: join(place, CONTEXT), built: true };
    } catch (error) {
      const reason = errorLine(error);
      this.reports.warn(`the TensorRT engine cannot be built, the next provider serves: ${reason}`);
      return { state: 'failed', reason };
    }
  }

  /** Why what is there cannot be used; null where it can. */
  private async faultOf(key: EngineKey, place: string): Promise<string | null> {
    let text: string;
    try {
      text = await readFile(join(place, RECORD), 'utf8');
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      return isMissing ? 'there is none yet' : `its record cannot be read (${errorLine(error)})`;
    }
    try {
      const record = recordSchema.parse(JSON.parse(text));
      if (engineName(record.key) !== engineName(key)) return 'it was made for something else';
      const { sha256 } = await hashFile(join(place, CONTEXT));
      if (sha256 !== record.sha256) return 'its file is damaged';
      await this.binding.prove(join(place, CONTEXT));
      return null;
    } catch (error) {
      return error instanceof z.ZodError || error instanceof SyntaxError
        ? 'its record is damaged'
        : `it does not run (${errorLine(error)})`;
    }
  }

  /** In a folder beside it, renamed when it is whole and proved: a power cut leaves no half engine. */
  private async build(key: EngineKey, place: string): Promise<void> {
    const draft = `${place}.building`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    try {
      this.reports.info('a TensorRT engine is being built: this takes minutes, and the next provider serves meanwhile');
      const beganMs = performance.now();
      await this.binding.build(key, join(draft, CONTEXT));
      await this.binding.prove(join(draft, CONTEXT));
      const { sha256 } = await hashFile(join(draft, CONTEXT));
      await writeWhole(join(draft, RECORD), `${JSON.stringify({ key, sha256 })}\n`);
      await rm(place, { recursive: true, force: true });
      await rename(draft, place);
      this.reports.info(`the TensorRT engine is built (${Math.round((performance.now() - beganMs) / 1000)} s)`);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
