import type { Logger } from 'pino';
import type { ClipModel } from '../clip/clip-model.js';
import { EngineBuilder } from '../clip/engine-builder.js';
import { type ClipSettings, loadClip } from '../clip/load-clip.js';
import { readPreviousModel } from '../config/previous-model.js';
import type { Config } from '../config/schema.js';
import { errorLine, isExpected } from '../errors.js';
import { EngineCache } from '../models/engine-cache.js';
import type { ModelFolder } from '../models/model-folder.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { type EngineSource, openWithEngine } from './engine-upgrade.js';
import { enginesDir, localEngineJob } from './local-engine.js';
import { modelPlace } from './model-place.js';
import type { Inference } from './node-device.js';

export interface ModelSurroundings {
  readonly config: Pick<Config, 'model' | 'threads'>;
  readonly inference: Inference;
  readonly baseDir: string;
  /** undefined where there is none, and the node runs on its defaults. */
  readonly configFile: string | undefined;
  /** Folders of models, the first that has one wins. */
  readonly modelDirs: readonly string[];
  readonly storageDir: string;
  /** Where the file system begins, in which TensorRT and the GPU are looked for; "/" where not set. */
  readonly systemRoot?: string;
  /** When the node stops, nothing is built any more. */
  readonly signal: AbortSignal;
  /** What is to be said of the model that is opened. */
  readonly warn: (line: string) => void;
  /** The configured one cannot be used, and another serves. */
  readonly refused: (line: string) => void;
  readonly log: Pick<Logger, 'info'>;
}

/** What loading a model takes. */
type Loading = Omit<ModelSurroundings, 'refused'>;

/**
 * The configured model on the first provider that passes a real inference. Where "fieldscout models use" chose it and it cannot be used
 * after all, the one before it serves, and health says so.
 * @throws FieldscoutError of the model or the providers
 */
export async function openModel(node: ModelSurroundings): Promise<ClipModel> {
  const { model } = node.config;
  try {
    return await openNamed(model, node);
  } catch (error) {
    const previous = node.configFile === undefined ? undefined : await readPreviousModel(node.configFile);
    if (previous?.to !== model || !isExpected(error)) throw error;
    node.refused(`the model ${model} cannot be used, ${previous.from} serves as before: ${errorLine(error)}`);
    return openNamed(previous.from, node);
  }
}

async function openNamed(model: string, node: ModelSurroundings): Promise<ClipModel> {
  const clip = await loadModel(await modelFolder(model, node), node);
  node.log.info(
    { sha256: clip.model.sha256, precision: clip.precision },
    `model ${clip.model.id} runs on ${clip.provider}`,
  );
  return clip;
}

/** The folder of a model that a configuration names. @throws FieldscoutError MODEL_UNKNOWN, MODEL_INVALID or MODEL_HASH_MISMATCH */
export function modelFolder(
  model: string,
  { baseDir, modelDirs }: Pick<ModelSurroundings, 'baseDir' | 'modelDirs'>,
): Promise<ModelFolder> {
  return openModelFolder(modelPlace(model, baseDir), { searchDirs: modelDirs });
}

/** On the first provider that passes a real inference. @throws FieldscoutError PROVIDER_UNAVAILABLE */
export function loadModel(folder: ModelFolder, node: Loading): Promise<ClipModel> {
  const { config, inference, warn } = node;
  for (const line of folder.warnings) warn(line);
  const { providers, precision } = inference;
  return onProviders(folder, { providers, precision, threads: config.threads }, node);
}

async function onProviders(folder: ModelFolder, settings: ClipSettings, node: Loading): Promise<ClipModel> {
  const reports = { info: (line: string) => node.log.info(line), warn: node.warn };
  if (!settings.providers.includes('tensorrt')) return loadClip(folder, settings, reports);
  const engine = await engineSource(folder, node).catch((error: unknown) => errorLine(error));
  if (typeof engine !== 'string') return openWithEngine(folder, settings, engine, reports);
  const others = settings.providers.filter((provider) => provider !== 'tensorrt');
  // Tried all the same where there is nothing else: its refusal is the error that the start ends with.
  if (others.length === 0) return loadClip(folder, settings, reports);
  node.warn(`provider tensorrt cannot be used: ${engine}`);
  return loadClip(folder, { ...settings, providers: others }, reports);
}

async function engineSource(folder: ModelFolder, node: Loading): Promise<EngineSource> {
  const job = await localEngineJob(folder, node.inference, node.systemRoot);
  const info = (line: string) => node.log.info(line);
  const builder = new EngineBuilder({
    progress: (ms) => info(`the TensorRT engine is still being built (${Math.round(ms / 60_000)} min)`),
    warn: node.warn,
  });
  return {
    job,
    signal: node.signal,
    cache: new EngineCache(enginesDir(node.storageDir), builder, { info, warn: node.warn }),
  };
}
