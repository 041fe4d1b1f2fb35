import { join } from 'node:path';
import { readAcceleratorFacts } from '../devices/accelerator-facts.js';
import { readDeviceFacts } from '../devices/device-facts.js';
import { type EngineJob, engineJob } from '../models/engine-job.js';
import type { ModelFolder } from '../models/model-folder.js';
import type { Inference } from './node-device.js';

/** Where a node keeps its engines: what can be made again, but takes minutes. */
export const enginesDir = (storageDir: string): string => join(storageDir, 'engines');

/**
 * The engine that this machine needs for a model.
 * @throws FieldscoutError PROVIDER_UNAVAILABLE where it can have none
 */
export async function localEngineJob(
  folder: ModelFolder,
  { precision, batchSize }: Pick<Inference, 'precision' | 'batchSize'>,
): Promise<EngineJob> {
  const { tensorrt, gpu } = await readAcceleratorFacts(await readDeviceFacts());
  return engineJob(folder, { precision, batchSize, tensorrt, gpu });
}
