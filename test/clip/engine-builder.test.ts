import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { EngineBuilder } from '../../src/clip/engine-builder.js';
import { engineOptions } from '../../src/clip/tensorrt-options.js';
import { EngineCache } from '../../src/models/engine-cache.js';
import type { EngineJob } from '../../src/models/engine-job.js';
import { engineName } from '../../src/models/engine-key.js';
import { withFileLock } from '../../src/models/file-lock.js';
import { markOf } from '../../src/models/process-mark.js';
import { tinyClipDir } from '../support/tiny-clip.js';

const fake = fileURLToPath(new URL('../fixtures/engines/fake-engine-program.mjs', import.meta.url));
const names = fileURLToPath(new URL('../../deploy/jetson/tensorrt-options.txt', import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'));
  return () => rm(dir, { recursive: true, force: true });
});

const jobFor = (sourceFile: string): EngineJob => ({
  key: { modelSha256: 'ab'.repeat(32), tensorrt: '10.3.0', gpu: 'a GPU', precision: 'fp16', batchSize: 2 },
  sourceFile,
  inputSize: 224,
});

async function outcome(builder: EngineBuilder, sourceFile: string): Promise<string> {
  const cache = new EngineCache(dir, builder, { info: () => undefined, warn: () => undefined });
  const state = await cache.engine(jobFor(sourceFile), { signal: new AbortController().signal, retry: true });
  return state.state === 'ready' ? 'ready' : state.reason;
}

describe('the engine builder, with a fake of the engine program', () => {
  it.each([
    ['good', 'ready'],
    ['refused', 'the provider tensorrt is not in this build of onnxruntime'],
    ['unpatched', 'onnxruntime wrote no engine'],
    ['silent', 'its process ended with code 7'],
    ['killed', 'its process was ended by SIGKILL, as the system does where memory runs out'],
    ['nothing', expect.stringContaining('ENOENT')],
    ['wrong', 'the engine says something else than the model on the CPU (cosine 0.1234)'],
  ])('a program that is %s: %s', async (manner, expected) => {
    expect(await outcome(new EngineBuilder({ program: fake }), `/nowhere/${manner}.onnx`)).toEqual(expected);
  });

  it('says once that the system denies low priority, and builds all the same', async () => {
    const warnings: string[] = [];
    const giveWay = () => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
    };
    const builder = new EngineBuilder({ program: fake, giveWay, warn: (line) => warnings.push(line) });
    // A build and its proof: two processes.
    expect(await outcome(builder, '/nowhere/good.onnx')).toBe('ready');
    expect(warnings).toEqual([expect.stringMatching(/same priority as all else.*EPERM/)]);
  });

  it('ends a build that takes too long, and tells of it meanwhile', async () => {
    const told: number[] = [];
    const builder = new EngineBuilder({ program: fake, limitMs: 1500, everyMs: 200, progress: (ms) => told.push(ms) });
    expect(await outcome(builder, '/nowhere/hanging.onnx')).toMatch(/^it took longer than/);
    expect(told.length).toBeGreaterThan(0);
  });

  it('ends a build that is stopped', async () => {
    const stop = new AbortController();
    const builder = new EngineBuilder({ program: fake });
    const built = builder.build(jobFor('/nowhere/hanging.onnx'), join(dir, 'x', 'ctx.onnx'), stop.signal);
    stop.abort();
    await expect(built).rejects.toThrow(/abort/i);
  });

  it('names its process in the lock, and ends it where the node that began it was killed', async () => {
    const stop = new AbortController();
    const quiet = { info: () => undefined, warn: () => undefined };
    const cache = new EngineCache(dir, new EngineBuilder({ program: fake }), quiet);
    const job = jobFor('/nowhere/hanging.onnx');
    const built = cache.engine(job, { signal: stop.signal, retry: true });
    const lockFile = join(dir, `${engineName(job.key)}.lock`);
    const lock = async () => (await readFile(lockFile, 'utf8').catch(() => '')).split('\n');
    await expect.poll(async () => (await lock())[1] ?? '', { timeout: 20_000 }).toMatch(/^\d+ \d+$/);
    const [owner = '', helper = ''] = await lock();
    const pid = Number(helper.split(' ')[0]);
    expect(() => process.kill(pid, 0)).not.toThrow();
    // As it lies there after the node was killed: the owner is no process any more, the build goes on.
    const left = join(dir, 'left.lock');
    await writeFile(left, `${owner.replace(/^\d+/, '4194304')}\n${helper}\n`);
    await withFileLock(
      left,
      () => new Error('busy'),
      async () => undefined,
    );
    expect(await markOf(pid)).toBeNull();
    expect(await built).toMatchObject({ state: 'failed', reason: expect.stringContaining('ended by SIGKILL') });
  });

  it('lets a Python build where one is named, and proves the engine itself', async () => {
    const python = join(dir, 'python');
    // A fake of Python with onnxruntime-gpu: it is called with the script and the task.
    await writeFile(
      python,
      `#!/bin/sh\ncase "$1" in */models/export/build_engine.py) exec "${process.execPath}" "${fake}" "$2";; esac\necho "$1" >&2; exit 1\n`,
      { mode: 0o755 },
    );
    expect(await outcome(new EngineBuilder({ program: fake, python }), '/nowhere/good.onnx')).toBe('ready');
    const missing = new EngineBuilder({ program: fake, python: join(dir, 'no-python') });
    await rm(dir, { recursive: true });
    expect(await outcome(missing, '/nowhere/other.onnx')).toMatch(/ENOENT/);
  });

  it('says so where there is no program', async () => {
    expect(await outcome(new EngineBuilder({ program: join(dir, 'none.js') }), '/nowhere/good.onnx')).toMatch(
      /Node\.js|code 1/,
    );
  });
});

describe('the engine program itself', () => {
  // A machine with TensorRT and a patched binding would build it: what is asserted is that there is an engine or a reason.
  it('builds an engine, or says in one line why this onnxruntime cannot', { timeout: 120_000 }, async () => {
    const said = await outcome(new EngineBuilder(), join(tinyClipDir, 'onnx/vision_model.onnx'));
    expect(said).toMatch(/^ready$|tensorrt|TensorRT/);
    expect(said).not.toMatch(/\n/);
  });
});

it('every option that is passed stands in the list that the build of onnxruntime-node checks', async () => {
  const places = { pictureInput: 'pixel_values', contextFile: '/e/ctx.onnx', timingDir: '/e/timing' };
  const options = engineOptions(jobFor('/nowhere/good.onnx'), places);
  const listed = (await readFile(names, 'utf8')).trim().split('\n');
  expect(Object.keys(options).filter((name) => name.startsWith('trt_') && !listed.includes(name))).toEqual([]);
  expect(options).toMatchObject({
    name: 'tensorrt',
    trt_fp16_enable: '1',
    trt_profile_min_shapes: 'pixel_values:1x3x224x224',
    trt_profile_max_shapes: 'pixel_values:2x3x224x224',
  });
});
