import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { bound, startFailure } from './bound-program.js';
import { withoutLogins } from './without-login.js';

/** A program and its arguments, which go to it as they are: no shell reads them. */
export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** What it reads first: a place for what must not stand in its arguments, which every user of the machine can see. */
  readonly input?: string;
  /** What is read of it: 1, its standard output, by default; where that is 3, the standard output is thrown away. */
  readonly outputFd?: 1 | 3;
  /** Must not appear in what is told of it. */
  readonly secrets?: readonly string[];
}

const KILL_AFTER_MS = 500;
const TOLD_CHARACTERS = 2_000;
/** What ffmpeg says of the list that names a network camera, after it has said what is wrong with the camera. */
const OF_THE_LIST = /^(\[concat\b.*\] Impossible to open |pipe:0: Input\/output error$)/;
/** "[tcp @ 0x55d0c5]": where an object lies in the memory of a program is another place each time. */
const OBJECT_ADDRESS = / @ 0x[0-9a-f]+(?=\])/gi;

/**
 * What a program writes to its standard output (or its `outputFd`), as it comes. The program is ended when the consumer stops reading or the signal
 * aborts: asked first, killed half a second later, and awaited, since a camera serves one process at a time.
 * @throws Error with the program's own last words when it fails or cannot be started, and when it failed by itself before the signal did anything
 */
export async function* childOutput(child: ChildCommand, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const { command, args, input = '', outputFd = 1, secrets } = child;
  const stdio: ('pipe' | 'ignore')[] = outputFd === 1 ? ['pipe', 'pipe', 'pipe'] : ['pipe', 'ignore', 'pipe', 'pipe'];
  const [program, programArgs] = await bound([command, args]);
  if (signal.aborted) return;
  const running = spawn(program, programArgs, { shell: false, stdio, windowsHide: true });
  const { stdin, stderr } = running as ChildProcess & { readonly stdin: Writable; readonly stderr: Readable };
  const output = running.stdio[outputFd] as Readable;
  let words = '';
  const ended = endOf(running, () => withoutLogins(words, secrets));
  stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-TOLD_CHARACTERS);
  });
  // A program that ends before it has read everything says so by its exit code.
  stdin.on('error', () => undefined).end(input);
  let stop: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => {
      output.destroy();
      resolve(undefined);
    };
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* chunksOf(output, signal);
    // A program that closed its output and runs on is not waited for beyond the signal.
    const failure = await Promise.race([ended, stopped]);
    if (failure !== undefined) throw new Error(`${command} ${failure}`);
  } finally {
    signal.removeEventListener('abort', stop);
    await end(running, output, ended);
  }
}

/** What comes until the signal aborts. */
async function* chunksOf(output: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** @returns how it failed, and its last words; undefined where it ended well */
async function endOf(child: ChildProcess, words: () => string): Promise<string | undefined> {
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return undefined;
    const said = words();
    return (
      startFailure(code, said) ??
      `${code === null ? `was ended by ${killedBy}` : `ended with ${code}`}${lastWords(said)}`
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'is not installed' : `cannot be started (${code})`;
  }
}

async function end(child: ChildProcess, output: Readable, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  output.destroy();
  child.stderr?.destroy();
  await ended;
  clearTimeout(timer);
}

function lastWords(text: string): string {
  const lines = text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const telling = lines.filter((each) => !OF_THE_LIST.test(each));
  const last = (telling.length > 0 ? telling : lines).slice(-2).join('; ').replace(OBJECT_ADDRESS, '');
  return last === '' ? '' : `: ${last}`;
}
