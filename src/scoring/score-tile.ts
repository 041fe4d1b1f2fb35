import type { Calibration, EmbeddedPromptSet, EmbeddedTarget } from '../types.js';

export interface TileScore {
  readonly target: EmbeddedTarget;
  /** Cosine between tile and target. */
  readonly similarity: number;
  /** Calibrated probability; null where the target competes with nothing. */
  readonly score: number | null;
  /** Whether the target lies nearer to the tile than every negative does. */
  readonly beatsNegatives: boolean;
}

/**
 * Scores one tile against every target of a prompt set. CLIP: softmax over logitScale x cosine among all targets and
 * negatives (Radford et al. 2021, section 3.1.2); SigLIP: sigmoid(logitScale x cosine + logitBias) (Zhai et al. 2023).
 * @param embedding L2-normalised float32[embeddingSize] of the same model as the prompts
 */
export function scoreTile(
  embedding: Float32Array,
  prompts: EmbeddedPromptSet,
  calibration: Calibration,
): readonly TileScore[] {
  const similarities = prompts.targets.map((target) => cosine(embedding, target.embedding));
  const negatives = prompts.negatives.map((negative) => cosine(embedding, negative.embedding));
  const bestNegative = Math.max(-1, ...negatives);
  const scores = scoresOf(similarities, negatives, calibration);
  return prompts.targets.map((target, i) => ({
    target,
    similarity: similarities[i] as number,
    score: scores?.[i] ?? null,
    beatsNegatives: negatives.length === 0 || (similarities[i] as number) > bestNegative,
  }));
}

/**
 * Calibrated probabilities of competing texts from their cosines: softmax for CLIP, a sigmoid each for SigLIP.
 * @param negatives cosines of texts that compete without being asked for
 * @returns one score a similarity; null for CLIP with a single text: a softmax over one is 1 whatever the picture shows
 */
export function scoresOf(
  similarities: readonly number[],
  negatives: readonly number[],
  { kind, logitScale, logitBias }: Calibration,
): readonly number[] | null {
  if (kind === 'siglip') return similarities.map((similarity) => sigmoid(logitScale * similarity + logitBias));
  if (similarities.length + negatives.length < 2) return null;
  return softmax([...similarities, ...negatives].map((similarity) => logitScale * similarity));
}

/** The text of a target that lies nearest to the tile. */
export function nearestPrompt(embedding: Float32Array, target: EmbeddedTarget): string {
  let best = { text: '', similarity: Number.NEGATIVE_INFINITY };
  for (const prompt of target.prompts) {
    const similarity = cosine(embedding, prompt.embedding);
    if (similarity > best.similarity) best = { text: prompt.text, similarity };
  }
  return best.text;
}

/** Dot product of two L2-normalised vectors, held to [-1, 1] against rounding. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return Math.min(1, Math.max(-1, sum));
}

export function softmax(logits: readonly number[]): readonly number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
