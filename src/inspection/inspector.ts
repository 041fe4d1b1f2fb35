import { FieldscoutError } from '../errors.js';
import { type DetectionRules, detectInTile } from '../scoring/detect.js';
import { bestFirst, mergeDetections } from '../scoring/merge.js';
import type { Detection, Frame, Inspection, RgbImage, Size, Tile, TilePlan } from '../types.js';
import { isMasked, type Mask } from '../vision/mask.js';
import { type ResizedFrames, tileBatches } from '../vision/tile-batches.js';
import { planTiles } from '../vision/tile-plan.js';
import { doubtsAmong, outdone, windowKey } from './look-between.js';
import { fingerprintOf, type Sight } from './sight.js';

export interface InspectionSettings extends DetectionRules {
  readonly plan: TilePlan;
  /** A tile whose centre lies in one of them is not looked at. */
  readonly masks?: readonly Mask[];
  readonly batchSize: number;
  /** Boxes of one target that share more than this part of the smaller one are one detection. */
  readonly mergeOverlap: number;
  /** Most detections of one frame. */
  readonly maxPerFrame: number;
}

/** Few rounds settle a pest where four tiles meet; the bound keeps a frame full of pests within its time. */
const MOST_ROUNDS = 6;
const MOST_WINDOWS = 128;

/** Looks at one frame: plans tiles, has them encoded, scores them, and looks again between neighbours that saw the same. */
export class Inspector {
  constructor(private settings: InspectionSettings) {}

  /** From the next frame on. */
  useMinScore(minScore: number): void {
    this.settings = { ...this.settings, minScore };
  }

  /** @throws FieldscoutError INFERENCE_FAILED; VIEW_MASKED where masks leave no tile */
  async inspect(frame: Frame, sight: Sight): Promise<Inspection> {
    const { image, ...about } = frame;
    const look = new Look(this.settings, image, sight);
    const tiles = this.unmasked(planTiles(image, this.settings.plan), image);
    if (tiles.length === 0)
      throw new FieldscoutError(
        'VIEW_MASKED',
        `${frame.origin}: the masks cover the middle of each tile.`,
        'Make cameras[].masks smaller, or switch the camera off.',
      );
    const planned = await look.at(tiles);
    const merged = await this.lookBetween(look, mergeDetections(planned, this.settings.mergeOverlap), image);
    const detections = this.strongest(merged, sight);
    return {
      frame: { ...about, width: image.width, height: image.height },
      tiles: look.shown.size,
      detections,
      embeddings: new Map(detections.map((detection) => [detection, look.embeddings.get(detection) as Float32Array])),
      fingerprint: fingerprintOf(sight),
      timingsMs: look.timingsMs,
    };
  }

  /** Looks again where overlapping detections may be one pest, until nothing changes or the bounds are reached. */
  private async lookBetween(look: Look, merged: readonly Detection[], frame: Size): Promise<readonly Detection[]> {
    let detections = merged;
    let left = MOST_WINDOWS;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const doubts = doubtsAmong(detections, frame);
      const fresh = new Map(doubts.map(({ window }) => [windowKey(window), window]));
      for (const key of look.shown.keys()) fresh.delete(key);
      const between = await look.at(this.unmasked([...fresh.values()].slice(0, left), frame));
      left -= Math.min(left, fresh.size);
      const worse = outdone(doubts, look.shown);
      if (between.length === 0 && worse.size === 0) break;
      const remaining = detections.filter((detection) => !worse.has(detection));
      detections = mergeDetections([...remaining, ...between], this.settings.mergeOverlap);
    }
    return detections;
  }

  private unmasked(tiles: readonly Tile[], frame: Size): readonly Tile[] {
    const { masks = [] } = this.settings;
    return masks.length === 0 ? tiles : tiles.filter(({ box }) => !isMasked(box, frame, masks));
  }

  /** Without anything that competes there is no probability: then only the nearest tile of each target is told. */
  private strongest(detections: readonly Detection[], { clip, prompts }: Sight): readonly Detection[] {
    const sorted = [...detections].sort(bestFirst);
    const competes = prompts.targets.length + prompts.negatives.length > 1 || clip.calibration.kind === 'siglip';
    return sorted.slice(0, competes ? this.settings.maxPerFrame : 1);
  }
}

/** The work on one frame, with its clock. */
class Look {
  /** By `windowKey`, what each tile shows that was looked at. */
  readonly shown = new Map<string, Detection | undefined>();
  readonly embeddings = new Map<Detection, Float32Array>();
  private readonly resized: ResizedFrames = new Map();
  private tileMs = 0;
  private encodeMs = 0;
  private scoreMs = 0;

  constructor(
    private readonly settings: InspectionSettings,
    private readonly image: RgbImage,
    private readonly sight: Sight,
  ) {}

  get timingsMs(): Inspection['timingsMs'] {
    return { tile: this.tileMs, encode: this.encodeMs, score: this.scoreMs };
  }

  /** What these tiles show, at most one detection a tile, not merged. */
  async at(tiles: readonly Tile[]): Promise<readonly Detection[]> {
    const found: Detection[] = [];
    const { clip, prompts } = this.sight;
    const batches = tileBatches(this.image, tiles, clip.preprocessor, this.settings.batchSize, this.resized);
    let mark = performance.now();
    const lap = () => {
      const now = performance.now();
      const ms = now - mark;
      mark = now;
      return ms;
    };
    for await (const batch of batches) {
      this.tileMs += lap();
      const embeddings = await clip.encodeImages(batch.pixels, batch.tiles.length);
      this.encodeMs += lap();
      for (const [i, tile] of batch.tiles.entries()) {
        const embedding = embeddings[i] as Float32Array;
        const detection = detectInTile(embedding, tile, this.image, prompts, clip.calibration, this.settings);
        this.shown.set(windowKey(tile), detection);
        if (!detection) continue;
        found.push(detection);
        // A copy: the batch's own memory would live as long as one of its tiles is kept.
        this.embeddings.set(detection, embedding.slice());
      }
      this.scoreMs += lap();
    }
    return found;
  }
}
