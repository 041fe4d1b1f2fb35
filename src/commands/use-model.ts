import { readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ClipModel } from '../clip/clip-model.js';
import { loadClip } from '../clip/load-clip.js';
import { modelsHome } from '../config/environment.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { forgetPreviousModel, readPreviousModel, writePreviousModel } from '../config/previous-model.js';
import { replaceFile } from '../config/replace-file.js';
import { withModel } from '../config/set-model.js';
import { modelPlace } from '../daemon/model-place.js';
import { recogniseDevice } from '../daemon/node-device.js';
import { errorLine, FieldscoutError, isExpected } from '../errors.js';
import { refusalOf, type TrialAnswer, type TrialLook, tryModel } from '../evaluation/model-trial.js';
import { findModelFolder, installedIds, modelSearchDirs } from '../models/locate.js';
import type { ModelFolder } from '../models/model-folder.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { pullBeside } from '../models/pull-beside.js';
import { readRegistry } from '../models/registry.js';
import { bundledModels } from '../paths.js';
import { type ConsoleLog, consoleLog } from './console-log.js';
import { embedPrompts } from './detection-session.js';
import * as options from './options.js';
import { print, printJson, printLines } from './print.js';
import { pullProgress } from './pull-progress.js';
import { trialLooks } from './trial-looks.js';
import { trialText } from './trial-text.js';

interface Options {
  readonly config?: string;
  readonly modelsDir: string;
  readonly registry?: string;
  readonly pull?: true;
  readonly pictures?: readonly string[];
  readonly most: number;
  readonly cameraSeconds: number;
  readonly dryRun?: true;
  readonly json?: true;
}

const MOST_PICTURES = 12;
const CAMERA_SECONDS = 15;
const RUNNING = 'A node that runs on it tries it too, and takes it over within seconds: its log and health say so.';

const AFTER = `
The model is fetched into a folder of its own where it is not here, checked against its hashes, and tried beside the present one on the newest
pictures that the node kept (or a frame of each camera). Only then is "model" of the configuration set to it. A model that fails is not used,
and the present one stays. A node that runs sees it, tries the model on its own providers and newest pictures, and goes over to it between two
frames; where that fails it stays as it is, and health says why. "fieldscout models revert" goes back in the same way; a node that cannot start
on the new model goes back by itself.

As a service: sudo -u fieldscout cannot write /etc/fieldscout, so call it as root and say where the service keeps its things:
  $ sudo STATE_DIRECTORY=/var/lib/fieldscout fieldscout models use clip-vit-b32 -c /etc/fieldscout/fieldscout.yaml \\
      --models-dir /var/lib/fieldscout/models

Example:
  $ fieldscout models use clip-vit-b32`;

/** `fieldscout models use` */
export function useCommand(): Command {
  return configVerb(
    'use',
    'try a model on the newest pictures of the node, and have the node use it where nothing speaks against it',
  )
    .argument('<id|dir>', 'an id as in "fieldscout models list", or a model folder')
    .option('--pull', 'fetch it anew, though a model of that id is here')
    .option('--pictures <path>', 'a picture or a folder of them instead; several as given again', options.collect)
    .addOption(
      new Option('--most <n>', 'most pictures a camera').argParser(options.wholeNumber(1, 1000)).default(MOST_PICTURES),
    )
    .addOption(
      new Option('--camera-seconds <n>', 'how long a camera without kept pictures may take for one')
        .argParser(options.wholeNumber(1, 600))
        .default(CAMERA_SECONDS),
    )
    .option('--dry-run', 'try it, and leave the configuration as it is')
    .addOption(
      new Option('--models-dir <dir>', 'where pulled models live (FIELDSCOUT_MODELS_DIR sets it too)').default(
        modelsHome(),
        "fieldscout/models in the user's data folder",
      ),
    )
    .addOption(new Option('--registry <file>', 'another list of models than the bundled one'))
    .option('--json', 'print one JSON object: model, used, refusal, next, present')
    .addHelpText('after', AFTER)
    .action(use);
}

/** `fieldscout models revert` */
export function revertCommand(): Command {
  return configVerb('revert', 'have the node use the model that it used before "fieldscout models use"')
    .addHelpText('after', '\nExample:\n  $ fieldscout models revert')
    .action(revert);
}

const configVerb = (name: string, description: string): Command =>
  new Command(name).description(description).option('-c, --config <file>', 'configuration (YAML)');

async function use(name: string, chosen: Options): Promise<void> {
  const log = consoleLog();
  const node = await fileConfig(chosen.config);
  const present = node.config.model;
  let fetched: string | undefined;
  try {
    const candidate = await candidateOf(name, chosen);
    fetched = candidate.isNew ? candidate.dir : undefined;
    const folder = await openModelFolder(candidate.dir, { searchDirs: modelSearchDirs(chosen.modelsDir) });
    for (const warning of folder.warnings) log.warn(warning);
    const { next, before, refusal } = await trial(folder, node, chosen, log);
    if (!chosen.json) printLines(trialText(next, before));
    const used = refusal === undefined && !chosen.dryRun;
    if (chosen.json)
      printJson({ model: candidate.value, used, refusal: refusal ?? null, next, present: before ?? null });
    if (refusal !== undefined) throw new FieldscoutError('TRIAL_FAILED', `${refusal}.`, notMeant(candidate.value));
    if (used) await switchTo(candidate.value, node);
    if (chosen.json) return;
    print(
      used ? `${node.origin} names ${candidate.value} from now on, ${present} before. ${RUNNING}` : 'It would be used.',
    );
  } catch (error) {
    if (fetched !== undefined) await rm(fetched, { recursive: true, force: true });
    if (!(error instanceof FieldscoutError)) throw error;
    const message = `${name} is not used, ${present} stays in force: ${error.message}`;
    throw new FieldscoutError(error.code, message, error.remedy, { cause: error });
  }
}

const notMeant = (value: string): string =>
  `If that is what you want, write it into the configuration: model: ${value}`;

/** The place of a model, and what the configuration is to call it: an id means something else where other folders are searched. */
async function candidateOf(name: string, { modelsDir, registry, pull }: Options) {
  const searchDirs = modelSearchDirs(modelsDir);
  const entry = (await readRegistry(registry)).models.find(({ id }) => id === name);
  if (pull && !entry)
    throw new FieldscoutError('MODEL_UNKNOWN', `The registry has no model "${name}".`, 'Leave out --pull.');
  if (entry && (pull || !(await installedIds(searchDirs)).includes(name))) {
    const stop = new AbortController();
    const onSignal = () => stop.abort();
    process.once('SIGINT', onSignal);
    const progress = pullProgress(process.stderr);
    try {
      const into = resolve(modelsDir);
      const { dir, isNew } = await pullBeside(entry, { into, onProgress: progress.show, signal: stop.signal });
      return { dir, isNew, value: dir };
    } finally {
      progress.stop();
      process.off('SIGINT', onSignal);
    }
  }
  const dir = resolve(await findModelFolder(name, searchDirs));
  return { dir, isNew: false, value: dirname(dir) === bundledModels ? name : dir };
}

async function trial(folder: ModelFolder, node: LoadedConfig, chosen: Options, log: ConsoleLog) {
  const { inference } = await recogniseDevice(node.config);
  // An engine takes minutes to build: the node does that beside its work, once the model is in use.
  const others = inference.providers.filter((provider) => provider !== 'tensorrt');
  const settings = {
    providers: others.length > 0 ? others : inference.providers,
    precision: inference.precision,
    threads: node.config.threads,
  };
  const { pictures, most, cameraSeconds } = chosen;
  const choice = { pictures, most, batchSize: inference.batchSize, cameraWithinMs: cameraSeconds * 1000 };
  const looks = await trialLooks(node, choice, log);
  const answerOf = async (model: ModelFolder) => {
    const clip = await loadClip(model, settings, { warn: (line) => log.warn(line) });
    return closing(clip, () => answer(clip, looks, log));
  };
  const next = await answerOf(folder);
  let before: TrialAnswer | undefined;
  try {
    const place = modelPlace(node.config.model, node.baseDir);
    before = await answerOf(await openModelFolder(place, { searchDirs: modelSearchDirs(chosen.modelsDir) }));
  } catch (error) {
    if (!isExpected(error)) throw error;
    log.warn(`there is nothing to compare it with: ${errorLine(error)}`);
  }
  return { next, before, refusal: refusalOf(next, before) };
}

const answer = (clip: ClipModel, looks: readonly TrialLook[], log: ConsoleLog): Promise<TrialAnswer> =>
  tryModel(clip, looks, (set) => embedPrompts(set, clip, log));

async function closing<T>(clip: ClipModel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await clip.close();
  }
}

/**
 * First what it was, then what it is: cut short in between, the configuration names the model that it named. One that names it already is
 * written anew, by which a node that refused the model tries it again.
 */
async function switchTo(model: string, { config, origin }: LoadedConfig): Promise<void> {
  const text = withModel(await readFile(origin, 'utf8'), model, origin);
  if (model !== config.model)
    await writePreviousModel(origin, { from: config.model, to: model, at: new Date().toISOString() });
  await replaceFile(origin, text);
}

async function revert({ config: file }: Pick<Options, 'config'>): Promise<void> {
  const { config, origin } = await fileConfig(file);
  const previous = await readPreviousModel(origin);
  if (previous?.to !== config.model)
    throw new FieldscoutError(
      'USAGE',
      `${origin} names ${config.model}, which no "fieldscout models use" put there.`,
      'Set "model" in it to the one that you want.',
    );
  await replaceFile(origin, withModel(await readFile(origin, 'utf8'), previous.from, origin));
  await forgetPreviousModel(origin);
  print(`${origin} names ${previous.from} again, ${previous.to} no longer. ${RUNNING}`);
}

/** @throws FieldscoutError CONFIG_UNREADABLE where a node runs on its defaults: there is no file to write into */
async function fileConfig(file: string | undefined): Promise<LoadedConfig> {
  const node = await loadConfig(file, process.cwd());
  if (node.origin !== 'defaults') return node;
  throw new FieldscoutError(
    'CONFIG_UNREADABLE',
    'There is no configuration to write a model into.',
    'Make one first: fieldscout config init.',
  );
}
