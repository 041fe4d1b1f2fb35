import { Command, InvalidArgumentError, Option } from 'commander';
import { FieldscoutError } from '../errors.js';
import { SPECIES } from '../sim/catalogue.js';
import { conditionNames, conditions } from '../sim/conditions/conditions.js';
import { writeDataset } from '../sim/dataset.js';
import { sceneNamed, sceneNames, scenes } from '../sim/scenes.js';
import { openScene } from '../sim/sim-source.js';
import type { Size } from '../types.js';
import * as options from './options.js';
import { progressBar } from './progress.js';

interface SimOptions {
  readonly scene?: string | undefined;
  readonly condition?: string | undefined;
  readonly seed: number;
  readonly frames: number;
  readonly size: Size;
  readonly interval: number;
  readonly empty?: boolean | undefined;
  readonly out?: string | undefined;
  readonly list?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const EXAMPLES = `
Examples:
  $ fieldscout sim --list
  $ fieldscout sim --scene crop-row --seed 7 --frames 500 --size 1920x1080 --out field/
  $ fieldscout sim --scene leaf --condition rain --empty --out rain/
  $ fieldscout eval --coco field/annotations.json --images field/

As a camera the same pictures come from "source: sim:crop-row?condition=dusk&seed=3".`;

export function simCommand(): Command {
  return new Command('sim')
    .description('write pictures of a simulated field, with the truth about them')
    .option('--scene <name>', `one of ${sceneNames().join(', ')}`)
    .option('--condition <name>', `one of ${conditionNames().join(', ')}`)
    .addOption(
      new Option('--seed <n>', 'equal seeds give equal pictures')
        .argParser(options.wholeNumber(0, 999_999_999))
        .default(7),
    )
    .addOption(new Option('--frames <n>', 'pictures to write').argParser(options.wholeNumber(1, 999_999)).default(100))
    .addOption(
      new Option('--size <width>x<height>', 'of a picture in pixels')
        .argParser(pictureSize)
        .default({ width: 1280, height: 720 }, '1280x720'),
    )
    .addOption(
      new Option('--interval <ms>', 'scene time between two pictures')
        .argParser(options.wholeNumber(1, 86_400_000))
        .default(1000),
    )
    .option('--empty', 'without any animal: whatever is found there is a false alarm')
    .option('--out <dir>', 'an empty or a new folder for the pictures and annotations.json (COCO)')
    .option('--list', 'name the scenes, conditions and animals')
    .addOption(options.jsonOption('one JSON object'))
    .addHelpText('after', EXAMPLES)
    .action(sim);
}

async function sim(chosen: SimOptions): Promise<void> {
  if (chosen.list) {
    process.stdout.write(chosen.json ? `${JSON.stringify(listed())}\n` : describeList());
    return;
  }
  const scene = required(chosen.scene, '--scene', `Name one of: ${sceneNames().join(', ')}.`);
  const out = required(chosen.out, '--out', 'Name a folder for the pictures, as in --out field/.');
  const { name } = sceneNamed(scene);
  const opened = openScene(sourceOf(name, chosen), chosen.seed);
  const { size, frames, interval: intervalMs } = chosen;
  const bar = progressBar(frames, 'painting');
  try {
    const report = await writeDataset({ scene: opened, size, frames, intervalMs, out }, () => bar.step());
    bar.stop();
    process.stdout.write(
      chosen.json
        ? `${JSON.stringify(report)}\n`
        : `${report.pictures} pictures with ${report.annotations} boxes: ${report.annotationsFile}\n`,
    );
  } finally {
    bar.stop();
  }
}

function sourceOf(scene: string, { condition, empty }: SimOptions): string {
  const wishes = new URLSearchParams();
  if (condition !== undefined) wishes.set('condition', condition);
  if (empty) wishes.set('empty', 'true');
  return wishes.size > 0 ? `${scene}?${wishes}` : scene;
}

function listed() {
  return {
    scenes: scenes().map(({ name, title }) => ({ name, title })),
    conditions: conditions().map(({ name, title }) => ({ name, title })),
    animals: SPECIES.map(({ target, kind, forms }) => ({
      target,
      kind,
      colours: [...new Set(forms.map((form) => form.colour))],
    })),
  };
}

function describeList(): string {
  const { scenes: places, conditions: lights, animals } = listed();
  const rows = (entries: readonly (readonly [string, string])[]) =>
    entries.map(([name, text]) => `  ${name.padEnd(14)} ${text}\n`).join('');
  const titles = (entries: readonly { name: string; title: string }[]) =>
    rows(entries.map(({ name, title }) => [name, title]));
  const living = rows(animals.map(({ kind, colours }) => [kind, colours.join(', ')]));
  return `Scenes:\n${titles(places)}\nConditions:\n${titles(lights)}\nAnimals:\n${living}`;
}

function required(value: string | undefined, option: string, remedy: string): string {
  if (value) return value;
  throw new FieldscoutError('USAGE', `${option} is missing.`, remedy);
}

function pictureSize(text: string): Size {
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || width < 64 || height < 64 || width > 4096 || height > 4096)
    throw new InvalidArgumentError('Give width x height in pixels, 64 to 4096, as in 1920x1080.');
  return { width, height };
}
