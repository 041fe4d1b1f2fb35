import type { RgbImage } from '../types.js';

/** A picture that shows nothing of the field, although the camera gives it. */
export type PictureFault = 'black' | 'green' | 'frozen';

/** What is told of each. */
export const PICTURE_FAULTS: Readonly<Record<PictureFault, string>> = {
  black: 'the picture is black: is it night, is the lens covered, or is the sensor broken?',
  green: 'the picture is green: the camera or its decoder has no data for it',
  frozen: 'the picture does not change any more: the camera repeats an old one',
};

export interface PictureChecks {
  readonly black: boolean;
  readonly green: boolean;
  /** Of cameras that send live pictures. */
  readonly frozen: boolean;
  /** So many frames after the first, each with the same pixels, and ... */
  readonly frozenFrames: number;
  /** ... more than so long after it. */
  readonly frozenAfterMs: number;
}

/** Points at which a picture is looked at: even the largest costs a few milliseconds. */
const MOST_SAMPLES = 100_000;
/** Levels of 255. Video black and the noise of a sensor in the dark lie below; a lamp, a moonlit leaf and lettering do not. */
const BLACK_LEVEL = 24;
const BLACK_SHARE = 0.995;
/** A decoder without data gives Y = U = V = 0 or near: no red, no blue, half of green. No leaf is so pure over half a frame. */
const PURE_LEVEL = 16;
const GREEN_LEVELS = [96, 192] as const;
const GREEN_SHARE = 0.5;

/** Tells frames of one camera that are black, green for want of data, or that do not change any more. */
export class PictureWatch {
  private samples: Buffer = Buffer.alloc(0);
  private sinceMs = 0;
  private repeats = 0;

  constructor(private readonly checks: PictureChecks) {}

  /**
   * @param elapsedMs by a clock that nobody sets
   * @param isLive whether its pictures are made as they are given; others may repeat rightly
   * @returns what is wrong with this frame; undefined where nothing is
   */
  see(image: RgbImage, elapsedMs: number, isLive: boolean): PictureFault | undefined {
    const { black, green, frozen, frozenFrames, frozenAfterMs } = this.checks;
    const samples = samplesOf(image);
    const isSame = samples.equals(this.samples);
    if (!isSame) {
      this.samples = samples;
      this.sinceMs = elapsedMs;
    }
    this.repeats = isSame ? this.repeats + 1 : 0;
    if (black && shareOf(samples, isBlack) >= BLACK_SHARE) return 'black';
    if (green && shareOf(samples, isGreen) >= GREEN_SHARE) return 'green';
    const isFrozen = this.repeats >= frozenFrames && elapsedMs - this.sinceMs > frozenAfterMs;
    return frozen && isLive && isFrozen ? 'frozen' : undefined;
  }
}

/** uint8[n, 3] of an even grid. A live sensor's noise differs in some of so many points. */
function samplesOf({ width, height, data }: RgbImage): Buffer {
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_SAMPLES)));
  const columns = Math.ceil(width / step);
  const samples = Buffer.alloc(3 * columns * Math.ceil(height / step));
  let to = 0;
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const from = 3 * (y * width + x);
      samples[to] = data[from] as number;
      samples[to + 1] = data[from + 1] as number;
      samples[to + 2] = data[from + 2] as number;
      to += 3;
    }
  }
  return samples;
}

type Rule = (red: number, green: number, blue: number) => boolean;

const isBlack: Rule = (red, green, blue) => Math.max(red, green, blue) <= BLACK_LEVEL;

const isGreen: Rule = (red, green, blue) =>
  red <= PURE_LEVEL && blue <= PURE_LEVEL && green >= GREEN_LEVELS[0] && green <= GREEN_LEVELS[1];

function shareOf(samples: Buffer, rule: Rule): number {
  let count = 0;
  for (let i = 0; i + 2 < samples.length; i += 3)
    if (rule(samples[i] as number, samples[i + 1] as number, samples[i + 2] as number)) count += 1;
  return (3 * count) / samples.length;
}
