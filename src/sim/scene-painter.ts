import sharp from 'sharp';
import type { RgbImage, Size } from '../types.js';
import { type View, viewOf } from './geometry.js';
import { lattice } from './noise.js';
import { mixSeed, randomFrom } from './random.js';
import type { Population, Scene } from './scene.js';
import { type Sprite, SpriteStore } from './sprite.js';

const NOISE_LENGTH = 1 << 20;
const JPEG_QUALITY = 86;

/** Paints one scene for one camera. The backdrop is painted at the first frame and kept. */
export class ScenePainter {
  private readonly view: View;
  private readonly sprites = new SpriteStore();
  private readonly noise: Int8Array;
  private readonly population: Population;
  private backdrop: Promise<RgbImage> | undefined;

  /** @param size of the picture in pixels. */
  constructor(
    private readonly scene: Scene,
    private readonly seed: number,
    size: Size,
  ) {
    this.view = viewOf(size);
    this.population = scene.populate(seed);
    this.noise = sensorNoise(seed);
  }

  /** @returns the scene at that time as a JPEG; the same bytes for the same scene, seed, size and time. */
  async paint(timeMs: number): Promise<Uint8Array> {
    const { data, width, height } = await this.paintPixels(timeMs);
    const shift = Math.floor(lattice(Math.round(timeMs), 0, this.seed) * NOISE_LENGTH);
    const noise = this.noise;
    const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
    for (let index = 0; index < clamped.length; index += 1)
      clamped[index] = (clamped[index] as number) + (noise[(index + shift) & (NOISE_LENGTH - 1)] as number);
    return sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
  }

  /** The same before sensor noise and JPEG. */
  async paintPixels(timeMs: number): Promise<RgbImage> {
    this.backdrop ??= this.scene.paintBackdrop(this.seed, this.view);
    const { data, width, height } = await this.backdrop;
    const picture = { data: Uint8Array.from(data), width, height };
    const things = this.population.thingsAt(timeMs);
    const sprites = await Promise.all(
      things.map((thing) => this.sprites.spriteOf(thing.figure, this.view.scale, thing.thickness)),
    );
    for (const [index, thing] of things.entries()) {
      const sprite = sprites[index] as Sprite;
      const x = Math.round(thing.x * this.view.scale + this.view.offsetX);
      const y = Math.round(thing.y * this.view.scale + this.view.offsetY);
      blend(picture, sprite, x + sprite.left, y + sprite.top);
    }
    return picture;
  }
}

function blend(picture: RgbImage, sprite: Sprite, left: number, top: number): void {
  const [fromRow, toRow] = [Math.max(0, -top), Math.min(sprite.height, picture.height - top)];
  const [fromColumn, toColumn] = [Math.max(0, -left), Math.min(sprite.width, picture.width - left)];
  for (let row = fromRow; row < toRow; row += 1)
    for (let column = fromColumn; column < toColumn; column += 1) {
      const source = (row * sprite.width + column) * 4;
      const alpha = sprite.data[source + 3] as number;
      if (alpha === 0) continue;
      const target = ((top + row) * picture.width + left + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const under = picture.data[target + channel] as number;
        const over = sprite.data[source + channel] as number;
        picture.data[target + channel] = under + Math.round(((over - under) * alpha) / 255);
      }
    }
}

/** Nearly Gaussian, about 2.4 levels strong, as a small sensor has in daylight. */
function sensorNoise(seed: number): Int8Array {
  const random = randomFrom(mixSeed(seed, 0x4015e));
  return Int8Array.from({ length: NOISE_LENGTH }, () => Math.round((random() + random() + random() - 1.5) * 4.8));
}
