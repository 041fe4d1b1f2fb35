import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { Provider } from '../types.js';
import { Tower } from './tower.js';

/** onnxruntime's own names of its execution providers, as its profile gives them. */
const ORT_NAMES: Readonly<Record<Provider, string>> = {
  tensorrt: 'TensorrtExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cpu: 'CPUExecutionProvider',
};

/**
 * Runs one real inference with onnxruntime's profiler on and reads from its trace where the nodes ran: a provider that
 * is merely listed, while every node fell back to the CPU, does not pass.
 * @throws Error with the reason in one line.
 */
export async function proveProvider(
  provider: Provider,
  visionFile: string,
  options: InferenceSession.SessionOptions,
  inputSize: number,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'fieldscout-provider-'));
  try {
    const tower = await Tower.open(visionFile, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(dir, 'profile'),
    });
    await tower.embedImages(new Float32Array(3 * inputSize * inputSize), 1, inputSize);
    tower.endProfiling();
    await tower.release();
    const [file] = await readdir(dir);
    if (file === undefined) throw new Error('onnxruntime wrote no profile');
    const ran = providersThatRan(await readFile(join(dir, file), 'utf8'));
    if (!ran.has(ORT_NAMES[provider])) {
      throw new Error(`no node of the model ran on it, all fell back to ${[...ran].join(', ') || 'nothing'}`);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Providers that executed at least one node, from onnxruntime's JSON trace. */
export function providersThatRan(trace: string): ReadonlySet<string> {
  const entries = JSON.parse(trace) as { cat?: string; args?: { provider?: string } }[];
  const ran = entries.filter((entry) => entry.cat === 'Node').map((entry) => entry.args?.provider);
  return new Set(ran.filter((name): name is string => typeof name === 'string' && name !== ''));
}
