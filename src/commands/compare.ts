import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import type { ClipModel } from '../clip/clip-model.js';
import { loadClip } from '../clip/load-clip.js';
import { modelsHome } from '../config/environment.js';
import { FieldscoutError } from '../errors.js';
import { type Agreement, agreement, type VariantAnswer } from '../evaluation/variant-agreement.js';
import { modelSearchDirs } from '../models/locate.js';
import type { ModelFolder } from '../models/model-folder.js';
import { openModelFolder } from '../models/open-model-folder.js';
import type { Box, Precision, PromptSet, Provider, RgbImage } from '../types.js';
import { decodeImage } from '../vision/decode.js';
import { planTiles, tilePlanFor } from '../vision/tile-plan.js';
import { choosePrompts } from './choose-prompts.js';
import { comparisonText } from './comparison-text.js';
import { type ConsoleLog, consoleLog } from './console-log.js';
import { defaults } from './defaults.js';
import { embedPrompts } from './detection-session.js';
import { findPictures } from './find-pictures.js';
import * as options from './options.js';
import { printJson, printLines } from './print.js';
import { passOver, readPicture } from './read-picture.js';
import { type TiledPicture, tileBatches } from './tile-batches.js';

interface CompareOptions extends Pick<options.ModelOptions, 'provider' | 'threads'> {
  readonly pictures: readonly string[];
  readonly prompts?: readonly string[] | undefined;
  readonly with?: readonly string[] | undefined;
  readonly tiles: number;
  readonly batch: number;
  readonly rounds: number;
  readonly json?: true;
}

/** One variant of one folder, held against the first folder's fp32. */
export interface Compared {
  readonly model: string;
  readonly precision: Precision;
  /** The provider that ran. */
  readonly provider: Provider;
  readonly visionFile: string;
  readonly visionBytes: number;
  readonly tilesPerSecond: number;
  /** Against fp32; null for fp32 itself. */
  readonly agreement: Agreement | null;
  /** How many times as fast as fp32. */
  readonly speedup: number;
}

const AFTER = `
Tiles of your own pictures are encoded by each variant that the folder holds (fp32, fp16, int8), and what they say is held against fp32: cosine of
the embeddings, share of tiles that stay nearest to the same prompt, rank correlation of all prompts (Spearman), tiles a second on this
machine. models/export/variants.py writes the variants.

Example:
  $ fieldscout models compare my-model --pictures pictures/ --prompts insects/aphids --with my-model-pruned`;

/** `fieldscout models compare` */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('hold the fp16 and int8 variants of a model against its fp32, on your own pictures')
    .argument('<id|dir>', 'a model id or folder, with fp32 files')
    .addOption(
      new Option('--pictures <path>', 'a picture or a folder of them; several as given again')
        .argParser(options.collect)
        .makeOptionMandatory(),
    )
    .addOption(options.promptsOption())
    .option('--with <id|dir>', 'another folder whose variants are held against the same fp32', options.collect);
  const speed = [
    new Option('--tiles <n>', 'most tiles of a picture, evenly taken from the plan')
      .argParser(options.wholeNumber(1, 10_000))
      .default(16),
    new Option('--batch <n>', 'tiles encoded in one run')
      .argParser(options.wholeNumber(1, 256))
      .default(defaults.batchSize),
    new Option('--rounds <n>', 'times that all tiles are encoded; the middle one counts')
      .argParser(options.wholeNumber(1, 99))
      .default(3),
  ];
  const model = options.modelOptions().filter(({ long }) => long === '--provider' || long === '--threads');
  return options
    .addOptions(command, [...model, ...speed])
    .addOption(options.jsonOption('print one JSON object: pictures, tiles, targets, promptSet, variants'))
    .addHelpText('after', AFTER)
    .action(compare);
}

async function compare(name: string, chosen: CompareOptions): Promise<void> {
  const log = consoleLog();
  const searchDirs = modelSearchDirs(modelsHome());
  const folders: ModelFolder[] = [];
  for (const one of [name, ...(chosen.with ?? [])]) folders.push(await openModelFolder(one, { searchDirs }));
  const [first] = folders as [ModelFolder];
  if (first.visionFiles.fp32 === undefined)
    throw new FieldscoutError(
      'MODEL_INVALID',
      `${first.dir}/onnx has no fp32 vision model to hold the others against.`,
      'Name the folder with vision_model.onnx first, and this one as --with.',
    );
  const promptSet = await choosePrompts({ prompts: chosen.prompts, negatives: true }, log);
  const pictures = await tiledPictures(chosen, first, log);
  if (pictures.length === 0) return;
  const variants: Compared[] = [];
  let reference: (VariantAnswer & { readonly tilesPerSecond: number }) | undefined;
  for (const folder of folders) {
    for (const precision of ['fp32', 'fp16', 'int8'] as const) {
      const file = folder.visionFiles[precision];
      if (file === undefined) continue;
      const settings = { providers: chosen.provider, precision, threads: chosen.threads };
      const clip = await loadClip(folder, settings, { warn: (line) => log.warn(line) });
      try {
        const answer = await answerOf(clip, pictures, promptSet, chosen, log);
        variants.push({
          model: folder.ref.id,
          precision,
          provider: clip.provider,
          visionFile: basename(file),
          visionBytes: (await stat(file)).size,
          tilesPerSecond: answer.tilesPerSecond,
          agreement: reference ? agreement(reference, comparable(answer, reference, folder)) : null,
          speedup: answer.tilesPerSecond / (reference ?? answer).tilesPerSecond,
        });
        reference ??= answer;
      } finally {
        await clip.close();
      }
    }
  }
  const tiles = pictures.reduce((sum, { boxes }) => sum + boxes.length, 0);
  const prompts = promptSet.targets.length;
  if (chosen.json) printJson({ pictures: pictures.length, tiles, targets: prompts, promptSet: promptSet.id, variants });
  else printLines(comparisonText({ pictures: pictures.length, tiles, promptSet: promptSet.id, variants }));
}

const open = async (path: string): Promise<RgbImage> => decodeImage(await readPicture(path), path);

/** The tiles that a node with this model would look at by default, thinned out evenly. The pictures themselves are not held: they may be many. */
async function tiledPictures(
  chosen: CompareOptions,
  model: ModelFolder,
  log: ConsoleLog,
): Promise<readonly TiledPicture[]> {
  const pictures: TiledPicture[] = [];
  for (const path of await findPictures(chosen.pictures, (error) => passOver(error, log))) {
    try {
      const image = await open(path);
      const all = planTiles(image, tilePlanFor(defaults.tiles, model)).map(({ box }) => within(box, image));
      const step = Math.max(1, all.length / chosen.tiles);
      const boxes = Array.from(
        { length: Math.min(all.length, chosen.tiles) },
        (_, i) => all[Math.floor(i * step)] as Box,
      );
      pictures.push({ path, boxes });
    } catch (error) {
      passOver(error, log);
    }
  }
  return pictures;
}

/** A square that covers a sliver reaches over its edges. */
function within({ x, y, width, height }: Box, image: RgbImage): Box {
  return { x, y, width: Math.min(width, image.width - x), height: Math.min(height, image.height - y) };
}

/** Each batch is encoded `rounds` times in a row: no picture is decoded again for that, and none is kept. */
async function answerOf(
  clip: ClipModel,
  pictures: readonly TiledPicture[],
  set: PromptSet,
  chosen: CompareOptions,
  log: ConsoleLog,
) {
  const embedded = await embedPrompts(set, clip, log);
  const prompts = [
    ...embedded.targets.map(({ embedding }) => embedding),
    ...embedded.negatives.map(({ embedding }) => embedding),
  ];
  const seconds = Array.from({ length: chosen.rounds }, () => 0);
  const tiles: Float32Array[] = [];
  for await (const { pixels, count } of tileBatches(pictures, open, clip.preprocessor, chosen.batch)) {
    // The first run of a session lays out its memory.
    if (tiles.length === 0) await clip.encodeImages(pixels, count);
    let encoded: readonly Float32Array[] = [];
    for (let round = 0; round < chosen.rounds; round += 1) {
      const beganMs = performance.now();
      encoded = await clip.encodeImages(pixels, count);
      seconds[round] = (seconds[round] as number) + (performance.now() - beganMs) / 1000;
    }
    tiles.push(...encoded);
  }
  const middle = seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)] as number;
  return { tiles, prompts, tilesPerSecond: tiles.length / middle };
}

/** @throws FieldscoutError USAGE for another model altogether */
function comparable<T extends VariantAnswer>(answer: T, reference: VariantAnswer, folder: ModelFolder): T {
  const [mine, theirs] = [answer.tiles[0]?.length, reference.tiles[0]?.length];
  if (mine === theirs && answer.prompts.length === reference.prompts.length) return answer;
  throw new FieldscoutError(
    'USAGE',
    `${folder.dir} gives embeddings of ${mine} numbers of ${answer.prompts.length} prompts, the first folder ${theirs} of ${reference.prompts.length}.`,
    'Compare variants of one model; "fieldscout eval" compares different ones.',
  );
}
