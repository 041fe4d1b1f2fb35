import type { Logger } from 'pino';
import type { ClipModel } from '../clip/clip-model.js';
import { loadClip } from '../clip/load-clip.js';
import type { Config } from '../config/schema.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { modelPlace } from './model-place.js';
import type { Inference } from './node-device.js';

export interface ModelSurroundings {
  readonly config: Pick<Config, 'model' | 'threads'>;
  readonly inference: Pick<Inference, 'providers' | 'precision'>;
  readonly baseDir: string;
  /** Folders of models, the first that has one wins. */
  readonly modelDirs: readonly string[];
  readonly warn: (line: string) => void;
  readonly log: Pick<Logger, 'info'>;
}

/** The configured model on the first provider that passes a real inference. @throws FieldscoutError of the model or the providers */
export async function openModel(node: ModelSurroundings): Promise<ClipModel> {
  const { config, baseDir, modelDirs, inference, warn, log } = node;
  const folder = await openModelFolder(modelPlace(config.model, baseDir), { searchDirs: modelDirs });
  for (const line of folder.warnings) warn(line);
  const { providers, precision } = inference;
  const clip = await loadClip(folder, { providers, precision, threads: config.threads }, { warn });
  log.info({ sha256: clip.model.sha256, precision: clip.precision }, `model ${clip.model.id} runs on ${clip.provider}`);
  return clip;
}
