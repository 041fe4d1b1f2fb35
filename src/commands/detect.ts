import { stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Command } from 'commander';
import { FieldscoutError } from '../errors.js';
import type { Inspector } from '../inspection/inspector.js';
import { fingerprintOf, type Sight, targetIdsOf } from '../inspection/sight.js';
import { makeFolder } from '../make-folder.js';
import { isAbsent, unreadableReason } from '../regular-file.js';
import type { RgbImage } from '../types.js';
import { annotate } from '../vision/annotate.js';
import { decodeImage } from '../vision/decode.js';
import { paintMasks } from '../vision/mask.js';
import { type CameraChoice, cameraLook, type PictureView } from './camera-look.js';
import { choosePrompts, type PromptOptions } from './choose-prompts.js';
import { consoleLog } from './console-log.js';
import { defaults } from './defaults.js';
import { embedPrompts, inspectorFor, openModel } from './detection-session.js';
import { findPictures } from './find-pictures.js';
import * as options from './options.js';
import { printJson, printLines } from './print.js';
import { progressBar } from './progress.js';
import { passOver, readPicture } from './read-picture.js';

interface DetectOptions extends options.ModelOptions, options.LookOptions, PromptOptions, CameraChoice {
  readonly annotate?: string | undefined;
  readonly json?: boolean | undefined;
}

const EXAMPLES = `
Without --prompts and --prompt it looks for ${defaults.prompts.join(', ')}.

Examples:
  $ fieldscout detect leaf.jpg
  $ fieldscout detect pictures/ --prompts insects/aphids --annotate marked/
  $ fieldscout detect leaf.jpg --prompt "a green aphid" --prompt "a ladybird" --json
  $ fieldscout detect --prompts insects/aphids,plants/leaf-disease --prompt "a snail" leaf.jpg
  $ fieldscout detect snapshot.jpg --camera beans-1 -c fieldscout.yaml --annotate marked/   (with its crop and masks)

Exit code: 0 all pictures read, 2 some or all could not be read (each is named).`;

export function detectCommand(): Command {
  const command = new Command('detect')
    .description('find what prompts describe in pictures')
    .argument('<image|folder...>', 'pictures, or folders of pictures')
    .addOption(options.promptsOption())
    .option('--prompt <text>', 'what to look for, in your words, beside --prompts; can be given again', options.collect)
    .option('--negative <text>', 'what must not win; can be given again', options.collect)
    .option('--no-negatives', 'let nothing compete but what you name')
    .option(
      '--camera <id>',
      'look as this camera of the configuration would: its rotation, crop and masks, and its tiles, prompts and model where no option says else',
    )
    .option(
      '-c, --config <file>',
      'configuration (YAML) that has the camera; fieldscout.yaml of this folder by default',
    );
  return options
    .addOptions(command, [...options.modelOptions(), ...options.lookOptions()])
    .option('--annotate <dir>', 'write each picture with boxes and labels into this folder')
    .addOption(options.jsonOption('one JSON object a picture and line'))
    .addHelpText('after', EXAMPLES)
    .action(detect);
}

async function detect(paths: readonly string[], given: DetectOptions, command: Command): Promise<void> {
  const log = consoleLog();
  const chosen = await cameraLook(given, (option) => command.getOptionValueSource(option) === 'cli');
  const pictures = await findPictures(paths, (error) => passOver(error, log));
  if (pictures.length === 0) return;
  const promptSet = await choosePrompts(chosen, log);
  const annotated = chosen.annotate === undefined ? undefined : await annotatedPaths(chosen.annotate, pictures);
  const clip = await openModel(chosen, log);
  const bar = progressBar(pictures.length, 'looking');
  try {
    const sight = { clip, prompts: await embedPrompts(promptSet, clip, log) };
    if (!chosen.json) printLines([lookingFor(sight)]);
    const inspector = inspectorFor(chosen);
    for (const [index, picture] of pictures.entries()) {
      try {
        const { image, report } = await look(picture, chosen, inspector, sight);
        if (annotated) await writePicture(annotated[index] as string, await annotate(image, report.detections));
        if (chosen.json) printJson(report);
        else printLines(describe(report));
      } catch (error) {
        passOver(error, log);
      }
      bar.step();
    }
  } finally {
    bar.stop();
    await clip.close();
  }
}

function lookingFor(sight: Sight): string {
  const { model, provider } = fingerprintOf(sight);
  return `${model.id} on ${provider} looks for ${targetIdsOf(sight).join(', ')}`;
}

type Report = Awaited<ReturnType<typeof look>>['report'];

async function look(path: string, { view, masks }: PictureView, inspector: Inspector, sight: Sight) {
  const start = performance.now();
  const image: RgbImage = await decodeImage(await readPicture(path), path, view);
  paintMasks(image, masks);
  const decoded = performance.now();
  const { tiles, detections, fingerprint, timingsMs } = await inspector.inspect(
    { id: path, camera: 'command-line', origin: path, capturedAtMs: 0, image },
    sight,
  );
  const rounded = (ms: number) => Math.round(ms * 10) / 10;
  const report = {
    image: path,
    width: image.width,
    height: image.height,
    model: fingerprint.model,
    promptSet: fingerprint.promptSet,
    calibration: fingerprint.calibration,
    provider: fingerprint.provider,
    tiles,
    timingsMs: {
      decode: rounded(decoded - start),
      tile: rounded(timingsMs.tile),
      encode: rounded(timingsMs.encode),
      score: rounded(timingsMs.score),
      total: rounded(performance.now() - start),
    },
    detections,
  };
  return { image, report };
}

function describe({ image, width, height, tiles, timingsMs, detections }: Report): readonly string[] {
  const found = detections.length === 1 ? '1 detection' : `${detections.length} detections`;
  const head = `${image}  ${width} x ${height}, ${tiles} tiles, ${(timingsMs.total / 1000).toFixed(1)} s: ${found}`;
  const rows = detections.map(({ target, prompt, score, similarity, box }) => {
    const share = score === null ? '   -  ' : `${(score * 100).toFixed(1).padStart(5)} %`;
    return `  ${share}  ${target.padEnd(16)} cos ${similarity.toFixed(3)}  at ${box.x},${box.y} ${box.width} x ${box.height}  "${prompt}"`;
  });
  return [head, ...rows];
}

/** Makes the folder. @returns where each picture goes with its boxes: never onto one of those that are looked at */
async function annotatedPaths(dir: string, pictures: readonly string[]): Promise<readonly string[]> {
  try {
    await makeFolder(dir);
  } catch (cause) {
    throw notWritable(dir, cause);
  }
  const taken = new Set<string>();
  const paths = pictures.map((picture) => join(dir, freeName(picture, taken)));
  const originals = new Set(await Promise.all(pictures.map(identityOf)));
  for (const path of paths) {
    const there = await identityOf(path);
    if (there !== null && originals.has(there))
      throw new FieldscoutError(
        'USAGE',
        `--annotate: ${path} is one of the pictures themselves and would be written over.`,
        'Name another folder.',
      );
  }
  return paths;
}

/** The same for every path and link to a file; null where there is none. @throws the file system's error where that cannot be told */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw notWritable(path, error);
  }
}

async function writePicture(path: string, jpeg: Uint8Array): Promise<void> {
  try {
    await writeFile(path, jpeg);
  } catch (cause) {
    throw notWritable(path, cause);
  }
}

function notWritable(path: string, cause: unknown): FieldscoutError {
  return new FieldscoutError(
    'USAGE',
    `--annotate: ${path} cannot be written (${unreadableReason(cause)}).`,
    'Name a folder that you may write to.',
    { cause },
  );
}

/** leaf.png and leaf.jpg of two folders must not overwrite each other. */
function freeName(path: string, taken: Set<string>): string {
  const stem = basename(path, extname(path));
  let name = `${stem}.jpg`;
  for (let count = 2; taken.has(name); count += 1) name = `${stem}-${count}.jpg`;
  taken.add(name);
  return name;
}
