import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program and its arguments, as they are handed to the system. */
export type ProgramCall = readonly [command: string, args: readonly string[]];

/** Of util-linux, by its own path: the PATH may be another by the time of a later start. */
const SETPRIV = '/usr/bin/setpriv';
const BOUND = ['--pdeathsig', 'KILL', '--'];
/** setpriv's own, as env(1) and shells have them. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

let isBindable: Promise<boolean> | undefined;

/**
 * The same program, but so that Linux kills it when the thread that starts it ends: a node that is killed could not end it, and a camera that says
 * nothing would keep it for ever. setpriv sets that and becomes the program. Where there is no setpriv, or it may not (the service's sandbox forbids
 * it capset, and systemd ends all programs of a service anyway), the call stays as it is.
 */
export async function bound([command, args]: ProgramCall): Promise<ProgramCall> {
  isBindable ??= endsWell(SETPRIV, [...BOUND, SETPRIV, '--version']);
  return (await isBindable) ? [SETPRIV, [...BOUND, command, ...args]] : [command, args];
}

/** Why setpriv could not become the program, from its exit code and its words; undefined where the program itself ended so. */
export function startFailure(code: number | null, words: string): string | undefined {
  const [, reason] = /^setpriv: .*: (.+)$/m.exec(words) ?? [];
  if (reason === undefined) return undefined;
  if (code === NOT_FOUND) return 'is not installed';
  return code === NOT_EXECUTABLE ? `cannot be started (${reason})` : undefined;
}

async function endsWell(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const [code] = await once(spawn(command, args, { shell: false, stdio: 'ignore' }), 'close');
    return code === 0;
  } catch {
    return false; // not installed: that is the answer
  }
}
