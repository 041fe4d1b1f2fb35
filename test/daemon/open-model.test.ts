import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../../src/daemon/open-model.js';
import type { Provider } from '../../src/types.js';
import { tinyClipDir } from '../support/tiny-clip.js';

let dir: string;
let warnings: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'open-model-'));
  warnings = [];
  return () => rm(dir, { recursive: true, force: true });
});

const open = (providers: readonly Provider[]) =>
  openModel({
    config: { model: tinyClipDir, threads: 1 },
    inference: { providers, precision: 'auto', batchSize: 2 },
    baseDir: dir,
    modelDirs: [],
    storageDir: dir,
    signal: new AbortController().signal,
    warn: (line) => warnings.push(line),
    log: { info: () => undefined },
  });

describe("a node's model", () => {
  // A machine may have TensorRT: then the CPU serves while the engine is built, and what is asserted holds as well.
  it('runs on the next provider where there is no TensorRT, and one line says why', async () => {
    const clip = await open(['tensorrt', 'cpu']);
    try {
      expect(['cpu', 'tensorrt']).toContain(clip.provider);
      expect(await clip.encodeImages(new Float32Array(3 * 224 * 224), 1)).toHaveLength(1);
      const told = warnings.filter((line) => line.startsWith('provider tensorrt cannot be used: '));
      expect(told.length).toBeLessThanOrEqual(1);
      if (told[0]) expect(told[0]).toMatch(/No TensorRT engine can be made: \S[^\n]*$/);
    } finally {
      await clip.close();
    }
  });

  it('does not start where TensorRT alone is wanted and is not there', async () => {
    const started = open(['tensorrt']).then(
      (clip) => clip.close().then(() => 'started'),
      (error: unknown) => error,
    );
    const said = await started;
    if (said !== 'started') expect(said).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });
});
