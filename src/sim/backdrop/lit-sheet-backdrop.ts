import type { RgbImage } from '../../types.js';
import { lerp, smoothstep, type View } from '../geometry.js';
import { cloudNoise, smoothNoise } from '../noise.js';
import { between, mixSeed, randomFrom } from '../random.js';
import { eachPixel, lightAt, toLevel } from './relief.js';

/** A crease that runs down the cloth. */
interface Fold {
  readonly x: number;
  readonly lean: number;
  readonly breadth: number;
  readonly depth: number;
}

/** Where the lamp hangs, before the upper edge of the cloth. */
const LAMP = { x: 690, y: -70 } as const;

/** A white cotton sheet at night, lit by a lamp above it. */
export async function paintLitSheet(seed: number, view: View): Promise<RgbImage> {
  const random = randomFrom(mixSeed(seed, 0x5ee7));
  const folds = Array.from(
    { length: 9 },
    (_, index): Fold => ({
      x: -80 + index * 180 + between(random, -60, 60),
      lean: between(random, -0.16, 0.16),
      breadth: between(random, 26, 90),
      depth: between(random, 8, 26) * (random() < 0.5 ? -1 : 1),
    }),
  );
  const { width, height } = view.frame;
  const heights = new Float32Array(width * height);
  await eachPixel(view, (index, x, y) => {
    const drape = folds.reduce((sum, fold) => {
      const bend = 26 * (smoothNoise(y / 260, fold.x, seed + 3) - 0.5);
      const across = (x - fold.x - fold.lean * y - bend) / fold.breadth;
      return sum + fold.depth * Math.exp(-across * across) * (0.35 + 0.65 * smoothNoise(y / 300, fold.x + 9, seed));
    }, 0);
    const wrinkles = 4 * cloudNoise(x / 70 + y / 160, y / 130, seed + 5) + 16 * cloudNoise(x / 330, y / 330, seed + 6);
    heights[index] = drape + wrinkles + weave(x, y, seed);
  });
  const data = new Uint8Array(width * height * 3);
  await eachPixel(view, (index, x, y) => {
    const { diffuse } = lightAt(heights, index, width, view.scale, 8);
    const away = Math.hypot((x - LAMP.x) / 760, (y - LAMP.y) / 700);
    const lamp = 0.98 / (1 + 1.15 * away ** 2.6);
    const glow = smoothstep(0.75, 0, away);
    const stain = 1 - 0.07 * smoothstep(0.55, 0.8, cloudNoise(x / 210, y / 190, seed + 8));
    const light = lamp * (0.3 + 0.7 * diffuse) * stain * 1.05;
    // Warm where the bulb itself shines, blue where only its ultraviolet makes the cotton glow.
    data[index * 3] = toLevel(lerp(196, 255, glow) * light);
    data[index * 3 + 1] = toLevel(lerp(204, 248, glow) * light);
    data[index * 3 + 2] = toLevel(lerp(238, 228, glow) * light + 6);
  });
  return { width, height, data };
}

/** Warp and weft, thick and thin as spun cotton is. */
function weave(x: number, y: number, seed: number): number {
  const slack = 1.3 * smoothNoise(x / 40, y / 40, seed + 11);
  const warp = Math.sin((x + slack) * 1.25) * (0.6 + 0.6 * smoothNoise(x / 1.8, y / 30, seed + 12));
  const weft = Math.sin((y + slack) * 1.25) * (0.6 + 0.6 * smoothNoise(x / 30, y / 1.8, seed + 13));
  return 0.035 * (warp + weft);
}
