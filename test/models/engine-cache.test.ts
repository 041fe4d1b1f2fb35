import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { EngineCache } from '../../src/models/engine-cache.js';
import { type EngineKey, engineName } from '../../src/models/engine-key.js';

/** A fake of onnxruntime's binding: no TensorRT runs in this test. */
class FakeBinding {
  builds = 0;
  proofs = 0;
  buildFault: Error | undefined;
  proofFaults: Error[] = [];
  writesNothing = false;

  async build({ tensorrt }: EngineKey, file: string): Promise<void> {
    this.builds += 1;
    if (this.writesNothing) return;
    await writeFile(file, `engine ${this.builds} of TensorRT ${tensorrt}`);
    if (this.buildFault) throw this.buildFault;
  }

  async prove(file: string): Promise<void> {
    this.proofs += 1;
    const fault = this.proofFaults.shift();
    if (fault) throw fault;
    await readFile(file);
  }
}

const key: EngineKey = {
  modelSha256: 'ab'.repeat(32),
  tensorrt: '10.3.0',
  gpu: 'Orin sm_87',
  precision: 'fp16',
  batchSize: 8,
};

let dir: string;
let binding: FakeBinding;
let lines: string[];
let cache: EngineCache;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'));
  binding = new FakeBinding();
  lines = [];
  cache = new EngineCache(dir, binding, { info: () => undefined, warn: (line) => lines.push(line) });
  return () => rm(dir, { recursive: true, force: true });
});
const place = () => join(dir, engineName(key));

describe('the engine cache, against a fake of the binding', () => {
  it('builds once and then takes what is there, proved each time', async () => {
    expect(await cache.engine(key)).toMatchObject({ state: 'ready', built: true });
    expect(await cache.engine(key)).toMatchObject({ state: 'ready', built: false });
    expect([binding.builds, binding.proofs, lines]).toEqual([1, 2, []]);
  });

  it('builds once where it is asked twice at the same time', async () => {
    await Promise.all([cache.engine(key), cache.engine(key)]);
    expect(binding.builds).toBe(1);
  });

  it.each([
    ['model', { modelSha256: 'cd'.repeat(32) }],
    ['TensorRT', { tensorrt: '10.4.0' }],
    ['GPU', { gpu: 'Orin Nano sm_87' }],
    ['precision', { precision: 'fp32' }],
    ['batch', { batchSize: 16 }],
  ] as const)('has another engine for another %s', async (_, change) => {
    await cache.engine(key);
    expect(await cache.engine({ ...key, ...change })).toMatchObject({ built: true });
  });

  it.each([
    ['its file is damaged', () => writeFile(join(place(), 'model_ctx.onnx'), 'cut o')],
    ['its file is gone', () => rm(join(place(), 'model_ctx.onnx'))],
    ['its record is no JSON', () => writeFile(join(place(), 'engine.json'), '{"key":')],
    ['its record is another form', () => writeFile(join(place(), 'engine.json'), '{}')],
    [
      'it was made for another key',
      async () => {
        const file = join(place(), 'engine.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace('10.3.0', '8.6.2'));
      },
    ],
    ['it no longer loads', async () => void binding.proofFaults.push(new Error('engine plan file is not compatible'))],
  ])('builds anew where %s, and says so', async (_, spoil) => {
    await cache.engine(key);
    await spoil();
    expect(await cache.engine(key)).toMatchObject({ state: 'ready', built: true });
    expect(lines).toEqual([expect.stringContaining('is built anew')]);
  });

  it.each([
    ['the build fails', () => (binding.buildFault = new Error('out of memory')), 'out of memory'],
    ['the new engine does not run', () => binding.proofFaults.push(new Error('no kernel')), 'no kernel'],
    ['the build leaves no file', () => (binding.writesNothing = true), 'ENOENT'],
  ])('says why where %s, leaves no half engine, and tries again when asked', async (_, spoil, reason) => {
    spoil();
    expect(await cache.engine(key)).toMatchObject({ state: 'failed', reason: expect.stringContaining(reason) });
    expect(lines).toEqual([expect.stringContaining('the next provider serves')]);
    expect(await readdir(dir)).toEqual([]);
    binding.buildFault = undefined;
    binding.writesNothing = false;
    expect(await cache.engine(key)).toMatchObject({ state: 'ready' });
  });

  it('says why where the disk takes nothing', async () => {
    const file = join(dir, 'a-file');
    await writeFile(file, '');
    const shut = new EngineCache(join(file, 'engines'), binding, { info: () => undefined, warn: () => undefined });
    expect(await shut.engine(key)).toMatchObject({ state: 'failed', reason: expect.stringContaining('ENOTDIR') });
  });
});
