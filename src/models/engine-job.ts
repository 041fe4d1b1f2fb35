import { FieldscoutError } from '../errors.js';
import type { Precision } from '../types.js';
import type { EngineKey } from './engine-key.js';
import { hashFileOnce } from './file-hash.js';
import type { ModelFolder } from './model-folder.js';

/** An engine that is wanted, and what it is made of. */
export interface EngineJob {
  readonly key: EngineKey;
  /** ONNX file of the vision tower. */
  readonly sourceFile: string;
  /** Side of its square input. */
  readonly inputSize: number;
}

export interface EngineWish {
  readonly precision: Precision | 'auto';
  readonly batchSize: number;
  readonly tensorrt: string | null;
  readonly gpu: string | null;
}

/**
 * The engine for a model on this machine: fp16 unless fp32 is asked for, made from the fp32 file where there is one.
 * @throws FieldscoutError PROVIDER_UNAVAILABLE where there is no TensorRT, no GPU, or no file of the model that TensorRT takes.
 */
export async function engineJob(folder: ModelFolder, wish: EngineWish): Promise<EngineJob> {
  const { precision, batchSize, tensorrt, gpu } = wish;
  if (tensorrt === null)
    throw unavailable('there is no TensorRT here (no libnvinfer.so)', 'Install it with JetPack: docs/jetson.md.');
  if (gpu === null)
    throw unavailable('there is no NVIDIA GPU that the system names', 'Leave tensorrt out of providers.');
  if (precision === 'int8') throw unavailable('it has no use for int8 files', 'Set precision to fp16, fp32 or auto.');
  const sourceFile = folder.visionFiles.fp32 ?? (precision === 'fp32' ? undefined : folder.visionFiles.fp16);
  if (sourceFile === undefined)
    throw unavailable(`${folder.dir}/onnx has no file that it can be made of`, 'Add vision_model.onnx (fp32).');
  const { sha256 } = await hashFileOnce(sourceFile);
  const key = {
    modelSha256: sha256,
    tensorrt,
    gpu,
    precision: precision === 'fp32' ? 'fp32' : 'fp16',
    batchSize,
  } as const;
  return { key, sourceFile, inputSize: folder.preprocessor.inputSize };
}

function unavailable(reason: string, remedy: string): FieldscoutError {
  return new FieldscoutError('PROVIDER_UNAVAILABLE', `No TensorRT engine can be made: ${reason}.`, remedy);
}
