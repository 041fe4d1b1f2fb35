import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceFacts, textOf } from './device-facts.js';

/** What a TensorRT engine is made for on this machine. What the machine does not tell is null. */
export interface AcceleratorFacts {
  /** Version of the TensorRT library, e.g. "10.3.0". */
  readonly tensorrt: string | null;
  /** The GPU as the system names it: engines of another one do not load. */
  readonly gpu: string | null;
}

/** Where Debian's and NVIDIA's packages put the library. */
const LIBRARIES = ['usr/lib/aarch64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'usr/lib', 'usr/local/lib'];
const TENSORRT = /^libnvinfer\.so\.(\d+\.\d+\.\d+)$/;

/** @param root where the file system begins; the sample trees of tests lie elsewhere */
export async function readAcceleratorFacts(device: DeviceFacts, root = '/'): Promise<AcceleratorFacts> {
  return { tensorrt: await tensorrtVersion(root), gpu: jetsonGpu(device) ?? (await discreteGpu(root)) };
}

async function tensorrtVersion(root: string): Promise<string | null> {
  for (const dir of LIBRARIES) {
    const versions = (await namesIn(join(root, dir))).flatMap((name) => TENSORRT.exec(name)?.[1] ?? []);
    // Several may lie there after an update: the loader takes the newest of a major release.
    const [newest] = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    if (newest !== undefined) return newest;
  }
  return null;
}

/** A Jetson's GPU is part of its module, and its driver part of L4T. */
function jetsonGpu({ model, compatible, l4t }: DeviceFacts): string | null {
  if (l4t === null || model === null) return null;
  const chip = compatible.find((entry) => /^nvidia,tegra\d+/.test(entry)) ?? 'nvidia,tegra';
  return `${model} (${chip}, L4T R${l4t.major}.${l4t.revision})`;
}

/** /proc/driver/nvidia/gpus/<place>/information holds `Model: <name>`. The first is device 0. */
async function discreteGpu(root: string): Promise<string | null> {
  const gpus = join(root, 'proc/driver/nvidia/gpus');
  const [first] = (await namesIn(gpus)).slice().sort();
  if (first === undefined) return null;
  const [, name] = /^Model:\s*(.+)$/m.exec((await textOf(join(gpus, first, 'information'))) ?? '') ?? [];
  return name?.trim() ?? null;
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => []); // no such folder on this machine: that is the answer
}
