import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../../src/daemon/open-model.js';
import type { Provider } from '../../src/types.js';
import { sampleBoard } from '../devices/sample-board.js';
import { tinyClipDir } from '../support/tiny-clip.js';

let dir: string;
let warnings: string[];
/** A machine without TensorRT, whatever this one has. */
let systemRoot: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'open-model-'));
  warnings = [];
  systemRoot = await sampleBoard({});
  return () => rm(dir, { recursive: true, force: true });
});

const open = (providers: readonly Provider[]) =>
  openModel({
    config: { model: tinyClipDir, threads: 1 },
    inference: { providers, precision: 'auto', batchSize: 2 },
    baseDir: dir,
    configFile: undefined,
    modelDirs: [],
    storageDir: dir,
    systemRoot,
    signal: new AbortController().signal,
    warn: (line) => warnings.push(line),
    refused: (line) => warnings.push(line),
    log: { info: () => undefined },
  });

describe("a node's model", () => {
  it('runs on the next provider where there is no TensorRT, and one line says why', async () => {
    const clip = await open(['tensorrt', 'cpu']);
    try {
      expect(clip.provider).toBe('cpu');
      expect(await clip.encodeImages(new Float32Array(3 * 224 * 224), 1)).toHaveLength(1);
      expect(warnings.filter((line) => line.includes('tensorrt'))).toEqual([
        'provider tensorrt cannot be used: No TensorRT engine can be made: there is no TensorRT here (no libnvinfer.so). Install it with ' +
          'JetPack: docs/jetson.md. [PROVIDER_UNAVAILABLE]',
      ]);
    } finally {
      await clip.close();
    }
  });

  it('does not start where TensorRT alone is wanted and is not there', async () => {
    await expect(open(['tensorrt'])).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringMatching(/^No provider runs tiny-random-clip \(tensorrt: /),
    });
  });
});
