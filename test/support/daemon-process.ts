import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));
const STARTS_WITHIN_MS = 60_000;

export interface DaemonProcess {
  readonly dir: string;
  readonly page: string | undefined;
  readonly broker: string;
  /** Log lines so far: one JSON object each. */
  readonly lines: readonly string[];
  readonly process: ChildProcess;
  /** @returns exit code (null where a signal ended it) and how long it took */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }>;
}

/**
 * Starts the real daemon in a folder of its own, with a configuration where one is given, else on its defaults, and waits until it
 * told its addresses.
 */
export async function startDaemon(config?: object, env: Readonly<Record<string, string>> = {}): Promise<DaemonProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'fieldscout-daemon-'));
  if (config) await writeFile(join(dir, 'fieldscout.yaml'), stringify(config));
  const child = spawn(process.execPath, [entry, 'run'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const lines: string[] = [];
  let rest = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
  }
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const address = (name: string) =>
    lines.map((line) => new RegExp(`${name}: ([a-z]+://[^"]+)`).exec(line)?.[1]).find(Boolean);
  const end = Date.now() + STARTS_WITHIN_MS;
  while (!(address('MQTT') && (address('Page') || lines.length > 40))) {
    if (child.exitCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`the daemon did not start:\n${lines.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    dir,
    page: address('Page'),
    broker: address('MQTT') as string,
    lines,
    process: child,
    async stop(signal = 'SIGINT') {
      const start = performance.now();
      if (child.exitCode === null) child.kill(signal);
      const [code] = await exited;
      const ms = performance.now() - start;
      await rm(dir, { recursive: true, force: true });
      return { code, ms };
    },
  };
}
