import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { loadClip } from '../../src/clip/load-clip.js';
import { proveProvider, providersThatRan } from '../../src/clip/prove-provider.js';
import { Tower } from '../../src/clip/tower.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import type { Provider } from '../../src/types.js';
import { tinyClipDir } from '../support/tiny-clip.js';

const folder = await openModelFolder(tinyClipDir, { searchDirs: [] });
const visionFile = join(tinyClipDir, 'onnx/vision_model.onnx');
const siglipDir = fileURLToPath(new URL('../fixtures/tiny-random-siglip', import.meta.url));
const withoutInt8 = fileURLToPath(new URL('../fixtures/workers/worker-without-int8.mjs', import.meta.url));
const refusing = fileURLToPath(new URL('../fixtures/workers/refusing-worker.mjs', import.meta.url));

function load(providers: readonly Provider[], warnings: string[], entry?: string) {
  const settings = { providers, precision: 'auto', threads: 1 } as const;
  return loadClip(folder, settings, { warn: (line) => warnings.push(line) }, entry);
}

describe('providers in order', () => {
  // A machine may have any of them: what is asserted is that the one told of is the one that ran.
  it.each(['tensorrt', 'cuda', 'webgpu'] as const)(
    'goes on with the CPU where %s cannot be used, with one line that says why',
    { timeout: 60_000 },
    async (provider) => {
      const warnings: string[] = [];
      const clip = await load([provider, 'cpu'], warnings);
      try {
        const [embedding] = await clip.encodeImages(new Float32Array(3 * 224 * 224), 1);
        expect(embedding).toHaveLength(64);
        if (clip.provider === provider) {
          expect(warnings).toEqual([]);
        } else {
          expect(clip.provider).toBe('cpu');
          expect(warnings).toHaveLength(1);
          expect(warnings[0]).toMatch(new RegExp(`^provider ${provider} cannot be used: \\S[^\\n]*$`));
        }
      } finally {
        await clip.close();
      }
    },
  );

  it('takes the first that runs and starts no other', async () => {
    const warnings: string[] = [];
    const clip = await load(['cpu', 'cuda'], warnings);
    expect([clip.provider, clip.precision, warnings]).toEqual(['cpu', 'fp32', []]);
    await clip.close();
  });

  it('names each reason where none runs', async () => {
    const warnings: string[] = [];
    await expect(load(['tensorrt', 'cuda'], warnings, refusing)).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'No provider runs tiny-random-clip (tensorrt: no driver for tensorrt; cuda: no driver for cuda).',
    });
    expect(warnings).toEqual([
      'provider tensorrt cannot be used: no driver for tensorrt',
      'provider cuda cannot be used: no driver for cuda',
    ]);
  });
});

describe('variants of the vision tower', () => {
  const loadSiglip = async (precision: 'auto' | 'int8', warnings: string[]) =>
    loadClip(
      await openModelFolder(siglipDir, { searchDirs: [] }),
      { providers: ['cpu'], precision, threads: 1 },
      { warn: (line) => warnings.push(line) },
      withoutInt8,
    );

  it('gives way to the next where onnxruntime lacks an operator of the best, and says so', async () => {
    const warnings: string[] = [];
    const clip = await loadSiglip('auto', warnings);
    expect([clip.provider, clip.precision]).toEqual(['cpu', 'fp32']);
    expect(warnings).toEqual([
      'provider cpu cannot run the int8 vision model: Could not find an implementation for ConvInteger(10) node',
    ]);
    await clip.close();
  });

  it('does not give way where the precision was asked for', async () => {
    const warnings: string[] = [];
    await expect(loadSiglip('int8', warnings)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(warnings).toEqual([
      'provider cpu cannot be used: Could not find an implementation for ConvInteger(10) node',
    ]);
  });
});

describe('the proof that a provider runs', () => {
  it("is read from onnxruntime's own trace", async () => {
    const dir = await mkdtemp(join(tmpdir(), 'trace-'));
    try {
      const tower = await Tower.open(visionFile, {
        executionProviders: ['cpu'],
        logSeverityLevel: 3,
        enableProfiling: true,
        profileFilePrefix: join(dir, 'profile'),
      });
      await tower.embedImages(new Float32Array(3 * 224 * 224), 1, 224);
      tower.endProfiling();
      await tower.release();
      const [file = ''] = await readdir(dir);
      const trace = await readFile(join(dir, file), 'utf8');
      expect(providersThatRan(trace)).toEqual(new Set(['CPUExecutionProvider']));
      const half = trace.replaceAll('"CPUExecutionProvider"', '"CUDAExecutionProvider"');
      expect(providersThatRan(half)).toEqual(new Set(['CUDAExecutionProvider']));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('counts only nodes that were executed', () => {
    const trace = JSON.stringify([
      { cat: 'Session', args: { provider: 'CUDAExecutionProvider' } },
      { cat: 'Node', args: { provider: '' } },
      { cat: 'Node' },
      { cat: 'Node', args: { provider: 'CPUExecutionProvider' } },
    ]);
    expect(providersThatRan(trace)).toEqual(new Set(['CPUExecutionProvider']));
  });

  it('refuses a provider that every node fell back from, and leaves no file behind', async () => {
    // A folder of its own: other tests prove providers at the same time.
    const own = await mkdtemp(join(tmpdir(), 'own-tmp-'));
    vi.stubEnv('TMPDIR', own);
    const options = { executionProviders: ['cpu'], logSeverityLevel: 3 } as const;
    await expect(proveProvider('cuda', visionFile, options, 224)).rejects.toThrow(
      'no node of the model ran on it, all fell back to CPUExecutionProvider',
    );
    await expect(proveProvider('cpu', visionFile, options, 224)).resolves.toBeUndefined();
    vi.unstubAllEnvs();
    expect(await readdir(own)).toEqual([]);
    await rm(own, { recursive: true });
  });
});
