import type { Calibration, ModelRef, Precision } from '../types.js';

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

/** A model on disk in the Hugging Face ONNX layout, read and checked but not loaded. */
export interface ModelFolder {
  readonly ref: ModelRef;
  readonly dir: string;
  readonly kind: 'clip' | 'siglip';
  readonly calibration: Calibration;
  /** null where only a loaded model can tell. */
  readonly embeddingSize: number | null;
  readonly preprocessor: Preprocessor;
  /** Absolute paths by precision. */
  readonly visionFiles: Readonly<Partial<Record<Precision, string>>>;
  readonly textFiles: Readonly<Partial<Record<Precision, string>>>;
  readonly tokenizerFile: string;
  /** Longest token sequence that the text tower takes. */
  readonly maxTokens: number;
  /** True where texts are padded to `maxTokens` (SigLIP was trained so). */
  readonly padToMax: boolean;
  readonly licence: string | null;
  readonly source: string | null;
  /** Lines for the log: what was assumed because nobody said. */
  readonly warnings: readonly string[];
}
