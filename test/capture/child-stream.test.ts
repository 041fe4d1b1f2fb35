import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { childOutput } from '../../src/capture/child-stream.js';
import { needs } from '../support/needs.js';

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process: that is the answer
  }
};

it('kills a program that does not end when it is asked to, and waits until it is gone', async () => {
  const deaf = 'process.on("SIGTERM", () => {}); process.stdout.on("error", () => {}); setInterval(() => {}, 1000);';
  const program = { command: process.execPath, args: ['-e', `${deaf} console.log(process.pid)`] };
  let pid = 0;
  for await (const chunk of childOutput(program, new AbortController().signal)) {
    pid = Number(Buffer.from(chunk).toString());
    expect(isAlive(pid)).toBe(true);
    break;
  }
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid)).toBe(false);
}, 60_000);

it('reads another output of a program than the one on which it talks', async () => {
  const talks = 'process.stdout.write("talk"); require("node:fs").writeSync(3, "picture")';
  const chunks: Uint8Array[] = [];
  const program = { command: process.execPath, args: ['-e', talks], outputFd: 3 } as const;
  for await (const chunk of childOutput(program, new AbortController().signal)) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('picture');
}, 60_000);

it('is not survived by its program when it is killed itself', { ...needs('setpriv'), timeout: 60_000 }, async () => {
  const script = fileURLToPath(new URL('../support/camera-child.ts', import.meta.url));
  const node = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(node.stdout), 'line');
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  node.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000 });
});

it('is over at the signal though the program has closed its output and runs on', async () => {
  const mute =
    'process.on("SIGTERM", () => {}); const fs = require("node:fs"); fs.writeSync(1, "x"); fs.closeSync(1); setInterval(() => {}, 1000);';
  const stop = new AbortController();
  const chunks = childOutput({ command: process.execPath, args: ['-e', mute] }, stop.signal);
  await chunks.next();
  const over = chunks.next();
  setTimeout(() => stop.abort(), 500);
  expect(await over).toEqual({ done: true, value: undefined });
}, 60_000);

it('tells what ffmpeg says of the camera, not what it says of its list and its memory', async () => {
  const said = [
    '[tcp @ 0x55d0c5f0a480] Failed to resolve hostname camera: Name or service not known',
    "[concat @ 0x55d0c5f04a00] Impossible to open 'rtsp://camera/'",
    'pipe:0: Input/output error',
  ].join('\n');
  const program = {
    command: process.execPath,
    args: ['-e', `console.error(${JSON.stringify(said)}); process.exit(1)`],
  };
  const read = async () => {
    for await (const _ of childOutput(program, new AbortController().signal));
  };
  await expect(read()).rejects.toThrow(
    `${process.execPath} ended with 1: [tcp] Failed to resolve hostname camera: Name or service not known`,
  );
}, 60_000);
