import type { Calibration, ModelRef, Precision, Preprocessor } from '../types.js';

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
  /** Whether a tile is of a target only where its middle lies on it. */
  readonly centreSampled: boolean;
  /** Background prompts of the model's own, which join those of every prompt set. */
  readonly negatives: readonly string[];
  /** Lower-case words of the texts that it learnt from; null where it does not say. */
  readonly vocabulary: ReadonlySet<string> | null;
  readonly licence: string | null;
  readonly source: string | null;
  /** Files that the model is made of whose hash nobody has checked. */
  readonly unchecked: readonly string[];
  /** Lines for the log: what was assumed because nobody said. */
  readonly warnings: readonly string[];
}
