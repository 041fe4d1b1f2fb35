import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { type ClipSettings, loadClip } from '../../src/clip/load-clip.js';
import { openWithEngine } from '../../src/daemon/engine-upgrade.js';
import { EngineCache } from '../../src/models/engine-cache.js';
import { type EngineJob, engineJob } from '../../src/models/engine-job.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import type { Provider } from '../../src/types.js';
import { tinyClipDir } from '../support/tiny-clip.js';

const folder = await openModelFolder(tinyClipDir, { searchDirs: [] });
const job = await engineJob(folder, { precision: 'auto', batchSize: 2, tensorrt: '10.3.0', gpu: 'a GPU' });

/** A model is loaded meanwhile, on a machine that may be busy. */
const SOON = { timeout: 25_000 };

let dir: string;
let lines: string[];
let builds: number;
/** The latest. */
let build: Promise<void>;
let open: () => void;
let gate: Promise<void>;
let fault: Error | undefined;
/** Providers that "run" in the fake of the runtime. */
let running: readonly Provider[];
let stopping: AbortController;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'engines-'));
  lines = [];
  builds = 0;
  fault = undefined;
  stopping = new AbortController();
  running = ['tensorrt', 'cpu'];
  gate = new Promise((resolve) => {
    open = resolve;
  });
  return () => rm(dir, { recursive: true, force: true });
});

/** A fake of the binding: no TensorRT runs in this test. */
const binding = {
  build(_job: EngineJob, file: string, signal: AbortSignal): Promise<void> {
    builds += 1;
    build = buildAt(file, signal);
    return build;
  },
  prove: async () => undefined,
};
async function buildAt(file: string, signal: AbortSignal): Promise<void> {
  await Promise.race([gate, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
  signal.throwIfAborted();
  if (fault) throw fault;
  await writeFile(file, 'an engine');
}
const say = (line: string) => void lines.push(line);
const cache = () => new EngineCache(dir, binding, { info: () => undefined, warn: say });

/** The real model on the CPU, under the name of the provider that the fake of the runtime has. */
async function load(settings: ClipSettings): Promise<ClipModel> {
  const provider = settings.providers.find((name) => running.includes(name));
  if (provider === undefined) throw new Error('no provider runs');
  const cpu = { ...settings, providers: ['cpu'], precision: 'fp32', engine: undefined } as const;
  const clip = await loadClip(folder, cpu, { warn: () => undefined });
  return new Proxy(clip, {
    get(target, name) {
      if (name === 'provider') return provider;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const openWith = (providers: readonly Provider[]) =>
  openWithEngine(
    folder,
    { providers, precision: 'auto', threads: 1 },
    { cache: cache(), job, signal: stopping.signal },
    { info: say, warn: say },
    load,
  );
const black = new Float32Array(3 * 224 * 224);

describe('a model for which TensorRT is wanted', () => {
  it('runs on the next provider while the engine is being built, then on the engine', async () => {
    const clip = await openWith(['tensorrt', 'cpu']);
    expect(clip.provider).toBe('cpu');
    const [before] = await clip.encodeImages(black, 1);
    open();
    await expect.poll(() => clip.provider, SOON).toBe('tensorrt');
    expect(await clip.encodeImages(black, 1)).toEqual([before]);
    await expect.poll(() => lines.at(-1), SOON).toContain('the model runs on tensorrt from now on');
    await clip.close();
  });

  it('runs on an engine that is there at once', async () => {
    open();
    await cache().engine(job, { signal: new AbortController().signal, retry: true });
    const clip = await openWith(['tensorrt', 'cpu']);
    expect([clip.provider, builds]).toEqual(['tensorrt', 1]);
    await clip.close();
  });

  it('stays on the next provider where the engine cannot be built', async () => {
    fault = new Error('out of memory');
    open();
    const clip = await openWith(['tensorrt', 'cpu']);
    await expect.poll(() => lines.at(-1), SOON).toContain('the next provider serves: out of memory');
    expect(clip.provider).toBe('cpu');
    await clip.close();
  });

  it('stays on the next provider where the engine does not load in the node', async () => {
    running = ['cpu'];
    open();
    const clip = await openWith(['tensorrt', 'cpu']);
    await expect.poll(() => lines.at(-1), SOON).toContain('the TensorRT engine is not used, cpu serves on');
    await clip.close();
  });

  it('builds none where a provider before it runs', async () => {
    running = ['cuda', 'tensorrt', 'cpu'];
    const clip = await openWith(['cuda', 'tensorrt', 'cpu']);
    expect([clip.provider, builds]).toEqual(['cuda', 0]);
    await clip.close();
  });

  it('ends the build when it is closed', async () => {
    const clip = await openWith(['tensorrt', 'cpu']);
    await expect.poll(() => builds, SOON).toBe(1);
    await clip.close();
    await expect(build).rejects.toMatchObject({ name: 'AbortError' });
    // What it left is taken away, and nothing of it is told.
    await expect.poll(() => readdir(dir), SOON).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('ends the build for which a start waits when the node stops', async () => {
    const opened = openWith(['tensorrt']);
    await expect.poll(() => builds, SOON).toBe(1);
    stopping.abort();
    await expect(opened).rejects.toMatchObject({ message: expect.stringContaining('it was stopped') });
  });

  it('waits for the engine where there is no other provider, and says why there is none', async () => {
    open();
    const clip = await openWith(['tensorrt']);
    expect(clip.provider).toBe('tensorrt');
    await clip.close();
    await rm(dir, { recursive: true });
    fault = new Error('out of memory');
    await expect(openWith(['tensorrt'])).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringContaining('out of memory'),
    });
  });
});
