import { join } from 'node:path';
import { EngineBuilder } from '../clip/engine-builder.js';
import { readAcceleratorFacts } from '../devices/accelerator-facts.js';
import { readDeviceFacts } from '../devices/device-facts.js';
import { errorLine } from '../errors.js';
import { EngineCache, type EngineState } from '../models/engine-cache.js';
import { type EngineJob, engineJob } from '../models/engine-job.js';
import type { ModelFolder } from '../models/model-folder.js';
import type { Inference } from './node-device.js';

/** Where a node keeps its engines: what can be made again, but takes minutes. */
export const enginesDir = (storageDir: string): string => join(storageDir, 'engines');

/**
 * The engine that this machine needs for a model.
 * @param root where the file system begins; the sample trees of tests lie elsewhere
 * @throws FieldscoutError PROVIDER_UNAVAILABLE where it can have none
 */
export async function localEngineJob(
  folder: ModelFolder,
  { precision, batchSize }: Pick<Inference, 'precision' | 'batchSize'>,
  root = '/',
): Promise<EngineJob> {
  const { tensorrt, gpu } = await readAcceleratorFacts(await readDeviceFacts(root), root);
  return engineJob(folder, { precision, batchSize, tensorrt, gpu });
}

/** The engine of this machine as it lies there, not run and not built. */
export async function presentEngine(
  folder: ModelFolder,
  inference: Pick<Inference, 'precision' | 'batchSize'>,
  storageDir: string,
): Promise<EngineState> {
  try {
    const cache = new EngineCache(enginesDir(storageDir), new EngineBuilder(), {
      info: () => undefined,
      warn: () => undefined,
    });
    return await cache.present(await localEngineJob(folder, inference));
  } catch (error) {
    return { state: 'failed', reason: errorLine(error) };
  }
}
