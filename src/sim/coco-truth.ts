import type { Size } from '../types.js';
import { SPECIES } from './catalogue.js';
import type { PropBox, Sight, TruthBox } from './placed-thing.js';

/** One written picture with what it shows. */
export interface TruthPicture extends Size {
  readonly fileName: string;
  /** Scene time in milliseconds. */
  readonly timeMs: number;
  readonly truth: readonly TruthBox[];
  readonly props: readonly PropBox[];
}

/** How the pictures were made, for whoever finds them later. */
export interface TruthOrigin {
  readonly scene: string;
  readonly condition: string;
  readonly seed: number;
  readonly empty: boolean;
  readonly intervalMs: number;
}

/** Eighths of a pixel are exact as binary fractions: a box that ends at the border still ends there after a sum. */
const STEPS = 8;

/**
 * The pictures' truth as https://cocodataset.org/#format-data, with track ids and what a caption would say. `things` beside
 * `annotations` are what is no animal, in the same form without a category.
 */
export function cocoTruth(pictures: readonly TruthPicture[], origin: TruthOrigin) {
  const targets = [...new Set(SPECIES.map((species) => species.target))];
  const annotations = pictures.flatMap((picture, index) =>
    picture.truth.map((thing) => ({ picture, thing, imageId: index + 1 })),
  );
  return {
    info: { description: 'Simulated by Fieldscout', ...origin },
    images: pictures.map(({ fileName, width, height, timeMs }, index) => ({
      id: index + 1,
      file_name: fileName,
      width,
      height,
      time_ms: timeMs,
    })),
    annotations: annotations.map(({ picture, thing, imageId }, index) => {
      const bbox = bboxOf(thing, picture);
      const { kind, colour, marking, stage, posture } = thing;
      return {
        id: index + 1,
        image_id: imageId,
        category_id: targets.indexOf(thing.target) + 1,
        bbox,
        area: bbox[2] * bbox[3],
        iscrowd: 0,
        track_id: thing.id,
        visible: thousandths(thing.visible),
        attributes: { kind, colour, ...(marking === undefined ? {} : { marking }), stage, posture },
      };
    }),
    things: pictures.flatMap((picture, index) =>
      picture.props.map((thing) => ({
        image_id: index + 1,
        bbox: bboxOf(thing, picture),
        track_id: thing.id,
        visible: thousandths(thing.visible),
        attributes: { kind: thing.kind, colour: thing.colour, target: thing.target },
      })),
    ),
    categories: targets.map((name, index) => ({ id: index + 1, name })),
  };
}

const thousandths = (share: number): number => Math.round(share * 1000) / 1000;

function bboxOf({ box }: Sight, { width, height }: Size): readonly [number, number, number, number] {
  const [left, right] = spanOf(box.x, box.width, width);
  const [top, bottom] = spanOf(box.y, box.height, height);
  return [left, top, right - left, bottom - top];
}

/** At least one step wide. */
function spanOf(start: number, length: number, limit: number): readonly [number, number] {
  const from = Math.min(limit * STEPS - 1, Math.max(0, Math.round(start * STEPS)));
  const to = Math.min(limit * STEPS, Math.max(from + 1, Math.round((start + length) * STEPS)));
  return [from / STEPS, to / STEPS];
}
