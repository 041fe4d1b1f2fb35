import { InvalidArgumentError, Option } from 'commander';

/** Options that several verbs share, each written once. */

const PROVIDERS = ['tensorrt', 'cuda', 'webgpu', 'cpu'];

export const modelOption = () =>
  new Option('--model <id|dir>', 'a model id as in "fieldscout models list", or a model folder').default('scout-tiny');

export const providerOption = () =>
  new Option('--provider <names...>', 'execution providers in order, the first that works is used')
    .choices(PROVIDERS)
    .default(['cpu']);

export const precisionOption = () =>
  new Option('--precision <name>', 'variant of the model').choices(['auto', 'fp32', 'fp16', 'int8']).default('auto');

export const threadsOption = () =>
  new Option('--threads <n>', 'CPU threads, 0: as many as onnxruntime likes').argParser(wholeNumber(0, 256)).default(0);

export const batchOption = () =>
  new Option('--batch <n>', 'tiles encoded in one run').argParser(wholeNumber(1, 256)).default(16);

export const scalesOption = () =>
  new Option('--scales <px,px>', 'tile sides in picture pixels')
    .argParser((text: string) => text.split(',').map((part) => wholeNumber(32, 8192)(part)))
    .default([224, 448, 896], '224,448,896');

export const overlapOption = () =>
  new Option('--overlap <share>', 'share of a tile that its neighbour covers too')
    .argParser(number(0, 0.9))
    .default(0.2);

export const minScoreOption = () =>
  new Option('--min-score <p>', 'least calibrated probability of a detection').argParser(number(0, 1)).default(0.6);

export const minSimilarityOption = () =>
  new Option('--min-similarity <cosine>', 'least cosine of a detection').argParser(number(-1, 1)).default(-1);

export const jsonOption = (what: string) => new Option('--json', what);

/** Collects an option that is given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < min || value > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    }
    return value;
  };
}
