import sharp from 'sharp';
import type { RgbImage, Size } from '../types.js';
import type { Lens } from './conditions/condition.js';
import { applyGrade } from './conditions/grade.js';
import type { LightMap } from './conditions/light-map.js';
import { smear } from './conditions/motion-blur.js';
import { type View, viewOf } from './geometry.js';
import { lattice } from './noise.js';
import type { PlacedThing } from './placed-thing.js';
import { SensorNoise } from './sensor-noise.js';
import type { OpenScene } from './sim-source.js';
import { blend, type SpriteFrame, SpriteStore } from './sprite.js';

/** What is the same in each frame of a camera. */
interface Stage {
  readonly backdrop: RgbImage;
  readonly lightMap: LightMap | null;
  readonly lens: Lens | null;
}

/** Paints one scene for one camera. What never moves is painted at the first frame and kept. */
export class ScenePainter {
  private readonly view: View;
  private readonly sprites: SpriteStore;
  private readonly noise: SensorNoise;
  private stage: Promise<Stage> | undefined;
  /** Pixels of pictures that are encoded, for those to come: new memory of that size is dear. */
  private readonly spare: Uint8Array[] = [];

  /** @param size of the picture in pixels. */
  constructor(
    private readonly scene: OpenScene,
    size: Size,
  ) {
    const { grade, shadow, noise } = scene.condition;
    this.view = viewOf(size);
    this.sprites = new SpriteStore({ scale: this.view.scale, grade, shadow });
    this.noise = new SensorNoise(scene.seed, noise);
  }

  /**
   * @returns the scene at that time as a JPEG; the same bytes for the same scene, seed, size and time. The next frame may be asked
   * for before this one is there: sharp encodes on its own threads.
   */
  async paint(timeMs: number): Promise<Uint8Array> {
    const { data, width, height } = await this.paintPixels(timeMs);
    const { lightMap } = await this.staged();
    await this.noise.add(data, Math.round(timeMs), lightMap);
    // Fixed Huffman tables, as cameras have: the same pixels in less time.
    const coding = { optimiseCoding: false, chromaSubsampling: '4:2:0' } as const;
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: this.scene.condition.quality, ...coding })
      .toBuffer();
    this.spare.push(data);
    return jpeg;
  }

  /** The same before uneven light, sensor noise and JPEG. */
  async paintPixels(timeMs: number): Promise<RgbImage> {
    const { backdrop, lens } = await this.staged();
    const { width, height } = backdrop;
    const picture = { data: this.spare.pop() ?? new Uint8Array(backdrop.data.length), width, height };
    picture.data.set(backdrop.data);
    await this.put(this.scene.population.thingsAt(timeMs), picture);
    const { shake } = this.scene.condition;
    const smeared = shake
      ? await smear(picture, shake.reach * this.view.scale, lattice(Math.round(timeMs), 1, this.scene.seed) * Math.PI)
      : picture;
    lens?.(smeared);
    return smeared;
  }

  private staged(): Promise<Stage> {
    this.stage ??= this.paintStage();
    return this.stage;
  }

  private async paintStage(): Promise<Stage> {
    const { scene, seed, condition, population } = this.scene;
    const backdrop = await scene.paintBackdrop(seed, this.view);
    if (condition.grade) applyGrade(backdrop.data, 3, condition.grade);
    await this.put(population.fixtures, backdrop);
    return {
      backdrop,
      lightMap: (await condition.lightMap?.(seed, this.view)) ?? null,
      lens: (await condition.lens?.(seed, this.view)) ?? null,
    };
  }

  private async put(things: readonly PlacedThing[], picture: RgbImage): Promise<void> {
    const { scale, offsetX, offsetY } = this.view;
    const sprites = await Promise.all(
      things.map(async (thing) => {
        const x = Math.round(thing.x * scale + offsetX);
        const y = Math.round(thing.y * scale + offsetY);
        const frame = this.sprites.frameOf(thing.figure, thing.thickness);
        // Whoever is on its way in or out takes a new pose in each frame: only what shows is worth drawing.
        if (!reaches(frame, x, y, picture)) return null;
        return { sprite: await this.sprites.spriteOf(thing.figure, thing.thickness), x, y };
      }),
    );
    for (const seen of sprites) {
      if (!seen) continue;
      const { sprite, x, y } = seen;
      blend(picture, sprite, x + sprite.left, y + sprite.top);
    }
  }
}

/** Whether anything of a sprite lies in the picture. @param x of its figure's place, in pixels. */
function reaches({ left, top, width, height }: SpriteFrame, x: number, y: number, picture: Size): boolean {
  return x + left < picture.width && y + top < picture.height && x + left + width > 0 && y + top + height > 0;
}
