import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClip } from '../../src/clip/load-clip.js';
import { FieldscoutError } from '../../src/errors.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { bundledModels } from '../../src/paths.js';
import { entry, fieldscout, isOneClearLine } from '../support/hostile-command.js';
import { textured } from '../support/hostile-pictures.js';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-hostile-commands-'));
  await writeFile(join(dir, 'leaf.png'), await textured().png().toBuffer());
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('nonsense on the command line', () => {
  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['detect'], /missing required argument/],
    [['detect', 'leaf.png', '--scales', 'abc'], /--scales.*'abc'.*32 to 8192/],
    [['detect', 'leaf.png', '--min-score', '7'], /--min-score.*'7'.*0 to 1/],
    [['detect', 'leaf.png', '--batch', '-1'], /--batch.*'-1'/],
    [['detect', 'leaf.png', '--provider', 'quantum'], /--provider.*tensorrt, cuda, webgpu, cpu/],
    [['detect', 'leaf.png', '--frob'], /unknown option '--frob'/],
    [['classify', 'leaf.png'], /required option '--prompt/],
    [['run', '-c'], /argument missing/],
  ])('%j is refused in words', async (words, says) => {
    const { code, stdout, stderr } = await fieldscout(words, { cwd: dir });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/ {4}at |undefined/);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  it.each([
    [['detect', 'leaf.png', '--model', '../../etc'], /There is no model folder|neither a CLIP/],
    [['detect', 'leaf.png', '--model', '/dev/zero'], /There is no model folder \/dev\/zero/],
    [['detect', 'leaf.png', '--prompts', 'no/such'], /no prompt set "no\/such"/],
    [['detect', 'leaf.png', '--prompt', '{}'], /belongs into templates/],
    [['detect', 'leaf.png', '--annotate', '/proc/nowhere'], /--annotate: \/proc\/nowhere/],
    [['eval', '--coco', '/dev/zero', '--images', '.'], /\/dev\/zero cannot be read/],
    [['models', 'pull', '../../etc'], /etc/],
    [['config', 'init', '/proc/x.yaml'], /\/proc\/x\.yaml cannot be written/],
  ])('%j is refused in one line', async (words, says) => {
    const { code, stdout, stderr } = await fieldscout(words, { cwd: dir });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    isOneClearLine(stderr.trimEnd());
    expect(stderr).toMatch(says);
  });

  it('ends quietly where nobody reads what it prints', async () => {
    const child = spawn(process.execPath, [entry, 'config', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += String(chunk);
    });
    const [code, signal] = await once(child, 'close');
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  });
});

describe('model folders that are none', () => {
  const GARBAGE = Buffer.from('\x08\x07garbage that is no ONNX'.repeat(50), 'latin1');
  const without = (name: string) => (path: string) => rm(join(path, name));
  const holding = (name: string, content: string | Uint8Array) => async (path: string) => {
    await rm(join(path, 'fieldscout-model.json'), { force: true });
    await writeFile(join(path, name), content);
  };

  it.each([
    [
      'manifest-cut-off',
      (path: string) => writeFile(join(path, 'fieldscout-model.json'), '{"id": '),
      /fieldscout-model\.json is not JSON/,
    ],
    [
      'manifest-list',
      (path: string) => writeFile(join(path, 'fieldscout-model.json'), '[]'),
      /fieldscout-model\.json: the file/,
    ],
    ['manifest-empty', (path: string) => writeFile(join(path, 'fieldscout-model.json'), '{}'), /it is missing/],
    ['no-tokenizer', without('tokenizer.json'), /tokenizer\.json/],
    ['no-preprocessor', without('preprocessor_config.json'), /preprocessor_config\.json/],
    ['no-towers', (path: string) => rm(join(path, 'onnx'), { recursive: true }), /no vision tower/],
    ['onnx-is-a-file', holding('onnx-file', ''), /onnx/, true],
    ['preprocessor-garbage', holding('preprocessor_config.json', 'x'), /preprocessor_config\.json is not JSON/],
    ['preprocessor-size', holding('preprocessor_config.json', '{"size": -3}'), /preprocessor_config\.json: size/],
    ['preprocessor-std', holding('preprocessor_config.json', '{"image_std": [0, 0, 0]}'), /image_std/],
    ['config-garbage', holding('config.json', '<html>'), /config\.json is not JSON/],
    ['tokenizer-garbage', holding('tokenizer.json', 'not json'), /tokenizer\.json/],
    ['tokenizer-empty', holding('tokenizer.json', '{}'), /tokenizer\.json/],
    ['tokenizer-list', holding('tokenizer.json', '[1, 2]'), /tokenizer\.json/],
    ['vision-garbage', holding('onnx/vision_model.onnx', GARBAGE), /vision_model\.onnx|No provider/],
    ['vision-empty', holding('onnx/vision_model.onnx', ''), /vision_model\.onnx|No provider/],
    [
      'towers-swapped',
      async (path: string) => {
        await rm(join(path, 'fieldscout-model.json'));
        await cp(join(path, 'onnx/text_model.onnx'), join(path, 'onnx/vision_model.onnx'));
      },
      /No provider/,
    ],
    [
      'endless-tokenizer',
      async (path: string) => {
        await rm(join(path, 'fieldscout-model.json'));
        await rm(join(path, 'tokenizer.json'));
        await symlink('/dev/zero', join(path, 'tokenizer.json'));
      },
      /tokenizer\.json/,
    ],
  ])('%s is refused in one line', async (name, spoil, says, replaceOnnx = false) => {
    const path = join(dir, name);
    await mkdir(path);
    await cp(join(bundledModels, 'scout-tiny'), path, { recursive: true });
    await spoil(path);
    if (replaceOnnx) {
      await rm(join(path, 'onnx'), { recursive: true });
      await writeFile(join(path, 'onnx'), '');
    }
    const outcome = await openModelFolder(path, { searchDirs: [] })
      .then((folder) =>
        loadClip(folder, { providers: ['cpu'], precision: 'auto', threads: 1 }, { warn: () => undefined }),
      )
      .then(
        async (clip) => {
          await clip.close();
          return 'was accepted';
        },
        (error: unknown) => error,
      );
    if (!(outcome instanceof FieldscoutError)) throw outcome instanceof Error ? outcome : new Error(String(outcome));
    isOneClearLine(outcome.line);
    expect(outcome.line).toContain(name);
    expect(outcome.line).toMatch(says);
  });
});
