import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { buildEngineCommand } from '../../src/commands/build-engine.js';
import { markOf } from '../../src/models/process-mark.js';
import { sampleBoard } from '../devices/sample-board.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'build-engine-'));
  return () => rm(dir, { recursive: true, force: true });
});

async function outcome(
  config: string,
  root: Readonly<Record<string, string>> = {},
  ...args: string[]
): Promise<unknown> {
  const file = join(dir, 'fieldscout.yaml');
  await writeFile(file, config);
  return buildEngineCommand(await sampleBoard(root))
    .parseAsync(['-c', file, '--json', ...args], { from: 'user' })
    .then(
      () => 'built',
      (error: unknown) => error,
    );
}

const GPU = { 'proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t NVIDIA A10\n' };
const TENSORRT = { 'usr/lib/x86_64-linux-gnu/libnvinfer.so.10.3.0': '' };
const config = 'model: scout-tiny\nprecision: fp32\nstorage: { dir: data }\n';

it('says that there is none without TensorRT, and none without a GPU', async () => {
  expect(await outcome(config, GPU)).toMatchObject({
    code: 'PROVIDER_UNAVAILABLE',
    message: 'No TensorRT engine can be made: there is no TensorRT here (no libnvinfer.so).',
  });
  expect(await outcome(config, TENSORRT)).toMatchObject({
    code: 'PROVIDER_UNAVAILABLE',
    message: 'No TensorRT engine can be made: there is no NVIDIA GPU that the system names.',
  });
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends the build with itself at %s', async (signal) => {
  // A fake of Python with onnxruntime-gpu, that builds for ever.
  const python = join(dir, 'python');
  const started = join(dir, 'started');
  await writeFile(python, `#!/bin/sh\necho $$ > ${started}.new; mv ${started}.new ${started}\nexec sleep 600\n`, {
    mode: 0o755,
  });
  const said = outcome(config, { ...GPU, ...TENSORRT }, '--python', python);
  const pid = async () => Number(await readFile(started, 'utf8').catch(() => 0));
  await expect.poll(pid, { timeout: 20_000 }).toBeGreaterThan(0);
  process.emit(signal, signal);
  expect(await said).toMatchObject({ message: expect.stringContaining('it was stopped') });
  expect(await markOf(await pid())).toBeNull();
});

it('names a model that is not there', async () => {
  expect(await outcome('model: nowhere\n')).toMatchObject({ code: 'MODEL_UNKNOWN' });
});
