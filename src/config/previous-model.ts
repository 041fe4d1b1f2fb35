import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { isFile } from '../regular-file.js';
import { readYamlFile } from '../yaml-file.js';
import { replaceFile } from './replace-file.js';

const schema = z.strictObject({ from: z.string().min(1), to: z.string().min(1), at: z.iso.datetime() });

/** Which model a configuration named before it was switched: what it goes back to. As written in `model:`. */
export type PreviousModel = z.infer<typeof schema>;

/** Beside the configuration, which it is about. */
const placeOf = (configFile: string): string => `${configFile}.previous-model`;

/** @returns undefined where none was ever switched @throws FieldscoutError CONFIG_UNREADABLE or CONFIG_INVALID */
export async function readPreviousModel(configFile: string): Promise<PreviousModel | undefined> {
  const path = placeOf(configFile);
  if (!(await isFile(path))) return undefined;
  return readYamlFile(path, schema, { unreadable: 'CONFIG_UNREADABLE', invalid: 'CONFIG_INVALID' });
}

export async function writePreviousModel(configFile: string, previous: PreviousModel): Promise<void> {
  await replaceFile(placeOf(configFile), `${JSON.stringify(previous)}\n`);
}

export async function forgetPreviousModel(configFile: string): Promise<void> {
  await rm(placeOf(configFile), { force: true });
}
