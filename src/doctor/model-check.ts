import { type ClipSettings, loadClip } from '../clip/load-clip.js';
import { errorLine, FieldscoutError } from '../errors.js';
import type { EngineState } from '../models/engine-cache.js';
import type { ModelFolder } from '../models/model-folder.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { failure } from './failure.js';
import { type Finding, fine, skipped, wrong } from './finding.js';

const CAUSES: Readonly<Record<string, string>> = {
  MODEL_UNKNOWN: 'model-missing',
  MODEL_INVALID: 'model-invalid',
  MODEL_HASH_MISMATCH: 'model-damaged',
};

/** The model's files, and a real inference of both towers on the provider that the node would take. */
export async function checkModel(
  place: string,
  searchDirs: readonly string[],
  settings: ClipSettings,
  /** The TensorRT engine of the model, as it lies there. */
  engineOf: (folder: ModelFolder) => Promise<EngineState>,
): Promise<readonly Finding[]> {
  let folder: ModelFolder;
  try {
    folder = await openModelFolder(place, { searchDirs });
  } catch (error) {
    const code = error instanceof FieldscoutError ? error.code : '';
    return [failure('model', CAUSES[code] ?? 'model-invalid', error), skipped('provider', 'no model to run')];
  }
  const hashes = folder.unchecked.length === 0 ? 'every file as its manifest says' : 'nobody has checked all its files';
  return [fine('model', `${folder.ref.id}, ${hashes}`), await checkProvider(folder, settings, engineOf)];
}

async function checkProvider(
  folder: ModelFolder,
  settings: ClipSettings,
  engineOf: (folder: ModelFolder) => Promise<EngineState>,
): Promise<Finding> {
  const refused: string[] = [];
  try {
    const usable = await withEngine(folder, settings, engineOf, refused);
    const clip = await loadClip(folder, usable, { warn: (line) => refused.push(line) });
    try {
      const startMs = performance.now();
      const { inputSize } = clip.preprocessor;
      await clip.encodeImages(new Float32Array(3 * inputSize ** 2), 1);
      const message = `${clip.provider} runs ${clip.precision}, ${Math.round(performance.now() - startMs)} ms for one tile`;
      const [first] = settings.providers;
      if (clip.provider === first) return fine('provider', message);
      const remedy = `Mend what ${first} lacks, or leave it out of providers.`;
      return wrong('provider', 'warn', 'provider-fallback', `${message}; ${refused.join('; ')}`, remedy);
    } finally {
      await clip.close();
    }
  } catch (error) {
    const code = error instanceof FieldscoutError ? error.code : '';
    if (code === 'PROVIDER_UNAVAILABLE' || code === 'INFERENCE_FAILED')
      return failure('provider', 'provider-unavailable', error);
    if (code === 'MODEL_INVALID') return failure('provider', 'precision-missing', error);
    throw new Error(`the provider could not be examined: ${errorLine(error)}`, { cause: error });
  }
}

/** As the node does it: TensorRT runs an engine that was built, and nothing waits for one to be. */
async function withEngine(
  folder: ModelFolder,
  settings: ClipSettings,
  engineOf: (folder: ModelFolder) => Promise<EngineState>,
  refused: string[],
): Promise<ClipSettings> {
  const others = settings.providers.filter((provider) => provider !== 'tensorrt');
  if (others.length === settings.providers.length) return settings;
  const engine = await engineOf(folder);
  const precision = settings.precision === 'fp32' ? 'fp32' : 'fp16';
  if (engine.state === 'ready') return { ...settings, engine: { file: engine.file, precision } };
  if (others.length === 0) return settings;
  refused.push(`tensorrt has no engine yet (${engine.reason})`);
  return { ...settings, providers: others };
}
