import { FieldscoutError } from '../errors.js';
import { normalisedMean } from '../prompts/embed.js';
import { type DetectionRules, detectInTile } from '../scoring/detect.js';
import { bestFirst, byCentre, byOverlap, mergeDetections } from '../scoring/merge.js';
import { scoreTile, type TileScore } from '../scoring/score-tile.js';
import type { Detection, Frame, Inspection, RgbImage, Size, Tile, TilePlan, TileSettings, TileView } from '../types.js';
import { isMasked, type Mask } from '../vision/mask.js';
import { type ResizedFrames, tileBatches } from '../vision/tile-batches.js';
import { planTiles, tilePlanFor } from '../vision/tile-plan.js';
import { closerTiles, MOST_CLOSER_TILES, type Suspect } from './closer-look.js';
import { doubtsAmong, outdone } from './look-between.js';
import { furtherViews, isSuspicious, likeliest, MOST_SECOND_LOOKS } from './second-look.js';
import { fingerprintOf, type Sight } from './sight.js';
import { windowKey } from './window-key.js';

export interface InspectionSettings extends DetectionRules {
  readonly plan: TileSettings;
  /** A tile whose centre lies in one of them is not looked at. */
  readonly masks?: readonly Mask[];
  readonly batchSize: number;
  /** A target of which no detection of the frame has this probability is not told of; 0 for none. */
  readonly sureScore: number;
  /** Whether a tile that may show something is judged by several views of it. */
  readonly secondLook: boolean;
  /** Boxes of one target that share more than this part of the smaller one are one detection; a centre-sampled model goes by centres. */
  readonly mergeOverlap: number;
  /** Most detections of one frame. */
  readonly maxPerFrame: number;
}

/** Few rounds settle a pest where four tiles meet; the bound keeps a frame full of pests within its time. */
const MOST_ROUNDS = 6;
const MOST_WINDOWS = 128;

/**
 * Looks at one frame: plans tiles, has them encoded, scores them, and looks again at what is in doubt: in finer tiles with a model whose
 * tiles are of what lies in their middle, else between neighbours that saw the same.
 */
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
    const plan = tilePlanFor(this.settings.plan, sight.clip);
    const tiles = unmasked(planTiles(image, plan), image, this.settings.masks);
    if (tiles.length === 0)
      throw new FieldscoutError(
        'VIEW_MASKED',
        `${frame.origin}: the masks cover the middle of each tile.`,
        'Make cameras[].masks smaller, or switch the camera off.',
      );
    const planned = await look.at(tiles);
    const merged = sight.clip.centreSampled
      ? this.mergedByCentre([...planned, ...(await this.lookCloser(look, image))], plan)
      : await this.lookBetween(look, planned, image);
    const detections = this.strongest(merged, sight);
    return {
      frame: { ...about, width: image.width, height: image.height },
      tiles: look.shown.size,
      views: look.views,
      detections,
      embeddings: new Map(detections.map((detection) => [detection, look.embeddings.get(detection) as Float32Array])),
      fingerprint: fingerprintOf(sight),
      timingsMs: look.timingsMs,
    };
  }

  /** What finer tiles show where the planned ones may show something. */
  private lookCloser(look: Look, frame: Size): Promise<readonly Detection[]> {
    const finer = unmasked(closerTiles(look.suspects, frame), frame, this.settings.masks);
    const fresh = finer.filter((tile) => !look.shown.has(windowKey(tile)));
    return look.at(fresh.slice(0, MOST_CLOSER_TILES));
  }

  /** A target that is not told of leaves its place to others. */
  private mergedByCentre(detections: readonly Detection[], { overlap }: TilePlan): readonly Detection[] {
    const covers = byCentre(overlap);
    const sure = this.sureTargets(mergeDetections(detections, covers));
    return mergeDetections(
      detections.filter(({ target }) => sure.has(target)),
      covers,
    );
  }

  /** Merges, and looks again where overlapping detections may be one pest, until nothing changes or the bounds are reached. */
  private async lookBetween(look: Look, planned: readonly Detection[], frame: Size): Promise<readonly Detection[]> {
    const covers = byOverlap(this.settings.mergeOverlap);
    let detections = mergeDetections(planned, covers);
    let left = MOST_WINDOWS;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const doubts = doubtsAmong(detections, frame);
      const windows = new Map(doubts.map(({ window }) => [windowKey(window), window]));
      for (const key of look.shown.keys()) windows.delete(key);
      const fresh = unmasked([...windows.values()], frame, this.settings.masks).slice(0, left);
      const between = await look.at(fresh);
      left -= fresh.length;
      const worse = outdone(doubts, look.shown);
      if (between.length === 0 && worse.size === 0) break;
      const remaining = detections.filter((detection) => !worse.has(detection));
      detections = mergeDetections([...remaining, ...between], covers);
    }
    return detections;
  }

  /** Weak detections count beside a sure one (hysteresis, Canny 1986). */
  private sureTargets(detections: readonly Detection[]): ReadonlySet<string> {
    const { sureScore } = this.settings;
    return new Set(detections.filter(({ score }) => (score ?? 1) >= sureScore).map(({ target }) => target));
  }

  /** Without anything that competes there is no probability: then only the nearest tile of each target is told. */
  private strongest(detections: readonly Detection[], { clip, prompts }: Sight): readonly Detection[] {
    const sure = this.sureTargets(detections);
    const sorted = detections.filter(({ target }) => sure.has(target)).sort(bestFirst);
    const competes = prompts.targets.length + prompts.negatives.length > 1 || clip.calibration.kind === 'siglip';
    return sorted.slice(0, competes ? this.settings.maxPerFrame : 1);
  }
}

function unmasked<Window extends Tile>(
  windows: readonly Window[],
  frame: Size,
  masks: readonly Mask[] = [],
): readonly Window[] {
  return masks.length === 0 ? windows : windows.filter(({ box }) => !isMasked(box, frame, masks));
}

/** The work on one frame, with its clock. */
class Look {
  /** By `windowKey`, what each tile shows that was looked at. */
  readonly shown = new Map<string, Detection | undefined>();
  readonly embeddings = new Map<Detection, Float32Array>();
  /** Tiles that may show something. */
  readonly suspects: Suspect[] = [];
  /** How many tiles and further views were encoded. */
  views = 0;
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
    const suspects: SeenSuspect[] = [];
    await this.encode(tiles, (tile, embedding) => {
      const scores = this.scoresOf(embedding);
      if (this.settings.secondLook && isSuspicious(scores))
        suspects.push({ tile, embedding: embedding.slice(), likelihood: likeliest(scores), scores });
      else this.judge(tile, embedding, scores, found);
    });
    suspects.sort((a, b) => b.likelihood - a.likelihood);
    for (const { tile, likelihood } of suspects) this.suspects.push({ tile, likelihood });
    await this.lookAgain(suspects.splice(0, MOST_SECOND_LOOKS), found);
    for (const { tile, embedding, scores } of suspects) this.judge(tile, embedding, scores, found);
    return found;
  }

  private async lookAgain(suspects: readonly SeenSuspect[], found: Detection[]): Promise<void> {
    const seen = suspects.map(({ embedding }) => [embedding]);
    const owners = new Map<TileView, Float32Array[]>();
    for (const [i, { tile }] of suspects.entries())
      for (const view of unmasked(furtherViews(tile, this.image), this.image, this.settings.masks))
        owners.set(view, seen[i] as Float32Array[]);
    await this.encode([...owners.keys()], (view, embedding) => owners.get(view)?.push(embedding.slice()));
    for (const [i, { tile }] of suspects.entries()) {
      const embedding = normalisedMean(seen[i] as Float32Array[]);
      this.judge(tile, embedding, this.scoresOf(embedding), found);
    }
  }

  private scoresOf(embedding: Float32Array): readonly TileScore[] {
    const { clip, prompts } = this.sight;
    return scoreTile(embedding, prompts, clip.calibration);
  }

  private judge(tile: Tile, embedding: Float32Array, scores: readonly TileScore[], found: Detection[]): void {
    const detection = detectInTile(scores, embedding, tile, this.image, this.settings);
    this.shown.set(windowKey(tile), detection);
    if (!detection) return;
    found.push(detection);
    // A copy: the batch's own memory would live as long as one of its tiles is kept.
    this.embeddings.set(detection, embedding.slice());
  }

  /** @param use is given each view and its embedding, which is only lent: L2-normalised float32[embeddingSize] */
  private async encode(
    views: readonly TileView[],
    use: (view: TileView, embedding: Float32Array) => void,
  ): Promise<void> {
    const { clip } = this.sight;
    this.views += views.length;
    const batches = tileBatches(this.image, views, clip.preprocessor, this.settings.batchSize, this.resized);
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
      for (const [i, view] of batch.tiles.entries()) use(view, embeddings[i] as Float32Array);
      this.scoreMs += lap();
    }
  }
}

interface SeenSuspect extends Suspect {
  readonly embedding: Float32Array;
  readonly scores: readonly TileScore[];
}
