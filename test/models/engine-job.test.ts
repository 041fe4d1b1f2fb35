import { describe, expect, it } from 'vitest';
import { engineJob } from '../../src/models/engine-job.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { tinyClipDir } from '../support/tiny-clip.js';

const folder = await openModelFolder(tinyClipDir, { searchDirs: [] });
const wish = { precision: 'auto', batchSize: 4, tensorrt: '10.3.0', gpu: 'a GPU' } as const;

describe('the engine for a model on this machine', () => {
  it('is fp16 of the fp32 file, unless fp32 is asked for', async () => {
    const job = await engineJob(folder, wish);
    expect(job).toMatchObject({
      sourceFile: folder.visionFiles.fp32,
      inputSize: 224,
      key: { precision: 'fp16', batchSize: 4 },
    });
    expect(job.key.modelSha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await engineJob(folder, { ...wish, precision: 'fp32' })).key.precision).toBe('fp32');
  });

  it('is of the fp16 file where there is no other', async () => {
    const half = { ...folder, visionFiles: { fp16: folder.visionFiles.fp32 as string } };
    expect((await engineJob(half, wish)).sourceFile).toBe(folder.visionFiles.fp32);
    await expect(engineJob(half, { ...wish, precision: 'fp32' })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
  });

  it.each([
    ['TensorRT', { tensorrt: null }, 'no libnvinfer.so'],
    ['a GPU', { gpu: null }, 'no NVIDIA GPU'],
    ['another precision than int8', { precision: 'int8' }, 'int8'],
  ] as const)('needs %s, and says so', async (_, change, reason) => {
    await expect(engineJob(folder, { ...wish, ...change })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringContaining(reason),
    });
  });
});
