import { join, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containedPath } from '../../src/models/manifest.js';
import { isTrustedTransport, readRegistry, registrySchema } from '../../src/models/registry.js';
import { parseYaml } from '../../src/yaml-file.js';

const { models } = await readRegistry();

const ENTRY = `
models:
  - id: one
    title: One
    kind: clip
    licence: MIT
    homepage: https://models.example/one
    approximateBytes: 1
    inputSize: 224
    embeddingSize: 512
    logitScale: 100
    goodFor: tests
    files:
      - { path: PATH, url: "URL", sha256: SHA, bytes: null }
`;
const parse = (path: string, url = 'https://models.example/f', sha = 'null') =>
  parseYaml(
    ENTRY.replace('PATH', path).replace('URL', url).replace('SHA', sha),
    'r.yaml',
    registrySchema,
    'MODEL_INVALID',
  );

describe('the bundled registry', () => {
  it('lists the models that were promised', () => {
    expect(models.map(({ id }) => id)).toEqual([
      'clip-vit-b32',
      'clip-vit-b16',
      'clip-vit-l14',
      'clip-vit-l14-336',
      'clip-rn50',
      'openclip-vit-b32-laion2b',
      'bioclip',
      'mobileclip-s0',
      'mobileclip-s2',
      'siglip-base-p16-224',
    ]);
  });

  it.each(models.filter(({ files }) => files.length > 0))(
    'has all that $id needs to be opened',
    ({ files, homepage }) => {
      const paths = files.map(({ path }) => path);
      expect(paths).toEqual(
        expect.arrayContaining([
          'onnx/vision_model.onnx',
          'onnx/text_model.onnx',
          'tokenizer.json',
          'preprocessor_config.json',
          'config.json',
        ]),
      );
      for (const { path, url } of files) expect(url).toBe(`${homepage}/resolve/main/${path}`);
    },
  );

  it.each(models.filter(({ files }) => files.length === 0))('says how to export $id', (entry) => {
    expect(entry.export).toMatch(/open_clip.*torch\.onnx\.export/);
  });

  it('gives a bias to SigLIP and to no CLIP', () => {
    for (const { kind, logitScale, logitBias } of models)
      expect([logitScale, logitBias]).toEqual(kind === 'siglip' ? [117.330765, -12.932437] : [100, 0]);
  });
});

describe('registrySchema', () => {
  it('accepts an entry', () => {
    expect(parse('onnx/vision_model.onnx').models[0]?.files[0]?.path).toBe('onnx/vision_model.onnx');
  });

  it.each(['../evil', '/etc/passwd', 'a/../../b', 'onnx/..', 'a//b', '.hidden', "'a\\b'", "'C:x'", "''"])(
    'refuses the path %s',
    (path) => {
      expect(() => parse(path)).toThrow(/r\.yaml:14:\d+: models\.0\.files\.0\.path: must be a relative path/);
    },
  );

  it.each([
    'http://models.example/f',
    'ftp://models.example/f',
    'file:///etc/passwd',
    'http://127.0.0.1.evil.example/',
  ])('refuses the address %s', (url) => {
    expect(() => parse('f', url)).toThrow('models.0.files.0.url: use an https:// address');
  });

  it('refuses what is no hash', () => {
    expect(() => parse('f', undefined, 'abc')).toThrow('a SHA-256 has 64 lower-case hexadecimal digits');
  });

  it('refuses an entry that neither has files nor says how to export them', () => {
    const text = ENTRY.slice(0, ENTRY.indexOf('    files:'));
    expect(() => parseYaml(text, 'r.yaml', registrySchema, 'MODEL_INVALID')).toThrow('needs either files or export');
  });
});

describe('containedPath', () => {
  it('never leads out of the folder that it is joined to', () => {
    const pieces = fc.array(fc.constantFrom('a', '..', '.', '/', '\\', 'b.json', '', '~', '%2e', ' ', '\0'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((all) => all.join('')),
          pieces.map((all) => all.join('/')),
        ),
        (path) => {
          if (!containedPath.safeParse(path).success) return;
          expect(resolve(join('/models/x', path)).startsWith(`/models/x${sep}`)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('isTrustedTransport', () => {
  it.each([
    ['https://models.example/', true],
    ['http://127.0.0.1:8080/', true],
    ['http://[::1]/', true],
    ['http://localhost/', true],
    ['http://models.example/', false],
    ['http://localhost.evil.example/', false],
    ['ws://127.0.0.1/', false],
  ])('judges %s as %s', (url, trusted) => {
    expect(isTrustedTransport(new URL(url))).toBe(trusted);
  });
});
