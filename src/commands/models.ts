import { join } from 'node:path';
import { Command, Option } from 'commander';
import { modelsHome } from '../config/environment.js';
import { FieldscoutError } from '../errors.js';
import { findModelFolder, installedIds, modelSearchDirs } from '../models/locate.js';
import type { ModelFolder } from '../models/model-folder.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { pull } from '../models/pull.js';
import { type RegistryEntry, readRegistry } from '../models/registry.js';
import { type Verification, type VerifiedFile, verify } from '../models/verify.js';
import { pullProgress, readableBytes } from './pull-progress.js';

interface Options {
  readonly modelsDir: string;
  readonly json?: true;
  readonly registry?: string;
}

/** `fieldscout models list | pull | verify | info` */
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
    );
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
  const installed = new Map<string, ModelFolder>();
  for (const id of await installedIds(searchDirs)) {
    try {
      installed.set(id, await openModelFolder(id, { searchDirs, hash: false }));
    } catch (error) {
      if (!(error instanceof FieldscoutError)) throw error;
      process.stderr.write(`warning: ${error.line}\n`); // one broken folder must not hide the others
    }
  }
  const rows = [
    ...[...installed.values()].filter(({ ref }) => !models.some(({ id }) => id === ref.id)).map(installedRow),
    ...models.map((entry) => registryRow(entry, installed.get(entry.id))),
  ];
  if (options.json) return print(JSON.stringify(rows));
  const width = Math.max(...rows.map(({ id }) => id.length));
  for (const row of rows) {
    print(`${row.id.padEnd(width)}  ${stateOf(row).padEnd(12)}  ${row.title ?? row.dir}`);
    if (row.goodFor) print(`${' '.repeat(width)}  ${' '.repeat(12)}  ${row.goodFor}`);
  }
}

interface Row {
  readonly id: string;
  readonly title: string | null;
  readonly kind: string;
  readonly licence: string | null;
  /** Folder of an installed model. */
  readonly dir: string | null;
  readonly pullable: boolean;
  /** True where the registry knows the hash of every file. */
  readonly hashesChecked: boolean;
  readonly approximateBytes: number | null;
  readonly inputSize: number;
  readonly embeddingSize: number | null;
  readonly goodFor: string | null;
}

function installedRow({ ref, kind, licence, dir, preprocessor, embeddingSize }: ModelFolder): Row {
  return {
    id: ref.id,
    title: null,
    kind,
    licence,
    dir,
    pullable: false,
    hashesChecked: false,
    approximateBytes: null,
    inputSize: preprocessor.inputSize,
    embeddingSize,
    goodFor: null,
  };
}

function registryRow(entry: RegistryEntry, folder: ModelFolder | undefined): Row {
  const { id, title, kind, licence, approximateBytes, inputSize, embeddingSize, goodFor } = entry;
  const pullable = entry.files.length > 0;
  const hashesChecked = pullable && entry.files.every(({ sha256 }) => sha256 !== null);
  const dir = folder?.dir ?? null;
  return {
    id,
    title,
    kind,
    licence,
    dir,
    pullable,
    hashesChecked,
    approximateBytes,
    inputSize,
    embeddingSize,
    goodFor,
  };
}

function stateOf({ dir, pullable, approximateBytes }: Row): string {
  if (dir !== null) return 'installed';
  return pullable ? `~${readableBytes(approximateBytes ?? 0)}` : 'needs export';
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
    if (options.json) return print(JSON.stringify({ id, dir: pulled.dir, unchecked: pulled.unchecked }));
    print(`${id} is installed in ${pulled.dir}`);
    if (pulled.unchecked.length > 0) print(`hash not checked by anybody: ${pulled.unchecked.join(', ')}`);
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal);
  }
}

async function verifyModels(name: string | undefined, options: Options): Promise<void> {
  const searchDirs = modelSearchDirs(options.modelsDir);
  const names = name === undefined ? await installedIds(searchDirs) : [name];
  const results: Verification[] = [];
  for (const one of names) results.push(await verify(await findModelFolder(one, searchDirs)));
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
  if (options.json) return print(JSON.stringify(results));
  for (const { id, dir, ok, files } of results) {
    print(`${id}: ${ok ? 'ok' : 'NOT as its manifest says'} (${dir})`);
    for (const file of files) print(`  ${file.state.padEnd(8)}  ${file.path}${difference(file)}`);
  }
}

function difference({ state, expected, found }: VerifiedFile): string {
  if (state !== 'changed' || !expected || !found) return '';
  return `: SHA-256 ${found.sha256} (${found.bytes} bytes), expected ${expected.sha256} (${expected.bytes} bytes)`;
}

async function showModel(name: string, options: Options): Promise<void> {
  const searchDirs = modelSearchDirs(options.modelsDir);
  const entry = (await readRegistry(options.registry)).models.find(({ id }) => id === name);
  const isHere = !entry || (await installedIds(searchDirs)).includes(name);
  if (isHere) return showFolder(await openModelFolder(name, { searchDirs }), entry, options);
  if (options.json) return print(JSON.stringify({ ...entry, installed: false }));
  printLines([
    `${entry.id}: ${entry.title}`,
    `kind         ${entry.kind}, ${entry.inputSize} px, ${entry.embeddingSize} dimensions`,
    `calibration  logit scale ${entry.logitScale}, bias ${entry.logitBias}`,
    `good for     ${entry.goodFor}`,
    `licence      ${entry.licence}`,
    `from         ${entry.homepage}`,
    `size         about ${readableBytes(entry.approximateBytes)}`,
    entry.export === undefined
      ? `not here     fieldscout models pull ${entry.id} (would go to ${join(options.modelsDir, entry.id)})`
      : `not here     needs an export: ${entry.export}`,
  ]);
}

function showFolder(folder: ModelFolder, entry: RegistryEntry | undefined, options: Options): void {
  if (options.json) {
    print(JSON.stringify({ ...folder, installed: true }));
    return;
  }
  const { ref, kind, calibration, preprocessor, embeddingSize } = folder;
  const towers = (files: ModelFolder['visionFiles']) => Object.keys(files).join(', ');
  printLines([
    `${ref.id}${entry ? `: ${entry.title}` : ''}`,
    `folder       ${folder.dir}`,
    `sha256       ${ref.sha256}`,
    `kind         ${kind}, ${preprocessor.inputSize} px, ${embeddingSize ?? 'unknown'} dimensions`,
    `calibration  logit scale ${calibration.logitScale}, bias ${calibration.logitBias} (${calibration.origin})`,
    `vision       ${towers(folder.visionFiles)}`,
    `text         ${towers(folder.textFiles)}, up to ${folder.maxTokens} tokens`,
    ...(entry ? [`good for     ${entry.goodFor}`] : []),
    `licence      ${folder.licence ?? 'unknown'}`,
    `from         ${folder.source ?? 'unknown'}`,
    ...folder.warnings.map((line) => `warning      ${line}`),
  ]);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printLines(lines: readonly string[]): void {
  for (const line of lines) print(line);
}
