import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
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

/**
 * What a program writes to its standard output (or its `outputFd`), as it comes. The program is ended when the consumer stops reading or the signal
 * aborts: asked first, killed half a second later, and awaited, since a camera serves one process at a time.
 * @throws Error with the program's own last words when it fails or cannot be started
 */
export async function* childOutput(child: ChildCommand, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const { command, args, input = '', outputFd = 1, secrets } = child;
  const stdio: ('pipe' | 'ignore')[] = outputFd === 1 ? ['pipe', 'pipe', 'pipe'] : ['pipe', 'ignore', 'pipe', 'pipe'];
  const running = spawn(command, args, { shell: false, stdio, windowsHide: true });
  const { stdin, stderr } = running as ChildProcess & { readonly stdin: Writable; readonly stderr: Readable };
  const output = running.stdio[outputFd] as Readable;
  const ended = endOf(running);
  let words = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-TOLD_CHARACTERS);
  });
  // A program that ends before it has read everything says so by its exit code.
  stdin.on('error', () => undefined).end(input);
  const stop = () => output.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
    const failure = await ended;
    if (failure !== undefined) throw new Error(`${command} ${failure}${lastWords(withoutLogins(words, secrets))}`);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await end(running, output, ended);
  }
}

/** @returns how it failed; undefined where it ended well */
async function endOf(child: ChildProcess): Promise<string | undefined> {
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return undefined;
    return code === null ? `was ended by ${killedBy}` : `ended with ${code}`;
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
  const line = text
    .split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .slice(-2)
    .join('; ');
  return line === '' ? '' : `: ${line}`;
}
