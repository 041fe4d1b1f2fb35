import type { Logger } from 'pino';
import { FieldscoutError } from '../errors.js';
import { bundledPrompts } from '../paths.js';
import { loadPromptSets } from '../prompts/load.js';
import { adHocPromptSet, combinePromptSets, promptWarnings, withNegatives } from '../prompts/prompt-set.js';
import type { PromptSet } from '../types.js';
import { defaults } from './defaults.js';

export interface PromptOptions {
  /** Prompt sets by id or file. */
  readonly prompts?: readonly string[] | undefined;
  /** Texts typed by hand. */
  readonly prompt?: readonly string[] | undefined;
  readonly negative?: readonly string[] | undefined;
  /** Whether the sets' negatives, or the default ones beside typed texts, compete. */
  readonly negatives: boolean;
}

/**
 * The sets that the options name and the texts typed beside them, as one set; a node's default sets where neither is said.
 * @throws FieldscoutError USAGE for a typed text that a named set looks for already; else as `loadPromptSets`.
 */
export async function choosePrompts(options: PromptOptions, log: Pick<Logger, 'warn'>): Promise<PromptSet> {
  const set = await chosenSet(options);
  for (const warning of promptWarnings(set)) log.warn(warning);
  return set;
}

async function chosenSet(options: PromptOptions): Promise<PromptSet> {
  const { prompts = [], prompt = [] } = options;
  if (prompt.length === 0) return namedSets(prompts.length > 0 ? prompts : defaults.prompts, options);
  const typed = adHocPromptSet({ prompts: prompt, negatives: options.negative, useNegatives: options.negatives });
  if (prompts.length === 0) return typed;
  const named = await namedSets(prompts, options);
  refuseTwice(typed, named);
  return combinePromptSets([named, typed]);
}

async function namedSets(names: readonly string[], { negative, negatives }: PromptOptions): Promise<PromptSet> {
  const set = await loadPromptSets(names, { promptsDirs: [bundledPrompts] });
  if (negatives && !negative?.length) return set;
  return withNegatives(set, [...(negatives ? set.negatives : []), ...(negative ?? [])]);
}

/** Two targets of the same words would halve each other's probability. */
function refuseTwice(typed: PromptSet, named: PromptSet): void {
  for (const { id, name } of typed.targets) {
    const same = named.targets.find(
      (target) => target.id === id || target.prompts.some((text) => text.toLowerCase() === name.toLowerCase()),
    );
    if (same)
      throw new FieldscoutError(
        'USAGE',
        `--prompt ${JSON.stringify(name)} is looked for already: target "${same.id}" of ${named.origin}.`,
        'Leave one of the two out, or say it in other words.',
      );
  }
}
