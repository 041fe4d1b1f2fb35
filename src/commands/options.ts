import { type Command, InvalidArgumentError, Option } from 'commander';
import { configSchema } from '../config/schema.js';
import type { Precision, Provider } from '../types.js';
import type { Mask } from '../vision/mask.js';
import { defaults } from './defaults.js';

/** Options that several verbs share, each written once. */

export interface ModelOptions {
  readonly model: string;
  readonly provider: readonly Provider[];
  readonly precision: Precision | 'auto';
  readonly threads: number;
}

/** How pictures are looked at. */
export interface LookOptions {
  readonly scales: readonly number[];
  readonly overlap?: number | undefined;
  readonly batch: number;
  readonly minScore: number;
  readonly sureScore: number;
  readonly minSimilarity: number;
  readonly mergeOverlap: number;
  readonly secondLook: boolean;
  /** As a camera has them; not options of their own. */
  readonly wholeFrame?: boolean | undefined;
  readonly masks?: readonly Mask[] | undefined;
}

const PROVIDERS: readonly string[] = configSchema.shape.providers.unwrap().element.options;
const PRECISIONS = configSchema.shape.precision.unwrap().options;

export const modelOptions = (): readonly Option[] => [
  new Option('--model <id|dir>', 'a model id as in "fieldscout models list", or a model folder').default(
    defaults.model,
  ),
  new Option(
    '--provider <name,name>',
    `execution providers in order, the first that works is used: ${listed(PROVIDERS)}`,
  )
    .argParser(providers)
    .default(defaults.providers, defaults.providers.join(',')),
  new Option('--precision <name>', 'variant of the model').choices(PRECISIONS).default(defaults.precision),
  new Option('--threads <n>', 'CPU threads, 0: as many as onnxruntime likes')
    .argParser(wholeNumber(0, 256))
    .default(defaults.threads),
];

export const lookOptions = (): readonly Option[] => [
  new Option('--scales <px,px>', 'tile sides in picture pixels; the whole picture is looked at besides')
    .argParser((text: string) => text.split(',').map((part) => wholeNumber(32, 8192)(part)))
    .default(defaults.tiles.scales, defaults.tiles.scales.join(',')),
  new Option(
    '--overlap <share>',
    'share of a tile that its neighbour covers too (default: 0.2; 0.5 with a centre-sampled model, as scout-tiny)',
  ).argParser(number(0, 0.9)),
  new Option('--min-score <p>', 'least calibrated probability of a detection')
    .argParser(number(0, 1))
    .default(defaults.detection.minScore),
  new Option('--sure-score <p>', 'a target counts in a picture only where one of its detections has this probability')
    .argParser(number(0, 1))
    .default(defaults.detection.sureScore),
  new Option('--min-similarity <cosine>', 'least cosine of a detection')
    .argParser(number(-1, 1))
    .default(defaults.detection.minSimilarity),
  new Option(
    '--merge-overlap <share>',
    'boxes of one target that share more of the smaller one are one detection; a centre-sampled model goes by centres',
  )
    .argParser(number(0.05, 1))
    .default(defaults.detection.mergeOverlap),
  new Option('--no-second-look', 'judge each tile by one view only: faster, with more false alarms'),
  new Option('--batch <n>', 'tiles encoded in one run').argParser(wholeNumber(1, 256)).default(defaults.batchSize),
];

export const promptsOption = (): Option =>
  new Option(
    '--prompts <set|file>',
    'prompt sets by id ("fieldscout prompts list") or YAML file; several as "a,b" or given again',
  ).argParser(collectList);

export const jsonOption = (what: string): Option => new Option('--json', what);

export function addOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

/** Collects an option that is given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** The same where each value may be a list with commas. */
export const collectList = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...list(value),
];

/** The parts of a list with commas. */
export function list(text: string): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Give names with a comma between two of them.');
  return parts;
}

function providers(text: string): readonly string[] {
  const names = list(text);
  if (names.every((name) => PROVIDERS.includes(name))) return names;
  throw new InvalidArgumentError(`Allowed choices are ${listed(PROVIDERS)}.`);
}

const listed = (names: readonly string[]): string => names.join(', ');

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < min || value > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

export function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    }
    return value;
  };
}
