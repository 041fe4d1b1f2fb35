/**
 * Measures the embedded model with one frozen configuration and writes models/scout-tiny/evaluation.json, which the model card
 * quotes. Simulated frames are painted into the work folder; what is there is kept.
 *
 *     npx tsx scripts/scout-tiny/report.ts --work /tmp/scout-tiny [--model models/scout-tiny] [--pictures DIR]
 *
 * DIR holds `annotations-known.json` (COCO) and its pictures; FIELDSCOUT_EVAL_DIR unless told.
 */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadClip } from '../../src/clip/load-clip.js';
import type { DetectionMetrics } from '../../src/evaluation/detection-metrics.js';
import type { DetectionFacts } from '../../src/evaluation/evaluate.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { bundledModels, bundledPrompts } from '../../src/paths.js';
import { measureAttributes } from './attributes.js';
import { type FramePlan, fieldscout, paintFrames } from './frames.js';

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    model: { type: 'string', default: join(bundledModels, 'scout-tiny') },
    pictures: { type: 'string' },
  },
});
const work = values.work;
if (work === undefined) throw new Error('--work DIR is missing: where the simulated frames go.');

/** The one configuration that every figure is measured with. */
const LOOK = { scales: '48,96,192,384', overlap: '0.5', minScore: '0.6', mergeOverlap: '0.5' } as const;
const PROMPTS = readdirSync(join(bundledPrompts, 'insects')).map((name) => `insects/${name.replace(/\.yaml$/, '')}`);
const MIN_BOX_PX = 24;
const LARGE_BOX_PX = 160;
const MIN_VISIBLE = 0.5;

const range = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => first + i);
const plan = (
  name: string,
  seeds: readonly number[],
  framesPerSeed: number,
  conditions: readonly string[],
  empty = false,
): FramePlan => ({
  name,
  seeds,
  framesPerSeed,
  conditions,
  size: '1280x720',
  empty,
});
const DAY = plan('day', range(1, 4), 4, ['day']);
const HARD = ['night', 'rain', 'motion-blur'].map((condition) => plan(condition, range(11, 1), 4, [condition]));
const EMPTY = plan('empty', range(21, 10), 10, ['day', 'sun', 'overcast'], true);
const ATTRIBUTES = plan('attributes', range(41, 8), 6, ['day', 'overcast']);

interface Report {
  readonly model: { readonly id: string; readonly sha256: string };
  readonly top1: number | null;
  readonly cases: number;
  readonly perTarget: readonly { readonly target: string; readonly top1: number | null; readonly cases: number }[];
  readonly detection: (DetectionMetrics & DetectionFacts) | null;
}

async function evaluated(coco: string, images: string, more: readonly string[]): Promise<Report> {
  const args = ['eval', '--coco', coco, '--images', images, '--model', values.model, '--json', ...more];
  console.error(`fieldscout ${args.join(' ')}`);
  return JSON.parse(await fieldscout(args)) as Report;
}

const look = (minBoxPx: number): readonly string[] => [
  ...['--prompts', PROMPTS.join(','), '--scales', LOOK.scales, '--overlap', LOOK.overlap, '--min-score', LOOK.minScore],
  ...['--merge-overlap', LOOK.mergeOverlap, '--min-box', String(minBoxPx), '--min-visible', String(MIN_VISIBLE)],
];

async function scenes(frames: FramePlan, minBoxPx: number) {
  const dir = await paintFrames(work as string, frames);
  const { detection } = await evaluated(join(dir, 'annotations.json'), dir, look(minBoxPx));
  if (!detection) throw new Error('nothing was detected with');
  const { pictures, truths, detections, centreRecall, centrePrecision, ap30, picturesWithDetections } = detection;
  return { pictures, truths, detections, centreRecall, centrePrecision, ap30, picturesWithDetections };
}

const pictures = values.pictures ?? process.env['FIELDSCOUT_EVAL_DIR'];
const real = pictures
  ? await evaluated(join(pictures, 'annotations-known.json'), pictures, ['--no-detection'])
  : undefined;
const folder = await openModelFolder(values.model, { searchDirs: [] });
const settings = { providers: ['cpu'], precision: 'auto', threads: 0 } as const;
const clip = await loadClip(folder, settings, { warn: (line) => console.error(line) });
const attributes = await measureAttributes(await paintFrames(work, ATTRIBUTES), clip);
await clip.close();
const report = {
  model: folder.ref,
  configuration: { ...LOOK, prompts: PROMPTS, minBoxPx: MIN_BOX_PX, minVisible: MIN_VISIBLE },
  realCrops: real && {
    top1: real.top1,
    cases: real.cases,
    classes: Object.fromEntries(
      real.perTarget
        .filter((one) => one.cases > 0)
        .map((one) => [one.target, [Math.round((one.top1 ?? 0) * one.cases), one.cases]]),
    ),
  },
  attributes,
  simulated: {
    day: await scenes(DAY, MIN_BOX_PX),
    dayLarge: await scenes(DAY, LARGE_BOX_PX),
    ...Object.fromEntries(await Promise.all(HARD.map(async (one) => [one.name, await scenes(one, MIN_BOX_PX)]))),
    empty: await scenes(EMPTY, 0),
  },
  calibration: JSON.parse(await readFile(join(values.model, 'calibration.json'), 'utf8')) as unknown,
};
const out = fileURLToPath(new URL('../../models/scout-tiny/evaluation.json', import.meta.url));
await writeFile(out, `${JSON.stringify(report, null, 1)}\n`);
console.log(JSON.stringify(report, null, 1));
