import { z } from 'zod';
import { FieldscoutError } from '../errors.js';
import { readRegularFile, unreadableReason } from '../regular-file.js';
import type { Box, Size } from '../types.js';
import { pictureSegments } from './picture-file.js';

/** A file of annotations beyond this does not fit into one string. */
const MAX_BYTES = 400_000_000;

/** One label of a picture. */
export interface CocoBox {
  /** The category's name. */
  readonly category: string;
  /** Inside the picture, never empty. */
  readonly box: Box;
  /** COCO's `iscrowd`: the box covers a group that nobody counted. */
  readonly crowd: boolean;
  /** Share of the thing that can be seen, 0 to 1; 1 where the file does not say (`visible`, as `fieldscout sim` writes it). */
  readonly visible: number;
}

export interface CocoPicture extends Size {
  /** `file_name` as it is written: a relative path. */
  readonly fileName: string;
  readonly boxes: readonly CocoBox[];
}

/** A COCO file's pictures with their boxes. */
export interface CocoSet {
  readonly categories: readonly string[];
  readonly pictures: readonly CocoPicture[];
  /** Boxes that reached over their picture's edge and were cut there. */
  readonly clippedBoxes: number;
  /** Boxes of which nothing lies in their picture; they are left out. */
  readonly emptyBoxes: number;
}

const id = z.union([z.int(), z.string().min(1)]);
const side = z.number().nonnegative();

/** The part of https://cocodataset.org/#format-data that boxes need; other keys are ignored. */
const cocoFile = z.object({
  images: z.array(
    z.object({
      id,
      file_name: z
        .string()
        .refine((name) => pictureSegments(name) !== null, 'is no path inside the folder of pictures'),
      width: z.int().positive(),
      height: z.int().positive(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox: z.tuple([z.number(), z.number(), side, side]),
      visible: z.number().min(0).max(1).default(1),
      iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).default(0),
    }),
  ),
  categories: z
    .array(z.object({ id, name: z.string().regex(/[\p{L}\p{N}]/u, 'needs at least one letter or digit') }))
    .min(1),
});

/**
 * Reads a COCO annotation file.
 * @throws FieldscoutError COCO_INVALID that names the file and the place, e.g. `annotations[3].bbox[2]`.
 */
export async function readCoco(path: string): Promise<CocoSet> {
  let text: string;
  try {
    text = (await readRegularFile(path, MAX_BYTES)).toString('utf8');
  } catch (cause) {
    throw new FieldscoutError(
      'COCO_INVALID',
      `${path} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
  return parseCoco(text, path);
}

/** The same for a text at hand; `name` stands in messages for the file. */
export function parseCoco(text: string, name: string): CocoSet {
  const result = cocoFile.safeParse(parseJson(text, name));
  if (!result.success) {
    const [issue, ...others] = result.error.issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    throw invalid(name, placeOf(issue.path), `${issue.message}${more}`);
  }
  const { images, annotations, categories } = result.data;
  const pictures = indexById(images, 'images', name);
  const names = indexById(categories, 'categories', name);
  const boxes = new Map(images.map((image) => [image.id, [] as CocoBox[]]));
  let clippedBoxes = 0;
  let emptyBoxes = 0;
  for (const [index, annotation] of annotations.entries()) {
    const picture = pictures.get(annotation.image_id);
    if (!picture)
      throw invalid(
        name,
        `annotations[${index}].image_id`,
        `no image has the id ${JSON.stringify(annotation.image_id)}`,
      );
    const category = names.get(annotation.category_id)?.name;
    if (category === undefined)
      throw invalid(
        name,
        `annotations[${index}].category_id`,
        `no category has the id ${JSON.stringify(annotation.category_id)}`,
      );
    const [x, y, width, height] = annotation.bbox;
    const box = clipBox({ x, y, width, height }, picture);
    if (box === null) emptyBoxes += 1;
    else {
      if (box.width < width || box.height < height) clippedBoxes += 1;
      boxes
        .get(annotation.image_id)
        ?.push({ category, box, crowd: Boolean(annotation.iscrowd), visible: annotation.visible });
    }
  }
  return {
    categories: [...new Set(categories.map((category) => category.name))],
    pictures: images.map((image) => ({
      fileName: image.file_name,
      width: image.width,
      height: image.height,
      boxes: boxes.get(image.id) ?? [],
    })),
    clippedBoxes,
    emptyBoxes,
  };
}

/** @returns the part of the box that lies in the picture; null where there is none. */
export function clipBox(box: Box, picture: Size): Box | null {
  const [x, width] = clipSpan(box.x, box.width, picture.width);
  const [y, height] = clipSpan(box.y, box.height, picture.height);
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function clipSpan(start: number, length: number, limit: number): readonly [number, number] {
  if (start >= 0 && start + length <= limit) return [start, length];
  const from = Math.max(0, start);
  return [from, Math.min(limit, start + length) - from];
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FieldscoutError(
      'COCO_INVALID',
      `${name} is not JSON: ${(cause as Error).message}.`,
      'Give the annotation file of a COCO export.',
      { cause },
    );
  }
}

function indexById<T extends { readonly id: string | number }>(
  entries: readonly T[],
  list: string,
  name: string,
): ReadonlyMap<string | number, T> {
  const byId = new Map<string | number, T>();
  for (const [index, entry] of entries.entries()) {
    if (byId.has(entry.id)) throw invalid(name, `${list}[${index}].id`, `${JSON.stringify(entry.id)} is there twice`);
    byId.set(entry.id, entry);
  }
  return byId;
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place.replace(/^\./, '') || 'the file';
}

function invalid(name: string, place: string, fault: string): FieldscoutError {
  return new FieldscoutError('COCO_INVALID', `${name}: ${place}: ${fault}.`, 'Mend that entry and try again.');
}
