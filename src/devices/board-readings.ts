import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/** @param root where the file system begins; the sample trees of tests lie elsewhere */
export async function readBoard(root = '/'): Promise<BoardReadings> {
  return { gpuLoad: await gpuLoad(root), powerMw: await powerRails(root), throttling: await throttling(root) };
}

/** Per mille in one file; the place differs between releases of L4T. */
async function gpuLoad(root: string): Promise<number | null> {
  for (const path of GPU_LOADS) {
    const value = await numberIn(join(root, path));
    if (value !== null) return value / 1000;
  }
  return null;
}

/** hwmon's INA3221, by the kernel's documentation: in<n>_label with in<n>_input in millivolts and curr<n>_input in milliamperes. */
async function powerRails(root: string): Promise<Readonly<Record<string, number>>> {
  const rails: Record<string, number> = {};
  const hwmon = join(root, 'sys/class/hwmon');
  for (const name of await namesIn(hwmon)) {
    if ((await textIn(join(hwmon, name, 'name'))) !== 'ina3221') continue;
    for (const n of [1, 2, 3]) {
      const label = await textIn(join(hwmon, name, `in${n}_label`));
      const millivolts = await numberIn(join(hwmon, name, `in${n}_input`));
      const milliamperes = await numberIn(join(hwmon, name, `curr${n}_input`));
      if (label && millivolts !== null && milliamperes !== null)
        rails[label] = Math.round((millivolts * milliamperes) / 1000);
    }
  }
  return rails;
}

/** Cooling devices above their lowest state, fans apart; and the Raspberry Pi's own word. */
async function throttling(root: string): Promise<readonly string[]> {
  const reasons: string[] = [];
  const thermal = join(root, 'sys/class/thermal');
  for (const name of (await namesIn(thermal)).filter((entry) => entry.startsWith('cooling_device')).sort()) {
    const type = await textIn(join(thermal, name, 'type'));
    const state = await numberIn(join(thermal, name, 'cur_state'));
    // Some drivers give -1 for one that is off.
    if (type && state !== null && state > 0 && !/fan/i.test(type)) reasons.push(`${type} at step ${state}`);
  }
  const pi = await textIn(join(root, 'sys/devices/platform/soc/soc:firmware/get_throttled'));
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

async function namesIn(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => []); // not told by this board
}

async function textIn(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return null; // not told by this board, or a sensor that is off
  }
}

async function numberIn(path: string): Promise<number | null> {
  const text = await textIn(path);
  const value = Number(text);
  return text === null || text === '' || !Number.isFinite(value) ? null : value;
}
