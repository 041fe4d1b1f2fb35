import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { loadClip } from '../../src/clip/load-clip.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';

/** A CLIP of real form with random weights, and what transformers says of it (see its README). */
export const tinyClipDir = fileURLToPath(new URL('../fixtures/tiny-random-clip', import.meta.url));
export const drawnDir = join(tinyClipDir, 'reference/drawn');

export interface TextReference {
  readonly texts: readonly string[];
  readonly input_ids: readonly (readonly number[])[];
  readonly text_embeds: readonly (readonly number[])[];
}

export interface DrawnReference {
  readonly images: readonly string[];
  readonly image_embeds: readonly (readonly number[])[];
  readonly cosine: readonly (readonly number[])[];
}

export const readTextReference = () => readJson<TextReference>(join(tinyClipDir, 'reference/texts.json'));
export const readDrawnReference = () => readJson<DrawnReference>(join(drawnDir, 'reference.json'));

export async function loadTinyClip(): Promise<ClipModel> {
  const folder = await openModelFolder(tinyClipDir, { searchDirs: [] });
  return loadClip(folder, { providers: ['cpu'], precision: 'fp32', threads: 1 }, { warn: () => undefined });
}

/** Cosine of vectors of any length. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i += 1) {
    const x = a[i] as number;
    const y = b[i] as number;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / Math.sqrt(aa * bb);
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

/** A prompt file of two targets, with nothing else that competes. */
export const WORDS = `title: Words
templates: ["{}"]
negatives: []
targets:
  - { id: beetle, name: Beetle, prompts: [a red beetle] }
  - { id: leaf, name: Leaf, prompts: [a green leaf] }
`;
