import { homedir } from 'node:os';
import { join } from 'node:path';

/** The only reader of the process's environment. */
const { env } = process;

/** Where pulled models live: FIELDSCOUT_MODELS_DIR, else the user's data folder. */
export function modelsHome(): string {
  return (
    env.FIELDSCOUT_MODELS_DIR || join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'fieldscout', 'models')
  );
}

/** Where what can be made again lives: FIELDSCOUT_CACHE_DIR, else the user's cache folder. */
export function cacheHome(): string {
  return env.FIELDSCOUT_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fieldscout');
}

/** The folder in which systemd puts a unit's credentials (LoadCredential=, SetCredential=); undefined outside such a unit. */
export function credentialsDirectory(): string | undefined {
  return env.CREDENTIALS_DIRECTORY || undefined;
}
