import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { modelsCommand } from '../../src/commands/models.js';
import { bundledModels } from '../../src/paths.js';
import { ModelServer } from '../models/model-server.js';
import { serveModel } from '../models/tiny-entry.js';

let server: ModelServer;
let modelsDir: string;
let registry: string;

beforeEach(async () => {
  server = new ModelServer();
  await server.start();
  modelsDir = await mkdtemp(join(tmpdir(), 'models-'));
  registry = join(modelsDir, 'registry.yaml');
  await writeFile(registry, stringify({ models: [serveModel(server, { hashes: false })] }));
});

afterEach(async () => {
  process.exitCode = undefined;
  await server.stop();
  await rm(modelsDir, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    await modelsCommand().parseAsync([...args, '--models-dir', modelsDir], { from: 'user' });
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

describe('fieldscout models', () => {
  it('lists what is installed and what can be fetched', async () => {
    const rows = JSON.parse(await run('list', '--json', '--registry', registry));
    expect(rows).toEqual([
      {
        id: 'scout-tiny',
        title: null,
        kind: 'clip',
        licence: 'Apache-2.0',
        source: 'trained by the Fieldscout project',
        dir: join(bundledModels, 'scout-tiny'),
        pullable: false,
        hashesChecked: true,
        approximateBytes: null,
        inputSize: 128,
        embeddingSize: 256,
        goodFor: null,
      },
      {
        id: 'tiny',
        title: 'Tiny',
        kind: 'clip',
        licence: 'MIT',
        source: 'https://models.example/tiny',
        dir: null,
        pullable: true,
        hashesChecked: false,
        approximateBytes: 203_000,
        inputSize: 32,
        embeddingSize: 8,
        goodFor: 'tests',
      },
    ]);
  });

  it('lists the bundled registry for people', async () => {
    const text = await run('list');
    expect(text).toMatch(/^scout-tiny +installed /m);
    expect(text).toMatch(/^clip-vit-b32 +~697 MB +OpenAI CLIP ViT-B\/32$/m);
    expect(text).toMatch(/^bioclip +needs export +BioCLIP/m);
    expect(text).toMatch(/^ +licence: Apache-2\.0; from: trained by the Fieldscout project; hashes checked$/m);
  });

  it('says of each model whose hashes nobody has checked, before and after it was pulled', async () => {
    const says = 'licence: MIT; from: https://models.example/tiny; hashes NOT checked by anybody\n';
    const unchecked = [...server.files.keys()];
    const line = `hashes       NOT checked by anybody: ${unchecked.join(', ')}\n`;
    expect(await run('list', '--registry', registry)).toContain(says);
    expect(await run('info', 'tiny', '--registry', registry)).toContain(line);
    expect(JSON.parse(await run('info', 'tiny', '--json', '--registry', registry))).toMatchObject({
      installed: false,
      hashesChecked: false,
    });
    await run('pull', 'tiny', '--registry', registry);
    expect(await run('list', '--registry', registry)).toContain(says);
    expect(await run('info', 'tiny', '--registry', registry)).toContain(line);
    expect(JSON.parse(await run('info', 'tiny', '--json', '--registry', registry))).toMatchObject({
      installed: true,
      hashesChecked: false,
      unchecked,
    });
  });

  it('says so of a model whose hashes are in the registry too', async () => {
    await writeFile(registry, stringify({ models: [serveModel(server)] }));
    expect(await run('list', '--registry', registry)).toContain('from: https://models.example/tiny; hashes checked\n');
    expect(await run('info', 'tiny', '--registry', registry)).toContain('hashes       checked\n');
  });

  it('pulls, verifies and describes a model', async () => {
    expect(await run('pull', 'tiny', '--registry', registry)).toBe(
      `tiny is installed in ${join(modelsDir, 'tiny')}\n` +
        'hash not checked by anybody: onnx/vision_model.onnx, onnx/text_model.onnx, tokenizer.json, ' +
        'preprocessor_config.json, config.json\n',
    );
    expect(await run('verify', 'tiny')).toContain(`tiny: ok (${join(modelsDir, 'tiny')})\n  ok        onnx/`);
    expect(await run('info', 'tiny', '--registry', registry)).toContain(
      'calibration  logit scale 50, bias 0 (manifest)',
    );
    expect(process.exitCode).toBeUndefined();
  });

  it('reports a changed file and a missing one with exit code 1', async () => {
    await run('pull', 'tiny', '--registry', registry);
    await appendFile(join(modelsDir, 'tiny', 'config.json'), ' ');
    await rm(join(modelsDir, 'tiny', 'tokenizer.json'));
    const [result] = JSON.parse(await run('verify', 'tiny', '--json'));
    expect(result.ok).toBe(false);
    expect(result.files.map(({ path, state }: { path: string; state: string }) => [path, state])).toEqual([
      ['onnx/vision_model.onnx', 'ok'],
      ['onnx/text_model.onnx', 'ok'],
      ['tokenizer.json', 'missing'],
      ['preprocessor_config.json', 'ok'],
      ['config.json', 'changed'],
    ]);
    expect(process.exitCode).toBe(1);
  });

  it('verifies every model when none is named', async () => {
    expect(await run('verify')).toMatch(/^scout-tiny: ok /);
  });

  it('goes on with the others where a folder cannot be verified, and ends with exit code 1', async () => {
    await mkdir(join(modelsDir, 'a-bare-one', 'onnx'), { recursive: true });
    await mkdir(join(modelsDir, 'a-broken-one', 'onnx'), { recursive: true });
    await writeFile(join(modelsDir, 'a-broken-one', 'fieldscout-model.json'), '{');
    const lines = (await run('verify')).split('\n').filter((line) => !line.startsWith(' '));
    const bare = join(modelsDir, 'a-bare-one');
    expect(lines[0]).toBe(
      `a-bare-one: NOT verified: ${bare} has no fieldscout-model.json, so there is nothing to verify its files against. ` +
        'Pull the model again, or write its manifest. [MODEL_INVALID]',
    );
    expect(lines[1]).toMatch(/^a-broken-one: NOT verified: .*fieldscout-model\.json is not JSON: /);
    expect(lines[2]).toMatch(/^scout-tiny: ok /);
    expect(process.exitCode).toBe(1);
    const results = JSON.parse(await run('verify', '--json'));
    expect(results.map(({ id, ok }: { id: string; ok: boolean }) => [id, ok])).toEqual([
      ['a-bare-one', false],
      ['a-broken-one', false],
      ['scout-tiny', true],
    ]);
    expect(results[0]).toEqual({ id: 'a-bare-one', dir: bare, ok: false, files: [], error: expect.any(String) });
  });

  it('describes a model that is not here yet', async () => {
    const text = await run('info', 'tiny', '--registry', registry);
    expect(text).toContain(`not here     fieldscout models pull tiny (would go to ${join(modelsDir, 'tiny')})`);
  });

  it('names the models of the registry when asked for another', async () => {
    await expect(run('pull', 'huge', '--registry', registry)).rejects.toMatchObject({
      code: 'MODEL_UNKNOWN',
      message: 'The registry has no model "huge"; it has tiny.',
    });
  });

  it('shows an example in the help of every verb', () => {
    for (const verb of modelsCommand().commands) {
      const help: string[] = [];
      verb.configureOutput({ writeOut: (text) => void help.push(text) }).outputHelp();
      expect(help.join('')).toContain(`Example:\n  $ fieldscout models ${verb.name()}`);
    }
  });
});
