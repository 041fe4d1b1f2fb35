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

/** Labels that are asked for; the others are neither asked for nor held against a detection that points at them. */
export interface AskedBoxes {
  /** Least length of a box's longer side in picture pixels. */
  readonly minPx: number;
  /** Least share of the thing that can be seen. */
  readonly minVisible: number;
}

/** The pictures of a COCO set, under `dir`, with the labels that the targets can be judged by. */
export async function labelledPictures(
  coco: CocoSet,
  mapping: CategoryMapping,
  dir: string,
  asked: AskedBoxes,
): Promise<readonly LabelledPicture[]> {
  return Promise.all(
    coco.pictures.map(async ({ fileName, width, height, boxes }) => ({
      path: await findPicture(dir, fileName),
      width,
      height,
      truths: boxes.filter((box) => isAsked(box, asked)).flatMap((box) => truthOf(box, mapping)),
      crowds: boxes.filter((box) => !isAsked(box, asked)).flatMap((box) => truthOf(box, mapping)),
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

const isAsked = ({ crowd, box, visible }: CocoBox, { minPx, minVisible }: AskedBoxes): boolean =>
  !crowd && Math.max(box.width, box.height) >= minPx && visible >= minVisible;

function truthOf({ category, box }: CocoBox, { targetOf }: CategoryMapping): readonly Truth[] {
  const target = targetOf.get(category);
  return target === undefined ? [] : [{ target, box }];
}
