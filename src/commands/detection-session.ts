import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ClipModel } from '../clip/clip-model.js';
import { loadClip } from '../clip/load-clip.js';
import { cacheHome, modelsHome } from '../config/environment.js';
import { modelSearchDirs } from '../models/locate.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { bundledPrompts } from '../paths.js';
import { embedPromptSet } from '../prompts/embed.js';
import { loadPromptSets } from '../prompts/load.js';
import { adHocPromptSet, promptWarnings, withNegatives } from '../prompts/prompt-set.js';
import { TextCache } from '../prompts/text-cache.js';
import type { EmbeddedPromptSet, Precision, PromptSet, Provider } from '../types.js';

export interface ModelOptions {
  readonly model: string;
  readonly provider: readonly Provider[];
  readonly precision: Precision | 'auto';
  readonly threads: number;
}

export interface PromptOptions {
  /** Prompt sets by id or file. */
  readonly prompts?: readonly string[] | undefined;
  /** Texts typed by hand. */
  readonly prompt?: readonly string[] | undefined;
  readonly negative?: readonly string[] | undefined;
  readonly negatives: boolean;
}

/** What the picture commands look for when nobody says. */
const DEFAULT_SETS = ['insects/aphids', 'insects/beetles-and-weevils', 'insects/caterpillars'];

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

/** The prompt set that the options name, with or without its negatives. */
export async function choosePrompts(options: PromptOptions, log: Pick<Logger, 'warn'>): Promise<PromptSet> {
  const set = options.prompt?.length
    ? adHocPromptSet({ prompts: options.prompt, negatives: options.negative, useNegatives: options.negatives })
    : await namedSets(options);
  for (const warning of promptWarnings(set)) log.warn(warning);
  return set;
}

async function namedSets({ prompts, negative, negatives }: PromptOptions): Promise<PromptSet> {
  const set = await loadPromptSets(prompts?.length ? prompts : DEFAULT_SETS, { promptsDirs: [bundledPrompts] });
  if (negatives && !negative?.length) return set;
  return withNegatives(set, [...(negatives ? set.negatives : []), ...(negative ?? [])]);
}

export async function embedPrompts(
  set: PromptSet,
  clip: ClipModel,
  log: Pick<Logger, 'warn'>,
): Promise<EmbeddedPromptSet> {
  return embedPromptSet(set, clip, openTextCache(log));
}

/** Text embeddings that the picture commands share. */
export function openTextCache(log: Pick<Logger, 'warn'>): TextCache {
  return new TextCache({ dir: join(cacheHome(), 'texts'), warn: (line) => log.warn(line) });
}
