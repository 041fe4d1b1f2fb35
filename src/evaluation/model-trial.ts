import type { ClipModel } from '../clip/clip-model.js';
import { FieldscoutError } from '../errors.js';
import { type InspectionSettings, Inspector } from '../inspection/inspector.js';
import type { EmbeddedPromptSet, ModelRef, Precision, PromptSet, Provider, RgbImage } from '../types.js';
import { preprocessPicture } from '../vision/preprocess.js';

/** One picture, as one camera of the node would look at it. */
export interface TrialLook {
  readonly camera: string;
  /** For people. */
  readonly picture: string;
  readonly image: RgbImage;
  readonly promptSet: PromptSet;
  readonly settings: InspectionSettings;
}

export interface LookAnswer {
  readonly camera: string;
  readonly picture: string;
  readonly tiles: number;
  /** Detections by target. */
  readonly found: Readonly<Record<string, number>>;
}

/** What a model makes of the same looks. */
export interface TrialAnswer {
  readonly model: ModelRef;
  readonly provider: Provider;
  readonly precision: Precision;
  readonly tilesPerSecond: number;
  readonly looks: readonly LookAnswer[];
  /** Whether different pictures, and different targets, have different embeddings. Pictures of a still scene may hardly differ. */
  readonly tellsApart: { readonly pictures: boolean; readonly targets: boolean };
}

/** From here on two embeddings say the same. */
const SAME_COSINE = 0.99999;
const NORM_TOLERANCE = 1e-3;
/** Fewer pictures with a detection prove nothing of a model that finds none. */
const LEAST_FOUND = 3;

/**
 * Looks at every picture with a model, as the node would.
 * @throws FieldscoutError TRIAL_FAILED for embeddings or scores that are none, INFERENCE_FAILED
 */
export async function tryModel(
  clip: ClipModel,
  looks: readonly TrialLook[],
  embed: (set: PromptSet) => Promise<EmbeddedPromptSet>,
): Promise<TrialAnswer> {
  const embedded = new Map<PromptSet, EmbeddedPromptSet>();
  for (const { promptSet } of looks) if (!embedded.has(promptSet)) embedded.set(promptSet, await embed(promptSet));
  const targets = [...embedded.values()].map((set) => set.targets.map(({ embedding }) => embedding));
  for (const vector of targets.flat()) requireUnit(vector, 'a prompt');
  const pictures: Float32Array[] = [];
  for (const { image, picture } of looks) {
    const [vector] = await clip.encodeImages(preprocessPicture(image, clip.preprocessor), 1);
    pictures.push(requireUnit(vector, picture));
  }
  const answers: LookAnswer[] = [];
  let encodeMs = 0;
  let views = 0;
  for (const [i, { camera, picture, image, promptSet, settings }] of looks.entries()) {
    const frame = { id: `trial-${i}`, camera, origin: picture, capturedAtMs: 0, image };
    const prompts = embedded.get(promptSet) as EmbeddedPromptSet;
    const inspection = await new Inspector(settings).inspect(frame, { clip, prompts });
    const found: Record<string, number> = {};
    for (const { target, score, similarity } of inspection.detections) {
      if (!isScore(score) || !Number.isFinite(similarity)) throw refused(`its score of ${picture} is ${score}`);
      found[target] = (found[target] ?? 0) + 1;
    }
    encodeMs += inspection.timingsMs.encode;
    views += inspection.views;
    answers.push({ camera, picture, tiles: inspection.tiles, found });
  }
  return {
    model: clip.model,
    provider: clip.provider,
    precision: clip.precision,
    tilesPerSecond: (views * 1000) / encodeMs,
    looks: answers,
    tellsApart: { pictures: differ(pictures), targets: targets.every(differ) },
  };
}

/**
 * Why a model must not take the place of the present one; undefined where nothing speaks against it.
 * @param present undefined where the present model cannot be run
 */
export function refusalOf(next: TrialAnswer, present: TrialAnswer | undefined): string | undefined {
  if (!next.tellsApart.targets) return 'it gives different targets the same embedding';
  if (present?.tellsApart.pictures && !next.tellsApart.pictures)
    return 'it gives different pictures the same embedding';
  const withFinds = (answer: TrialAnswer) => answer.looks.filter(({ found }) => Object.keys(found).length > 0).length;
  const before = present ? withFinds(present) : 0;
  if (before >= LEAST_FOUND && withFinds(next) === 0)
    return `it finds nothing in ${next.looks.length} pictures, where ${present?.model.id} finds something in ${before}`;
  return undefined;
}

const isScore = (score: number | null): boolean => score === null || (score >= 0 && score <= 1);

function requireUnit(vector: Float32Array | undefined, of: string): Float32Array {
  if (vector && Math.abs(Math.hypot(...vector) - 1) < NORM_TOLERANCE) return vector;
  throw refused(`its embedding of ${of} is not of length 1`);
}

function refused(reason: string): FieldscoutError {
  return new FieldscoutError('TRIAL_FAILED', `${reason}.`, 'Fetch or export the model again.');
}

function differ(vectors: readonly Float32Array[]): boolean {
  const [first, ...others] = vectors;
  if (!first || others.length === 0) return true;
  return others.some((vector) => vector.reduce((sum, value, i) => sum + value * (first[i] as number), 0) < SAME_COSINE);
}
