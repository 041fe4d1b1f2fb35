/** The values that travel between stages. A stage knows what it takes and what it gives, never its neighbours. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in frame pixels; x and y are its left upper corner (COCO's bbox). */
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Decoded picture: uint8[height, width, 3], RGB, row by row. */
export interface RgbImage extends Size {
  readonly data: Uint8Array;
}

/** What a camera gives: one encoded picture (JPEG, PNG, WebP, TIFF). */
export interface CapturedFrame {
  readonly camera: string;
  /** Where it came from, for people: a file's name, a URL without credentials, `sim:leaf#12`. */
  readonly origin: string;
  readonly capturedAtMs: number;
  readonly bytes: Uint8Array;
}

/** A captured frame with its picture decoded and turned upright. */
export interface Frame {
  readonly id: string;
  readonly camera: string;
  readonly origin: string;
  readonly capturedAtMs: number;
  readonly image: RgbImage;
}

/** A square window of a frame that CLIP sees; it may reach over the frame's edge, where it is padded. */
export interface Tile {
  readonly box: Box;
  /** Side of the window in frame pixels. */
  readonly scale: number;
}

/** A tile as it is encoded: as it is, or in a mirror, left for right. */
export interface TileView extends Tile {
  readonly mirrored?: boolean;
}

/** How a camera's frames are to be tiled, where the model may decide what nobody says. */
export interface TileSettings extends Omit<TilePlan, 'overlap'> {
  /** As in TilePlan; undefined: as much as the model needs. */
  readonly overlap?: number | undefined;
}

export interface TilePlan {
  /** Tile sides in frame pixels, finest first. */
  readonly scales: readonly number[];
  /** Share of a tile that its neighbour covers too, 0 to below 1. */
  readonly overlap: number;
  /** Also look at squares that together cover the whole frame. */
  readonly wholeFrame: boolean;
}

export type Provider = 'tensorrt' | 'cuda' | 'webgpu' | 'cpu';

export type Precision = 'fp32' | 'fp16' | 'int8';

/** How a picture becomes the model's input; read from `preprocessor_config.json`, never from constants. */
export interface Preprocessor {
  /** Side of the model's square input in pixels. */
  readonly inputSize: number;
  /** The shorter side is resized to this before the centre crop; equal to `inputSize` where there is no crop. */
  readonly resizeShortest: number;
  /** True where both sides are resized to `inputSize` regardless of the aspect (SigLIP). */
  readonly squash: boolean;
  readonly resample: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';
  readonly rescaleFactor: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export interface ModelRef {
  readonly id: string;
  /** Hash over the hashes of the model's files, hex. */
  readonly sha256: string;
}

/** What a text's embedding depends on besides the text. */
export interface TextTowerRef {
  /** The model's. */
  readonly sha256: string;
  readonly precision: Precision;
}

export interface PromptSetRef {
  readonly id: string;
  /** Hash of the set's content, hex: the same words give the same hash. */
  readonly hash: string;
}

/** How cosines become scores. */
export interface Calibration {
  readonly kind: 'clip' | 'siglip';
  readonly logitScale: number;
  readonly logitBias: number;
  /** `manifest`: measured or published with the model; `assumed`: nobody said, so CLIP's usual 100. */
  readonly origin: 'manifest' | 'assumed';
}

/** Every detection can be traced to these. */
export interface Fingerprint {
  readonly model: ModelRef;
  readonly promptSet: PromptSetRef;
  readonly calibration: Calibration;
  readonly provider: Provider;
}

export type LifeStage = 'egg' | 'larva' | 'nymph' | 'pupa' | 'adult';

/** What a prompt set looks for. */
export interface Target {
  readonly id: string;
  readonly name: string;
  /** Sentences about it, without a template: "a green aphid on a leaf". */
  readonly prompts: readonly string[];
  /** `{}` stands for the prompt: "a close-up photo of {}." Each target keeps its own where sets are combined. */
  readonly templates: readonly string[];
  readonly eppo?: string | undefined;
  readonly gbif?: number | undefined;
  readonly stage?: LifeStage | undefined;
  /** Usual body length, for the warning that a camera cannot show it. */
  readonly lengthMm?: { readonly min: number; readonly max: number } | undefined;
  readonly beneficial: boolean;
}

export interface PromptSet extends PromptSetRef {
  readonly title: string;
  /** Where it was read, for people: a path, "the command line". */
  readonly origin: string;
  readonly targets: readonly Target[];
  /** Background prompts that compete with the targets. */
  readonly negatives: readonly string[];
  /** Templates of the negatives, which are no insects and no diseases. */
  readonly negativeTemplates: readonly string[];
}

/** A target seen in a box of one frame. */
export interface Detection {
  readonly target: string;
  /** The target's own prompt that lies nearest to the picture. */
  readonly prompt: string;
  /** Calibrated probability; null where nothing competed and a probability would always be 1. */
  readonly score: number | null;
  /** Cosine between the tile's and the target's embedding. */
  readonly similarity: number;
  readonly box: Box;
  readonly scale: number;
}

/** One frame looked at. */
export interface Inspection {
  readonly frame: Omit<Frame, 'image'> & Size;
  readonly tiles: number;
  /** What was encoded: the tiles, and further views of those that may show something. */
  readonly views: number;
  readonly detections: readonly Detection[];
  /** What the model made of each detection's tile: L2-normalised float32[embeddingSize]. */
  readonly embeddings: ReadonlyMap<Detection, Float32Array>;
  readonly fingerprint: Fingerprint;
  readonly timingsMs: { readonly tile: number; readonly encode: number; readonly score: number };
}

/** A detection followed over time. */
export interface Track {
  readonly id: string;
  readonly camera: string;
  readonly target: string;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** Frames in which it was detected. */
  readonly hits: number;
  readonly best: Detection;
  readonly latest: Detection;
}

/** A track's life: `before` is absent on `new`. */
export interface TrackEvent {
  readonly type: 'new' | 'update' | 'end';
  readonly before?: Track | undefined;
  readonly after: Track;
}

export interface TargetCount {
  readonly target: string;
  /** Live tracks. */
  readonly now: number;
  /** Tracks that began in the last 60 minutes. */
  readonly hour: number;
  /** Tracks that began since midnight at the site. */
  readonly day: number;
}

/** An action threshold crossed (`raised`) or left (`cleared`), with the numbers behind it. */
export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly state: 'raised' | 'cleared';
  readonly camera: string;
  readonly target: string;
  readonly measure: 'now' | 'hour' | 'day';
  /** null: cleared because nobody looks for the target any more. */
  readonly value: number | null;
  readonly threshold: number;
  readonly atMs: number;
}

/** A prompt set with its embeddings, all L2-normalised float32[embeddingSize] of one model. */
export interface EmbeddedPromptSet {
  readonly promptSet: PromptSet;
  readonly model: ModelRef;
  readonly targets: readonly EmbeddedTarget[];
  readonly negatives: readonly EmbeddedText[];
}

export interface EmbeddedTarget {
  readonly target: Target;
  /** Mean over every template x prompt, normalised again. */
  readonly embedding: Float32Array;
  /** Each prompt's own mean over the templates. */
  readonly prompts: readonly EmbeddedText[];
}

export interface EmbeddedText {
  readonly text: string;
  readonly embedding: Float32Array;
}
