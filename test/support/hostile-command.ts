import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));

export interface CommandResult {
  /** null where it had to be killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command to its end; one that hangs is killed. */
export async function fieldscout(
  words: readonly string[],
  { cwd, killAfterMs = 60_000 }: { readonly cwd?: string; readonly killAfterMs?: number } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [entry, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...text };
}

/** What a person is told about a mistake: one line, in words, that ends with how to mend it and a code. */
export function isOneClearLine(line: string): void {
  expect(line).not.toMatch(/[\p{Cc}]/u);
  expect(line).not.toMatch(/ {4}at |(?<!\.)undefined|\[object/);
  expect(line).toMatch(/\S{2,}.*[.?!)] .*[.?!)] \[[A-Z_]+\]$/);
  expect(line.length).toBeLessThan(1200);
}
