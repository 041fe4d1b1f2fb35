import type { RgbImage } from '../../types.js';
import { n, smoothLine, stroke } from '../figure.js';
import { FIELD, smoothstep, type View } from '../geometry.js';
import { cloudNoise, smoothNoise } from '../noise.js';
import { between, mixSeed, pick, type Random, randomFrom } from '../random.js';
import { drawFlower, type FlowerHead } from './flower-head.js';
import { planFlowerStrip } from './flower-strip-plan.js';
import { drawLeaf, type FoliageColours, type ReliefDrawing } from './foliage.js';
import { eachPixel, fieldSvg, lightAt, rasterGrey, rasterRgb, soften, toLevel } from './relief.js';

const STEM: FoliageColours = { blade: ['#3c6a2a', '#5a8c3c'], vein: '#9dbb72', stalk: '#6f9a48' };

const HEAD_HEIGHT = 27;

/** Flower heads over foliage, with the rest of the strip far out of focus behind them. */
export async function paintFlowerStrip(seed: number, view: View): Promise<RgbImage> {
  const random = randomFrom(mixSeed(seed, 0xb100));
  const heads = planFlowerStrip(seed);
  const flowers = heads.map((head, index) => drawFlower(head, random, index));
  const leaves = heads.flatMap((head, index) => underLeaves(head, random, index * 10));
  const far = await rasterRgb(fieldSvg(view, meadow(random), '#274a20'), 11 * view.scale);
  const near = [...stems(heads, random), ...leaves, ...flowers];
  const [colour, raw, cover] = await Promise.all([
    rasterRgb(fieldSvg(view, near.map((drawing) => drawing.colour).join(''), '#26401c')),
    rasterGrey(fieldSvg(view, near.map((drawing) => drawing.height).join(''))),
    rasterGrey(fieldSvg(view, near.map((drawing) => drawing.cover).join(''))),
  ]);
  const shade = await soften(cover, view.frame, 20 * view.scale);
  const heights = await soften(raw, view.frame, 1.7 * view.scale);
  const { width } = view.frame;
  await eachPixel(view, (index, x, y) => {
    heights[index] = (heights[index] as number) * HEAD_HEIGHT + 1.2 * smoothNoise(x / 7, y / 7, seed + 2);
  });
  const { data } = colour;
  await eachPixel(view, (index, x, y) => {
    const share = cover[index] as number;
    const { diffuse, shine } = lightAt(heights, index, width, view.scale, 14);
    const light = 0.5 + 0.54 * Math.min(1.3, diffuse);
    const sheen = 26 * shine * smoothstep(0.4, 0.8, cloudNoise(x / 120, y / 120, seed + 4));
    const air = 1.28 - 0.55 * smoothstep(0, 1, (x * 0.35 + y) / (FIELD.width * 0.35 + FIELD.height));
    const gloom = 1 - 0.45 * (shade[index] as number);
    for (let channel = 0; channel < 3; channel += 1) {
      const lit = (data[index * 3 + channel] as number) * light + sheen;
      data[index * 3 + channel] = toLevel(
        lit * share + (far.data[index * 3 + channel] as number) * gloom * air * (1 - share),
      );
    }
  });
  return colour;
}

function stems(heads: readonly FlowerHead[], random: Random): readonly ReliefDrawing[] {
  return heads.map(({ centre, radius }) => {
    const line = smoothLine([
      { x: centre.x, y: centre.y + radius * 0.2 },
      { x: centre.x + between(random, -20, 20), y: centre.y + radius * 1.5 },
      { x: centre.x + between(random, -90, 90), y: FIELD.height + 80 },
    ]);
    return {
      colour: stroke(line, '#3f652b', 13) + stroke(line, '#86ad58', 5, 0.8),
      height: stroke(line, '#404040', 13) + stroke(line, '#606060', 6),
      cover: stroke(line, '#fff', 13),
    };
  });
}

function underLeaves({ centre, radius }: FlowerHead, random: Random, firstNumber: number): readonly ReliefDrawing[] {
  return Array.from({ length: 4 }, (_, index) => {
    const length = radius * between(random, 1.1, 1.6);
    return drawLeaf(
      {
        at: { x: centre.x + between(random, -30, 30), y: centre.y + radius * between(random, 0.2, 0.9) },
        headingRad: between(random, 0, 2 * Math.PI),
        length,
        width: length * between(random, 0.2, 0.32),
        level: 0.3,
      },
      STEM,
      random,
      firstNumber + index,
    );
  });
}

/** Colours of the strip that the lens melts into discs. */
function meadow(random: Random): string {
  const greens = ['#2d5423', '#3f7030', '#588a3c', '#1d3a1a', '#79a64c'];
  const blooms = ['#e9e9dc', '#e88f22', '#d869a8', '#4f66d2', '#f0cf3a'];
  const blades = Array.from({ length: 150 }, () => {
    const [x, y] = [between(random, -80, FIELD.width + 80), between(random, -80, FIELD.height + 80)];
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(between(random, 40, 120))}" ry="${n(between(random, 7, 20))}" transform="rotate(${n(between(random, 40, 140))} ${n(x)} ${n(y)})" fill="${pick(random, greens)}" fill-opacity="0.85"/>`;
  });
  const discs = Array.from({ length: 34 }, () => {
    const radius = between(random, 16, 46);
    return `<circle cx="${n(between(random, 0, FIELD.width))}" cy="${n(between(random, 0, FIELD.height))}" r="${n(radius)}" fill="${pick(random, blooms)}" fill-opacity="${n(between(random, 0.45, 0.85))}"/>`;
  });
  return blades.join('') + discs.join('');
}
