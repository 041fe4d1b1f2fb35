import { basename } from 'node:path';
import { errorLine, isExpected } from '../errors.js';
import { newestPictures } from '../journal/newest-pictures.js';
import { isAbsent, readRegularFile } from '../regular-file.js';
import type { RgbImage } from '../types.js';
import { decodeImage } from '../vision/decode.js';

export interface TrialPicture {
  /** For people. */
  readonly picture: string;
  readonly image: RgbImage;
}

export interface PicturePlaces {
  /** The folder of kept pictures. */
  readonly dir: string;
  /** The newest frame in memory, a JPEG, where there is one. */
  readonly frameOf: (camera: string) => Uint8Array | undefined;
  readonly warn: (line: string) => void;
}

/** Enough for `refusalOf` to tell that a model finds nothing, few enough to be looked at beside the cameras' work. */
const MOST = 4;
const MOST_BYTES = 100_000_000;
/** Decoded pictures are in memory together, beside two models: 90 MB. */
const MOST_PIXELS = 30_000_000;

/** The newest pictures that a running node kept of a camera, else the newest frame that it has in memory; none where there is neither. */
export async function trialPictures(camera: string, places: PicturePlaces): Promise<readonly TrialPicture[]> {
  const pictures: TrialPicture[] = [];
  let pixels = 0;
  for (const path of await newestPictures(places.dir, camera, MOST)) {
    const image = await pictureAt(path, places.warn);
    if (!image) continue;
    pixels += image.width * image.height;
    if (pictures.length > 0 && pixels > MOST_PIXELS) break;
    pictures.push({ picture: basename(path), image });
  }
  const frame = places.frameOf(camera);
  if (pictures.length > 0 || !frame) return pictures;
  return [{ picture: 'the newest frame', image: await decodeImage(frame, `the newest frame of ${camera}`) }];
}

/** undefined for one that was deleted meanwhile, or that is damaged: said. */
async function pictureAt(path: string, warn: (line: string) => void): Promise<RgbImage | undefined> {
  try {
    return await decodeImage(await readRegularFile(path, MOST_BYTES), path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (!isExpected(error)) throw error;
    warn(errorLine(error));
    return undefined;
  }
}
