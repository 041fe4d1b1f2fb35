import type { ClipModel } from '../clip/clip-model.js';

export interface InferenceReports {
  /** The inference worker has answered, whatever it was asked. */
  answered(): void;
  /** A batch of tiles was encoded. */
  encoded(tiles: number, seconds: number): void;
}

/** The same model, which tells of each answer of its worker: the inference worker's heartbeat, and what metrics say of inference. */
export class WatchedClip implements ClipModel {
  constructor(
    private readonly clip: ClipModel,
    private readonly reports: InferenceReports,
  ) {}

  get model() {
    return this.clip.model;
  }

  get textTower() {
    return this.clip.textTower;
  }

  get embeddingSize() {
    return this.clip.embeddingSize;
  }

  get preprocessor() {
    return this.clip.preprocessor;
  }

  get calibration() {
    return this.clip.calibration;
  }

  get centreSampled() {
    return this.clip.centreSampled;
  }

  get negatives() {
    return this.clip.negatives;
  }

  get vocabulary() {
    return this.clip.vocabulary;
  }

  get provider() {
    return this.clip.provider;
  }

  get precision() {
    return this.clip.precision;
  }

  get restarts() {
    return this.clip.restarts;
  }

  async encodeTexts(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const embeddings = await this.clip.encodeTexts(texts);
    this.reports.answered();
    return embeddings;
  }

  async encodeImages(pixels: Float32Array, count: number): Promise<readonly Float32Array[]> {
    const startMs = performance.now();
    const embeddings = await this.clip.encodeImages(pixels, count);
    this.reports.answered();
    this.reports.encoded(count, (performance.now() - startMs) / 1000);
    return embeddings;
  }

  close(): Promise<void> {
    return this.clip.close();
  }
}
