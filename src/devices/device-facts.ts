import { access, readFile } from 'node:fs/promises';
import { arch, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a machine tells of itself. What it does not tell is null. */
export interface DeviceFacts {
  /** Node's name of it: `arm64`, `x64`. */
  readonly architecture: string;
  /** /proc/device-tree/model, without its closing NUL. */
  readonly model: string | null;
  /** /proc/device-tree/compatible, its entries. */
  readonly compatible: readonly string[];
  /** R<major> (release), REVISION: <revision> of /etc/nv_tegra_release. */
  readonly l4t: { readonly major: number; readonly revision: string } | null;
  readonly memoryMiB: number;
  readonly hasNvidiaGpu: boolean;
}

export interface DeviceOverrides {
  readonly architecture?: string;
  readonly memoryMiB?: number;
}

/** @param root where the file system begins; the sample trees of tests lie elsewhere */
export async function readDeviceFacts(root = '/', overrides: DeviceOverrides = {}): Promise<DeviceFacts> {
  const model = await textOf(join(root, 'proc/device-tree/model'));
  const compatible = await textOf(join(root, 'proc/device-tree/compatible'));
  const release = await textOf(join(root, 'etc/nv_tegra_release'));
  return {
    architecture: overrides.architecture ?? arch(),
    model: model && withoutNul(model),
    compatible: compatible?.split('\0').filter((entry) => entry !== '') ?? [],
    l4t: release === null ? null : parseTegraRelease(release),
    memoryMiB: overrides.memoryMiB ?? Math.floor(totalmem() / 2 ** 20),
    hasNvidiaGpu: await isThere(join(root, 'proc/driver/nvidia/version')),
  };
}

/** The first line of /etc/nv_tegra_release: `# R36 (release), REVISION: 4.3, GCID: ..., BOARD: generic, ...`. */
export function parseTegraRelease(text: string): DeviceFacts['l4t'] {
  const [, major, revision] = /^# R(\d+) \(release\), REVISION: ([\d.]+)/.exec(text) ?? [];
  return major === undefined || revision === undefined ? null : { major: Number(major), revision };
}

const withoutNul = (text: string) => text.replaceAll('\0', '').trim();

/** A file of the system; null where this machine has none. */
export async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null; // a PC has no device tree, and a board that is no Jetson no such file: that is the answer
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // no driver: that is the answer
  }
}
