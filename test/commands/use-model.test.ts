import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { revertCommand, useCommand } from '../../src/commands/use-model.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { ModelServer } from '../models/model-server.js';
import { sha256 } from '../models/tiny-entry.js';
import { drawnDir, tinyClipDir, WORDS } from '../support/tiny-clip.js';

/** Real models are loaded: a busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

const siglipDir = fileURLToPath(new URL('../fixtures/tiny-random-siglip', import.meta.url));
const CONFIG = `# My farm
model: scout-tiny   # for first contact
providers: [cpu]
detection: { minScore: 0 }
storage: { dir: data }
cameras:
  - { id: bed, source: "folder:pictures", prompts: [words.yaml], tiles: { scales: [1024] } }
`;

let dir: string;
let config: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'use-'));
  config = join(dir, 'fieldscout.yaml');
  await writeFile(config, CONFIG);
  await writeFile(join(dir, 'words.yaml'), WORDS);
  await mkdir(join(dir, 'pictures'));
  const kept = join(dir, 'data/pictures/bed');
  await mkdir(kept, { recursive: true });
  for (const [i, name] of ['97x131', '224x224', '300x500'].entries()) {
    const path = join(kept, `${String(i).repeat(64)}.jpg`);
    await sharp(join(drawnDir, `drawn-${name}.png`))
      .jpeg()
      .toFile(path);
    await utimes(path, 1_700_000_000 + i, 1_700_000_000 + i);
  }
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function run(command: 'use' | 'revert', ...args: readonly string[]): Promise<string> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    }),
  );
  try {
    const verb = command === 'use' ? useCommand() : revertCommand();
    const where = command === 'use' ? ['--models-dir', join(dir, 'models')] : [];
    await verb.parseAsync([...args, '-c', config, ...where], { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return written.join('');
}

const configText = () => readFile(config, 'utf8');
const refusal = (...args: readonly string[]) => run('use', ...args).catch((error: Error) => error);

/** Some weights of an ONNX file, which lie behind its graph, become NaN. */
const withoutNumbers = (onnx: Buffer): Buffer => {
  const at = Math.floor(0.7 * onnx.length);
  return onnx.fill(0xff, at, at + 64);
};

/** A copy of the SigLIP whose manifest vouches for nothing. */
async function copyOfSiglip(): Promise<string> {
  const copy = join(dir, 'copy');
  await cp(siglipDir, copy, { recursive: true });
  for (const name of ['fieldscout-model.json', 'onnx/vision_model_fp16.onnx', 'onnx/vision_model_int8.onnx'])
    await rm(join(copy, name));
  return copy;
}

describe('fieldscout models use', () => {
  it('tries a model on the newest kept pictures, shows both models side by side, and changes one word of the configuration', async () => {
    const said = await run('use', siglipDir, '--most', '2');
    expect(said).toMatch(/^present {2}scout-tiny \([0-9a-f]{12}\), fp32 on cpu$/m);
    expect(said).toMatch(/^new {6}tiny-random-siglip \([0-9a-f]{12}\), int8 on cpu$/m);
    expect(said).toMatch(/^bed 22222222\.jpg +\S/m);
    expect(said).toMatch(/^bed 11111111\.jpg /m);
    expect(said).not.toContain('bed 00000000');
    expect(said).toMatch(/^tiles a second +[\d.]+ +[\d.]+$/m);
    expect(said).toContain(
      `${config} names ${siglipDir} from now on, scout-tiny before. A node that runs on it tries it too`,
    );
    expect(await configText()).toBe(CONFIG.replace('model: scout-tiny', `model: ${siglipDir}`));
    expect(await run('revert')).toContain(`names scout-tiny again`);
    expect(await configText()).toBe(CONFIG);
    await expect(run('revert')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('tells programs what both models found, and leaves the configuration where it is only asked', async () => {
    const said = JSON.parse((await run('use', siglipDir, '--dry-run', '--json')).split('\n').at(-2) as string);
    expect(said).toMatchObject({
      model: siglipDir,
      used: false,
      refusal: null,
      present: { model: { id: 'scout-tiny' } },
    });
    expect(said.next.looks.map(({ camera, tiles }: { camera: string; tiles: number }) => [camera, tiles > 0])).toEqual([
      ['bed', true],
      ['bed', true],
      ['bed', true],
    ]);
    expect(await configText()).toBe(CONFIG);
  });

  it('takes a frame of a camera that kept nothing, and pictures that are given', async () => {
    await rm(join(dir, 'data'), { recursive: true });
    expect(await refusal(siglipDir, '--camera-seconds', '1')).toMatchObject({
      code: 'TRIAL_FAILED',
      message: expect.stringContaining('stays in force: There is no picture to try it on'),
    });
    await cp(join(drawnDir, 'drawn-224x224.png'), join(dir, 'pictures/one.png'));
    expect(await run('use', siglipDir, '--dry-run')).toMatch(/^bed one\.png /m);
    expect(await run('use', siglipDir, '--dry-run', '--pictures', join(drawnDir, 'drawn-97x131.png'))).toMatch(
      /^bed drawn-97x131\.png /m,
    );
  });

  it('counts what both models find, target by target', async () => {
    await writeFile(config, 'providers: [cpu]\n'); // the simulated leaf
    const said = await run('use', siglipDir, '--dry-run', '--camera-seconds', '100');
    expect(said).toMatch(/^leaf \S+ +\d+ [a-z-]+(, \d+ [a-z-]+)* {2,}\S/m);
    expect(said).toContain('It would be used.');
  });

  it.each([
    [
      'whose weights give no numbers',
      async (copy: string) => {
        const path = join(copy, 'onnx/vision_model.onnx');
        const bytes = await readFile(path);
        await writeFile(path, withoutNumbers(bytes));
      },
      'PROVIDER_UNAVAILABLE',
      /the model gave an embedding that is not a number/,
    ],
    [
      'whose words give no numbers',
      async (copy: string) => {
        const path = join(copy, 'onnx/text_model.onnx');
        const bytes = await readFile(path);
        await writeFile(path, withoutNumbers(bytes));
      },
      'INFERENCE_FAILED',
      /the model gave an embedding that is not a number/,
    ],
    [
      'that was cut off',
      async (copy: string) => {
        const path = join(copy, 'onnx/vision_model.onnx');
        await writeFile(path, (await readFile(path)).subarray(0, 50_000));
      },
      'PROVIDER_UNAVAILABLE',
      /No provider runs copy/,
    ],
    [
      'without a tower',
      async (copy: string) => rm(join(copy, 'onnx/text_model.onnx')),
      'MODEL_INVALID',
      /no text tower/,
    ],
  ])('leaves the present model in force where there is one %s, and says why', async (_, damage, code, why) => {
    const copy = await copyOfSiglip();
    await damage(copy);
    const error = await refusal(copy);
    expect(error).toMatchObject({ code, message: expect.stringMatching(why) });
    expect((error as Error).message).toContain(`${copy} is not used, scout-tiny stays in force: `);
    expect(await configText()).toBe(CONFIG);
    expect(await readdir(dir)).not.toContain('fieldscout.yaml.previous-model');
  });

  it('replaces a present model that cannot be run any more', async () => {
    const copy = await copyOfSiglip();
    await writeFile(config, CONFIG.replace('scout-tiny', copy));
    await rm(join(copy, 'tokenizer.json'));
    const said = await run('use', 'scout-tiny');
    expect(said).toContain('warning: there is nothing to compare it with: ');
    expect(await configText()).toBe(CONFIG);
  });

  describe('with a model that is fetched', () => {
    let server: ModelServer;
    beforeEach(async () => {
      server = new ModelServer();
      await server.start();
      const files = [
        'onnx/vision_model.onnx',
        'onnx/text_model.onnx',
        'tokenizer.json',
        'preprocessor_config.json',
        'config.json',
      ];
      for (const path of files) server.files.set(path, await readFile(join(tinyClipDir, path)));
    });
    afterEach(() => server.stop());

    async function registry(): Promise<string> {
      const path = join(dir, 'registry.yaml');
      const about = {
        title: 'Tiny',
        kind: 'clip',
        licence: 'MIT',
        homepage: 'https://models.example/tiny',
        goodFor: 'tests',
      };
      const sizes = { approximateBytes: 11_000_000, inputSize: 224, embeddingSize: 64, logitScale: 100 };
      const files = [...server.files].map(([name, body]) => ({
        path: name,
        url: server.url(name),
        sha256: sha256(body),
        bytes: body.length,
      }));
      await writeFile(path, stringify({ models: [{ id: 'tiny', ...about, ...sizes, files }] }));
      return path;
    }

    const folders = async () => (await readdir(join(dir, 'models'))).filter((name) => !name.startsWith('.'));

    it('uses it from a folder of its own', async () => {
      const said = await run('use', 'tiny', '--registry', await registry());
      const [name, ...others] = await folders();
      expect([name, others]).toEqual([expect.stringMatching(/^tiny@[0-9a-f]{12}$/), []]);
      const folder = join(dir, 'models', name as string);
      expect(await configText()).toBe(CONFIG.replace('scout-tiny', folder));
      expect((await openModelFolder(folder, { searchDirs: [] })).ref.id).toBe('tiny');
      expect(said).toMatch(/^new {6}tiny \(/m);
    });

    it('leaves nothing of one that fails its trial', async () => {
      const vision = Buffer.from(server.files.get('onnx/vision_model.onnx') as Buffer);
      server.files.set('onnx/vision_model.onnx', withoutNumbers(vision));
      const error = await refusal('tiny', '--registry', await registry());
      expect(error).toMatchObject({ message: expect.stringMatching(/^tiny is not used, scout-tiny stays in force: /) });
      expect(await folders()).toEqual([]);
      expect(await configText()).toBe(CONFIG);
    });

    it('leaves nothing of one whose bytes are not those that were promised', async () => {
      const file = await registry();
      server.files.set('tokenizer.json', Buffer.from('{}'));
      expect(await refusal('tiny', '--registry', file)).toMatchObject({
        message: expect.stringContaining('tokenizer.json'),
      });
      expect(await folders()).toEqual([]);
      expect(await configText()).toBe(CONFIG);
    });
  });
});
