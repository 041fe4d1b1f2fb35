import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { combinedHash } from '../../src/models/file-hash.js';
import { readManifest } from '../../src/models/manifest.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { bundledModels } from '../../src/paths.js';
import { sha256 } from './tiny-entry.js';

const tinyRandomClip = fileURLToPath(new URL('../fixtures/tiny-random-clip', import.meta.url));

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const SIGLIP_CONFIG = {
  model_type: 'siglip',
  vision_config: { hidden_size: 768 },
  text_config: { vocab_size: 32_000 },
};

/** A folder as people download it; objects are written as JSON, null leaves a file out. */
async function folder(name: string, changes: Readonly<Record<string, object | string | null>> = {}): Promise<string> {
  const files: Record<string, object | string | null> = {
    'config.json': { model_type: 'clip', projection_dim: 512 },
    'preprocessor_config.json': {},
    'tokenizer.json': '{}',
    'tokenizer_config.json': { model_max_length: 77 },
    'onnx/vision_model.onnx': 'vision',
    'onnx/text_model.onnx': 'text',
    ...changes,
  };
  const dir = join(root, name);
  for (const [path, content] of Object.entries(files)) {
    if (content === null) continue;
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

const open = (idOrDir: string) => openModelFolder(idOrDir, { searchDirs: [root] });

describe('openModelFolder', () => {
  it('opens the bundled model by its id, with what its manifest says, every file as it was hashed', async () => {
    const model = await openModelFolder('scout-tiny', { searchDirs: [root, bundledModels] });
    const dir = join(bundledModels, 'scout-tiny');
    const said = JSON.parse(await readFile(join(dir, 'fieldscout-model.json'), 'utf8'));
    const names = Object.keys(said.files);
    for (const name of names) expect(sha256(await readFile(join(dir, name))), name).toBe(said.files[name].sha256);
    const used = names.filter((name) => /^onnx\/|^tokenizer\.json$|^preprocessor_config\.json$/.test(name));
    expect(model.ref).toEqual({
      id: 'scout-tiny',
      sha256: combinedHash(Object.fromEntries(used.map((name) => [name, said.files[name].sha256]))),
    });
    expect(model.calibration).toEqual({
      kind: 'clip',
      logitScale: said.logitScale,
      logitBias: said.logitBias,
      origin: 'manifest',
    });
    expect(model.negatives).toEqual(said.negatives ?? []);
    expect([model.licence, model.unchecked, model.warnings]).toEqual(['Apache-2.0', [], []]);
  });

  it('opens a folder without our manifest and says what it assumed', async () => {
    const model = await open(tinyRandomClip);
    expect(model.ref.id).toBe('tiny-random-clip');
    expect(model.calibration).toEqual({ kind: 'clip', logitScale: 100, logitBias: 0, origin: 'assumed' });
    expect(model.embeddingSize).toBe(64);
    expect(model.maxTokens).toBe(77);
    expect(model.warnings).toEqual([
      `${tinyRandomClip} has no fieldscout-model.json: a logit scale of 100 is assumed, so scores may be off. ` +
        'Write it there with the learnt values: {"id": "...", "kind": "clip", "logitScale": ..., "logitBias": ..., ' +
        '"embeddingSize": ...}.',
    ]);
  });

  it('hashes the files that decide what the model answers', async () => {
    const { ref } = await open(await folder('plain', { 'README.md': 'words', 'onnx/model_q4.onnx': 'other' }));
    expect(ref.sha256).toBe(
      combinedHash({
        'onnx/vision_model.onnx': sha256('vision'),
        'onnx/text_model.onnx': sha256('text'),
        'tokenizer.json': sha256('{}'),
        'preprocessor_config.json': sha256('{}'),
      }),
    );
    const lines = ['onnx/text_model.onnx', 'onnx/vision_model.onnx', 'preprocessor_config.json', 'tokenizer.json'];
    const hashes = ['text', 'vision', '{}', '{}'].map(sha256);
    expect(ref.sha256).toBe(sha256(lines.map((path, i) => `${path} ${hashes[i]}\n`).join('')));
  });

  it('gives another hash when weights beside an ONNX file change', async () => {
    const before = await open(await folder('a', { 'onnx/vision_model.onnx_data': 'one' }));
    const after = await open(await folder('b', { 'onnx/vision_model.onnx_data': 'two' }));
    expect(after.ref.sha256).not.toBe(before.ref.sha256);
  });

  it('sees a file that changed after it was hashed', async () => {
    const dir = await folder('edited');
    const before = await open(dir);
    await appendFile(join(dir, 'onnx/text_model.onnx'), '!');
    expect((await open(dir)).ref.sha256).not.toBe(before.ref.sha256);
  });

  it('finds the variants by suffix, QInt8 before unsigned ones, and ignores the rest', async () => {
    const dir = await folder('variants', {
      'onnx/vision_model_fp16.onnx': '1',
      'onnx/vision_model_quantized.onnx': '2',
      'onnx/vision_model_int8.onnx': '3',
      'onnx/vision_model_uint8.onnx': '4',
      'onnx/vision_model_q4.onnx': '5',
      'onnx/text_model.onnx': null,
      'onnx/text_model_uint8.onnx': '6',
      'onnx/text_model_quantized.onnx': '7',
    });
    const model = await open(dir);
    expect(model.visionFiles).toEqual({
      fp32: join(dir, 'onnx/vision_model.onnx'),
      fp16: join(dir, 'onnx/vision_model_fp16.onnx'),
      int8: join(dir, 'onnx/vision_model_int8.onnx'),
    });
    expect(model.textFiles).toEqual({ int8: join(dir, 'onnx/text_model_quantized.onnx') });
  });

  it('knows SigLIP: its own learnt values are assumed, texts are padded', async () => {
    const model = await open(
      await folder('siglip', { 'config.json': SIGLIP_CONFIG, 'tokenizer_config.json': { model_max_length: 64 } }),
    );
    expect(model.calibration).toEqual({
      kind: 'siglip',
      logitScale: 117.330765,
      logitBias: -12.932437,
      origin: 'assumed',
    });
    expect(model).toMatchObject({ kind: 'siglip', embeddingSize: 768, maxTokens: 64, padToMax: true });
    expect(model.preprocessor).toMatchObject({ squash: true, mean: [0.5, 0.5, 0.5] });
    expect(model.warnings[0]).toContain('logit scale 117.330765 and bias -12.932437 are assumed');
  });

  it.each([
    [{ model_max_length: 1e30 }, { text_config: { max_position_embeddings: 52 } }, 52],
    [{ model_max_length: 1e30 }, {}, 77],
    [null, { model_type: 'siglip2' }, 64],
    [{ model_max_length: 77 }, { text_config: { max_position_embeddings: 248 } }, 77],
  ])('takes the text length from tokenizer %j and config %j', async (tokenizer, config, maxTokens) => {
    const dir = await folder('lengths', {
      'tokenizer_config.json': tokenizer,
      'config.json': { model_type: 'clip', ...config },
    });
    expect((await open(dir)).maxTokens).toBe(maxTokens);
  });

  it('never takes the value before training for the logit scale', async () => {
    const dir = await folder('init', { 'config.json': { model_type: 'clip', logit_scale_init_value: 2.6592 } });
    expect((await open(dir)).calibration.logitScale).toBe(100);
  });

  it('warns of files that its manifest does not list', async () => {
    const manifest = { id: 'mine', kind: 'clip', logitScale: 20, embeddingSize: 4 };
    const dir = await folder('unlisted', { 'fieldscout-model.json': manifest, 'config.json': null });
    const model = await open(dir);
    expect(model.ref.id).toBe('mine');
    expect(model.unchecked).toEqual([
      'onnx/vision_model.onnx',
      'onnx/text_model.onnx',
      'tokenizer.json',
      'preprocessor_config.json',
    ]);
    expect(model.calibration).toEqual({ kind: 'clip', logitScale: 20, logitBias: 0, origin: 'manifest' });
    expect(model.warnings).toEqual([
      `${dir}: fieldscout-model.json holds no hash of onnx/vision_model.onnx, onnx/text_model.onnx, tokenizer.json, ` +
        'preprocessor_config.json: nothing vouches for them.',
    ]);
  });

  it('refuses a file that is not the one of its manifest', async () => {
    const dir = join(root, 'scout-tiny');
    await cp(join(bundledModels, 'scout-tiny'), dir, { recursive: true });
    await appendFile(join(dir, 'tokenizer.json'), ' ');
    const expected = (await readManifest(dir))?.files['tokenizer.json']?.sha256;
    const got = sha256(await readFile(join(dir, 'tokenizer.json')));
    await expect(open('scout-tiny')).rejects.toMatchObject({
      code: 'MODEL_HASH_MISMATCH',
      message: `${join(dir, 'tokenizer.json')} is not the file that its manifest describes: SHA-256 ${got}, expected ${expected}.`,
      remedy: expect.stringContaining('fieldscout models pull scout-tiny'),
    });
    await expect(openModelFolder(dir, { searchDirs: [bundledModels] })).rejects.toMatchObject({
      code: 'MODEL_HASH_MISMATCH',
      remedy: 'Copy it from where the model came from, or correct fieldscout-model.json if the change was meant.',
    });
    const listed = await openModelFolder('scout-tiny', { searchDirs: [root], hash: false });
    const untouched = await openModelFolder('scout-tiny', { searchDirs: [bundledModels] });
    expect(listed.ref.sha256).toBe(untouched.ref.sha256);
  });

  it('says where it looked for an id, what is there, and how to fetch it', async () => {
    await folder('one');
    await folder('two');
    await expect(open('clip-vit-b32')).rejects.toMatchObject({
      code: 'MODEL_UNKNOWN',
      message: `There is no model "clip-vit-b32" in ${root}; installed: one, two.`,
      remedy: 'It can be fetched: fieldscout models pull clip-vit-b32.',
    });
    await expect(open('no-such')).rejects.toMatchObject({
      remedy: 'See "fieldscout models list" for those that can be fetched.',
    });
  });

  it.each(['nowhere/at-all', '../..\0', ''])('refuses the path %j', async (path) => {
    await expect(open(path)).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    await expect(open(path)).rejects.toThrow('There is no model folder ');
  });

  it.each([
    ['a missing tower', { 'onnx/text_model.onnx': null }, 'has no text tower: neither onnx/text_model.onnx nor'],
    ['a missing tokenizer', { 'tokenizer.json': null }, 'has no tokenizer.json.'],
    ['a missing preprocessor', { 'preprocessor_config.json': null }, 'has no preprocessor_config.json.'],
    ['broken JSON', { 'config.json': '{"model_type": ' }, 'config.json is not JSON: '],
    ['a wrong type', { 'config.json': { model_type: 'clip', projection_dim: 'x' } }, 'config.json: projection_dim: '],
    ['another family', { 'config.json': { model_type: 'blip' } }, 'config.json says model_type blip.'],
    ['nothing to tell the family by', { 'config.json': null }, 'it has no config.json.'],
    [
      'a manifest with an unknown key',
      { 'fieldscout-model.json': { id: 'm', kind: 'clip', logitscale: 1, logitScale: 1, embeddingSize: 4 } },
      'fieldscout-model.json: the file: Unrecognized key: "logitscale".',
    ],
    [
      'a manifest that points outside',
      {
        'fieldscout-model.json': {
          id: 'm',
          kind: 'clip',
          logitScale: 1,
          embeddingSize: 4,
          files: { '../x': { sha256: 'a'.repeat(64), bytes: 1 } },
        },
      },
      'fieldscout-model.json: files.../x: ',
    ],
  ])('refuses %s, naming the file', async (_what, changes, message) => {
    const dir = await folder('broken', changes);
    await expect(open(dir)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(open(dir)).rejects.toThrow(message);
    await expect(open(dir)).rejects.toThrow(dir);
  });
});
