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

/** The folder that systemd gives a unit for what outlives a restart (StateDirectory=); undefined outside such a unit. */
export function stateDirectory(): string | undefined {
  // Several would be joined by colons: the first is the node's.
  return env.STATE_DIRECTORY?.split(':')[0] || undefined;
}

/** What systemd waits to be told by a unit of Type=notify. */
export interface NotifiedUnit {
  /** For the program that tells it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** It will kill the unit that keeps silent for longer; undefined where it does not watch this process. */
  readonly watchdogMs: number | undefined;
}

/**
 * Takes the socket of systemd out of the environment: any other child that inherits it may speak for the unit, as timedatectl does when it
 * fails. @returns undefined outside such a unit
 */
export function takeNotifiedUnit(): NotifiedUnit | undefined {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, ...rest } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (!NOTIFY_SOCKET) return undefined;
  const isMine = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  const watchdogMs = Number(WATCHDOG_USEC) / 1000;
  return { environment: { ...rest, NOTIFY_SOCKET }, watchdogMs: isMine && watchdogMs > 0 ? watchdogMs : undefined };
}
