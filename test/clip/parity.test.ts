import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { ClipTokenizer } from '../../src/clip/tokenizer.js';
import { cosine } from '../../src/scoring/score-tile.js';
import { decodeImage } from '../../src/vision/decode.js';
import { centreCrop, preprocessPicture } from '../../src/vision/preprocess.js';
import {
  cosineOf,
  drawnDir,
  loadTinyClip,
  readDrawnReference,
  readTextReference,
  tinyClipDir,
} from '../support/tiny-clip.js';

describe('parity with transformers', () => {
  let clip: ClipModel;
  beforeAll(async () => {
    clip = await loadTinyClip();
  });
  afterAll(() => clip.close());

  it('gives the same token ids, empty, overlong and non-Latin texts included', async () => {
    const reference = await readTextReference();
    const tokenizer = await ClipTokenizer.open(join(tinyClipDir, 'tokenizer.json'), 77);
    const padded = reference.texts.map((text) => {
      const ids = tokenizer.encode(text);
      return [...ids, ...Array.from({ length: 77 - ids.length }, () => tokenizer.padId)];
    });
    expect(padded).toEqual(reference.input_ids);
  });

  it('gives the same text embeddings', async () => {
    const reference = await readTextReference();
    const embeddings = await clip.encodeTexts(reference.texts);
    const cosines = embeddings.map((embedding, i) => cosineOf(embedding, reference.text_embeds[i] ?? []));
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.9999);
  });

  it('prepares pictures of odd sizes within 2 levels a pixel, 0.3 on average', async () => {
    const { images } = await readDrawnReference();
    for (const name of images) {
      const image = await decodeImage(await readFile(join(drawnDir, name)), name);
      const ours = centreCrop(image, clip.preprocessor);
      const theirs = await sharp(join(drawnDir, name.replace('drawn-', 'preprocessed-')))
        .removeAlpha()
        .raw()
        .toBuffer();
      expect(ours.data.length, name).toBe(theirs.length);
      const differences = ours.data.map((value, i) => Math.abs(value - (theirs[i] ?? 0)));
      expect(
        differences.reduce((a, b) => Math.max(a, b)),
        name,
      ).toBeLessThanOrEqual(2);
      expect(differences.reduce((a, b) => a + b, 0) / differences.length, name).toBeLessThan(0.3);
    }
  });

  it('gives the same image embeddings, and the same cosines with the texts', async () => {
    const reference = await readDrawnReference();
    const { texts } = await readTextReference();
    const textEmbeddings = await clip.encodeTexts(texts);
    for (const [i, name] of reference.images.entries()) {
      const image = await decodeImage(await readFile(join(drawnDir, name)), name);
      const [embedding] = await clip.encodeImages(preprocessPicture(image, clip.preprocessor), 1);
      expect(cosineOf(embedding ?? [], reference.image_embeds[i] ?? []), name).toBeGreaterThanOrEqual(0.9999);
      for (const [j, text] of textEmbeddings.entries()) {
        expect(cosine(embedding as Float32Array, text)).toBeCloseTo(reference.cosine[i]?.[j] ?? Number.NaN, 2);
      }
    }
  });

  it('gives a picture the same embedding alone and in a batch of 16', async () => {
    const { images } = await readDrawnReference();
    const pixels = await Promise.all(
      Array.from({ length: 16 }, async (_, i) => {
        const name = images[i % images.length] as string;
        return preprocessPicture(await decodeImage(await readFile(join(drawnDir, name)), name), clip.preprocessor);
      }),
    );
    const batch = new Float32Array(pixels.reduce((sum, one) => sum + one.length, 0));
    for (const [i, one] of pixels.entries()) batch.set(one, i * one.length);
    const together = await clip.encodeImages(batch, 16);
    for (const [i, one] of pixels.entries()) {
      const [alone] = await clip.encodeImages(one, 1);
      const difference = Math.max(
        ...(alone as Float32Array).map((value, k) => Math.abs(value - (together[i]?.[k] ?? 9))),
      );
      expect(difference).toBeLessThan(1e-5);
    }
  });
});
