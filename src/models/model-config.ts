import { z } from 'zod';

const towerConfig = z.looseObject({
  max_position_embeddings: z.int().positive().nullish(),
  hidden_size: z.int().positive().nullish(),
});

/** The keys of `config.json` that say something which the ONNX files do not. */
export const modelConfigSchema = z.looseObject({
  model_type: z.string().nullish(),
  projection_dim: z.int().positive().nullish(),
  text_config: towerConfig.nullish(),
  vision_config: towerConfig.nullish(),
});

/** `model_max_length` is 1e30 where the tokenizer sets no limit. */
export const tokenizerConfigSchema = z.looseObject({ model_max_length: z.number().nullish() });

/** `vocabulary.json` of a model that says which words it learnt from. */
export const vocabularySchema = z.looseObject({ words: z.array(z.string().max(100)).max(1_000_000) });

export type ModelConfig = z.infer<typeof modelConfigSchema>;
export type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>;

/** @returns null for a family whose scores are calibrated in neither way. */
export function kindOf(config: ModelConfig): 'clip' | 'siglip' | null {
  if (config.model_type === 'clip') return 'clip';
  return config.model_type === 'siglip' || config.model_type === 'siglip2' ? 'siglip' : null;
}

/** Length of the embeddings, null where the configuration leaves it to the model's class. */
export function embeddingSizeOf(config: ModelConfig, kind: 'clip' | 'siglip'): number | null {
  return (kind === 'clip' ? config.projection_dim : config.vision_config?.hidden_size) ?? null;
}

const USUAL_TOKENS = { clip: 77, siglip: 64 } as const;
const LONGEST_PLAUSIBLE = 100_000;

/** Longest token sequence: the tokenizer's own limit or the text tower's, whichever is shorter. */
export function maxTokensOf(config: ModelConfig, tokenizer: TokenizerConfig, kind: 'clip' | 'siglip'): number {
  const limits = [tokenizer.model_max_length, config.text_config?.max_position_embeddings].filter(
    (limit): limit is number => typeof limit === 'number' && limit >= 1 && limit <= LONGEST_PLAUSIBLE,
  );
  return limits.length > 0 ? Math.floor(Math.min(...limits)) : USUAL_TOKENS[kind];
}
