import sharp from 'sharp';
import type { RgbImage, Size } from '../types.js';
import { applyGrade, type Grade } from './conditions/grade.js';
import { type Figure, n } from './figure.js';
import { boundsOf, type Point } from './geometry.js';

/** The pixels that a figure takes with its shadow. */
export interface SpriteFrame extends Size {
  /** Of the left upper corner, from the figure's own place, in pixels. */
  readonly left: number;
  readonly top: number;
}

/** A figure in pixels: uint8[height, width, 4], RGBA, straight alpha. */
export interface Sprite extends SpriteFrame {
  readonly data: Uint8Array;
}

/** How figures look in a picture. */
export interface SpriteLook {
  /** Pixels a field unit. */
  readonly scale: number;
  readonly grade: Grade | null;
  /** How dark shadows are, 1 as in fair daylight. */
  readonly shadow: number;
}

const MAX_BYTES = 64_000_000;

/** Draws figures, and remembers the newest so that a pose that comes back costs nothing. */
export class SpriteStore {
  /** By figure, as equal poses are one figure; the one that was asked for longest ago first. */
  private readonly sprites = new Map<Figure, Drawn>();
  private readonly corners = new WeakMap<Figure, Corners>();
  private bytes = 0;

  constructor(
    private readonly look: SpriteLook,
    private readonly mostBytes = MAX_BYTES,
  ) {}

  /** Where the sprite will lie, known without drawing it. @param thickness as for the sprite. */
  frameOf(figure: Figure, thickness: number): SpriteFrame {
    const known = this.corners.get(figure);
    const corners = known ?? cornersOf(figure.reach);
    if (!known) this.corners.set(figure, corners);
    return frameAround(corners, this.look.scale, rounded(thickness));
  }

  /** @param thickness how high the thing stands over the ground in field units: its shadow falls that far. */
  spriteOf(figure: Figure, thickness: number): Promise<Sprite> {
    const height = rounded(thickness);
    const drawn = this.sprites.get(figure) ?? { byThickness: new Map(), bytes: 0 };
    this.sprites.delete(figure);
    this.sprites.set(figure, drawn);
    const known = drawn.byThickness.get(height);
    if (known) return known;
    const sprite = this.draw(figure, height, drawn);
    drawn.byThickness.set(height, sprite);
    return sprite;
  }

  private async draw(figure: Figure, thickness: number, drawn: Drawn): Promise<Sprite> {
    const frame = this.frameOf(figure, thickness);
    const svg = documentOf(figure, frame, this.look, thickness);
    const data = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
    if (this.look.grade) applyGrade(data, 4, this.look.grade);
    this.remember(figure, drawn, data.length);
    return { data, ...frame };
  }

  private remember(figure: Figure, drawn: Drawn, bytes: number): void {
    // Forgotten while it was drawn.
    if (this.sprites.get(figure) !== drawn) return;
    drawn.bytes += bytes;
    this.bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.sprites) {
      if (this.bytes <= this.mostBytes) return;
      this.sprites.delete(oldest);
      this.bytes -= freed;
    }
  }
}

/** What is remembered of one figure. */
interface Drawn {
  readonly byThickness: Map<number, Promise<Sprite>>;
  /** Of the sprites that are finished. */
  bytes: number;
}

/** Sprites differ in steps of half a field unit. */
function rounded(thickness: number): number {
  return Math.round(thickness * 2) / 2;
}

interface Corners {
  readonly least: Point;
  readonly most: Point;
}

function cornersOf(points: readonly Point[]): Corners {
  const { x, y } = boundsOf(points);
  return {
    least: { x, y },
    most: { x: Math.max(...points.map((point) => point.x)), y: Math.max(...points.map((point) => point.y)) },
  };
}

/** How far the middle of the shadow lies from the thing. */
function fallOf(thickness: number): Point {
  return { x: thickness * 0.55, y: thickness * 0.75 };
}

function frameAround({ least, most }: Corners, scale: number, thickness: number): SpriteFrame {
  const fall = fallOf(thickness);
  const margin = 3 + thickness * 0.9;
  const left = Math.floor((least.x - margin) * scale);
  const top = Math.floor((least.y - margin) * scale);
  const width = Math.ceil((most.x + fall.x * 1.5 + margin) * scale) - left;
  const height = Math.ceil((most.y + fall.y * 1.5 + margin) * scale) - top;
  return { left, top, width, height };
}

function documentOf(figure: Figure, frame: SpriteFrame, { scale, shadow }: SpriteLook, thickness: number): string {
  const { left, top, width, height } = frame;
  const fall = fallOf(thickness);
  const casts = thickness > 0;
  const far = Math.min(1, shadow * 0.5);
  const close = Math.min(1, shadow * 0.3);
  return [
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
}

/** Lays a sprite over a picture; what reaches over the border is left out. */
export function blend(picture: RgbImage, sprite: Sprite, left: number, top: number): void {
  const [fromRow, toRow] = [Math.max(0, -top), Math.min(sprite.height, picture.height - top)];
  const [fromColumn, toColumn] = [Math.max(0, -left), Math.min(sprite.width, picture.width - left)];
  const { data: under } = picture;
  const { data: over } = sprite;
  for (let row = fromRow; row < toRow; row += 1) {
    let source = (row * sprite.width + fromColumn) * 4;
    let target = ((top + row) * picture.width + left + fromColumn) * 3;
    for (let column = fromColumn; column < toColumn; column += 1) {
      const alpha = over[source + 3] as number;
      if (alpha > 0) {
        const rest = 255 - alpha;
        // Whole numbers all the way: 127 more before the division by 255 rounds to the nearest level.
        under[target] = ((under[target] as number) * rest + (over[source] as number) * alpha + 127) / 255;
        under[target + 1] = ((under[target + 1] as number) * rest + (over[source + 1] as number) * alpha + 127) / 255;
        under[target + 2] = ((under[target + 2] as number) * rest + (over[source + 2] as number) * alpha + 127) / 255;
      }
      source += 4;
      target += 3;
    }
  }
}
