import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import type { ClipModel } from '../clip/clip-model.js';
import { rememberingClip } from '../clip/remembering-clip.js';
import { FieldscoutError } from '../errors.js';
import { categoryPrompts } from '../evaluation/category-prompts.js';
import { chooseCategories, mapCategories } from '../evaluation/category-targets.js';
import { type CocoSet, readCoco } from '../evaluation/coco.js';
import { type Evaluation, type EvaluationTools, evaluate } from '../evaluation/evaluate.js';
import { evaluationText } from '../evaluation/evaluation-text.js';
import { labelledPictures, leftOutBoxes } from '../evaluation/labelled-pictures.js';
import { fingerprintOf, type Sight } from '../inspection/sight.js';
import { withNegatives } from '../prompts/prompt-set.js';
import { unreadableReason } from '../regular-file.js';
import type { Detection, EmbeddedPromptSet, Fingerprint, PromptSet, RgbImage } from '../types.js';
import { decodeImage } from '../vision/decode.js';
import { preprocessBox } from '../vision/preprocess.js';
import { choosePrompts } from './choose-prompts.js';
import { type ConsoleLog, consoleLog } from './console-log.js';
import { embedPrompts, inspectorFor, openModel } from './detection-session.js';
import * as options from './options.js';
import { printJson, printLines } from './print.js';
import { progressBar } from './progress.js';
import { readPicture } from './read-picture.js';

interface EvalOptions extends options.ModelOptions, options.LookOptions {
  readonly coco: string;
  readonly images: string;
  readonly prompts?: readonly string[] | undefined;
  readonly negatives: boolean;
  readonly categories?: readonly string[] | undefined;
  readonly detection: boolean;
  readonly ap: boolean;
  readonly minBox: number;
  readonly minVisible: number;
  readonly json?: boolean | undefined;
}

const EXAMPLES = `
A category is judged by the target whose id or name is the same, whatever the case, spaces and hyphens.
Without --prompts the categories' own names are looked for.

Examples:
  $ fieldscout eval --coco labels.json --images pictures/
  $ fieldscout eval --coco labels.json --images pictures/ --prompts my-pests.yaml --categories aphid,mite --json

Exit code: 0 all pictures read, 2 some could not be used (each is named).`;

/** `fieldscout eval` */
export function evalCommand(): Command {
  const command = new Command('eval')
    .description('measure how good prompts are on labelled pictures')
    .requiredOption('--coco <file>', 'the labels: a COCO annotation file')
    .requiredOption('--images <dir>', 'the folder of the pictures that it names')
    .addOption(options.promptsOption())
    .option('--no-negatives', 'let the targets compete among themselves alone')
    .option('--categories <a,b>', 'only these categories of the file', options.list)
    .addOption(
      new Option('--min-box <px>', 'labels with a shorter longer side are neither asked for nor held against anything')
        .argParser(options.wholeNumber(0, 100_000))
        .default(0),
    )
    .addOption(
      new Option('--min-visible <share>', 'likewise labels whose `visible` is less, as "fieldscout sim" writes it')
        .argParser(options.number(0, 1))
        .default(0),
    )
    .option('--no-ap', 'leave average precision out: each picture is looked at once instead of twice')
    .option('--no-detection', 'only recognise the labelled crops: quick');
  return options
    .addOptions(command, [...options.modelOptions(), ...options.lookOptions()])
    .addOption(options.jsonOption('one JSON object'))
    .addHelpText('after', EXAMPLES)
    .action(evaluatePrompts);
}

async function evaluatePrompts(chosen: EvalOptions): Promise<void> {
  const log = consoleLog();
  await assertFolder(chosen.images);
  const coco = await readCoco(chosen.coco);
  const categories = chosen.categories
    ? chooseCategories(coco.categories, chosen.categories, chosen.coco)
    : coco.categories;
  const promptSet = await promptsFor(categories, chosen, log);
  const mapping = mapCategories(categories, promptSet.targets);
  if (mapping.targetOf.size === 0)
    throw new FieldscoutError(
      'USAGE',
      `No target of ${promptSet.id} has the name of a category of ${chosen.coco} (${categories.join(', ')}).`,
      'Give targets the ids or names of categories, or leave --prompts out.',
    );
  const all = await labelledPictures(coco, mapping, chosen.images, {
    minPx: chosen.minBox,
    minVisible: chosen.minVisible,
  });
  const pictures = chosen.detection ? all : all.filter(({ truths }) => truths.length > 0);
  const clip = await openModel(chosen, log);
  const bar = progressBar(pictures.length, 'looking');
  try {
    const prompts = await embedPrompts(promptSet, clip, log);
    const judged = new Set(mapping.targetOf.values());
    const tools = toolsFor(clip, prompts, chosen);
    const evaluation = await evaluate(pictures, prompts, judged, tools, () => bar.step());
    bar.stop();
    const labels = {
      clippedBoxes: coco.clippedBoxes,
      emptyBoxes: coco.emptyBoxes,
      withoutTarget: leftOutBoxes(coco, mapping),
    };
    printReport(evaluation, labels, fingerprintOf({ clip, prompts }), chosen, log);
  } finally {
    bar.stop();
    await clip.close();
  }
}

async function promptsFor(categories: readonly string[], chosen: EvalOptions, log: ConsoleLog): Promise<PromptSet> {
  if (chosen.prompts?.length) return choosePrompts({ prompts: chosen.prompts, negatives: chosen.negatives }, log);
  const set = categoryPrompts(categories, chosen.coco);
  return chosen.negatives ? set : withNegatives(set, []);
}

function toolsFor(model: ClipModel, prompts: EmbeddedPromptSet, chosen: EvalOptions): EvaluationTools {
  // With and without the threshold, mostly the same tiles are looked at; looked at once, there is nothing to remember.
  const { clip, forget } = chosen.ap ? rememberingClip(model) : { clip: model, forget: () => undefined };
  return {
    readImage: async (path) => {
      forget();
      return decodeImage(await readPicture(path), path);
    },
    async embedCrop(image, box) {
      const [embedding] = await clip.encodeImages(preprocessBox(image, box, clip.preprocessor), 1);
      return embedding as Float32Array;
    },
    detector: chosen.detection
      ? {
          minScore: chosen.minScore,
          sureScore: chosen.sureScore,
          detect: detectorWith(chosen, { clip, prompts }),
          detectAll: chosen.ap ? detectorWith({ ...chosen, minScore: 0, sureScore: 0 }, { clip, prompts }) : null,
        }
      : null,
  };
}

function detectorWith(chosen: EvalOptions, sight: Sight) {
  const inspector = inspectorFor(chosen);
  return async (image: RgbImage): Promise<readonly Detection[]> => {
    const frame = { id: '', camera: 'command-line', origin: chosen.coco, capturedAtMs: 0, image };
    return (await inspector.inspect(frame, sight)).detections;
  };
}

interface LabelReport extends Pick<CocoSet, 'clippedBoxes' | 'emptyBoxes'> {
  readonly withoutTarget: ReturnType<typeof leftOutBoxes>;
}

function printReport(
  evaluation: Evaluation,
  labels: LabelReport,
  { model, promptSet, calibration, provider }: Fingerprint,
  chosen: EvalOptions,
  log: ConsoleLog,
): void {
  for (const { error } of evaluation.failures) log.error(error);
  if (evaluation.failures.length > 0) process.exitCode = 2;
  if (chosen.json) {
    printJson({ coco: chosen.coco, model, promptSet, calibration, provider, ...evaluation, labels });
    return;
  }
  for (const { category, boxes } of labels.withoutTarget)
    log.warn(`no target stands for the category "${category}": ${counted(boxes)} left out`);
  if (labels.clippedBoxes > 0) log.warn(`${counted(labels.clippedBoxes)} cut at the edge of the picture`);
  if (labels.emptyBoxes > 0) log.warn(`${counted(labels.emptyBoxes)} outside the picture left out`);
  printLines([...evaluationText(evaluation).split('\n'), '', `${model.id} on ${provider}, prompts ${promptSet.id}`]);
}

const counted = (boxes: number): string => (boxes === 1 ? '1 box' : `${boxes} boxes`);

async function assertFolder(dir: string): Promise<void> {
  const about = await stat(dir).catch((cause: NodeJS.ErrnoException) => {
    const reason = unreadableReason(cause);
    throw new FieldscoutError('USAGE', `${dir} cannot be read (${reason}).`, 'Check --images.', { cause });
  });
  if (!about.isDirectory()) throw new FieldscoutError('USAGE', `${dir} is no folder.`, 'Check --images.');
}
