import sharp from 'sharp';
import { n } from '../figure.js';
import { FIELD, type View } from '../geometry.js';
import { cloudNoise } from '../noise.js';
import { between, mixSeed, type Random, randomFrom } from '../random.js';

/** Light that differs from place to place, one value a pixel. */
export interface LightMap {
  /** Factor in 128ths: 128 leaves a pixel as it is. */
  readonly gain: Uint8Array;
  /** Levels added afterwards: glare, haze. */
  readonly haze: Uint8Array;
}

/** Sun through foliage above: soft-edged shadows of leaves and twigs, and full light between them. */
export async function dappledSun(seed: number, view: View): Promise<LightMap> {
  const random = randomFrom(mixSeed(seed, 0xdab));
  const boughs = Array.from({ length: 5 }, () => bough(random));
  const svg = `<g fill="#000" stroke="#000">${boughs.join('')}</g>`;
  const shade = await greyOf(svg, '#fff', view, 7);
  return mapOf(view, (_x, _y, index) => ({ gain: 0.6 + 0.52 * ((shade[index] as number) / 255), haze: 0 }));
}

/** A flash beside the lens: bright in the middle, black where it does not reach. */
export async function flashLight(seed: number, view: View): Promise<LightMap> {
  return mapOf(view, (x, y) => {
    const away = Math.hypot((x - FIELD.width * 0.48) / 720, (y - FIELD.height * 0.46) / 520);
    const fall = 1.42 / (1 + 1.15 * away ** 2.6) - 0.16;
    return { gain: Math.max(0.05, fall + 0.05 * (cloudNoise(x / 300, y / 300, seed) - 0.5)), haze: 0 };
  });
}

/** The last light from one side. */
export async function sideLight(_seed: number, view: View): Promise<LightMap> {
  return mapOf(view, (x, y) => {
    const side = (x * 0.8 + (FIELD.height - y) * 0.5) / (FIELD.width * 0.8 + FIELD.height * 0.5);
    return { gain: 0.78 + 0.34 * side, haze: 5 + 7 * side };
  });
}

/** Dust, a fingerprint's grease and a few specks far too close to be sharp. */
export async function dirtyGlass(seed: number, view: View): Promise<LightMap> {
  const random = randomFrom(mixSeed(seed, 0xd127));
  const specks = Array.from({ length: 46 }, () => {
    const radius = between(random, 4, 34) * (random() < 0.18 ? 2.2 : 1);
    const [x, y] = [between(random, 0, FIELD.width), between(random, 0, FIELD.height)];
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(radius)}" ry="${n(radius * between(random, 0.5, 1))}" transform="rotate(${n(between(random, 0, 180))} ${n(x)} ${n(y)})" fill-opacity="${n(between(random, 0.25, 0.85))}"/>`;
  });
  const [shade, streaks] = await Promise.all([
    greyOf(`<g fill="#000">${specks.join('')}</g>`, '#fff', view, 8),
    greyOf(`<g fill="none" stroke="#fff">${wiped(random)}</g>`, '#000', view, 3.2),
  ]);
  return mapOf(view, (x, y, index) => {
    const film = cloudNoise(x / 340, y / 260, seed + 5);
    const smear = (streaks[index] as number) / 255;
    return {
      gain: (0.3 + 0.7 * ((shade[index] as number) / 255)) * (0.96 - 0.2 * film - 0.2 * smear),
      haze: 16 * film ** 2 + 44 * smear * film,
    };
  });
}

/** Water on the glass veils the picture a little, more so at its foot. */
export async function wetVeil(seed: number, view: View): Promise<LightMap> {
  return mapOf(view, (x, y) => {
    const veil = cloudNoise(x / 420, y / 700, seed + 9) * (0.6 + 0.4 * (y / FIELD.height));
    return { gain: 0.94 - 0.1 * veil, haze: 26 * veil };
  });
}

/** Arcs of a cloth that made it worse. */
function wiped(random: Random): string {
  return Array.from({ length: 26 }, (_, index) => {
    const radius = 330 + index * 13 + between(random, -3, 3);
    return `<path d="M${n(-60 + radius * 0.5)} ${n(860 - radius * 0.86)}A${n(radius)} ${n(radius)} 0 0 1 ${n(-60 + radius * 0.94)} ${n(860 - radius * 0.34)}" stroke-width="${n(between(random, 1.5, 7))}" stroke-opacity="${n(between(random, 0.1, 0.6))}"/>`;
  }).join('');
}

function bough(random: Random): string {
  const [x, y] = [between(random, -100, FIELD.width), between(random, -100, FIELD.height)];
  const lean = between(random, 0, 360);
  const leaves = Array.from({ length: 7 }, (_, index) => {
    const side = index % 2 === 0 ? -1 : 1;
    const [along, turn, size] = [index * 46, side * between(random, 35, 65), between(random, 60, 105)];
    return `<path transform="translate(${n(along)} 0) rotate(${n(turn)})" d="M0 0C${n(size * 0.3)} ${n(-size * 0.34)} ${n(size * 0.8)} ${n(-size * 0.25)} ${n(size)} 0C${n(size * 0.8)} ${n(size * 0.25)} ${n(size * 0.3)} ${n(size * 0.34)} 0 0Z" stroke="none"/>`;
  });
  return `<g transform="translate(${n(x)} ${n(y)}) rotate(${n(lean)})"><path d="M-40 0L340 0" stroke-width="6"/>${leaves.join('')}</g>`;
}

async function greyOf(svg: string, ground: string, view: View, blur: number): Promise<Uint8Array> {
  const { width, height } = view.frame;
  const document = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="translate(${n(view.offsetX)} ${n(view.offsetY)}) scale(${view.scale})"><rect x="-999" y="-999" width="4000" height="4000" fill="${ground}"/>${svg}</g></svg>`;
  return sharp(Buffer.from(document))
    .removeAlpha()
    .toColourspace('b-w')
    .blur(Math.max(0.4, blur * view.scale))
    .extractChannel(0)
    .raw()
    .toBuffer();
}

/** @param light asked at field places; `gain` 1 leaves a pixel as it is, `haze` in levels. */
function mapOf(
  view: View,
  light: (x: number, y: number, index: number) => { readonly gain: number; readonly haze: number },
): LightMap {
  const { width, height } = view.frame;
  const gain = new Uint8Array(width * height);
  const haze = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const index = row * width + column;
      const at = light((column - view.offsetX) / view.scale, (row - view.offsetY) / view.scale, index);
      gain[index] = Math.min(255, Math.max(0, Math.round(at.gain * 128)));
      haze[index] = Math.min(255, Math.max(0, Math.round(at.haze)));
    }
  return { gain, haze };
}
