import type { EngineJob } from '../models/engine-job.js';

/**
 * What the builder and the engine program say to each other: one task as JSON in the program's first argument; its answer is the exit code,
 * 0 for done, with the reason of anything else as the last line of standard error.
 */
export interface EngineTask {
  readonly step: 'build' | 'prove';
  readonly job: EngineJob;
  /** The EPContext model that is written, or proved. */
  readonly contextFile: string;
  /** What TensorRT learns of the GPU's kernels: a second engine is built faster. */
  readonly timingDir: string;
}
