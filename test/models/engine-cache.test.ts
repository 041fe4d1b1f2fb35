import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { EngineCache } from '../../src/models/engine-cache.js';
import type { EngineJob } from '../../src/models/engine-job.js';
import { type EngineKey, engineName } from '../../src/models/engine-key.js';

/** A fake of onnxruntime's binding: no TensorRT runs in this test. */
class FakeBinding {
  builds = 0;
  proofs = 0;
  buildFault: Error | undefined;
  proofFaults: Error[] = [];
  writesNothing = false;
  /** What a build waits for. */
  gate: Promise<void> = Promise.resolve();

  async build({ key }: EngineJob, file: string, signal: AbortSignal): Promise<void> {
    this.builds += 1;
    if (this.writesNothing) return;
    await writeFile(file, `engine ${this.builds} of TensorRT ${key.tensorrt}`);
    await this.gate;
    signal.throwIfAborted();
    if (this.buildFault) throw this.buildFault;
  }

  async prove(_job: EngineJob, file: string): Promise<void> {
    this.proofs += 1;
    const fault = this.proofFaults.shift();
    if (fault) throw fault;
    await readFile(file);
  }
}

const key: EngineKey = {
  modelSha256: 'ab'.repeat(32),
  tensorrt: '10.3.0',
  gpu: 'NVIDIA Jetson Orin Nano (nvidia,tegra234, L4T R36.4.3)',
  precision: 'fp16',
  batchSize: 8,
};
const job: EngineJob = { key, sourceFile: '/nowhere/vision_model.onnx', inputSize: 224 };

let dir: string;
let binding: FakeBinding;
let lines: string[];
let infos: string[];
let nowMs: number;
/** What happens while the cache waits for another process; each wait is a minute that takes no time. */
let meanwhile: (signal: AbortSignal) => Promise<void>;
let waits: number;
let cache: EngineCache;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'));
  binding = new FakeBinding();
  lines = [];
  infos = [];
  nowMs = Date.UTC(2027, 0, 1);
  const reports = { info: (line: string) => infos.push(line), warn: (line: string) => lines.push(line) };
  waits = 0;
  meanwhile = () => Promise.reject(new Error('nobody is to be waited for'));
  const wait = async (ms: number, signal: AbortSignal) => {
    waits += 1;
    nowMs += ms;
    await meanwhile(signal);
  };
  cache = new EngineCache(dir, binding, reports, { now: () => nowMs, wait });
  return () => rm(dir, { recursive: true, force: true });
});
const place = () => join(dir, engineName(key));
const ask = (change: Partial<EngineKey> = {}, retry = true, signal = new AbortController().signal) =>
  cache.engine({ ...job, key: { ...key, ...change } }, { signal, retry });

describe('the engine cache, against a fake of the binding', () => {
  it('builds once and then takes what is there, proved each time', async () => {
    expect(await cache.present(job)).toEqual({ state: 'failed', reason: 'there is none yet' });
    expect(await ask()).toMatchObject({ state: 'ready', built: true });
    expect(await ask()).toMatchObject({ state: 'ready', built: false });
    expect([binding.builds, binding.proofs, lines]).toEqual([1, 2, []]);
    expect(await cache.present(job)).toEqual({ state: 'ready', file: join(place(), 'model_ctx.onnx'), built: false });
  });

  it('builds once where it is asked twice at the same time', async () => {
    await Promise.all([ask(), ask()]);
    expect(binding.builds).toBe(1);
  });

  it.each([
    ['model', { modelSha256: 'cd'.repeat(32) }],
    ['TensorRT', { tensorrt: '10.4.0' }],
    ['GPU', { gpu: 'NVIDIA Jetson AGX Orin (nvidia,tegra234, L4T R36.4.3)' }],
    ['precision', { precision: 'fp32' }],
    ['batch', { batchSize: 16 }],
  ] as const)('has another engine for another %s', async (_, change) => {
    await ask();
    expect(await ask(change)).toMatchObject({ built: true });
    expect(await ask()).toMatchObject({ built: false });
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
    ['it no longer runs', async () => void binding.proofFaults.push(new Error('engine plan file is not compatible'))],
  ])('builds anew where %s, and says so', async (_, spoil) => {
    await ask();
    await spoil();
    expect(await ask()).toMatchObject({ state: 'ready', built: true });
    expect(lines).toEqual([expect.stringContaining('is built anew')]);
  });

  it.each([
    ['the build fails', () => (binding.buildFault = new Error('out of memory')), 'out of memory'],
    ['the new engine does not run', () => binding.proofFaults.push(new Error('no kernel')), 'no kernel'],
    ['the build leaves no file', () => (binding.writesNothing = true), 'ENOENT'],
  ])('says why where %s, leaves no half engine, and tries again when asked', async (_, spoil, reason) => {
    spoil();
    expect(await ask()).toMatchObject({ state: 'failed', reason: expect.stringContaining(reason) });
    expect(lines).toEqual([expect.stringContaining('the next provider serves')]);
    expect(await readdir(dir)).toEqual([`${engineName(key)}.failed.json`]);
    binding.buildFault = undefined;
    binding.writesNothing = false;
    expect(await ask()).toMatchObject({ state: 'ready' });
    expect(await readdir(dir)).toEqual([engineName(key)]);
  });

  it('does not spend minutes at each start on a build that failed, but tries again after a day', async () => {
    binding.buildFault = new Error('no memory');
    await ask({}, false);
    expect(await ask({}, false)).toMatchObject({ state: 'failed', reason: expect.stringContaining('no memory') });
    expect(binding.builds).toBe(1);
    nowMs += 86_400_000;
    binding.buildFault = undefined;
    expect(await ask({}, false)).toMatchObject({ state: 'ready' });
  });

  it('is not kept from building by a note of a failure that is damaged or from the future', async () => {
    for (const note of ['{', JSON.stringify({ reason: 'no memory', atMs: nowMs + 60_000 })]) {
      await writeFile(`${place()}.failed.json`, note);
      expect(await ask({}, false)).toMatchObject({ state: 'ready' });
      await rm(place(), { recursive: true });
    }
  });

  it('takes away what a power cut left of a build', async () => {
    await mkdir(`${place()}.building`);
    await writeFile(join(`${place()}.building`, 'model_ctx.onnx'), 'half an eng');
    await writeFile(`${place()}.lock`, '4194303 another-boot\n');
    expect(await ask()).toMatchObject({ state: 'ready', built: true });
    expect(await readdir(dir)).toEqual([engineName(key)]);
  });

  describe('beside another process that builds the same one', () => {
    const lockFile = () => `${place()}.lock`;
    beforeEach(async () => {
      const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
      await writeFile(lockFile(), `${process.ppid} ${boot}\n`);
    });

    it('waits for it, says so once, and takes what it built', async () => {
      meanwhile = async () => {
        if (waits < 3) return;
        await rm(lockFile());
        const other = new EngineCache(dir, binding, { info: () => undefined, warn: () => undefined });
        await other.engine(job, { signal: new AbortController().signal, retry: false });
      };
      expect(await ask()).toMatchObject({ state: 'ready', built: false });
      expect([binding.builds, waits]).toEqual([1, 3]);
      expect(infos).toEqual([expect.stringMatching(/by another process \(\d+\): it is looked for every minute/)]);
      expect(lines).toEqual([]);
    });

    it('warns of a lock that names nobody, once, and how to be rid of it', async () => {
      await writeFile(lockFile(), '');
      meanwhile = async () => {
        if (waits === 2) await rm(lockFile());
      };
      expect(await ask()).toMatchObject({ state: 'ready', built: true });
      expect(lines).toEqual([expect.stringContaining(`delete ${lockFile()}`)]);
    });

    it('builds it where that process is gone', async () => {
      // The highest id that there can be is no process here; the boot is this one.
      meanwhile = async () => writeFile(lockFile(), (await readFile(lockFile(), 'utf8')).replace(/^\d+/, '4194304'));
      expect(await ask()).toMatchObject({ state: 'ready', built: true });
      expect([binding.builds, waits]).toEqual([1, 1]);
    });

    it('goes on without where that process failed', async () => {
      meanwhile = async () => {
        await rm(lockFile());
        await writeFile(`${place()}.failed.json`, JSON.stringify({ reason: 'no memory', atMs: nowMs }));
      };
      expect(await ask({}, false)).toMatchObject({ state: 'failed', reason: expect.stringContaining('no memory') });
      expect(binding.builds).toBe(0);
    });

    it('waits no longer than it is asked to', async () => {
      const stop = new AbortController();
      meanwhile = async () => stop.abort();
      expect(await ask({}, true, stop.signal)).toEqual({ state: 'failed', reason: 'it was stopped' });
      expect(binding.builds).toBe(0);
    });
  });

  it('leaves nothing of a build that is stopped, and does not hold it for a failure', async () => {
    const stop = new AbortController();
    let open: () => void = () => undefined;
    binding.gate = new Promise((resolve) => {
      open = resolve;
    });
    const asked = ask({}, false, stop.signal);
    stop.abort();
    open();
    expect(await asked).toEqual({ state: 'failed', reason: 'it was stopped' });
    expect([await readdir(dir), lines]).toEqual([[], []]);
  });

  it('says why where the disk takes nothing', async () => {
    const file = join(dir, 'a-file');
    await writeFile(file, '');
    const shut = new EngineCache(join(file, 'engines'), binding, { info: () => undefined, warn: () => undefined });
    const state = await shut.engine(job, { signal: new AbortController().signal, retry: true });
    expect(state).toMatchObject({ state: 'failed', reason: expect.stringContaining('ENOTDIR') });
  });
});
