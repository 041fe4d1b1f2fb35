import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePreviousModel } from '../../src/config/previous-model.js';
import { configSchema } from '../../src/config/schema.js';
import { openModel } from '../../src/daemon/open-model.js';
import { tinyClipDir } from '../support/tiny-clip.js';

let dir: string;
let configFile: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'open-model-'));
  configFile = join(dir, 'fieldscout.yaml');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function open(model: string, warnings: string[] = []) {
  return openModel({
    config: configSchema.parse({ model }),
    inference: { providers: ['cpu'], precision: 'auto', batchSize: 4 },
    baseDir: dir,
    configFile,
    modelDirs: [],
    storageDir: dir,
    signal: new AbortController().signal,
    warn: () => undefined,
    refused: (line) => void warnings.push(line),
    log: { info: () => undefined },
  });
}

const switched = (from: string, to: string) => writePreviousModel(configFile, { from, to, at: '2026-05-01T12:00:00Z' });

describe('openModel', () => {
  it('goes back to the model before where the one that it was switched to cannot be used, and says so', async () => {
    await cp(tinyClipDir, join(dir, 'new'), { recursive: true });
    await rm(join(dir, 'new/tokenizer.json'));
    await switched(tinyClipDir, './new');
    const warnings: string[] = [];
    const clip = await open('./new', warnings);
    await clip.close();
    expect(clip.model.id).toBe('tiny-random-clip');
    expect(warnings[0]).toMatch(
      /^the model \.\/new cannot be used, .*tiny-random-clip serves as before: .*new has no tokenizer\.json\./,
    );
  });

  it('fails on a model that a person wrote there', async () => {
    await expect(open('./gone')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    await switched(tinyClipDir, './another');
    await expect(open('./gone')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
  });
});
