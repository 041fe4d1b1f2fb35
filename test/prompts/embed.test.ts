import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TextEncoder } from '../../src/clip/clip-model.js';
import { embedPromptSet, normalisedMean } from '../../src/prompts/embed.js';
import { adHocPromptSet } from '../../src/prompts/prompt-set.js';
import { TextCache } from '../../src/prompts/text-cache.js';
import type { ModelRef, PromptSet, TextTowerRef } from '../../src/types.js';

const model: ModelRef = { id: 'hash-encoder', sha256: 'ab'.repeat(32) };
const tower: TextTowerRef = { sha256: model.sha256, precision: 'fp32' };

/** Four numbers from the text's own hash, normalised: any two texts differ, one text is always the same. */
function hashEmbedding(text: string): Float32Array {
  const bytes = createHash('sha256').update(text).digest();
  const raw = [0, 4, 8, 12].map((at) => bytes.readInt32LE(at) / 2 ** 31);
  return Float32Array.from(raw, (value) => value / Math.hypot(...raw));
}

class CountingEncoder implements TextEncoder {
  readonly embeddingSize = 4;
  readonly batches: (readonly string[])[] = [];
  constructor(readonly model: ModelRef) {}
  get textTower(): TextTowerRef {
    return { sha256: this.model.sha256, precision: 'fp32' };
  }
  get encoded(): readonly string[] {
    return this.batches.flat();
  }
  async encodeTexts(texts: readonly string[]): Promise<readonly Float32Array[]> {
    this.batches.push(texts);
    return texts.map(hashEmbedding);
  }
}

const TEMPLATES = ['a photo of {}.', 'a drawing of {}.'];

function words(prompts: readonly string[], negatives: readonly string[]): PromptSet {
  const set = adHocPromptSet({ prompts, negatives, useNegatives: false });
  const targets = set.targets.map((target) => ({ ...target, templates: TEMPLATES }));
  return { ...set, targets, negativeTemplates: TEMPLATES };
}

let dir: string;
let warnings: string[];
const cacheOf = () => new TextCache({ dir, warn: (line) => warnings.push(line) });
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'texts-'));
  warnings = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('embedPromptSet', () => {
  it('averages the normalised embeddings of templates and prompts, and normalises again', async () => {
    const set: PromptSet = {
      ...words(['a moth'], ['soil']),
      targets: [
        { id: 'moth', name: 'Moth', prompts: ['a moth', 'moths'], templates: ['{}', '{}!'], beneficial: false },
      ],
      negativeTemplates: ['{}', 'the {}'],
    };
    const embedded = await embedPromptSet(set, new CountingEncoder(model), cacheOf());
    const expected = (texts: readonly string[]) => {
      const sum = [0, 1, 2, 3].map((i) => texts.reduce((total, text) => total + (hashEmbedding(text)[i] ?? 0), 0));
      return Float32Array.from(sum, (value) => value / Math.hypot(...sum));
    };
    expect(embedded.model).toBe(model);
    expect(embedded.promptSet).toBe(set);
    expect(embedded.targets[0]?.embedding).toEqual(expected(['a moth', 'a moth!', 'moths', 'moths!']));
    expect(embedded.targets[0]?.prompts).toEqual([
      { text: 'a moth', embedding: expected(['a moth', 'a moth!']) },
      { text: 'moths', embedding: expected(['moths', 'moths!']) },
    ]);
    expect(embedded.negatives).toEqual([{ text: 'soil', embedding: expected(['soil', 'the soil']) }]);
    expect(Math.hypot(...(embedded.targets[0]?.embedding ?? []))).toBeCloseTo(1, 6);
  });

  it('encodes a text once, however often it stands in the set', async () => {
    const encoder = new CountingEncoder(model);
    const [a, b] = words(['a bug', 'a bee'], []).targets;
    if (!a || !b) throw new Error('two targets were asked for');
    await embedPromptSet({ ...words(['a bug'], []), targets: [a, { ...a, id: 'same' }, b] }, encoder, cacheOf());
    expect([...encoder.encoded].sort()).toEqual([
      'a drawing of a bee.',
      'a drawing of a bug.',
      'a photo of a bee.',
      'a photo of a bug.',
    ]);
  });

  it('encodes nothing at the next start, and gives the same numbers', async () => {
    const set = words(['a bug', 'a bee'], ['soil']);
    const first = await embedPromptSet(set, new CountingEncoder(model), cacheOf());
    const encoder = new CountingEncoder(model);
    const second = await embedPromptSet(set, encoder, cacheOf());
    expect(encoder.encoded).toEqual([]);
    expect(second).toEqual(first);
    expect(warnings).toEqual([]);
  });

  it('encodes only the templates of the one prompt that was edited', async () => {
    await embedPromptSet(words(['a bug', 'a bee'], ['soil']), new CountingEncoder(model), cacheOf());
    const encoder = new CountingEncoder(model);
    await embedPromptSet(words(['a bug', 'a red bee'], ['soil']), encoder, cacheOf());
    expect(encoder.encoded).toEqual(['a photo of a red bee.', 'a drawing of a red bee.']);
  });

  it('shares nothing between two models', async () => {
    const set = words(['a bug'], []);
    await embedPromptSet(set, new CountingEncoder(model), cacheOf());
    const other = new CountingEncoder({ id: model.id, sha256: 'cd'.repeat(32) });
    await embedPromptSet(set, other, cacheOf());
    expect(other.encoded).toEqual(['a photo of a bug.', 'a drawing of a bug.']);
  });

  it('keeps what was encoded before the encoder failed', async () => {
    const set = words(
      Array.from({ length: 20 }, (_, i) => `bug ${i}`),
      [],
    );
    const failing = new CountingEncoder(model);
    const encode = failing.encodeTexts.bind(failing);
    failing.encodeTexts = async (texts) => {
      if (failing.batches.length === 2) throw new Error('out of memory');
      return encode(texts);
    };
    await expect(embedPromptSet(set, failing, cacheOf())).rejects.toThrow('out of memory');
    const encoder = new CountingEncoder(model);
    await embedPromptSet(set, encoder, cacheOf());
    expect(failing.batches.map((batch) => batch.length)).toEqual([16, 16]);
    expect(encoder.encoded).toHaveLength(8);
  });
});

describe('TextCache', () => {
  it('keeps what the fp32 and the int8 text tower say of a text apart', async () => {
    await cacheOf().write(tower, 'a mite', hashEmbedding('a mite'));
    expect(await cacheOf().read({ ...tower, precision: 'int8' }, 'a mite', 4)).toBeNull();
    expect(await cacheOf().read(tower, 'a mite', 4)).toEqual(hashEmbedding('a mite'));
  });

  const text = 'a photo of a bug.';
  const read = () => cacheOf().read(tower, text, 4);

  it('stores little-endian float32 under the hash of model and text', async () => {
    await cacheOf().write(tower, text, Float32Array.of(1, 0, 0, 0));
    const key = createHash('sha256').update(`${model.sha256}\0${text}`).digest('hex');
    const bytes = await readFile(join(dir, 'abababababababab-fp32', `${key}.f32`));
    expect(bytes.toString('hex')).toBe('0000803f000000000000000000000000');
  });

  it.each([
    ['of the wrong length', Buffer.alloc(12), 'has 12 bytes, not 16'],
    ['emptied by a power cut', Buffer.alloc(0), 'has 0 bytes, not 16'],
    ['full of zeros', Buffer.alloc(16), 'holds no embedding of length 1'],
    [
      'with a number that is none',
      Buffer.from(Float32Array.of(Number.NaN, 0, 0, 1).buffer),
      'holds no embedding of length 1',
    ],
  ])('encodes again, and says so, where a file is %s', async (_, bytes, reason) => {
    const path = cacheOf().pathOf(tower, text);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    expect(await read()).toBeNull();
    expect(warnings).toEqual([`${path} ${reason}; its text is encoded again.`]);
    await cacheOf().write(tower, text, hashEmbedding(text));
    expect(await read()).toEqual(hashEmbedding(text));
  });

  it('warns of a path that cannot be read as a file', async () => {
    await mkdir(cacheOf().pathOf(tower, text), { recursive: true });
    expect(await read()).toBeNull();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('EISDIR');
  });

  it('takes no half-written file for an embedding, and clears it away once it is old', async () => {
    const path = cacheOf().pathOf(tower, text);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.old.tmp`, 'half');
    await writeFile(`${path}.new.tmp`, 'half');
    await utimes(`${path}.old.tmp`, new Date(0), new Date(0));
    expect(await read()).toBeNull();
    await cacheOf().write(tower, text, hashEmbedding(text));
    const name = path.slice(dirname(path).length + 1);
    expect((await readdir(dirname(path))).sort()).toEqual([name, `${name}.new.tmp`]);
    expect(warnings).toEqual([]);
  });

  it('goes on without a place to write, with one warning', async () => {
    await writeFile(join(dir, 'file'), '');
    const cache = new TextCache({ dir: join(dir, 'file'), warn: (line) => warnings.push(line) });
    const encoder = new CountingEncoder(model);
    const embedded = await embedPromptSet(words(['a bug'], []), encoder, cache);
    expect(embedded.targets).toHaveLength(1);
    expect(warnings.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
  });
});

describe('normalisedMean', () => {
  it('of opposite vectors is zero, not NaN', () => {
    expect(normalisedMean([Float32Array.of(1, 0), Float32Array.of(-1, 0)])).toEqual(Float32Array.of(0, 0));
  });

  it('of (1, 0) and (0, 1) lies between them at length 1', () => {
    expect(normalisedMean([Float32Array.of(1, 0), Float32Array.of(0, 1)])).toEqual(
      Float32Array.of(Math.SQRT1_2, Math.SQRT1_2),
    );
  });
});
