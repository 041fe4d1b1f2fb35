import type { RgbImage } from '../../types.js';
import { lerp, smoothstep, type View } from '../geometry.js';
import { cellBorder, cloudNoise, smoothNoise } from '../noise.js';
import { behindSvg, maskSvg, planLeaf, veinSvg } from './leaf-plan.js';
import { eachPixel, type Light, lightAt, rasterGrey, rasterRgb, soften, toLevel } from './relief.js';

/** The empty leaf, once a camera: veins and cells are a height map that light from above left falls on. */
export async function paintLeaf(seed: number, view: View): Promise<RgbImage> {
  const plan = planLeaf(seed);
  const [mask, lines, behind] = await Promise.all([
    rasterGrey(maskSvg(plan, view)),
    rasterGrey(veinSvg(plan, view)),
    rasterRgb(behindSvg(seed, view)),
  ]);
  const veins = await soften(lines, view.frame, 0.7 * view.scale);
  const quilt = await soften(lines, view.frame, 15 * view.scale);
  const shade = await soften(mask, view.frame, 22 * view.scale);
  const { width, height } = view.frame;
  const heights = new Float32Array(width * height);
  await eachPixel(view, (index, x, y) => {
    if ((mask[index] as number) === 0) return;
    const wobbleX = x + 14 * smoothNoise(x / 40, y / 40, seed + 5);
    const wobbleY = y + 14 * smoothNoise(x / 40, y / 40, seed + 6);
    const pillow = smoothstep(0, 0.35, cellBorder(wobbleX / 30, wobbleY / 30, seed));
    const grain = smoothstep(0, 0.4, cellBorder(wobbleX / 9, wobbleY / 9, seed + 9));
    heights[index] =
      -24 * (quilt[index] as number) -
      2.2 * (veins[index] as number) +
      1.05 * pillow +
      0.22 * grain +
      7 * cloudNoise(x / 190, y / 190, seed + 3);
  });
  // A leaf above throws its shadow down and to the right of its rim.
  const fallen = Math.round(26 * view.scale) * width + Math.round(18 * view.scale);
  const { data } = behind;
  await eachPixel(view, (index, x, y) => {
    const cover = mask[index] as number;
    const dusk = 1 - 0.62 * (shade[index < fallen ? index % width : index - fallen] as number);
    const lit =
      cover > 0
        ? leafColour(lightAt(heights, index, width, view.scale, 26), veins[index] as number, x, y, seed)
        : BLACK;
    const away = ((x - 560) / 900) ** 2 + ((y - 330) / 640) ** 2;
    const falloff = 1.05 - 0.36 * away;
    for (let channel = 0; channel < 3; channel += 1) {
      const far = (data[index * 3 + channel] as number) * dusk;
      data[index * 3 + channel] = toLevel(lerp(far, lit[channel] as number, cover) * falloff);
    }
  });
  return behind;
}

const BLACK = [0, 0, 0] as const;

function leafColour({ diffuse, shine }: Light, vein: number, x: number, y: number, seed: number) {
  const patch = cloudNoise(x / 240, y / 240, seed + 21);
  const speck = smoothNoise(x / 2.2, y / 2.2, seed + 31) - 0.5;
  const light = 0.24 + 0.8 * diffuse + 0.05 * speck;
  const sheen = 62 * shine * smoothstep(0.25, 0.8, cloudNoise(x / 420 + 0.3, y / 300, seed + 41));
  const tint = (bare: number, dark: number, veined: number) => lerp(lerp(dark, bare, patch), veined, vein * 0.62);
  return [
    tint(112, 68, 184) * light + sheen * 0.9,
    tint(158, 114, 206) * light + sheen,
    tint(58, 36, 104) * light + sheen * 0.7,
  ] as const;
}
