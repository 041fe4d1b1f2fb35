import { Command } from 'commander';
import { bundledPrompts } from '../paths.js';
import { listPromptSets, loadPromptSet, type PromptPlaces } from '../prompts/load.js';
import { fillTemplate, promptWarnings } from '../prompts/prompt-set.js';
import type { PromptSet } from '../types.js';
import { consoleLog } from './console-log.js';
import { collect } from './options.js';
import { print, printJson, printLines } from './print.js';

interface Options {
  readonly json?: true;
  readonly promptsDir?: readonly string[];
}

/** `fieldscout prompts list | check | show` */
export function promptsCommand(): Command {
  return new Command('prompts')
    .description('prompt sets: what the cameras look for, in words')
    .addCommand(
      verb('list', 'list the prompt sets that can be named by an id', 'fieldscout prompts list').action(listSets),
    )
    .addCommand(
      verb('check', 'check a prompt-set file of your own', 'fieldscout prompts check my-pests.yaml')
        .argument('<file>', 'path of a YAML file, or an id')
        .action(checkSet),
    )
    .addCommand(
      verb('show', 'show what a prompt set looks for', 'fieldscout prompts show insects/aphids')
        .argument('<set>', 'an id as in "prompts list", or the path of a YAML file')
        .action(showSet),
    );
}

function verb(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON')
    .option(
      '--prompts-dir <dir>',
      'a folder of your own sets, searched before the bundled ones; may be repeated',
      collect,
    )
    .addHelpText('after', `\nExample:\n  $ ${example}`);
}

const placesOf = ({ promptsDir = [] }: Options): PromptPlaces => ({ promptsDirs: [...promptsDir, bundledPrompts] });

async function listSets(options: Options): Promise<void> {
  const places = placesOf(options);
  const sets = await Promise.all((await listPromptSets(places)).map(({ path }) => loadPromptSet(path, places)));
  if (options.json) {
    printJson(sets.map(({ id, hash, title, targets }) => ({ id, hash, title, targets: targets.map(idOf) })));
    return;
  }
  const width = Math.max(...sets.map(({ id }) => id.length));
  for (const { id, targets } of sets) print(`${id.padEnd(width)}  ${targets.map(idOf).join(', ')}`);
}

async function checkSet(file: string, options: Options): Promise<void> {
  const set = await loadPromptSet(file, placesOf(options));
  const warnings = promptWarnings(set);
  if (options.json) {
    printJson({ ok: true, id: set.id, hash: set.hash, ...countsOf(set), warnings });
    return;
  }
  const log = consoleLog();
  for (const line of warnings) log.warn(line);
  const { targets, prompts, negatives, texts } = countsOf(set);
  print(
    `OK: ${file}: ${targets} targets, ${prompts} prompts, ${negatives} negatives, ${texts} texts to embed, ` +
      `hash ${set.hash.slice(0, 16)}`,
  );
}

async function showSet(name: string, options: Options): Promise<void> {
  const set = await loadPromptSet(name, placesOf(options));
  if (options.json) printJson(set);
  else printLines(describe(set));
}

function describe(set: PromptSet): readonly string[] {
  const targets = set.targets.flatMap((target) => [
    `${target.id}: ${target.name}${target.beneficial ? ' (beneficial)' : ''}`,
    ...facts(target),
    ...target.prompts.map((text) => `  ${text}`),
  ]);
  const templates = new Set(set.targets.flatMap((target) => target.templates));
  return [
    `${set.title} (${set.id}), hash ${set.hash.slice(0, 16)}, ${set.origin}`,
    ...targets,
    `templates: ${[...templates].join(' | ')}`,
    `negatives: ${set.negatives.join(' | ') || 'none'}`,
    `negative templates: ${set.negativeTemplates.join(' | ')}`,
  ];
}

function facts({ eppo, gbif, stage, lengthMm }: PromptSet['targets'][number]): readonly string[] {
  const known = [
    eppo && `EPPO ${eppo}`,
    gbif && `GBIF ${gbif}`,
    stage,
    lengthMm && `${lengthMm.min} to ${lengthMm.max} mm`,
  ].filter(Boolean);
  return known.length > 0 ? [`  [${known.join(', ')}]`] : [];
}

function countsOf({ targets, negatives, negativeTemplates }: PromptSet) {
  const texts = new Set([
    ...targets.flatMap(({ prompts, templates }) =>
      prompts.flatMap((text) => templates.map((t) => fillTemplate(t, text))),
    ),
    ...negatives.flatMap((text) => negativeTemplates.map((t) => fillTemplate(t, text))),
  ]);
  return {
    targets: targets.length,
    prompts: targets.reduce((sum, { prompts }) => sum + prompts.length, 0),
    negatives: negatives.length,
    texts: texts.size,
  };
}

const idOf = ({ id }: { readonly id: string }): string => id;
