import { join } from 'node:path';
import { SystemFiles, type Unreadable } from './system-files.js';

/** What sysfs tells besides temperatures. What the board does not tell is null or left out. */
export interface BoardReadings {
  /** Share of the GPU that works, 0 to 1 (Jetson). */
  readonly gpuLoad: number | null;
  /** Milliwatts by rail (INA3221). */
  readonly powerMw: Readonly<Record<string, number>>;
  /** Why the board slows itself down now; empty where it does not. */
  readonly throttling: readonly string[];
}

/** From NVIDIA's documentation of L4T R35 and R36; not read on a board. */
const GPU_LOADS = ['sys/devices/platform/gpu.0/load', 'sys/devices/platform/bus@0/17000000.gpu/load'];
/** Bits of `get_throttled` on a Raspberry Pi that speak of now, by its documentation; not read on a board. */
const PI_BITS: readonly (readonly [number, string])[] = [
  [0x1, 'under-voltage'],
  [0x2, 'the ARM frequency is capped'],
  [0x4, 'throttled'],
  [0x8, 'soft temperature limit'],
];

/**
 * @param root where the file system begins; the sample trees of tests lie elsewhere
 * @param unreadable is told what is there and cannot be read, each time
 */
export async function readBoard(root = '/', unreadable: Unreadable = () => undefined): Promise<BoardReadings> {
  const files = new SystemFiles(root, unreadable);
  return { gpuLoad: await gpuLoad(files), powerMw: await powerRails(files), throttling: await throttling(files) };
}

/** Per mille in one file; the place differs between releases of L4T. */
async function gpuLoad(files: SystemFiles): Promise<number | null> {
  for (const path of GPU_LOADS) {
    const value = await numberIn(files, path);
    if (value !== null) return value / 1000;
  }
  return null;
}

/** hwmon's INA3221, by the kernel's documentation: in<n>_label with in<n>_input in millivolts and curr<n>_input in milliamperes. */
async function powerRails(files: SystemFiles): Promise<Readonly<Record<string, number>>> {
  const rails: Record<string, number> = {};
  const hwmon = 'sys/class/hwmon';
  for (const name of await files.namesIn(hwmon)) {
    if ((await textIn(files, join(hwmon, name, 'name'))) !== 'ina3221') continue;
    for (const n of [1, 2, 3]) {
      const label = await textIn(files, join(hwmon, name, `in${n}_label`));
      const millivolts = await numberIn(files, join(hwmon, name, `in${n}_input`));
      const milliamperes = await numberIn(files, join(hwmon, name, `curr${n}_input`));
      if (label && millivolts !== null && milliamperes !== null)
        rails[label] = Math.round((millivolts * milliamperes) / 1000);
    }
  }
  return rails;
}

/** Cooling devices above their lowest state, fans apart; and the Raspberry Pi's own word. */
async function throttling(files: SystemFiles): Promise<readonly string[]> {
  const reasons: string[] = [];
  const thermal = 'sys/class/thermal';
  for (const name of (await files.namesIn(thermal)).filter((entry) => entry.startsWith('cooling_device')).sort()) {
    const type = await textIn(files, join(thermal, name, 'type'));
    const state = await numberIn(files, join(thermal, name, 'cur_state'));
    // Some drivers give -1 for one that is off.
    if (type && state !== null && state > 0 && !/fan/i.test(type)) reasons.push(`${type} at step ${state}`);
  }
  const pi = await textIn(files, 'sys/devices/platform/soc/soc:firmware/get_throttled');
  const bits = pi === null ? 0 : Number.parseInt(pi, 16);
  for (const [bit, reason] of PI_BITS) if (bits & bit) reasons.push(reason);
  return reasons;
}

/** The same words at each step of a cooling device: a warning that stands is told once. */
export function throttlingWarnings({ throttling }: BoardReadings): readonly string[] {
  return [
    ...new Set(throttling.map((reason) => `the board slows itself down: ${reason.replace(/ at step \d+$/, '')}`)),
  ];
}

async function textIn(files: SystemFiles, path: string): Promise<string | null> {
  return (await files.textOf(path))?.trim() ?? null;
}

async function numberIn(files: SystemFiles, path: string): Promise<number | null> {
  const text = await textIn(files, path);
  const value = Number(text);
  return text === null || text === '' || !Number.isFinite(value) ? null : value;
}
