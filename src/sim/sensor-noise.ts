import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LightMap } from './conditions/light-map.js';
import { lattice } from './noise.js';
import { mixSeed, randomFrom } from './random.js';

const LENGTH = 1 << 20;
/** A multiple of three, so that no pixel is cut. */
const VALUES_A_TURN = 1_200_000;

/** The grain of a small sensor: nearly Gaussian, another in each frame. */
export class SensorNoise {
  private readonly grain: Int8Array;

  /** @param deviation standard deviation in levels. */
  constructor(
    private readonly seed: number,
    deviation: number,
  ) {
    const random = randomFrom(mixSeed(seed, 0x4015e));
    // The sum of three even numbers in [0, 1) deviates by 0.5.
    const reach = deviation * 2;
    this.grain = Int8Array.from({ length: LENGTH }, () => Math.round((random() + random() + random() - 1.5) * reach));
  }

  /** Adds it in place, and the light that is not the same everywhere, in short turns. @param frame any whole number. */
  async add(data: Uint8Array, frame: number, light: LightMap | null): Promise<void> {
    const shift = Math.floor(lattice(frame, 0, this.seed) * LENGTH);
    const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
    for (let from = 0; from < pixels.length; from += VALUES_A_TURN) {
      const to = Math.min(pixels.length, from + VALUES_A_TURN);
      if (light) this.addLit(pixels, from, to, shift, light);
      else this.addPlain(pixels, from, to, shift);
      await nextTurn();
    }
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
