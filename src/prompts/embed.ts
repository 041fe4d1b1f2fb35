import type { TextEncoder } from '../clip/clip-model.js';
import type { EmbeddedPromptSet, EmbeddedTarget, EmbeddedText, PromptSet, Target } from '../types.js';
import { fillTemplate } from './prompt-set.js';
import type { TextCache } from './text-cache.js';

/** Texts given to the encoder at once: what was encoded before an interruption is kept. */
const BATCH = 16;

/**
 * Embeds every template x prompt; only texts that the cache does not hold are encoded. A prompt's embedding is the mean
 * over its templates, a target's the mean over all, each normalised again (Radford et al. 2021, section 3.1.4).
 */
export async function embedPromptSet(
  promptSet: PromptSet,
  encoder: TextEncoder,
  cache: TextCache,
): Promise<EmbeddedPromptSet> {
  const targetTexts = promptSet.targets.flatMap(({ prompts, templates }) => filled(prompts, templates));
  const negativeTexts = filled(promptSet.negatives, promptSet.negativeTemplates);
  const embeddings = await embedTexts([...targetTexts, ...negativeTexts], encoder, cache);
  return {
    promptSet,
    model: encoder.model,
    targets: promptSet.targets.map((target) => embeddedTarget(target, embeddings)),
    negatives: promptSet.negatives.map((text) => embeddedText(text, promptSet.negativeTemplates, embeddings)),
  };
}

/** Each distinct text once, from the cache where it has it. */
export async function embedTexts(
  texts: readonly string[],
  encoder: TextEncoder,
  cache: TextCache,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { textTower, embeddingSize } = encoder;
  const embeddings = new Map<string, Float32Array>();
  const missing: string[] = [];
  for (const text of new Set(texts)) {
    const cached = await cache.read(textTower, text, embeddingSize);
    if (cached) embeddings.set(text, cached);
    else missing.push(text);
  }
  for (let start = 0; start < missing.length; start += BATCH) {
    const batch = missing.slice(start, start + BATCH);
    const encoded = await encoder.encodeTexts(batch);
    await Promise.all(
      batch.map((text, index) => {
        const embedding = encoded[index];
        if (!embedding) throw new Error(`the encoder gave ${encoded.length} embeddings for ${batch.length} texts`);
        embeddings.set(text, embedding);
        return cache.write(textTower, text, embedding);
      }),
    );
  }
  return embeddings;
}

/** The mean of vectors of one length, scaled to length 1. */
export function normalisedMean(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) {
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
  }
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => (length > 0 ? value / length : 0));
}

type Embeddings = ReadonlyMap<string, Float32Array>;

function embeddedTarget(target: Target, embeddings: Embeddings): EmbeddedTarget {
  return {
    target,
    embedding: normalisedMean(vectorsOf(filled(target.prompts, target.templates), embeddings)),
    prompts: target.prompts.map((text) => embeddedText(text, target.templates, embeddings)),
  };
}

function embeddedText(text: string, templates: readonly string[], embeddings: Embeddings): EmbeddedText {
  return { text, embedding: normalisedMean(vectorsOf(filled([text], templates), embeddings)) };
}

const filled = (prompts: readonly string[], templates: readonly string[]): readonly string[] =>
  prompts.flatMap((prompt) => templates.map((template) => fillTemplate(template, prompt)));

const vectorsOf = (texts: readonly string[], embeddings: Embeddings): readonly Float32Array[] =>
  texts.map((text) => embeddings.get(text) as Float32Array);
