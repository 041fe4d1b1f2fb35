import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp from 'sharp';
import type { RgbImage, Size } from '../../types.js';
import { n } from '../figure.js';
import type { View } from '../geometry.js';

/** Rows worked on before other work of the process gets its turn. */
const ROWS_A_TURN = 12;

/** Where the light comes from: above left of the picture, as for every figure. */
export const LIGHT = unit(-0.5, -0.62, 0.66);
const HALFWAY = unit(LIGHT[0], LIGHT[1], LIGHT[2] + 1);

const MAX_SLOPE = 1.3;

/** How light falls on a height map. */
export interface Light {
  /** 1 on a level surface, 0 where it looks away from the light. */
  readonly diffuse: number;
  /** 0 to 1: the light itself mirrored, sharper the smoother the surface. */
  readonly shine: number;
}

/**
 * @param heights in field units, one a pixel.
 * @param gloss exponent of the mirrored light (Blinn 1977): 8 is dull, 80 is wet.
 */
export function lightAt(heights: Float32Array, index: number, width: number, scale: number, gloss: number): Light {
  const here = heights[index] as number;
  const dx = (index + 1) % width === 0 ? 0 : slope(((heights[index + 1] as number) - here) * scale);
  const dy = slope(((heights[index + width] ?? here) - here) * scale);
  const length = Math.sqrt(dx * dx + dy * dy + 1);
  const facing = (-dx * LIGHT[0] - dy * LIGHT[1] + LIGHT[2]) / length;
  const mirrored = (-dx * HALFWAY[0] - dy * HALFWAY[1] + HALFWAY[2]) / length;
  return { diffuse: Math.max(0, facing) / LIGHT[2], shine: Math.max(0, mirrored) ** gloss };
}

/** Where one leaf ends and the next lies far below there is no slope to light, only an edge. */
function slope(rise: number): number {
  return rise > MAX_SLOPE ? MAX_SLOPE : rise < -MAX_SLOPE ? -MAX_SLOPE : rise;
}

/** Calls for each pixel with its place in field units, in short turns. */
export async function eachPixel(view: View, visit: (index: number, x: number, y: number) => void): Promise<void> {
  const { width, height } = view.frame;
  for (let row = 0; row < height; row += 1) {
    if (row % ROWS_A_TURN === 0) await nextTurn();
    const y = (row - view.offsetY) / view.scale;
    for (let column = 0; column < width; column += 1)
      visit(row * width + column, (column - view.offsetX) / view.scale, y);
  }
}

/** An SVG of the whole field with this in it. */
export function fieldSvg(view: View, content: string, ground = '#000'): string {
  const { width, height } = view.frame;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="translate(${n(view.offsetX)} ${n(view.offsetY)}) scale(${view.scale})"><rect x="-999" y="-999" width="4000" height="4000" fill="${ground}"/>${content}</g></svg>`;
}

/** uint8[height, width, 3]. @param blurPx standard deviation in pixels; below 0.3 the picture stays sharp. */
export async function rasterRgb(svg: string, blurPx = 0): Promise<RgbImage> {
  const picture = sharp(Buffer.from(svg)).removeAlpha();
  const { data, info } = await (blurPx < 0.3 ? picture : picture.blur(blurPx))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The first channel as 0 to 1, one a pixel. */
export async function rasterGrey(svg: string): Promise<Float32Array> {
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const values = new Float32Array(info.width * info.height);
  for (let index = 0; index < values.length; index += 1) values[index] = (data[index] as number) / 255;
  return values;
}

/** Nearly Gaussian, by three box means in each direction: unlike a blur of bytes it leaves no steps in a height map. */
export async function soften(
  values: Float32Array,
  { width, height }: Size,
  deviationPx: number,
): Promise<Float32Array> {
  const radius = Math.max(1, Math.round(deviationPx));
  let from = values;
  for (let pass = 0; pass < 3; pass += 1) {
    await nextTurn();
    const across = new Float32Array(from.length);
    for (let row = 0; row < height; row += 1) boxMean(from, across, row * width, 1, width, radius);
    await nextTurn();
    const down = new Float32Array(from.length);
    for (let column = 0; column < width; column += 1) boxMean(across, down, column, width, height, radius);
    from = down;
  }
  return from;
}

/** Running mean of one line; beyond its ends the end's own value goes on. */
function boxMean(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  count: number,
  radius: number,
): void {
  const at = (index: number) => from[start + Math.min(count - 1, Math.max(0, index)) * step] as number;
  let sum = 0;
  for (let index = -radius; index <= radius; index += 1) sum += at(index);
  for (let index = 0; index < count; index += 1) {
    to[start + index * step] = sum / (2 * radius + 1);
    sum += at(index + radius + 1) - at(index - radius);
  }
}

export function unit(x: number, y: number, z: number): readonly [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

export function toLevel(value: number): number {
  return Math.min(255, Math.max(0, value));
}
