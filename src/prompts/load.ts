import { access, readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { unreadableReason } from '../regular-file.js';
import type { PromptSet } from '../types.js';
import { readYamlFile } from '../yaml-file.js';
import { promptFileSchema } from './prompt-file.js';
import { combinePromptSets, promptSetOf } from './prompt-set.js';

export interface PromptPlaces {
  /** Folders of prompt sets; where two hold the same id, the earlier folder wins. */
  readonly promptsDirs: readonly string[];
}

export interface PromptSetFile {
  readonly id: string;
  readonly path: string;
}

const YAML_END = /\.ya?ml$/;

/**
 * @param idOrPath an id such as "insects/aphids", or the path of a YAML file.
 * @throws FieldscoutError PROMPTS_UNREADABLE where there is no such set (it names the known ones) or file,
 *   PROMPTS_INVALID with the line of the first fault.
 */
export async function loadPromptSet(idOrPath: string, places: PromptPlaces): Promise<PromptSet> {
  const { id, path } = await findPromptSet(idOrPath, places);
  const file = await readYamlFile(path, promptFileSchema, {
    unreadable: 'PROMPTS_UNREADABLE',
    invalid: 'PROMPTS_INVALID',
  });
  return promptSetOf(id, path, file);
}

/** All that one camera looks for, as one set; errors as of `loadPromptSet` and `combinePromptSets`. */
export async function loadPromptSets(idsOrPaths: readonly string[], places: PromptPlaces): Promise<PromptSet> {
  return combinePromptSets(await Promise.all(idsOrPaths.map((name) => loadPromptSet(name, places))));
}

/** Where a set lies; the file of a path need not exist, an id must. */
export async function findPromptSet(idOrPath: string, { promptsDirs }: PromptPlaces): Promise<PromptSetFile> {
  if (YAML_END.test(idOrPath) || isAbsolute(idOrPath) || idOrPath.startsWith('.'))
    return { id: idOfPath(idOrPath, promptsDirs), path: idOrPath };
  if (/^[\w-]+(\/[\w-]+)*$/.test(idOrPath)) {
    for (const dir of promptsDirs) {
      for (const path of [join(dir, `${idOrPath}.yaml`), join(dir, `${idOrPath}.yml`)]) {
        if (await exists(path)) return { id: idOrPath, path };
      }
    }
  }
  const known = (await listPromptSets({ promptsDirs })).map(({ id }) => id);
  throw new FieldscoutError(
    'PROMPTS_UNREADABLE',
    `There is no prompt set "${idOrPath}".`,
    `Known sets: ${known.join(', ') || 'none'}. A file of your own is named by its path, ending in .yaml.`,
  );
}

/** Every set that an id can name, sorted by id. */
export async function listPromptSets({ promptsDirs }: PromptPlaces): Promise<readonly PromptSetFile[]> {
  const files = new Map<string, PromptSetFile>();
  for (const dir of promptsDirs) {
    for (const name of await yamlFilesIn(dir)) {
      const id = idOfRelative(name);
      if (!files.has(id)) files.set(id, { id, path: join(dir, name) });
    }
  }
  return [...files.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function yamlFilesIn(dir: string): Promise<readonly string[]> {
  try {
    // With types, links to folders are not followed: one that leads back up would never end.
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter(({ name }) => YAML_END.test(name))
      .map(({ parentPath, name }) => relative(dir, join(parentPath, name)))
      .sort();
  } catch (cause) {
    throw new FieldscoutError(
      'PROMPTS_UNREADABLE',
      `The folder of prompt sets ${dir} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
}

function idOfPath(path: string, dirs: readonly string[]): string {
  for (const dir of dirs) {
    const inside = relative(resolve(dir), resolve(path));
    if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return idOfRelative(inside);
  }
  return basename(path).replace(YAML_END, '');
}

const idOfRelative = (name: string): string => name.split(sep).join('/').replace(YAML_END, '');

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
