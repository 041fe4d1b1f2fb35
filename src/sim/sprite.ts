import sharp from 'sharp';
import type { Size } from '../types.js';
import { type Figure, n } from './figure.js';
import { boundsOf } from './geometry.js';

/** A figure in pixels: uint8[height, width, 4], RGBA, straight alpha, with the place of its left upper corner. */
export interface Sprite extends Size {
  readonly data: Uint8Array;
  /** From the figure's own place, in pixels. */
  readonly left: number;
  readonly top: number;
}

const MAX_BYTES = 48_000_000;

/** Draws figures, and remembers the newest so that a resting insect costs nothing. */
export class SpriteStore {
  private readonly sprites = new Map<string, Sprite>();
  private bytes = 0;

  /**
   * @param scale pixels a field unit.
   * @param thickness how high the thing stands over the leaf in field units: its shadow falls that far.
   */
  async spriteOf(figure: Figure, scale: number, thickness: number): Promise<Sprite> {
    const { svg, left, top } = documentOf(figure, scale, thickness);
    const known = this.sprites.get(svg);
    if (known) {
      this.sprites.delete(svg);
      this.sprites.set(svg, known);
      return known;
    }
    const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const sprite = { data, width: info.width, height: info.height, left, top };
    this.sprites.set(svg, sprite);
    this.bytes += data.length;
    for (const [key, oldest] of this.sprites) {
      if (this.bytes <= MAX_BYTES) break;
      this.sprites.delete(key);
      this.bytes -= oldest.data.length;
    }
    return sprite;
  }
}

function documentOf(figure: Figure, scale: number, thickness: number) {
  const fall = { x: thickness * 0.55, y: thickness * 0.75 };
  const reach = boundsOf([
    ...figure.reach,
    ...figure.reach.map(({ x, y }) => ({ x: x + fall.x * 1.5, y: y + fall.y * 1.5 })),
  ]);
  const margin = 3 + thickness * 0.9;
  const left = Math.floor((reach.x - margin) * scale);
  const top = Math.floor((reach.y - margin) * scale);
  const width = Math.ceil((reach.x + reach.width + margin) * scale) - left;
  const height = Math.ceil((reach.y + reach.height + margin) * scale) - top;
  const blur = (id: string, deviation: number) =>
    `<filter id="${id}" x="-15%" y="-15%" width="130%" height="130%"><feGaussianBlur stdDeviation="${n(deviation)}"/></filter>`;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    `<defs>${figure.defs}${blur('cast', thickness * 0.3)}</defs>`,
    `<g transform="translate(${-left} ${-top}) scale(${scale})">`,
    `<g transform="translate(${n(fall.x)} ${n(fall.y)})" filter="url(#cast)" opacity="0.5" fill="#03120a" stroke="none">${figure.silhouette}</g>`,
    `<g transform="translate(${n(fall.x * 0.3)} ${n(fall.y * 0.3)})" opacity="0.3">${figure.silhouette}</g>`,
    figure.body,
    '</g></svg>',
  ].join('');
  return { svg, left, top };
}
