import type { Calibration, ModelRef, Precision, Preprocessor, Provider, TextTowerRef } from '../types.js';

/** Turns texts into the shared space. */
export interface TextEncoder {
  readonly model: ModelRef;
  readonly textTower: TextTowerRef;
  readonly embeddingSize: number;
  /** One L2-normalised float32[embeddingSize] a text, in order. */
  encodeTexts(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Turns pictures into the shared space. */
export interface ImageEncoder {
  readonly model: ModelRef;
  readonly embeddingSize: number;
  readonly preprocessor: Preprocessor;
  /** Whether a tile is of a target only where its middle lies on it: the model was trained so (centre sampling). */
  readonly centreSampled: boolean;
  /**
   * @param pixels float32[count, 3, inputSize, inputSize], normalised.
   * @returns one L2-normalised float32[embeddingSize] a picture, in order.
   */
  encodeImages(pixels: Float32Array, count: number): Promise<readonly Float32Array[]>;
}

/** A loaded dual encoder. */
export interface ClipModel extends TextEncoder, ImageEncoder {
  readonly calibration: Calibration;
  /** Background prompts of the model's own, which join those of every prompt set. */
  readonly negatives: readonly string[];
  /** Lower-case words of the texts that it learnt from; null where it does not say. */
  readonly vocabulary: ReadonlySet<string> | null;
  /** The provider that passed a real inference at start. */
  readonly provider: Provider;
  readonly precision: Precision;
  /** Inference workers that died since the start. */
  readonly restarts: number;
  close(): Promise<void>;
}
