import { stat } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { errorLine } from '../errors.js';
import type { EngineJob } from '../models/engine-job.js';
import type { EngineTask } from './engine-protocol.js';
import { proveProvider } from './prove-provider.js';
import { engineOptions } from './tensorrt-options.js';
import { Tower } from './tower.js';

/**
 * Builds or proves one TensorRT engine, in a process of its own: onnxruntime blocks for minutes while it builds, takes much memory,
 * and may be killed for it without the node.
 */

/** Between fp16 on the GPU and fp32 on the CPU. An engine that overflows or is another model's lies far below. */
const LEAST_COSINE = 0.99;
const QUIET = { logSeverityLevel: 4 } as const;

async function build({ job, contextFile, timingDir }: EngineTask): Promise<void> {
  const { sourceFile, inputSize } = job;
  const reference = await Tower.open(sourceFile, { ...QUIET, executionProviders: ['cpu'] });
  const { pictureInput } = reference;
  await reference.release();
  const provider = engineOptions(job, { pictureInput, contextFile, timingDir });
  const tower = await Tower.open(sourceFile, { ...QUIET, executionProviders: [provider] });
  // Where shapes are not fixed, it is the first run that makes the engine.
  await tower.embedImages(noise(job), job.key.batchSize, inputSize);
  await tower.release();
  const { size } = await stat(contextFile).catch(() => ({ size: 0 }));
  if (size === 0)
    throw new Error(
      'onnxruntime wrote no engine: this build of onnxruntime-node passes no trt_* options on (docs/jetson.md)',
    );
}

async function prove({ job, contextFile }: EngineTask): Promise<void> {
  const { inputSize, sourceFile, key } = job;
  const options: InferenceSession.SessionOptions = { ...QUIET, executionProviders: ['tensorrt'] };
  await proveProvider('tensorrt', contextFile, options, inputSize);
  const pixels = noise(job);
  const engine = await Tower.open(contextFile, options);
  const said = await engine.embedImages(pixels, key.batchSize, inputSize);
  await engine.release();
  const reference = await Tower.open(sourceFile, { ...QUIET, executionProviders: ['cpu'] });
  const size = 3 * inputSize ** 2;
  const truth = await reference.embedImages(pixels.subarray(0, size), 1, inputSize);
  await reference.release();
  const cosine = truth.reduce((sum, value, i) => sum + value * (said[i] as number), 0);
  if (!(cosine >= LEAST_COSINE))
    throw new Error(`the engine says something else than the model on the CPU (cosine ${cosine.toFixed(4)})`);
}

/** A full batch of a picture that is nothing, the same each time. */
function noise({ key, inputSize }: EngineJob): Float32Array {
  let state = 1;
  return Float32Array.from({ length: key.batchSize * 3 * inputSize ** 2 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state / 2_147_483_648) * 2 - 1;
  });
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? 'null') as EngineTask;
  await (task.step === 'build' ? build(task) : prove(task));
}

main().then(
  () => process.exit(0),
  (error: unknown) => process.stderr.write(`${errorLine(error)}\n`, () => process.exit(1)),
);
