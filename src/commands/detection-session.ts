import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ClipModel } from '../clip/clip-model.js';
import { loadClip } from '../clip/load-clip.js';
import { cacheHome, modelsHome } from '../config/environment.js';
import { FieldscoutError } from '../errors.js';
import { Inspector } from '../inspection/inspector.js';
import { modelSearchDirs } from '../models/locate.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { embedPromptSet } from '../prompts/embed.js';
import { withModelNegatives } from '../prompts/prompt-set.js';
import { TextCache } from '../prompts/text-cache.js';
import { unknownWordWarnings } from '../prompts/unknown-words.js';
import type { EmbeddedPromptSet, PromptSet } from '../types.js';
import { defaults } from './defaults.js';
import type { LookOptions, ModelOptions } from './options.js';

/** Opens and loads a model by id or folder; what it assumed goes to the log. */
export async function openModel(options: ModelOptions, log: Pick<Logger, 'warn'>): Promise<ClipModel> {
  const folder = await openModelFolder(options.model, { searchDirs: modelSearchDirs(modelsHome()) });
  for (const warning of folder.warnings) log.warn(warning);
  return loadClip(
    folder,
    { providers: options.provider, precision: options.precision, threads: options.threads },
    { warn: (line) => log.warn(line) },
  );
}

export async function embedPrompts(
  set: PromptSet,
  clip: ClipModel,
  log: Pick<Logger, 'warn'>,
): Promise<EmbeddedPromptSet> {
  for (const warning of unknownWordWarnings(set, clip)) log.warn(warning);
  return embedPromptSet(withModelNegatives(set, clip.negatives), clip, openTextCache(log));
}

/** Text embeddings that the picture commands share. */
export function openTextCache(log: Pick<Logger, 'warn'>): TextCache {
  return new TextCache({ dir: join(cacheHome(), 'texts'), warn: (line) => log.warn(line) });
}

/** Looks at pictures as a node would whose configuration says the same. */
/** @throws FieldscoutError USAGE */
export function inspectorFor(options: LookOptions): Inspector {
  if (options.sureScore > 0 && options.sureScore <= options.minScore)
    throw new FieldscoutError(
      'USAGE',
      `--sure-score ${options.sureScore} does nothing beside --min-score ${options.minScore}.`,
      'Give a higher --sure-score or a lower --min-score.',
    );
  const { maxPerFrame } = defaults.detection;
  return new Inspector({
    plan: {
      scales: options.scales,
      overlap: options.overlap,
      wholeFrame: options.wholeFrame ?? defaults.tiles.wholeFrame,
    },
    masks: options.masks ?? [],
    batchSize: options.batch,
    minScore: options.minScore,
    sureScore: options.sureScore,
    minSimilarity: options.minSimilarity,
    mergeOverlap: options.mergeOverlap,
    secondLook: options.secondLook,
    maxPerFrame,
  });
}
