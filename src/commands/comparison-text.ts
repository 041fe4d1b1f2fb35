import { textTable } from '../evaluation/text-table.js';
import type { Spread } from '../evaluation/variant-agreement.js';
import type { Compared } from './compare.js';
import { readableBytes } from './pull-progress.js';

export interface Comparison {
  readonly pictures: number;
  readonly tiles: number;
  readonly promptSet: string;
  readonly variants: readonly Compared[];
}

const HEADER = [
  'variant',
  'size',
  'provider',
  'tiles/s',
  'speed',
  'tile cosine mean',
  'least',
  'prompt cosine least',
  'same nearest',
  'rank corr.',
];

/** Fewer say little about a share or a correlation. */
const FEW_TILES = 100;

/** A table for people. */
export function comparisonText({ pictures, tiles, promptSet, variants }: Comparison): readonly string[] {
  return [
    `${tiles} tiles of ${pictures} pictures, prompts of ${promptSet}; held against ${nameOf(variants[0] as Compared)}`,
    ...textTable(HEADER, variants.map(rowOf)),
    ...(variants.length === 1
      ? ['There is no other variant to compare it with: models/export/variants.py makes fp16 and int8 ones.']
      : []),
    ...(variants.length > 1 && tiles < FEW_TILES
      ? [`With ${tiles} tiles take the shares as a hint: give more pictures, or more --tiles of each.`]
      : []),
  ];
}

function rowOf(variant: Compared): readonly string[] {
  const { visionBytes, provider, tilesPerSecond, speedup, agreement } = variant;
  return [
    nameOf(variant),
    readableBytes(visionBytes),
    provider,
    tilesPerSecond.toFixed(1),
    `${speedup.toFixed(2)}x`,
    ...(agreement
      ? [
          ...spread(agreement.tileCosine),
          agreement.promptCosine.least.toFixed(4),
          `${(agreement.sameNearest * 100).toFixed(1)} %`,
          agreement.rankCorrelation?.toFixed(3) ?? '-',
        ]
      : ['-', '-', '-', '-', '-']),
  ];
}

const nameOf = ({ model, precision }: Compared) => `${model} ${precision}`;
const spread = ({ mean, least }: Spread) => [mean.toFixed(4), least.toFixed(4)];
