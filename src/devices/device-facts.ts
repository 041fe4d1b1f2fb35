import { arch, totalmem } from 'node:os';
import { SystemFiles } from './system-files.js';

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
  /** Lines about what is there and cannot be read: the machine may have more to tell. */
  readonly unreadable: readonly string[];
}

export interface DeviceOverrides {
  readonly architecture?: string;
  readonly memoryMiB?: number;
}

/** @param root where the file system begins; the sample trees of tests lie elsewhere */
export async function readDeviceFacts(root = '/', overrides: DeviceOverrides = {}): Promise<DeviceFacts> {
  const unreadable: string[] = [];
  const files = new SystemFiles(root, (line) => unreadable.push(line));
  const model = await files.textOf('proc/device-tree/model');
  const compatible = await files.textOf('proc/device-tree/compatible');
  const release = await files.textOf('etc/nv_tegra_release');
  return {
    architecture: overrides.architecture ?? arch(),
    model: model && withoutNul(model),
    compatible: compatible?.split('\0').filter((entry) => entry !== '') ?? [],
    l4t: release === null ? null : parseTegraRelease(release),
    memoryMiB: overrides.memoryMiB ?? Math.floor(totalmem() / 2 ** 20),
    hasNvidiaGpu: (await files.textOf('proc/driver/nvidia/version')) !== null,
    unreadable,
  };
}

/** The first line of /etc/nv_tegra_release: `# R36 (release), REVISION: 4.3, GCID: ..., BOARD: generic, ...`. */
export function parseTegraRelease(text: string): DeviceFacts['l4t'] {
  const [, major, revision] = /^# R(\d+) \(release\), REVISION: ([\d.]+)/.exec(text) ?? [];
  return major === undefined || revision === undefined ? null : { major: Number(major), revision };
}

const withoutNul = (text: string) => text.replaceAll('\0', '').trim();
