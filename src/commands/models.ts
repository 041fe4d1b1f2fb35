import { join } from 'node:path';
import { Command, Option } from 'commander';
import { modelsHome } from '../config/environment.js';
import { errorLine, FieldscoutError, isExpected } from '../errors.js';
import { findModelFolder, installedIds, modelSearchDirs } from '../models/locate.js';
import type { ModelFolder } from '../models/model-folder.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { pull } from '../models/pull.js';
import { readRegistry } from '../models/registry.js';
import { type Verification, verify } from '../models/verify.js';
import { buildEngineCommand } from './build-engine.js';
import { compareCommand } from './compare.js';
import { consoleLog } from './console-log.js';
import { hashesChecked, installedRow, listText, registryRow } from './model-rows.js';
import { entryText, folderText, type Unverified, verificationText } from './model-text.js';
import { print, printJson, printLines } from './print.js';
import { pullProgress } from './pull-progress.js';
import { revertCommand, useCommand } from './use-model.js';

interface Options {
  readonly modelsDir: string;
  readonly json?: true;
  readonly registry?: string;
}

/** `fieldscout models list | pull | verify | info | use | revert | compare | build-engine` */
export function modelsCommand(): Command {
  return new Command('models')
    .description('CLIP models: which there are, fetching them, checking them')
    .addCommand(
      verb('list', 'list the models that are here and those that can be fetched', 'fieldscout models list')
        .addOption(registryOption())
        .action(listModels),
    )
    .addCommand(
      verb('pull', 'fetch a model, or go on with a fetch that broke off', 'fieldscout models pull clip-vit-b32')
        .argument('<id>', 'an id as in "fieldscout models list"')
        .addOption(registryOption())
        .action(pullModel),
    )
    .addCommand(
      verb(
        'verify',
        'compare the files of one model, or of all, with their hashes',
        'fieldscout models verify scout-tiny',
      )
        .argument('[id|dir]', 'a model id or folder; all models by default')
        .action(verifyModels),
    )
    .addCommand(
      verb('info', 'say what is known of a model', 'fieldscout models info scout-tiny')
        .argument('<id|dir>', 'a model id or folder')
        .addOption(registryOption())
        .action(showModel),
    )
    .addCommand(useCommand())
    .addCommand(revertCommand())
    .addCommand(compareCommand())
    .addCommand(buildEngineCommand());
}

function verb(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON')
    .addOption(
      new Option('--models-dir <dir>', 'where pulled models live (FIELDSCOUT_MODELS_DIR sets it too)').default(
        modelsHome(),
        "fieldscout/models in the user's data folder",
      ),
    )
    .addHelpText('after', `\nExample:\n  $ ${example}`);
}

const registryOption = () => new Option('--registry <file>', 'another list of models than the bundled one');

async function listModels(options: Options): Promise<void> {
  const { models } = await readRegistry(options.registry);
  const searchDirs = modelSearchDirs(options.modelsDir);
  const log = consoleLog();
  const installed = new Map<string, ModelFolder>();
  for (const id of await installedIds(searchDirs)) {
    try {
      installed.set(id, await openModelFolder(id, { searchDirs, hash: false }));
    } catch (error) {
      if (!isExpected(error)) throw error;
      log.warn(errorLine(error)); // one broken folder must not hide the others
    }
  }
  const rows = [
    ...[...installed]
      .filter(([name]) => !models.some(({ id }) => id === name))
      .map(([, folder]) => installedRow(folder)),
    ...models.map((entry) => registryRow(entry, installed.get(entry.id))),
  ];
  if (options.json) printJson(rows);
  else printLines(listText(rows));
}

async function pullModel(id: string, options: Options): Promise<void> {
  const { models } = await readRegistry(options.registry);
  const entry = models.find((model) => model.id === id);
  if (!entry)
    throw new FieldscoutError(
      'MODEL_UNKNOWN',
      `The registry has no model "${id}"; it has ${models.map((model) => model.id).join(', ')}.`,
      'A model of your own needs no pull: give its folder as --model.',
    );
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  const progress = pullProgress(process.stderr);
  try {
    const pulled = await pull(entry, { into: options.modelsDir, onProgress: progress.show, signal: stop.signal });
    progress.stop();
    if (options.json) return printJson({ id, dir: pulled.dir, unchecked: pulled.unchecked });
    print(`${id} is installed in ${pulled.dir}`);
    if (pulled.unchecked.length > 0) print(`hash not checked by anybody: ${pulled.unchecked.join(', ')}`);
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal);
  }
}

async function verifyModels(name: string | undefined, options: Options): Promise<void> {
  const searchDirs = modelSearchDirs(options.modelsDir);
  const results: (Verification | Unverified)[] = [];
  if (name !== undefined) results.push(await verify(await findModelFolder(name, searchDirs)));
  else for (const id of await installedIds(searchDirs)) results.push(await verifyOneOfAll(id, searchDirs));
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
  if (options.json) printJson(results);
  else for (const result of results) printLines(verificationText(result));
}

/** A folder that cannot be verified must not hide what is wrong with the others. */
async function verifyOneOfAll(id: string, searchDirs: readonly string[]): Promise<Verification | Unverified> {
  const dir = await findModelFolder(id, searchDirs);
  try {
    return await verify(dir);
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { id, dir, ok: false, files: [], error: errorLine(error) };
  }
}

async function showModel(name: string, options: Options): Promise<void> {
  const searchDirs = modelSearchDirs(options.modelsDir);
  const entry = (await readRegistry(options.registry)).models.find(({ id }) => id === name);
  if (entry && !(await installedIds(searchDirs)).includes(name)) {
    if (options.json) printJson({ ...entry, installed: false, hashesChecked: hashesChecked(entry) });
    else printLines(entryText(entry, join(options.modelsDir, entry.id)));
    return;
  }
  const folder = await openModelFolder(name, { searchDirs });
  if (options.json) printJson({ ...folder, installed: true, hashesChecked: folder.unchecked.length === 0 });
  else printLines(folderText(folder, entry));
}
