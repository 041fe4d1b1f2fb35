import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { bundledModels } from '../paths.js';
import { isAbsent, namesIfThere } from '../regular-file.js';
import { modelId } from './manifest.js';
import { readRegistry } from './registry.js';

/** Where models are looked for: those that were pulled, then those that come with Fieldscout. */
export function modelSearchDirs(modelsDir: string): readonly string[] {
  return [modelsDir, bundledModels];
}

/**
 * The folder of a model id in `searchDirs`, or the folder that a path names.
 * @throws FieldscoutError MODEL_UNKNOWN that says where it looked and which models there are.
 */
export async function findModelFolder(idOrDir: string, searchDirs: readonly string[]): Promise<string> {
  const isId = modelId.safeParse(idOrDir).success;
  const places = [...(isId ? searchDirs.map((dir) => join(dir, idOrDir)) : []), resolve(idOrDir)];
  if (idOrDir !== '') for (const place of places) if (await isDirectory(place)) return place;
  if (!isId)
    throw new FieldscoutError(
      'MODEL_UNKNOWN',
      `There is no model folder ${idOrDir === '' ? '""' : resolve(idOrDir)}.`,
      'Give a folder that holds onnx/, tokenizer.json and preprocessor_config.json, or a model id.',
    );
  throw await unknownId(idOrDir, searchDirs);
}

async function unknownId(id: string, searchDirs: readonly string[]): Promise<FieldscoutError> {
  const entry = (await readRegistry()).models.find((model) => model.id === id);
  const installed = (await installedIds(searchDirs)).join(', ') || 'none';
  return new FieldscoutError(
    'MODEL_UNKNOWN',
    `There is no model "${id}" in ${searchDirs.join(', ') || 'any folder'}; installed: ${installed}.`,
    entry
      ? `It can be fetched: fieldscout models pull ${id}.`
      : 'See "fieldscout models list" for those that can be fetched.',
  );
}

/** Ids of the folders in `searchDirs` that look like models, each once, sorted. */
export async function installedIds(searchDirs: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const dir of searchDirs)
    for (const name of await namesIfThere(dir))
      if (modelId.safeParse(name).success && (await isDirectory(join(dir, name, 'onnx')))) ids.add(name);
  return [...ids].sort((a, b) => (a < b ? -1 : 1));
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
