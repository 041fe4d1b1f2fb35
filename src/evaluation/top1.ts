import { cosine } from '../scoring/score-tile.js';
import type { EmbeddedTarget } from '../types.js';

/** One labelled crop and the target that the model takes it for. */
export interface Classified {
  readonly truth: string;
  readonly predicted: string;
}

/** How often crops of one target were taken for another; `truth` = `predicted` are the right ones. */
export interface Confusion extends Classified {
  readonly cases: number;
}

/** @returns id of the target whose embedding is nearest to the picture's; negatives do not take part. */
export function nearestTarget(embedding: Float32Array, targets: readonly EmbeddedTarget[]): string {
  const [first, ...others] = targets;
  if (!first) throw new RangeError('no target to choose from');
  let best = first;
  let bestSimilarity = cosine(embedding, first.embedding);
  for (const target of others) {
    const similarity = cosine(embedding, target.embedding);
    if (similarity > bestSimilarity) {
      best = target;
      bestSimilarity = similarity;
    }
  }
  return best.target.id;
}

/** Sorted by truth in the order of first appearance, then by cases, most first. */
export function confusionTable(classified: readonly Classified[]): readonly Confusion[] {
  const rows = new Map<string, Map<string, number>>();
  for (const { truth, predicted } of classified) {
    const row = rows.get(truth) ?? new Map<string, number>();
    row.set(predicted, (row.get(predicted) ?? 0) + 1);
    rows.set(truth, row);
  }
  return [...rows].flatMap(([truth, row]) =>
    [...row].map(([predicted, cases]) => ({ truth, predicted, cases })).sort((a, b) => b.cases - a.cases),
  );
}
