import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClipModel, TextEncoder } from '../../src/clip/clip-model.js';
import { loadClip } from '../../src/clip/load-clip.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { embedPromptSet } from '../../src/prompts/embed.js';
import { adHocPromptSet } from '../../src/prompts/prompt-set.js';
import { TextCache } from '../../src/prompts/text-cache.js';
import { cosineOf, loadTinyClip, tinyClipDir } from '../support/tiny-clip.js';

let clip: ClipModel;
let dir: string;
beforeAll(async () => {
  clip = await loadTinyClip();
  dir = await mkdtemp(join(tmpdir(), 'texts-'));
});
afterAll(async () => {
  await clip.close();
  await rm(dir, { recursive: true, force: true });
});

const promptSet = (prompts: readonly string[]) =>
  adHocPromptSet({ prompts, negatives: ['bare soil'], useNegatives: true });

const templatesOf = (prompts: readonly string[]) => promptSet(prompts).targets[0]?.templates ?? [];

/** The real encoder, with a list of what it was given. */
function counted(): TextEncoder & { readonly texts: string[] } {
  const texts: string[] = [];
  return {
    model: clip.model,
    textTower: clip.textTower,
    embeddingSize: clip.embeddingSize,
    texts,
    encodeTexts(given) {
      texts.push(...given);
      return clip.encodeTexts(given);
    },
  };
}

const embed = (prompts: readonly string[], encoder: TextEncoder) =>
  embedPromptSet(
    promptSet(prompts),
    encoder,
    new TextCache({
      dir,
      warn: (line) => {
        throw new Error(line);
      },
    }),
  );

describe('text embeddings of a real model', () => {
  it('are encoded once, and an edited prompt costs its own texts only', async () => {
    const first = counted();
    const before = await embed(['a green aphid', 'a red beetle'], first);
    expect(first.texts).toContain('a photo of a green aphid.');
    expect(new Set(first.texts).size).toBe(first.texts.length);

    const second = counted();
    expect(await embed(['a green aphid', 'a red beetle'], second)).toEqual(before);
    expect(second.texts).toEqual([]);

    const third = counted();
    const after = await embed(['a green aphid', 'a blue beetle'], third);
    expect(third.texts).toEqual(templatesOf(['x']).map((template) => template.replace('{}', 'a blue beetle')));
    expect(third.texts.length).toBeGreaterThan(1);
    expect(after.targets[0]?.embedding).toEqual(before.targets[0]?.embedding);
    expect(after.negatives).toEqual(before.negatives);
  });

  it('are the normalised mean over the templates', async () => {
    const { targets, model } = await embed(['a green aphid'], counted());
    const texts = templatesOf(['x']).map((template) => template.replace('{}', 'a green aphid'));
    const each = await clip.encodeTexts(texts);
    const sum = Array.from({ length: clip.embeddingSize }, (_, i) =>
      each.reduce((total, one) => total + (one[i] ?? 0), 0),
    );
    const embedding = targets[0]?.embedding ?? [];
    expect(cosineOf(embedding, sum)).toBeCloseTo(1, 6);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
    expect(model).toEqual(clip.model);
  });

  it('warns of words that the model does not see', async () => {
    const warnings: string[] = [];
    const folder = await openModelFolder(tinyClipDir, { searchDirs: [] });
    const own = await loadClip(
      folder,
      { providers: ['cpu'], precision: 'fp32', threads: 1 },
      { warn: (line) => warnings.push(line) },
    );
    await own.encodeTexts(['leaf '.repeat(80)]);
    await own.close();
    expect(warnings).toEqual([`the model does not see the last 5 tokens of the prompt "${'leaf '.repeat(12)}..."`]);
  });
});
