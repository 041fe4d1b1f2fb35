import { loadConfig } from '../config/load.js';
import { isExpected } from '../errors.js';
import type { DaemonOptions } from './daemon-options.js';

/** What there is to say where the configuration names another model by now than when the node started: nothing, or one line. */
export async function modelToCome({
  config,
  configFile,
  baseDir,
}: Pick<DaemonOptions, 'config' | 'configFile' | 'baseDir'>): Promise<readonly string[]> {
  if (configFile === undefined) return [];
  try {
    const { model } = (await loadConfig(configFile, baseDir)).config;
    if (model === config.model) return [];
    return [`the configuration names the model ${model} by now: restart the node to use it instead of ${config.model}`];
  } catch (error) {
    // It is being edited: the node goes on with what it had, and "config check" says what is wrong.
    if (isExpected(error)) return [];
    throw error;
  }
}
