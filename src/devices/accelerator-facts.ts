import { join } from 'node:path';
import type { DeviceFacts } from './device-facts.js';
import { SystemFiles, type Unreadable } from './system-files.js';

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
export async function readAcceleratorFacts(
  device: DeviceFacts,
  root = '/',
  unreadable: Unreadable = () => undefined,
): Promise<AcceleratorFacts> {
  const files = new SystemFiles(root, unreadable);
  return { tensorrt: await tensorrtVersion(files), gpu: jetsonGpu(device) ?? (await discreteGpu(files)) };
}

async function tensorrtVersion(files: SystemFiles): Promise<string | null> {
  for (const dir of LIBRARIES) {
    const versions = (await files.namesIn(dir)).flatMap((name) => TENSORRT.exec(name)?.[1] ?? []);
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
async function discreteGpu(files: SystemFiles): Promise<string | null> {
  const gpus = 'proc/driver/nvidia/gpus';
  const [first] = (await files.namesIn(gpus)).slice().sort();
  if (first === undefined) return null;
  const [, name] = /^Model:\s*(.+)$/m.exec((await files.textOf(join(gpus, first, 'information'))) ?? '') ?? [];
  return name?.trim() ?? null;
}
