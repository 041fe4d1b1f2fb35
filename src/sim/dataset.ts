import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { unreadableReason } from '../regular-file.js';
import type { Size } from '../types.js';
import { cocoTruth, type TruthPicture } from './coco-truth.js';
import { viewOf } from './geometry.js';
import { ScenePainter } from './scene-painter.js';
import type { OpenScene } from './sim-source.js';
import { propsIn, truthOf } from './truth.js';

export interface DatasetPlan {
  readonly scene: OpenScene;
  readonly size: Size;
  readonly frames: number;
  /** Scene time between two pictures. */
  readonly intervalMs: number;
  /** A folder that is empty or not there yet. */
  readonly out: string;
}

/** What was written. */
export interface DatasetReport {
  readonly pictures: number;
  readonly annotations: number;
  /** Path of the truth. */
  readonly annotationsFile: string;
}

/** Pictures under way at a time: one is drawn while others are rasterised, encoded and written. */
export const PICTURES_AT_ONCE = 4;

/**
 * Writes pictures of a scene and, when all of them lie there, `annotations.json` (COCO) beside them.
 * @param onPicture called after each picture.
 * @throws FieldscoutError USAGE for a folder that holds something or cannot be written.
 */
export async function writeDataset(plan: DatasetPlan, onPicture: () => void): Promise<DatasetReport> {
  const { scene, size, frames, intervalMs, out } = plan;
  await claimFolder(out);
  const painter = new ScenePainter(scene, size);
  const pictures: TruthPicture[] = [];
  let next = 0;
  const work = async () => {
    while (next < frames) {
      const number = next;
      next += 1;
      const timeMs = number * intervalMs;
      const fileName = `frame-${String(number).padStart(6, '0')}.jpg`;
      const { fixtures, thingsAt } = scene.population;
      const things = [...fixtures, ...thingsAt(timeMs)];
      const view = viewOf(size);
      pictures[number] = { ...size, fileName, timeMs, truth: truthOf(things, view), props: propsIn(things, view) };
      await writeWhole(join(out, fileName), await painter.paint(timeMs));
      onPicture();
    }
  };
  try {
    await Promise.all(Array.from({ length: PICTURES_AT_ONCE }, work));
  } finally {
    // The other workers end with their pictures instead of going on behind an error.
    next = frames;
  }
  const coco = cocoTruth(pictures, {
    scene: scene.scene.name,
    condition: scene.condition.name,
    seed: scene.seed,
    empty: scene.empty,
    intervalMs,
  });
  const annotationsFile = join(out, 'annotations.json');
  await writeWhole(annotationsFile, `${JSON.stringify(coco)}\n`);
  return { pictures: pictures.length, annotations: coco.annotations.length, annotationsFile };
}

async function claimFolder(out: string): Promise<void> {
  let names: readonly string[];
  try {
    await makeFolder(out);
    names = await readdir(out);
  } catch (cause) {
    throw notWritable(out, cause);
  }
  if (names.length > 0)
    throw new FieldscoutError(
      'USAGE',
      `--out: ${out} is not empty.`,
      'Name a folder that is not there yet, or empty it.',
    );
}

/** Under another name first: nobody ever reads half a file. */
async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw notWritable(path, cause);
  }
}

function notWritable(path: string, cause: unknown): FieldscoutError {
  return new FieldscoutError(
    'USAGE',
    `--out: ${path} cannot be written (${unreadableReason(cause)}).`,
    'Name a folder that you may write to, with room in it.',
    { cause },
  );
}
