import type { RgbImage } from '../../types.js';
import { lerp, smoothstep, type View } from '../geometry.js';
import { cellBorder, cloudNoise, smoothNoise } from '../noise.js';
import { mixSeed, pick, randomFrom } from '../random.js';
import { planCropRow } from './crop-row-plan.js';
import { drawRosette, type FoliageColours } from './foliage.js';
import { eachPixel, fieldSvg, lightAt, rasterGrey, rasterRgb, soften, toLevel } from './relief.js';

const BEET: FoliageColours = { blade: ['#3f7a26', '#5d9c36'], vein: '#bcd58a', stalk: '#a9c973' };
const DARK_BEET: FoliageColours = { blade: ['#356d27', '#4f8c35'], vein: '#a9c882', stalk: '#9cc06c' };
const YOUNG_BEET: FoliageColours = { blade: ['#55912f', '#74ad42'], vein: '#cfe29c', stalk: '#b9d47c' };

/** How far the height map reaches in field units. */
const LEAF_HEIGHT = 54;

/** Bare soil and two rows of young plants, once a camera. */
export async function paintCropRow(seed: number, view: View): Promise<RgbImage> {
  const plan = planCropRow(seed);
  const random = randomFrom(mixSeed(seed, 0xbee7));
  const leaves = plan.plants.flatMap(({ centre, radius }, index) =>
    drawRosette(centre, radius, pick(random, [BEET, BEET, DARK_BEET, YOUNG_BEET]), random, index * 20),
  );
  const [colour, cover, raw] = await Promise.all([
    rasterRgb(fieldSvg(view, leaves.map((leaf) => leaf.colour).join(''), '#7d6048')),
    rasterGrey(fieldSvg(view, leaves.map((leaf) => leaf.cover).join(''))),
    rasterGrey(fieldSvg(view, leaves.map((leaf) => leaf.height).join(''))),
  ]);
  const blades = await soften(raw, view.frame, 1.3 * view.scale);
  const { width } = view.frame;
  const heights = new Float32Array(blades.length);
  await eachPixel(view, (index, x, y) => {
    const leafShare = cover[index] as number;
    heights[index] =
      leafShare > 0.5
        ? (blades[index] as number) * LEAF_HEIGHT + bladeTexture(x, y, seed)
        : soilHeight(x, y, plan.rows, seed);
  });
  const { data } = colour;
  await eachPixel(view, (index, x, y) => {
    const onLeaf = (cover[index] as number) > 0.5;
    const { diffuse, shine } = lightAt(heights, index, width, view.scale, onLeaf ? 18 : 8);
    const light = onLeaf ? 0.3 + 0.72 * Math.min(1.5, diffuse) : 0.22 + 0.8 * Math.min(1.7, diffuse);
    const sheen = onLeaf ? 46 * shine * smoothstep(0.3, 0.8, cloudNoise(x / 160, y / 120, seed + 41)) : 0;
    const patch = onLeaf ? 0.86 + 0.28 * cloudNoise(x / 90, y / 90, seed + 21) : soilTone(x, y, seed);
    for (let channel = 0; channel < 3; channel += 1) {
      const base = data[index * 3 + channel] as number;
      data[index * 3 + channel] = toLevel(base * patch * light + sheen);
    }
  });
  return colour;
}

function bladeTexture(x: number, y: number, seed: number): number {
  const wobbleX = x + 6 * smoothNoise(x / 18, y / 18, seed + 5);
  const wobbleY = y + 6 * smoothNoise(x / 18, y / 18, seed + 6);
  return (
    0.7 * smoothstep(0, 0.4, cellBorder(wobbleX / 13, wobbleY / 13, seed)) + 5 * cloudNoise(x / 60, y / 60, seed + 3)
  );
}

/** Crumbs and clods of all sizes, higher on the ridge of each row. */
function soilHeight(x: number, y: number, rows: readonly number[], seed: number): number {
  const ridge = Math.max(...rows.map((row) => Math.exp(-(((y - row) / 120) ** 2))));
  const bentX = x + 9 * smoothNoise(x / 13, y / 13, seed + 1);
  const bentY = y + 9 * smoothNoise(x / 13, y / 13, seed + 4);
  const lumpy = smoothstep(0.42, 0.72, cloudNoise(x / 52, y / 46, seed + 8));
  const clod = smoothstep(0.05, 0.75, cellBorder(bentX / 30, bentY / 27, seed + 2));
  const crumb = smoothstep(0, 0.7, cellBorder(bentX / 9.5, bentY / 9, seed + 7));
  return (
    20 * ridge +
    8 * clod * lumpy +
    2.6 * crumb * smoothNoise(x / 17, y / 17, seed + 19) +
    5 * cloudNoise(x / 9, y / 9, seed + 13) +
    1.8 * smoothNoise(x / 2.6, y / 2.6, seed + 11) +
    22 * cloudNoise(x / 120, y / 90, seed + 12)
  );
}

function soilTone(x: number, y: number, seed: number): number {
  const damp = cloudNoise(x / 230, y / 160, seed + 14);
  const grit = smoothNoise(x / 1.9, y / 1.9, seed + 15);
  const pale = smoothstep(0.86, 0.95, smoothNoise(x / 8, y / 8, seed + 16));
  return lerp(0.62, 1.05, damp) * (0.86 + 0.24 * grit) + 0.4 * pale;
}
