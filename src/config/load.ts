import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { unreadableReason } from '../regular-file.js';
import { parseYaml, readYamlFile } from '../yaml-file.js';
import { type Config, configSchema } from './schema.js';

export interface LoadedConfig {
  readonly config: Config;
  /** Where it came from, for people. */
  readonly origin: string;
  /** What relative paths in it are relative to. */
  readonly baseDir: string;
}

export const DEFAULT_FILE = 'fieldscout.yaml';

/**
 * Reads the configuration: the named file, else fieldscout.yaml of the working directory where there is one, else the defaults.
 * @throws FieldscoutError CONFIG_UNREADABLE or CONFIG_INVALID with the line of the first fault
 */
export async function loadConfig(file: string | undefined, workingDir: string): Promise<LoadedConfig> {
  const path = file === undefined ? resolve(workingDir, DEFAULT_FILE) : resolve(workingDir, file);
  if (file === undefined && !(await exists(path))) {
    return {
      config: parseYaml('', 'defaults', configSchema, 'CONFIG_INVALID'),
      origin: 'defaults',
      baseDir: workingDir,
    };
  }
  const config = await readYamlFile(path, configSchema, { unreadable: 'CONFIG_UNREADABLE', invalid: 'CONFIG_INVALID' });
  return { config, origin: path, baseDir: dirname(path) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new FieldscoutError(
      'CONFIG_UNREADABLE',
      `${path} cannot be read (${unreadableReason(cause)}).`,
      'Check its permissions.',
      { cause },
    );
  }
}
