import { basename, join, resolve } from 'node:path';
import type { CameraConfig } from '../config/camera-schema.js';
import type { LoadedConfig } from '../config/load.js';
import { scheduledSourceOf } from '../daemon/source-of.js';
import { storageDirOf } from '../daemon/storage-place.js';
import { errorLine, FieldscoutError, isExpected } from '../errors.js';
import type { TrialLook } from '../evaluation/model-trial.js';
import type { InspectionSettings } from '../inspection/inspector.js';
import { newestPictures } from '../journal/newest-pictures.js';
import { bundledPrompts } from '../paths.js';
import { loadPromptSets } from '../prompts/load.js';
import type { RgbImage } from '../types.js';
import { decodeImage } from '../vision/decode.js';
import { masksOf } from '../vision/mask.js';
import { PictureOpener } from '../vision/picture-opener.js';
import { PICTURE_FAULTS } from '../vision/picture-watch.js';
import type { ConsoleLog } from './console-log.js';
import { findPictures } from './find-pictures.js';
import { readPicture } from './read-picture.js';

export interface LookChoice {
  /** Instead of the node's own: each is looked at as each camera would. */
  readonly pictures: readonly string[] | undefined;
  /** Most pictures a camera. */
  readonly most: number;
  readonly batchSize: number;
  /** How long a camera may take for a picture. */
  readonly cameraWithinMs: number;
}

/**
 * What a model is tried on: the newest pictures that the node kept of each camera; of a camera without any, a frame that it gives now.
 * @throws FieldscoutError TRIAL_FAILED where there is no picture at all; of prompts that cannot be loaded
 */
export async function trialLooks(
  node: LoadedConfig,
  choice: LookChoice,
  log: ConsoleLog,
): Promise<readonly TrialLook[]> {
  const { config, baseDir } = node;
  const kept = join(storageDirOf(config.storage.dir, baseDir), 'pictures');
  const placed = (name: string) => (/\.ya?ml$/.test(name) ? resolve(baseDir, name) : name);
  const given = choice.pictures && (await findPictures(choice.pictures, (error) => log.warn(errorLine(error))));
  const looks: TrialLook[] = [];
  for (const camera of config.cameras) {
    const promptSet = await loadPromptSets(camera.prompts.map(placed), { promptsDirs: [bundledPrompts] });
    const settings: InspectionSettings = { plan: camera.tiles, batchSize: choice.batchSize, ...config.detection };
    const about = { camera: camera.id, promptSet, settings };
    const paths = given?.slice(0, choice.most) ?? (await newestPictures(kept, camera.id, choice.most));
    const before = looks.length;
    for (const path of paths) {
      const image = await pictureAt(path, log);
      if (image) looks.push({ ...about, picture: shortName(path), image });
    }
    if (given || looks.length > before) continue;
    const frame = await frameOf(camera, node, choice.cameraWithinMs, log);
    if (frame) looks.push({ ...about, ...frame });
  }
  if (looks.length > 0) return looks;
  throw new FieldscoutError(
    'TRIAL_FAILED',
    `There is no picture to try it on: none in ${choice.pictures?.join(', ') ?? kept}, and no camera gives one.`,
    'Give some of your own: --pictures <folder>.',
  );
}

/** Kept pictures are named by 64 digits. */
const shortName = (path: string): string => basename(path).replace(/^([0-9a-f]{8})[0-9a-f]{56}(?=\.)/, '$1');

/** undefined for one that the node deleted meanwhile, or that is damaged: said. */
async function pictureAt(path: string, log: ConsoleLog): Promise<RgbImage | undefined> {
  try {
    return await decodeImage(await readPicture(path), path);
  } catch (error) {
    if (!isExpected(error)) throw error;
    log.warn(errorLine(error));
    return undefined;
  }
}

async function frameOf(
  camera: CameraConfig,
  { config, baseDir }: LoadedConfig,
  withinMs: number,
  log: ConsoleLog,
): Promise<{ readonly picture: string; readonly image: RgbImage } | undefined> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), withinMs);
  let reason = `it gave no picture within ${withinMs / 1000} s`;
  const report = {
    dropped: (_reason: string, line: string) => {
      reason = line;
    },
    state: (state: 'online' | 'offline' | 'asleep', line?: string) => {
      if (state !== 'online') reason = line ?? state;
    },
  };
  try {
    const opener = new PictureOpener(camera, masksOf(camera.masks), camera.pictureChecks);
    for await (const frame of scheduledSourceOf(camera, config.site, baseDir).frames(waiting.signal, report)) {
      const { image, fault } = await opener.open(frame, performance.now(), false);
      if (!fault) return { picture: basename(frame.origin), image };
      reason = PICTURE_FAULTS[fault];
    }
  } catch (error) {
    if (!waiting.signal.aborted) {
      if (!isExpected(error)) throw error;
      reason = errorLine(error);
    }
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
  log.warn(`camera ${camera.id} is left out: ${reason}`);
  return undefined;
}
