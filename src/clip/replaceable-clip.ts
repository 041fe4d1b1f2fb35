import type { ClipModel } from './clip-model.js';

/** A model whose runtime can be exchanged for a better one while it is in use: the same model, so embeddings of both are compared. */
export class ReplaceableClip implements ClipModel {
  private readonly underWay = new Set<Promise<unknown>>();
  private deaths = 0;
  private isClosed = false;

  constructor(private current: ClipModel) {}

  /** Batches that are under way end where they began; then the old runtime is closed. */
  async replace(next: ClipModel): Promise<void> {
    if (this.isClosed) return next.close();
    const old = this.current;
    this.current = next;
    await Promise.allSettled([...this.underWay]);
    this.deaths += old.restarts;
    await old.close();
  }

  get model() {
    return this.current.model;
  }

  get textTower() {
    return this.current.textTower;
  }

  get embeddingSize() {
    return this.current.embeddingSize;
  }

  get preprocessor() {
    return this.current.preprocessor;
  }

  get calibration() {
    return this.current.calibration;
  }

  get centreSampled() {
    return this.current.centreSampled;
  }

  get negatives() {
    return this.current.negatives;
  }

  get vocabulary() {
    return this.current.vocabulary;
  }

  get provider() {
    return this.current.provider;
  }

  get precision() {
    return this.current.precision;
  }

  get restarts() {
    return this.deaths + this.current.restarts;
  }

  encodeTexts(texts: readonly string[]): Promise<readonly Float32Array[]> {
    return this.follow(this.current.encodeTexts(texts));
  }

  encodeImages(pixels: Float32Array, count: number): Promise<readonly Float32Array[]> {
    return this.follow(this.current.encodeImages(pixels, count));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.current.close();
  }

  private async follow<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}
