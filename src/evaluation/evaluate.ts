import { errorLine, FieldscoutError } from '../errors.js';
import type { Box, Detection, EmbeddedPromptSet, RgbImage, Size } from '../types.js';
import {
  type DetectionMetrics,
  type InspectedPicture,
  MATCH_IOU,
  measureAll,
  measureTarget,
  type Truth,
} from './detection-metrics.js';
import { ratio } from './ratios.js';
import { squareCrop } from './square-crop.js';
import { type Classified, type Confusion, confusionTable, nearestTarget } from './top1.js';

/** A picture on disk and what is in it. */
export interface LabelledPicture extends Size {
  readonly path: string;
  readonly truths: readonly Truth[];
  /** Boxes around groups that nobody counted, or that are not asked for. */
  readonly crowds: readonly Truth[];
}

export interface EvaluationTools {
  readImage(path: string): Promise<RgbImage>;
  /** @returns L2-normalised float32[embeddingSize] of the window `box` of the picture. */
  embedCrop(image: RgbImage, box: Box): Promise<Float32Array>;
  /** null leaves detection out. */
  readonly detector: Detector | null;
}

/** Whole pictures looked at, with and without the threshold: where to look again depends on what was found. */
export interface Detector {
  readonly minScore: number;
  readonly sureScore: number;
  /** What the daemon would report. */
  detect(image: RgbImage): Promise<readonly Detection[]>;
  /** Detections of any score, for average precision; null leaves that out. */
  readonly detectAll: ((image: RgbImage) => Promise<readonly Detection[]>) | null;
}

export interface TargetEvaluation {
  readonly target: string;
  readonly name: string;
  /** Share of this target's crops that were recognised among all targets; null without cases. */
  readonly top1: number | null;
  readonly cases: number;
  /** null where detection was left out. */
  readonly detection: DetectionMetrics | null;
}

export interface DetectionFacts {
  readonly minScore: number;
  /** Which one of the detections of a target in a picture must have; 0 for none. */
  readonly sureScore: number;
  readonly matchIou: number;
  /** Pictures with at least one detection of a judged target: of pictures without a pest, the false alarms. */
  readonly picturesWithDetections: number;
}

export interface Evaluation {
  /** Pictures that could be read. */
  readonly pictures: number;
  readonly top1: number | null;
  /** Labelled crops. */
  readonly cases: number;
  readonly perTarget: readonly TargetEvaluation[];
  readonly detection: (DetectionMetrics & DetectionFacts) | null;
  readonly confusion: readonly Confusion[];
  readonly failures: readonly { readonly image: string; readonly error: string }[];
}

/**
 * How good an embedded prompt set is on labelled pictures: top-1 on the crops of the labelled boxes, and the detections
 * of whole pictures against the boxes. A picture that cannot be read, or has not the size that its labels were made
 * for, becomes a failure and the others go on.
 * @param judged ids of the targets that are labelled in these pictures; detections of others cannot be judged and are
 *   left out, though in top-1 every target of the set competes.
 */
export async function evaluate(
  pictures: readonly LabelledPicture[],
  prompts: EmbeddedPromptSet,
  judged: ReadonlySet<string>,
  tools: EvaluationTools,
  onPicture: () => void,
): Promise<Evaluation> {
  const { detector } = tools;
  const classified: Classified[] = [];
  const inspected: InspectedPicture[] = [];
  const failures: { image: string; error: string }[] = [];
  for (const picture of pictures) {
    const image = await readLabelled(picture, tools, (error) => failures.push({ image: picture.path, error }));
    if (image !== null) {
      for (const { target, box } of picture.truths) {
        const embedding = await tools.embedCrop(image, squareCrop(box, image));
        classified.push({ truth: target, predicted: nearestTarget(embedding, prompts.targets) });
      }
      inspected.push({
        truths: picture.truths,
        crowds: picture.crowds,
        detections: (await detector?.detect(image)) ?? [],
        candidates: (await detector?.detectAll?.(image)) ?? null,
      });
    }
    onPicture();
  }
  const perTarget = prompts.targets
    .filter(({ target }) => judged.has(target.id))
    .map(({ target }): TargetEvaluation => {
      const ofTarget = classified.filter(({ truth }) => truth === target.id);
      return {
        target: target.id,
        name: target.name,
        ...accuracy(ofTarget),
        detection: detector === null ? null : measureTarget(inspected, target.id),
      };
    });
  const facts = ({ minScore, sureScore }: Detector): DetectionFacts => ({
    minScore,
    sureScore,
    matchIou: MATCH_IOU,
    picturesWithDetections: inspected.filter(({ detections }) => detections.some(({ target }) => judged.has(target)))
      .length,
  });
  const measured = perTarget.map(({ detection }) => detection).filter((detection) => detection !== null);
  return {
    pictures: inspected.length,
    ...accuracy(classified),
    perTarget,
    detection: detector === null ? null : { ...measureAll(measured), ...facts(detector) },
    confusion: confusionTable(classified),
    failures,
  };
}

function accuracy(classified: readonly Classified[]): { readonly top1: number | null; readonly cases: number } {
  const right = classified.filter(({ truth, predicted }) => truth === predicted).length;
  return { top1: ratio(right, classified.length), cases: classified.length };
}

async function readLabelled(
  picture: LabelledPicture,
  tools: EvaluationTools,
  fail: (error: string) => void,
): Promise<RgbImage | null> {
  try {
    const image = await tools.readImage(picture.path);
    if (image.width === picture.width && image.height === picture.height) return image;
    fail(
      `${picture.path} is ${image.width}x${image.height} pixels, its labels were made for ${picture.width}x${picture.height}.`,
    );
  } catch (error) {
    if (!(error instanceof FieldscoutError) || !UNREADABLE.has(error.code)) throw error;
    fail(errorLine(error));
  }
  return null;
}

const UNREADABLE: ReadonlySet<string> = new Set(['IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE']);
