/**
 * What the second look (with scout-tiny the closer look besides) is worth and what it costs: `fieldscout eval` with it and without it, same simulated frames, same model.
 * Seeds that neither training nor the embedded model's report has seen.
 *
 *     npx tsx bench/second-look.ts --work /tmp/second-look [--seeds 4] [--min-score 0.5] [--scales 48,96,192,384]
 *
 * Frames are painted into the work folder once. About four minutes on two cores.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fieldscout, paintFrames } from '../scripts/scout-tiny/frames.js';
import type { DetectionMetrics } from '../src/evaluation/detection-metrics.js';
import type { DetectionFacts } from '../src/evaluation/evaluate.js';
import { bundledPrompts } from '../src/paths.js';

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    seeds: { type: 'string', default: '4' },
    'min-score': { type: 'string', default: '0.5' },
    scales: { type: 'string', default: '48,96,192,384' },
  },
});
const { work } = values;
if (work === undefined) throw new Error('--work DIR is missing: where the simulated frames go.');
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => 903 + i);
const common = { seeds, framesPerSeed: 1, conditions: ['day'] };
const pests = await paintFrames(work, { ...common, name: `pests-${seeds.length}`, size: '1280x720', empty: false });
const empty = await paintFrames(work, {
  ...common,
  name: `empty-${seeds.length}`,
  size: '640x480',
  framesPerSeed: 4,
  empty: true,
});
const prompts = readdirSync(join(bundledPrompts, 'insects')).map((name) => `insects/${name.replace(/\.yaml$/, '')}`);

async function measure(dir: string, more: readonly string[]) {
  const start = performance.now();
  const options = ['--prompts', prompts.join(','), '--scales', values.scales, '--overlap', '0.5'];
  const args = ['--coco', join(dir, 'annotations.json'), '--images', dir, '--min-score', values['min-score']];
  const judged = ['--min-box', '24', '--min-visible', '0.5', '--no-ap', '--json'];
  const out = await fieldscout(['eval', ...args, ...options, ...judged, ...more]);
  const { detection } = JSON.parse(out) as { detection: DetectionMetrics & DetectionFacts };
  return { ...detection, seconds: (performance.now() - start) / 1000 };
}

const percent = (share: number | null): string => `${(100 * (share ?? 0)).toFixed(1)} %`.padStart(7);
for (const [name, more] of [
  ['second look', []],
  ['one look', ['--no-second-look']],
] as const) {
  const found = await measure(pests, more);
  const nothing = await measure(empty, more);
  console.log(
    `${name.padEnd(12)} centre precision ${percent(found.centrePrecision)} of ${found.detections}, centre recall` +
      ` ${percent(found.centreRecall)} of ${found.truths}; ${nothing.picturesWithDetections} of ${nothing.pictures} frames without a pest` +
      ` carry a detection; ${(found.seconds / found.pictures).toFixed(1)} s a frame of 1280x720`,
  );
}
