import type { Provider } from '../types.js';

/** What host and inference worker say to each other. Jobs are copied: one may go to a second worker when the first died
 * on it. Embeddings are handed over. */

export interface WorkerSettings {
  readonly visionFile: string;
  readonly textFile: string;
  readonly provider: Provider;
  /** 0 leaves the number of CPU threads to onnxruntime. */
  readonly threads: number;
  /** Texts are padded with `padId` to this length; 0: not padded. */
  readonly padTextsTo: number;
  readonly padId: number;
  /** Side of the vision tower's square input. */
  readonly inputSize: number;
}

export type Job =
  | { readonly kind: 'images'; readonly pixels: Float32Array; readonly count: number }
  | { readonly kind: 'text'; readonly ids: readonly number[] };

export interface JobMessage {
  readonly id: number;
  readonly job: Job;
}

/** Ends the worker after the job that runs; those that wait are left. */
export const END_WORKER = 'end';

export type WorkerReply =
  /** Both towers passed a real inference on the provider. */
  | { readonly type: 'ready'; readonly embeddingSize: number }
  | { readonly type: 'failed'; readonly line: string }
  /** float32[count, embeddingSize], each row L2-normalised. */
  | { readonly type: 'done'; readonly id: number; readonly embeddings: Float32Array }
  | { readonly type: 'refused'; readonly id: number; readonly line: string };
