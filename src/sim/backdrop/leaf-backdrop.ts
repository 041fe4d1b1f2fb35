import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp from 'sharp';
import type { RgbImage } from '../../types.js';
import { lerp, smoothstep, type View } from '../geometry.js';
import { cellBorder, cloudNoise, smoothNoise } from '../noise.js';
import { behindSvg, maskSvg, planLeaf, veinSvg } from './leaf-plan.js';

/** Rows worked on before other work of the process gets its turn. */
const ROWS_A_TURN = 12;

const LIGHT = unit(-0.5, -0.62, 0.66);
const HALFWAY = unit(LIGHT[0], LIGHT[1], LIGHT[2] + 1);

/**
 * The empty leaf, once a camera: veins and cells are a height map that light from above left falls on.
 * Takes about a second for a megapixel, in short turns.
 */
export async function paintLeaf(seed: number, view: View): Promise<RgbImage> {
  const plan = planLeaf(seed);
  const { width, height } = view.frame;
  const softness = 15 * view.scale;
  const [mask, veins, quilt, shade, behind] = await Promise.all([
    grey(maskSvg(plan, view), 0),
    grey(veinSvg(plan, view), 0.7 * view.scale),
    grey(veinSvg(plan, view), softness),
    grey(maskSvg(plan, view), 22 * view.scale),
    sharp(Buffer.from(behindSvg(seed, view)))
      .removeAlpha()
      .raw()
      .toBuffer(),
  ]);
  const relief = new Float32Array(width * height);
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    if (row % ROWS_A_TURN === 0) await nextTurn();
    const y = (row - view.offsetY) / view.scale;
    for (let column = 0; column < width; column += 1) {
      const index = row * width + column;
      if ((mask[index] as number) === 0) continue;
      const x = (column - view.offsetX) / view.scale;
      const wobbleX = x + 14 * smoothNoise(x / 40, y / 40, seed + 5);
      const wobbleY = y + 14 * smoothNoise(x / 40, y / 40, seed + 6);
      const pillow = smoothstep(0, 0.35, cellBorder(wobbleX / 30, wobbleY / 30, seed));
      const grain = smoothstep(0, 0.4, cellBorder(wobbleX / 9, wobbleY / 9, seed + 9));
      relief[index] =
        -24 * ((quilt[index] as number) / 255) -
        2.2 * ((veins[index] as number) / 255) +
        1.05 * pillow +
        0.22 * grain +
        7 * cloudNoise(x / 190, y / 190, seed + 3);
    }
  }
  for (let row = 0; row < height; row += 1) {
    if (row % ROWS_A_TURN === 0) await nextTurn();
    const y = (row - view.offsetY) / view.scale;
    for (let column = 0; column < width; column += 1) {
      const index = row * width + column;
      const cover = (mask[index] as number) / 255;
      const x = (column - view.offsetX) / view.scale;
      // A leaf above throws its shadow down and to the right of its rim.
      const shadowRow = Math.max(0, row - Math.round(26 * view.scale));
      const shadowColumn = Math.max(0, column - Math.round(18 * view.scale));
      const dusk = 1 - 0.62 * ((shade[shadowRow * width + shadowColumn] as number) / 255);
      let [red, green, blue] = [0, 1, 2].map((channel) => (behind[index * 3 + channel] as number) * dusk) as [
        number,
        number,
        number,
      ];
      if (cover > 0) {
        const lit = leafColour(relief, veins, index, width, x, y, seed, view.scale);
        red = lerp(red, lit[0], cover);
        green = lerp(green, lit[1], cover);
        blue = lerp(blue, lit[2], cover);
      }
      const away = ((x - 560) / 900) ** 2 + ((y - 330) / 640) ** 2;
      const falloff = 1.05 - 0.36 * away;
      data[index * 3] = clamp(red * falloff);
      data[index * 3 + 1] = clamp(green * falloff);
      data[index * 3 + 2] = clamp(blue * falloff);
    }
  }
  return { width, height, data };
}

function leafColour(
  relief: Float32Array,
  veins: Uint8Array,
  index: number,
  width: number,
  x: number,
  y: number,
  seed: number,
  scale: number,
): readonly [number, number, number] {
  const right = relief[index + 1] || (relief[index] as number);
  const below = relief[index + width] || (relief[index] as number);
  const dx = (right - (relief[index] as number)) * scale;
  const dy = (below - (relief[index] as number)) * scale;
  const [nx, ny, nz] = unit(-dx, -dy, 1);
  const diffuse = Math.max(0, nx * LIGHT[0] + ny * LIGHT[1] + nz * LIGHT[2]) / LIGHT[2];
  const shine = Math.max(0, nx * HALFWAY[0] + ny * HALFWAY[1] + nz * HALFWAY[2]) ** 26;
  const vein = (veins[index] as number) / 255;
  const patch = cloudNoise(x / 240, y / 240, seed + 21);
  const speck = smoothNoise(x / 2.2, y / 2.2, seed + 31) - 0.5;
  const light = 0.24 + 0.8 * diffuse + 0.05 * speck;
  const sheen = 62 * shine * smoothstep(0.25, 0.8, cloudNoise(x / 420 + 0.3, y / 300, seed + 41));
  const tint = (bare: number, dark: number, veined: number) => lerp(lerp(dark, bare, patch), veined, vein * 0.62);
  return [
    tint(112, 68, 184) * light + sheen * 0.9,
    tint(158, 114, 206) * light + sheen,
    tint(58, 36, 104) * light + sheen * 0.7,
  ];
}

async function grey(svg: string, blur: number): Promise<Uint8Array> {
  const picture = sharp(Buffer.from(svg)).removeAlpha().toColourspace('b-w');
  return (blur < 0.3 ? picture : picture.blur(blur)).extractChannel(0).raw().toBuffer();
}

function unit(x: number, y: number, z: number): readonly [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}
