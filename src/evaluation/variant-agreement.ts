/** What one variant of a model says of the same tiles and prompts. */
export interface VariantAnswer {
  /** L2-normalised, one a tile. */
  readonly tiles: readonly Float32Array[];
  /** L2-normalised, one a target or negative. */
  readonly prompts: readonly Float32Array[];
}

export interface Spread {
  readonly mean: number;
  readonly least: number;
}

/** How far a variant agrees with the one that it is held against. */
export interface Agreement {
  /** Cosine of the two embeddings of the same tile. */
  readonly tileCosine: Spread;
  /** Cosine of the two embeddings of the same prompt. */
  readonly promptCosine: Spread;
  /** Share of tiles that are nearest to the same prompt, 0 to 1. */
  readonly sameNearest: number;
  /** Spearman's rank correlation of the prompts' similarities to a tile, the mean of all tiles; null with one prompt. */
  readonly rankCorrelation: number | null;
}

/** @param answer of the same tiles and prompts in the same order as `reference` */
export function agreement(reference: VariantAnswer, answer: VariantAnswer): Agreement {
  const pairs = reference.tiles.map((tile, i) => {
    return [
      similarities(tile, reference.prompts),
      similarities(answer.tiles[i] as Float32Array, answer.prompts),
    ] as const;
  });
  return {
    tileCosine: spread(reference.tiles.map((tile, i) => dot(tile, answer.tiles[i] as Float32Array))),
    promptCosine: spread(reference.prompts.map((prompt, i) => dot(prompt, answer.prompts[i] as Float32Array))),
    sameNearest: mean(pairs.map(([a, b]) => (nearest(a) === nearest(b) ? 1 : 0))),
    rankCorrelation: reference.prompts.length < 2 ? null : mean(pairs.map(([a, b]) => spearman(a, b))),
  };
}

/** Spearman's rho: Pearson's correlation of the ranks, equal values sharing the mean of theirs. 0 where one side has no order at all. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const x = ranks(a);
  const y = ranks(b);
  const middle = (a.length - 1) / 2;
  let covariance = 0;
  let varianceX = 0;
  let varianceY = 0;
  for (let i = 0; i < x.length; i += 1) {
    const dx = (x[i] as number) - middle;
    const dy = (y[i] as number) - middle;
    covariance += dx * dy;
    varianceX += dx * dx;
    varianceY += dy * dy;
  }
  return varianceX === 0 || varianceY === 0 ? 0 : covariance / Math.sqrt(varianceX * varianceY);
}

function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const found = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[start] as number]) end += 1;
    for (let k = start; k <= end; k += 1) found[order[k] as number] = (start + end) / 2;
    start = end + 1;
  }
  return found;
}

const similarities = (tile: Float32Array, prompts: readonly Float32Array[]) =>
  prompts.map((prompt) => dot(tile, prompt));
const nearest = (values: readonly number[]) => values.indexOf(Math.max(...values));

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: readonly number[]): Spread => ({ mean: mean(values), least: Math.min(...values) });
