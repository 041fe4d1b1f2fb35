import type { Detection, Size, Tile } from '../types.js';
import { nearestPrompt, type TileScore } from './score-tile.js';

export interface DetectionRules {
  /** Least calibrated probability, where there is one. */
  readonly minScore: number;
  /** Least cosine. */
  readonly minSimilarity: number;
}

/**
 * What one tile shows. A detection is the nearest target of its tile, and it must beat every negative as well as the rules'
 * limits: a threshold alone says little, because CLIP's cosines of right and wrong lie close together.
 * @param scores of every target
 * @param embedding what they are scores of: L2-normalised float32[embeddingSize]
 */
export function detectInTile(
  scores: readonly TileScore[],
  embedding: Float32Array,
  tile: Tile,
  frame: Size,
  rules: DetectionRules,
): Detection | undefined {
  const [first, ...others] = scores;
  if (!first) return undefined;
  const best = others.reduce((a, b) => (b.similarity > a.similarity ? b : a), first);
  if (!best.beatsNegatives || best.similarity < rules.minSimilarity) return undefined;
  if (best.score !== null && best.score < rules.minScore) return undefined;
  return {
    target: best.target.target.id,
    prompt: nearestPrompt(embedding, best.target),
    score: best.score,
    similarity: best.similarity,
    box: withinFrame(tile, frame),
    scale: tile.scale,
  };
}

function withinFrame({ box }: Tile, frame: Size): Detection['box'] {
  const { x, y } = box;
  return { x, y, width: Math.min(box.width, frame.width - x), height: Math.min(box.height, frame.height - y) };
}
