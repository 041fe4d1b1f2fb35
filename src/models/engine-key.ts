import { createHash } from 'node:crypto';

/** What TensorRT computes with. It has no use for onnxruntime's QInt8 files. */
export type EnginePrecision = 'fp32' | 'fp16';

/** What a TensorRT engine depends on: with another of these it does not load, or is another one. */
export interface EngineKey {
  /** SHA-256 (hex) of the ONNX file of the vision tower. */
  readonly modelSha256: string;
  /** E.g. "10.3.0". */
  readonly tensorrt: string;
  /** The GPU as the system names it. */
  readonly gpu: string;
  readonly precision: EnginePrecision;
  /** Most tiles of a run. */
  readonly batchSize: number;
}

/** The folder name of an engine: readable in front, unique behind. */
export function engineName(key: EngineKey): string {
  const { modelSha256, tensorrt, gpu, precision, batchSize } = key;
  const digest = createHash('sha256').update(JSON.stringify([modelSha256, tensorrt, gpu, precision, batchSize]));
  return `${modelSha256.slice(0, 12)}-${precision}-b${batchSize}-${digest.digest('hex').slice(0, 16)}`;
}
