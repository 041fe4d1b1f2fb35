import sharp from 'sharp';
import type { RgbImage, Size } from '../types.js';
import { applyGrade, type Grade } from './conditions/grade.js';
import { type Figure, n } from './figure.js';
import { boundsOf } from './geometry.js';

/** A figure in pixels: uint8[height, width, 4], RGBA, straight alpha, with the place of its left upper corner. */
export interface Sprite extends Size {
  readonly data: Uint8Array;
  /** From the figure's own place, in pixels. */
  readonly left: number;
  readonly top: number;
}

/** How figures look in a picture. */
export interface SpriteLook {
  /** Pixels a field unit. */
  readonly scale: number;
  readonly grade: Grade | null;
  /** How dark shadows are, 1 as in fair daylight. */
  readonly shadow: number;
}

/** A field unit a pixel, in fair daylight. */
const DAYLIGHT: SpriteLook = { scale: 1, grade: null, shadow: 1 };

const MAX_BYTES = 64_000_000;

/** Draws figures, and remembers the newest so that a pose that comes back costs nothing. */
export class SpriteStore {
  /** By figure, as equal poses are one figure; then by thickness. */
  private readonly sprites = new Map<Figure, Map<number, Promise<Sprite>>>();
  private bytes = 0;

  constructor(private readonly look: SpriteLook = DAYLIGHT) {}

  /** @param thickness how high the thing stands over the ground in field units: its shadow falls that far. */
  spriteOf(figure: Figure, thickness: number): Promise<Sprite> {
    const rounded = Math.round(thickness * 2) / 2;
    const heights = this.sprites.get(figure) ?? new Map<number, Promise<Sprite>>();
    this.sprites.delete(figure);
    this.sprites.set(figure, heights);
    const known = heights.get(rounded);
    if (known) return known;
    const drawn = this.draw(figure, rounded);
    heights.set(rounded, drawn);
    return drawn;
  }

  private async draw(figure: Figure, thickness: number): Promise<Sprite> {
    const { svg, left, top } = documentOf(figure, this.look, thickness);
    const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    if (this.look.grade) applyGrade(data, 4, this.look.grade);
    this.bytes += data.length;
    await this.forgetOldest();
    return { data, width: info.width, height: info.height, left, top };
  }

  private async forgetOldest(): Promise<void> {
    while (this.bytes > MAX_BYTES) {
      const [oldest] = this.sprites;
      if (!oldest) return;
      this.sprites.delete(oldest[0]);
      for (const sprite of oldest[1].values()) this.bytes -= (await sprite).data.length;
    }
  }
}

function documentOf(figure: Figure, { scale, shadow }: SpriteLook, thickness: number) {
  const fall = { x: thickness * 0.55, y: thickness * 0.75 };
  const casts = thickness > 0;
  const reach = boundsOf([
    ...figure.reach,
    ...(casts ? figure.reach.map(({ x, y }) => ({ x: x + fall.x * 1.5, y: y + fall.y * 1.5 })) : []),
  ]);
  const margin = 3 + thickness * 0.9;
  const left = Math.floor((reach.x - margin) * scale);
  const top = Math.floor((reach.y - margin) * scale);
  const width = Math.ceil((reach.x + reach.width + margin) * scale) - left;
  const height = Math.ceil((reach.y + reach.height + margin) * scale) - top;
  const far = Math.min(1, shadow * 0.5);
  const close = Math.min(1, shadow * 0.3);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    `<defs>${figure.defs}<filter id="cast" x="-15%" y="-15%" width="130%" height="130%"><feGaussianBlur stdDeviation="${n(Math.max(0.4, thickness * 0.3))}"/></filter></defs>`,
    `<g transform="translate(${-left} ${-top}) scale(${scale})">`,
    casts
      ? `<g transform="translate(${n(fall.x)} ${n(fall.y)})" filter="url(#cast)" opacity="${n(far)}" fill="#03120a" stroke="none">${figure.silhouette}</g>` +
        `<g transform="translate(${n(fall.x * 0.3)} ${n(fall.y * 0.3)})" opacity="${n(close)}">${figure.silhouette}</g>`
      : '',
    figure.body,
    '</g></svg>',
  ].join('');
  return { svg, left, top };
}

/** Lays a sprite over a picture; what reaches over the border is left out. */
export function blend(picture: RgbImage, sprite: Sprite, left: number, top: number): void {
  const [fromRow, toRow] = [Math.max(0, -top), Math.min(sprite.height, picture.height - top)];
  const [fromColumn, toColumn] = [Math.max(0, -left), Math.min(sprite.width, picture.width - left)];
  const { data: under } = picture;
  const { data: over } = sprite;
  for (let row = fromRow; row < toRow; row += 1)
    for (let column = fromColumn; column < toColumn; column += 1) {
      const source = (row * sprite.width + column) * 4;
      const alpha = over[source + 3] as number;
      if (alpha === 0) continue;
      const target = ((top + row) * picture.width + left + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const below = under[target + channel] as number;
        under[target + channel] = below + Math.round((((over[source + channel] as number) - below) * alpha) / 255);
      }
    }
}
