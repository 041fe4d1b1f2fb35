import type { InferenceSession } from 'onnxruntime-node';
import type { EngineJob } from '../models/engine-job.js';

export interface EnginePlaces {
  /** Name of the vision tower's picture input. */
  readonly pictureInput: string;
  readonly contextFile: string;
  readonly timingDir: string;
}

/**
 * The TensorRT provider with the options that make it write an EPContext model with the engine inside, for batches of 1 to the key's.
 * Each name stands in deploy/jetson/tensorrt-options.txt, which the build of onnxruntime-node checks. Without the patch there the binding
 * ignores them.
 */
export function engineOptions(
  { key, inputSize }: EngineJob,
  { pictureInput, contextFile, timingDir }: EnginePlaces,
): InferenceSession.ExecutionProviderConfig {
  const shape = (count: number) => `${pictureInput}:${count}x3x${inputSize}x${inputSize}`;
  const options = {
    name: 'tensorrt',
    trt_fp16_enable: key.precision === 'fp16' ? '1' : '0',
    trt_profile_min_shapes: shape(1),
    trt_profile_opt_shapes: shape(key.batchSize),
    trt_profile_max_shapes: shape(key.batchSize),
    trt_timing_cache_enable: '1',
    trt_timing_cache_path: timingDir,
    trt_dump_ep_context_model: '1',
    trt_ep_context_file_path: contextFile,
    trt_ep_context_embed_mode: '1',
  } as const;
  return options;
}
