import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { loadClip } from '../../src/clip/load-clip.js';
import { ClipTokenizer } from '../../src/clip/tokenizer.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { scoreTile } from '../../src/scoring/score-tile.js';
import type { EmbeddedPromptSet, Precision } from '../../src/types.js';
import { decodeImage } from '../../src/vision/decode.js';
import { preprocessPicture } from '../../src/vision/preprocess.js';
import { cosineOf, drawnDir } from '../support/tiny-clip.js';

/** A SigLIP of real form with random weights, and what transformers says of it. */
const siglipDir = fileURLToPath(new URL('../fixtures/tiny-random-siglip', import.meta.url));

interface Reference {
  readonly texts: readonly string[];
  readonly input_ids: readonly (readonly number[])[];
  readonly text_embeds: readonly (readonly number[])[];
  readonly images: readonly string[];
  readonly image_embeds: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
}

const reference = JSON.parse(await readFile(join(siglipDir, 'reference/reference.json'), 'utf8')) as Reference;
const folder = await openModelFolder(siglipDir, { searchDirs: [] });

let clip: ClipModel;
const load = async (precision: Precision | 'auto') => {
  clip = await loadClip(folder, { providers: ['cpu'], precision, threads: 1 }, { warn: () => undefined });
  return clip;
};
afterEach(() => clip?.close());

async function imageEmbeddings(): Promise<readonly Float32Array[]> {
  const pixels = await Promise.all(
    reference.images.map(async (name) =>
      preprocessPicture(await decodeImage(await readFile(join(drawnDir, name)), name), folder.preprocessor),
    ),
  );
  const batch = new Float32Array(pixels.length * (pixels[0]?.length ?? 0));
  for (const [i, one] of pixels.entries()) batch.set(one, i * one.length);
  return clip.encodeImages(batch, pixels.length);
}

const leastCosine = (ours: readonly Float32Array[], theirs: readonly (readonly number[])[]) => {
  expect(ours).toHaveLength(theirs.length);
  return Math.min(...ours.map((embedding, i) => cosineOf(embedding, theirs[i] ?? [])));
};

describe('a SigLIP folder', () => {
  it('tells by its manifest what kind it is and how it scores', () => {
    expect(folder).toMatchObject({
      ref: { id: 'tiny-random-siglip' },
      kind: 'siglip',
      calibration: { kind: 'siglip', logitScale: 10, logitBias: -2, origin: 'manifest' },
      embeddingSize: 24,
      maxTokens: 16,
      padToMax: true,
      warnings: [],
      preprocessor: { inputSize: 32, squash: true, resample: 'bicubic', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
  });
});

describe('parity of SigLIP with transformers', () => {
  it('gives the same token ids, padded and cut to 16', async () => {
    const tokenizer = await ClipTokenizer.open(folder.tokenizerFile, folder.maxTokens);
    const padded = reference.texts.map((text) => {
      const ids = tokenizer.encode(text);
      return [...ids, ...Array.from({ length: 16 - ids.length }, () => tokenizer.padId)];
    });
    expect(padded).toEqual(reference.input_ids);
    expect(reference.texts.map((text) => tokenizer.tokensCut(text) > 0)).toContain(true);
  });

  it('gives the same text embeddings', async () => {
    await load('fp32');
    expect(leastCosine(await clip.encodeTexts(reference.texts), reference.text_embeds)).toBeGreaterThanOrEqual(0.9999);
  });

  it('gives the same image embeddings', async () => {
    await load('fp32');
    expect(leastCosine(await imageEmbeddings(), reference.image_embeds)).toBeGreaterThanOrEqual(0.9999);
  });

  it('gives the same sigmoid scores', async () => {
    await load('fp32');
    const texts = await clip.encodeTexts(reference.texts);
    for (const [i, image] of (await imageEmbeddings()).entries()) {
      const scores = scoreTile(image, asTargets(texts), clip.calibration).map(({ score }) => score);
      const differences = scores.map((score, j) => Math.abs((score ?? 9) - (reference.scores[i]?.[j] ?? -9)));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  });
});

describe('variants of the vision tower', () => {
  it('feeds and reads half precision where the model is fp16', async () => {
    expect((await load('fp16')).precision).toBe('fp16');
    expect(leastCosine(await imageEmbeddings(), reference.image_embeds)).toBeGreaterThanOrEqual(0.999);
  });

  it('takes int8 on a CPU when nobody chose, close to fp32', async () => {
    expect((await load('auto')).precision).toBe('int8');
    expect(leastCosine(await imageEmbeddings(), reference.image_embeds)).toBeGreaterThanOrEqual(0.99);
  });

  it('takes the text tower that there is beside any of them', async () => {
    for (const precision of ['fp16', 'int8'] as const) {
      await load(precision);
      const texts = await clip.encodeTexts(reference.texts.slice(0, 2));
      expect(leastCosine(texts, reference.text_embeds.slice(0, 2))).toBeGreaterThanOrEqual(0.9999);
      await clip.close();
    }
  });

  it('is refused by name where the folder lacks it', async () => {
    const { fp32 } = folder.visionFiles;
    const only = { ...folder, visionFiles: { fp32: fp32 as string } };
    const loading = loadClip(only, { providers: ['cpu'], precision: 'fp16', threads: 1 }, { warn: () => undefined });
    await expect(loading).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: `${siglipDir}/onnx has no fp16 vision model; there is fp32.`,
    });
  });
});

function asTargets(embeddings: readonly Float32Array[]): EmbeddedPromptSet {
  const promptSet = { id: 's', hash: '', title: '', origin: '', targets: [], negatives: [], negativeTemplates: [] };
  const targets = embeddings.map((embedding, i) => ({
    target: { id: `t${i}`, name: '', prompts: [], templates: [], beneficial: false },
    embedding,
    prompts: [],
  }));
  return { promptSet, model: folder.ref, targets, negatives: [] };
}
