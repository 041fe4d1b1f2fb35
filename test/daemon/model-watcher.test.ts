import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/config/replace-file.js';
import { ModelWatcher } from '../../src/daemon/model-watcher.js';

let dir: string;
let configFile: string;
let models: string[];
let unusable: (string | null)[];
let watcher: ModelWatcher;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-watcher-'));
  configFile = join(dir, 'fieldscout.yaml');
  models = [];
  unusable = [];
  await writeFile(configFile, 'model: scout-tiny\n');
  watcher = new ModelWatcher({
    configFile,
    baseDir: dir,
    model: 'scout-tiny',
    onModel: async (model) => void models.push(model),
    onUnusable: (line) => void unusable.push(line),
    onFault: (line) => void models.push(line),
  });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function looks(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await watcher.poll();
}

describe('a configuration that names another model while the node runs', () => {
  it('is seen once it has settled, and taken once', async () => {
    await looks(3);
    expect(models).toEqual([]);
    await replaceFile(configFile, 'model: clip-vit-b32\n');
    await looks(1);
    expect(models).toEqual([]);
    await looks(4);
    expect(models).toEqual(['clip-vit-b32']);
    await replaceFile(configFile, 'model: scout-tiny\n');
    await looks(2);
    expect(models).toEqual(['clip-vit-b32', 'scout-tiny']);
  });

  it('is taken again where the file is written anew, with the same words too', async () => {
    await looks(2);
    for (let i = 0; i < 2; i += 1) {
      await replaceFile(configFile, 'model: clip-vit-b32\n');
      await looks(3);
    }
    expect(models).toEqual(['clip-vit-b32', 'clip-vit-b32']);
  });

  it('is seen where that happened while the node started', async () => {
    await replaceFile(configFile, 'model: clip-vit-b32\n');
    await looks(3);
    expect(models).toEqual(['clip-vit-b32']);
  });

  it('changes nothing while it is broken or gone, which is told until it is mended', async () => {
    await looks(2);
    await writeFile(configFile, 'model: [\n');
    await looks(3);
    await rm(configFile);
    await looks(3);
    expect(models).toEqual([]);
    await writeFile(configFile, 'model: clip-vit-b32\n');
    await looks(2);
    expect(models).toEqual(['clip-vit-b32']);
    expect(unusable).toEqual([
      null,
      expect.stringMatching(/fieldscout\.yaml:.*CONFIG_INVALID/),
      expect.stringMatching(/fieldscout\.yaml cannot be read .*CONFIG_UNREADABLE/),
      null,
    ]);
  });
});
