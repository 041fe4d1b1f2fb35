import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LightMap } from './conditions/light-map.js';
import { lattice } from './noise.js';
import { mixSeed, randomFrom } from './random.js';

const LENGTH = 1 << 20;
/** A multiple of three, so that no pixel is cut. */
const VALUES_A_TURN = 1_200_000;

/** In lanes of 16 bits this keeps a sum with the grain above 0. */
const BIAS = 256;

/** The grain of a small sensor: nearly Gaussian, another in each frame. */
export class SensorNoise {
  private readonly grain: Int8Array;
  /** Each value of the grain in the low half, and the one two places on in the high half, both with the bias. */
  private readonly pairs: Int32Array;

  /** @param deviation standard deviation in levels. */
  constructor(
    private readonly seed: number,
    deviation: number,
  ) {
    const random = randomFrom(mixSeed(seed, 0x4015e));
    // The sum of three even numbers in [0, 1) deviates by 0.5.
    const reach = deviation * 2;
    this.grain = Int8Array.from({ length: LENGTH }, () => Math.round((random() + random() + random() - 1.5) * reach));
    this.pairs = new Int32Array(LENGTH);
    for (let index = 0; index < LENGTH; index += 1) {
      const later = this.grain[(index + 2) & (LENGTH - 1)] as number;
      this.pairs[index] = ((this.grain[index] as number) + BIAS) | ((later + BIAS) << 16);
    }
  }

  /** Adds it in place, and the light that is not the same everywhere, in short turns. @param frame any whole number. */
  async add(data: Uint8Array, frame: number, light: LightMap | null): Promise<void> {
    const shift = Math.floor(lattice(frame, 0, this.seed) * LENGTH);
    const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
    for (let from = 0; from < pixels.length; from += VALUES_A_TURN) {
      const to = Math.min(pixels.length, from + VALUES_A_TURN);
      if (light) this.addLit(pixels, from, to, shift, light);
      else this.addPlain(pixels, this.addByFours(data, from, to, shift), to, shift);
      await nextTurn();
    }
  }

  /**
   * Four values at a time, two in the lanes of each of two words: of all that is done to a picture outside sharp's threads
   * this would take the longest.
   * @returns where it ended: less than four values are left, or all of them where they do not lie as words do.
   */
  private addByFours(data: Uint8Array, from: number, to: number, shift: number): number {
    if ((data.byteOffset + from) % 4 !== 0) return from;
    const words = new Int32Array(data.buffer, data.byteOffset + from, (to - from) >> 2);
    const pairs = this.pairs;
    for (let index = 0, at = from + shift; index < words.length; index += 1, at += 4) {
      const word = words[index] as number;
      const even = (word & 0x00ff00ff) + (pairs[at & (LENGTH - 1)] as number);
      const odd = ((word >>> 8) & 0x00ff00ff) + (pairs[(at + 1) & (LENGTH - 1)] as number);
      words[index] = clamped(even) | (clamped(odd) << 8);
    }
    return from + 4 * words.length;
  }

  private addPlain(pixels: Uint8ClampedArray, from: number, to: number, shift: number): void {
    const grain = this.grain;
    for (let index = from; index < to; index += 1)
      pixels[index] = (pixels[index] as number) + (grain[(index + shift) & (LENGTH - 1)] as number);
  }

  private addLit(pixels: Uint8ClampedArray, from: number, to: number, shift: number, { gain, haze }: LightMap): void {
    const grain = this.grain;
    for (let pixel = from / 3, index = from; index < to; pixel += 1, index += 3) {
      const factor = gain[pixel] as number;
      const added = haze[pixel] as number;
      for (let channel = index; channel < index + 3; channel += 1)
        pixels[channel] =
          (((pixels[channel] as number) * factor) >> 7) + added + (grain[(channel + shift) & (LENGTH - 1)] as number);
    }
  }
}

/** In each lane a sum less the bias, held within 0 to 255: bit 9 is set above that range, bit 8 within it. */
function clamped(sums: number): number {
  const above = (sums >>> 9) & 0x00010001;
  const within = (sums >>> 8) & 0x00010001;
  return (sums & ((within << 8) - within)) | ((above << 8) - above);
}
