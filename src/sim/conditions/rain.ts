import type { RgbImage } from '../../types.js';
import { FIELD, type View } from '../geometry.js';
import { between, mixSeed, type Random, randomFrom } from '../random.js';
import type { Lens } from './condition.js';

interface Drop {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  readonly wobble: number;
}

/** One pixel that a drop covers. */
interface Ray {
  readonly to: number;
  readonly from: number;
  /** Levels of light added, where the sky shines through or the drop's rim darkens. */
  readonly light: number;
}

/** How much of the scene a drop shows, beside its own size. */
const WIDE_ANGLE = 3.2;

/** Drops on the front glass: each is a small wide-angle lens that shows the scene upside down. */
export async function rainOnLens(seed: number, view: View): Promise<Lens> {
  const rays = dropsOf(randomFrom(mixSeed(seed, 0x7a1))).flatMap((drop) => raysOf(drop, view));
  const to = Uint32Array.from(rays, (ray) => ray.to);
  const from = Uint32Array.from(rays, (ray) => ray.from);
  const light = Int16Array.from(rays, (ray) => ray.light);
  return (picture) => bend(picture, to, from, light);
}

function dropsOf(random: Random): readonly Drop[] {
  const drop = (size: number): Drop => ({
    x: between(random, 0, FIELD.width),
    y: between(random, 0, FIELD.height),
    rx: size,
    ry: size * between(random, 0.95, 1.35),
    wobble: between(random, 0, 6.28),
  });
  const large = Array.from({ length: 11 }, () => drop(between(random, 26, 58)));
  const small = Array.from({ length: 70 }, () => drop(between(random, 4, 14)));
  return [...small, ...large];
}

function raysOf({ x, y, rx, ry, wobble }: Drop, view: View): readonly Ray[] {
  const { width, height } = view.frame;
  const [centreX, centreY] = [x * view.scale + view.offsetX, y * view.scale + view.offsetY];
  const [halfWidth, halfHeight] = [rx * view.scale * 1.15, ry * view.scale * 1.15];
  const rays: Ray[] = [];
  for (let row = Math.max(0, Math.ceil(centreY - halfHeight)); row < Math.min(height, centreY + halfHeight); row += 1)
    for (
      let column = Math.max(0, Math.ceil(centreX - halfWidth));
      column < Math.min(width, centreX + halfWidth);
      column += 1
    ) {
      const u = (column - centreX) / (rx * view.scale);
      const v = (row - centreY) / (ry * view.scale);
      const angle = Math.atan2(v, u);
      const rim = 1 + 0.06 * Math.sin(2 * angle + wobble) + 0.04 * Math.sin(3 * angle - wobble);
      const share = Math.hypot(u, v) / rim;
      if (share >= 1) continue;
      const steep = WIDE_ANGLE * (0.55 + 0.45 * share * share);
      const fromColumn = Math.min(width - 1, Math.max(0, Math.round(centreX - u * rx * view.scale * steep)));
      const fromRow = Math.min(height - 1, Math.max(0, Math.round(centreY - v * ry * view.scale * steep)));
      const sky = Math.max(0, v) * 34 * share - Math.max(0, -v) * 46 * share ** 3;
      const edge = share > 0.86 ? -58 * ((share - 0.86) / 0.14) : 0;
      const glint = Math.hypot(u + 0.36, v + 0.42) < 0.16 ? 96 : 0;
      rays.push({
        to: (row * width + column) * 3,
        from: (fromRow * width + fromColumn) * 3,
        light: Math.round(sky + edge + glint),
      });
    }
  return rays;
}

function bend({ data }: RgbImage, to: Uint32Array, from: Uint32Array, light: Int16Array): void {
  const seen = new Uint8ClampedArray(to.length * 3);
  for (let index = 0; index < to.length; index += 1)
    for (let channel = 0; channel < 3; channel += 1)
      seen[index * 3 + channel] = (data[(from[index] as number) + channel] as number) + (light[index] as number);
  for (let index = 0; index < to.length; index += 1)
    for (let channel = 0; channel < 3; channel += 1)
      data[(to[index] as number) + channel] = seen[index * 3 + channel] as number;
}
