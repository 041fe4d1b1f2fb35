import { resolve } from 'node:path';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { modelPlace } from '../daemon/model-place.js';
import { FieldscoutError } from '../errors.js';
import type { Mask } from '../vision/mask.js';
import { masksOf } from '../vision/mask.js';
import type { View } from '../vision/view.js';
import type { PromptOptions } from './choose-prompts.js';
import type { LookOptions, ModelOptions } from './options.js';

export interface CameraChoice {
  /** A camera's id. */
  readonly camera?: string | undefined;
  readonly config?: string | undefined;
}

type Chosen = CameraChoice & Pick<ModelOptions, 'model'> & LookOptions & PromptOptions;

/** Of each picture: what is looked at. */
export interface PictureView {
  readonly view: View;
  readonly masks: readonly Mask[];
}

const WHOLE: PictureView = { view: { rotate: 0 }, masks: [] };

/**
 * What a command looks at, with what, and for what. With `--camera` it is what that camera of the configuration would: its rotation, crop and
 * masks, and its tiles, prompts, model and detection rules where the command line says nothing else.
 * @param isSaid whether an option was given
 * @throws FieldscoutError USAGE for a camera that is not there; of the configuration
 */
export async function cameraLook<T extends Chosen>(
  chosen: T,
  isSaid: (option: keyof T & string) => boolean,
): Promise<T & PictureView> {
  if (chosen.camera === undefined) {
    if (chosen.config === undefined) return { ...chosen, ...WHOLE };
    throw new FieldscoutError(
      'USAGE',
      '--config says nothing without a camera.',
      'Name one of its cameras: --camera <id>.',
    );
  }
  const { config, baseDir, origin } = await loadConfig(chosen.config, process.cwd());
  const camera = config.cameras.find(({ id }) => id === chosen.camera);
  if (!camera)
    throw new FieldscoutError(
      'USAGE',
      `${origin === 'defaults' ? `There is no ${DEFAULT_FILE} here, and the default configuration` : origin} has no camera "${chosen.camera}".`,
      `It has ${config.cameras.map(({ id }) => id).join(', ')}.`,
    );
  const { minScore, sureScore, minSimilarity, mergeOverlap, secondLook } = config.detection;
  const { scales, overlap, wholeFrame } = camera.tiles;
  const configured = {
    model: modelPlace(config.model, baseDir),
    scales,
    overlap,
    minScore,
    sureScore,
    minSimilarity,
    mergeOverlap,
    secondLook,
  };
  const unsaid = Object.fromEntries(
    Object.entries(configured).filter(([option]) => !isSaid(option as keyof T & string)),
  );
  const prompts = camera.prompts.map((name) => (/\.ya?ml$/.test(name) ? resolve(baseDir, name) : name));
  return {
    ...chosen,
    ...unsaid,
    ...(isSaid('prompts') || isSaid('prompt') ? {} : { prompts }),
    wholeFrame,
    view: { rotate: camera.rotate, crop: camera.crop },
    masks: masksOf(camera.masks),
  };
}
