import { expect, it } from 'vitest';
import { childOutput } from '../../src/capture/child-stream.js';

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
