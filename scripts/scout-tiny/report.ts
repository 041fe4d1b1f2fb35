/**
 * Measures the embedded model with one frozen configuration, writes models/scout-tiny/evaluation.json and puts the figures into the
 * model card. Simulated frames are painted into the work folder; what is there is kept.
 *
 *     npx tsx scripts/scout-tiny/report.ts --work /tmp/scout-tiny [--model models/scout-tiny] [--pictures DIR] [--simulated-only OUT] [--paint-only]
 *
 * DIR holds `annotations-known.json` (COCO) and its photographs; FIELDSCOUT_EVAL_DIR unless told. OUT is what train.py wrote without
 * --pictures: its model recognises the photographs beside the other one. Without DIR or OUT the figures of the report that is there stay. About half an
 * hour on two cores.
 */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadClip } from '../../src/clip/load-clip.js';
import type { DetectionMetrics } from '../../src/evaluation/detection-metrics.js';
import type { DetectionFacts } from '../../src/evaluation/evaluate.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { bundledModels, bundledPrompts } from '../../src/paths.js';
import { textIfThere } from '../../src/regular-file.js';
import { measureAttributes } from './attributes.js';
import { cardWith, type EvaluationReport, type SceneFigures } from './card.js';
import { type FalseAlarms, measureFalseAlarms } from './false-alarms.js';
import { type FramePlan, fieldscout, paintFrames } from './frames.js';

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    model: { type: 'string', default: join(bundledModels, 'scout-tiny') },
    pictures: { type: 'string' },
    'simulated-only': { type: 'string' },
    'paint-only': { type: 'boolean', default: false },
  },
});
const work = values.work;
if (work === undefined) throw new Error('--work DIR is missing: where the simulated frames go.');
const pictures = values.pictures ?? process.env['FIELDSCOUT_EVAL_DIR'];

/** The one configuration that every figure is measured with. */
const LOOK = { scales: '48,96,192,384', overlap: '0.5', minScore: '0.35', sureScore: '0.6' } as const;
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
  more: Partial<FramePlan> = {},
): FramePlan => ({ name, seeds, framesPerSeed, conditions, size: '1280x720', empty: false, ...more });
const DAY = plan('day', range(1, 6), 1, ['day']);
const HARD = ['night', 'rain', 'motion-blur'].map((condition) => plan(condition, range(11, 2), 1, [condition]));
// Tiles of 384 px need 720 lines; of emptiness 480 show as much for a third of the time.
const EMPTY = plan('empty', range(21, 20), 5, ['day', 'sun', 'overcast'], { size: '640x480', empty: true });
const ATTRIBUTES = plan('attributes', range(41, 8), 6, ['day', 'overcast']);

interface Evaluated {
  readonly top1: number | null;
  readonly cases: number;
  readonly perTarget: readonly { readonly target: string; readonly top1: number | null; readonly cases: number }[];
  readonly detection: (DetectionMetrics & DetectionFacts) | null;
}

async function evaluated(
  coco: string,
  images: string,
  more: readonly string[],
  model: string = values.model,
): Promise<Evaluated> {
  const args = ['eval', '--coco', coco, '--images', images, '--model', model, '--json', ...more];
  console.error(`fieldscout ${args.join(' ')}`);
  return JSON.parse(await fieldscout(args)) as Evaluated;
}

const look: readonly string[] = [
  ...['--prompts', PROMPTS.join(','), '--scales', LOOK.scales, '--overlap', LOOK.overlap],
  ...['--min-score', LOOK.minScore, '--sure-score', LOOK.sureScore, '--batch', '64', '--threads', '1'],
];

async function figures(coco: string, dir: string, minBoxPx: number, more: readonly string[]): Promise<SceneFigures> {
  const labels = ['--min-box', String(minBoxPx), '--min-visible', String(MIN_VISIBLE)];
  const { detection } = await evaluated(coco, dir, [...look, ...labels, ...more]);
  if (!detection) throw new Error('nothing was detected with');
  const { pictures: frames, truths, detections, centreRecall, centrePrecision, ap30, countMae } = detection;
  return { frames, truths, detections, centreRecall, centrePrecision, ap30, countMae };
}

type PhotographFigures = EvaluationReport['photographs'];

/** What the report says that lies beside the model. */
async function previously(): Promise<PhotographFigures | undefined> {
  const text = await textIfThere(join(values.model, 'evaluation.json'));
  return text === undefined ? undefined : (JSON.parse(text) as EvaluationReport).photographs;
}

async function onPhotographs(dir: string): Promise<PhotographFigures> {
  const recognised = (model: string) => evaluated(join(dir, 'annotations-known.json'), dir, ['--no-detection'], model);
  const real = await recognised(values.model);
  const other = values['simulated-only'];
  return {
    top1: real.top1 as number,
    cases: real.cases,
    classes: Object.fromEntries(
      real.perTarget
        .filter((one) => one.cases > 0)
        .map((one) => [one.target, [Math.round((one.top1 ?? 0) * one.cases), one.cases]]),
    ),
    simulatedOnly:
      other === undefined
        ? ((await previously())?.simulatedOnly ?? null)
        : await trainedOnSimulated(other, await recognised(join(other, 'model'))),
  };
}

async function trainedOnSimulated(out: string, { top1 }: Evaluated): Promise<PhotographFigures['simulatedOnly']> {
  const history = JSON.parse(await readFile(join(out, 'history.json'), 'utf8')) as readonly {
    readonly crops: number;
  }[];
  return { top1: top1 as number, crops: history.at(-1)?.crops ?? 0 };
}

const dirs = new Map<string, string>();
for (const one of [DAY, ...HARD, EMPTY, ATTRIBUTES]) dirs.set(one.name, await paintFrames(work, one));
if (values['paint-only']) process.exit();
const dirOf = ({ name }: FramePlan): string => dirs.get(name) as string;
const onScenes = (frames: FramePlan, minBoxPx: number, more: readonly string[] = ['--no-ap']) =>
  figures(join(dirOf(frames), 'annotations.json'), dirOf(frames), minBoxPx, more);

const folder = await openModelFolder(values.model, { searchDirs: [] });
const photographs = pictures === undefined ? await previously() : await onPhotographs(pictures);
if (!photographs) throw new Error('--pictures DIR is missing: the real photographs, with annotations-known.json.');
const settings = { providers: ['cpu'], precision: 'auto', threads: 0 } as const;
const clip = await loadClip(folder, settings, { warn: (line) => console.error(line) });
const attributes = await measureAttributes(dirOf(ATTRIBUTES), clip);
await clip.close();
// Two at a time, with a thread each: a picture at a time leaves a part of two cores idle.
const scenes: [name: string, SceneFigures][] = [];
const alarms: FalseAlarms[] = [];
const left = [
  async () => void alarms.push(await measureFalseAlarms(dirOf(EMPTY), [...look, '--model', values.model])),
  async () => void scenes.push(['dayLarge', await onScenes(DAY, LARGE_BOX_PX, [])]),
  ...[DAY, ...HARD].map((one) => async () => void scenes.push([one.name, await onScenes(one, MIN_BOX_PX)])),
];
const takeTurns = async (): Promise<void> => {
  for (let next = left.shift(); next; next = left.shift()) await next();
};
await Promise.all([takeTurns(), takeTurns()]);
const report: EvaluationReport = {
  model: folder.ref,
  configuration: { ...LOOK, prompts: PROMPTS, minBoxPx: MIN_BOX_PX, minVisible: MIN_VISIBLE, largeBoxPx: LARGE_BOX_PX },
  photographs,
  attributes,
  simulated: Object.fromEntries(scenes.sort(([a], [b]) => (a < b ? -1 : 1))),
  withoutPests: alarms[0] as FalseAlarms,
  calibration: JSON.parse(
    await readFile(join(values.model, 'calibration.json'), 'utf8'),
  ) as EvaluationReport['calibration'],
};
await writeFile(join(values.model, 'evaluation.json'), `${JSON.stringify(report, null, 1)}\n`);
const card = join(values.model, 'MODEL_CARD.md');
await writeFile(card, cardWith(await readFile(card, 'utf8'), report));
console.log(JSON.stringify(report, null, 1));
