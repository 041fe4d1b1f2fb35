import type { ClipModel } from '../clip/clip-model.js';
import { type ClipSettings, loadClip } from '../clip/load-clip.js';
import { ReplaceableClip } from '../clip/replaceable-clip.js';
import { errorLine, FieldscoutError } from '../errors.js';
import type { EngineCache, EngineState } from '../models/engine-cache.js';
import type { EngineJob } from '../models/engine-job.js';
import type { ModelFolder } from '../models/model-folder.js';
import type { Provider } from '../types.js';

export interface UpgradeReports {
  info(line: string): void;
  warn(line: string): void;
}

export interface EngineSource {
  readonly cache: EngineCache;
  readonly job: EngineJob;
  /** Of the node: when it stops, nothing is built any more. */
  readonly signal: AbortSignal;
}

type Load = (settings: ClipSettings) => Promise<ClipModel>;

/**
 * The model where TensorRT is wanted. An engine that is there is loaded; else the next provider serves at once, and takes the engine's place
 * until it is built, or for good where it cannot be.
 * @param load loads the model by settings; another one in tests
 * @throws FieldscoutError PROVIDER_UNAVAILABLE where TensorRT alone is wanted and cannot be had
 */
export async function openWithEngine(
  folder: ModelFolder,
  settings: ClipSettings,
  { cache, job, signal: stopping }: EngineSource,
  reports: UpgradeReports,
  load: Load = (chosen) => loadClip(folder, chosen, reports),
): Promise<ClipModel> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, stopping]);
  const { providers } = settings;
  const rank = (provider: Provider) => providers.indexOf(provider);
  const withEngine = (
    { file }: Extract<EngineState, { state: 'ready' }>,
    among: readonly Provider[],
  ): ClipSettings => ({
    ...settings,
    providers: among,
    engine: { file, precision: job.key.precision },
  });
  const others = providers.filter((provider) => provider !== 'tensorrt');
  if (others.length === 0) {
    const engine = await cache.engine(job, { signal, retry: false });
    if (engine.state === 'ready') return load(withEngine(engine, providers));
    throw new FieldscoutError(
      'PROVIDER_UNAVAILABLE',
      `No provider runs ${folder.ref.id} (tensorrt: ${engine.reason}).`,
      'Add "cuda" or "cpu" to providers.',
    );
  }
  const present = await cache.present(job);
  const clip = await load(
    present.state === 'ready' ? withEngine(present, providers) : { ...settings, providers: others },
  );
  if (rank(clip.provider) <= rank('tensorrt')) return clip;
  const serving = new ServingMeanwhile(clip, stop);
  void upgrade();
  return serving;

  async function upgrade(): Promise<void> {
    try {
      const engine = await cache.engine(job, { signal, retry: false });
      if (engine.state === 'failed' || signal.aborted) return;
      const next = await load(withEngine(engine, ['tensorrt']));
      await serving.replace(next);
      reports.info(
        `the model runs on tensorrt from now on (${job.key.precision}, up to ${job.key.batchSize} tiles a run)`,
      );
    } catch (error) {
      reports.warn(`the TensorRT engine is not used, ${serving.provider} serves on: ${errorLine(error)}`);
    }
  }
}

/** Closed, it stops the build as well. */
class ServingMeanwhile extends ReplaceableClip {
  constructor(
    clip: ClipModel,
    private readonly stop: AbortController,
  ) {
    super(clip);
  }

  override close(): Promise<void> {
    this.stop.abort();
    return super.close();
  }
}
