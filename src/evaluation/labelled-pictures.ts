import type { CategoryMapping } from './category-targets.js';
import type { CocoBox, CocoSet } from './coco.js';
import type { Truth } from './detection-metrics.js';
import type { LabelledPicture } from './evaluate.js';
import { findPicture } from './picture-file.js';

/** A category that was left out because no target stands for it. */
export interface LeftOut {
  readonly category: string;
  readonly boxes: number;
}

/** The pictures of a COCO set, under `dir`, with the labels that the targets can be judged by. */
export async function labelledPictures(
  coco: CocoSet,
  mapping: CategoryMapping,
  dir: string,
): Promise<readonly LabelledPicture[]> {
  return Promise.all(
    coco.pictures.map(async ({ fileName, width, height, boxes }) => ({
      path: await findPicture(dir, fileName),
      width,
      height,
      truths: boxes.filter(({ crowd }) => !crowd).flatMap((box) => truthOf(box, mapping)),
      crowds: boxes.filter(({ crowd }) => crowd).flatMap((box) => truthOf(box, mapping)),
    })),
  );
}

/** How many boxes each category without a target has. */
export function leftOutBoxes(coco: CocoSet, mapping: CategoryMapping): readonly LeftOut[] {
  const boxes = coco.pictures.flatMap((picture) => picture.boxes);
  return mapping.withoutTarget.map((category) => ({
    category,
    boxes: boxes.filter((box) => box.category === category).length,
  }));
}

function truthOf({ category, box }: CocoBox, { targetOf }: CategoryMapping): readonly Truth[] {
  const target = targetOf.get(category);
  return target === undefined ? [] : [{ target, box }];
}
