import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClockTrust, readClockTrust } from '../telemetry/clock-trust.js';

/** What the doctor asks of the machine itself. */
export interface Machine {
  readonly arch: string;
  /** Text of a file; undefined where there is none or it may not be read. */
  readText(path: string): Promise<string | undefined>;
  /** Thermal zones, as sysfs has them. */
  readonly thermalDir: string;
  /** Device files of cameras and accelerators, by path. */
  devices(): Promise<readonly string[]>;
  /** Whether this user may read and write it. */
  mayUse(path: string): Promise<boolean>;
  clock(): Promise<ClockTrust>;
  now(): number;
}

const DEVICE = /^(video\d+|media\d+|nvmap|nvidia\d+|nvidiactl|nvhost-\S+|renderD\d+|vchiq|hailo\d+)$/;

export const thisMachine: Machine = {
  arch: process.arch,
  thermalDir: '/sys/class/thermal',
  async readText(path) {
    try {
      return await readFile(path, 'utf8');
    } catch {
      return undefined; // not such a board: that is the answer
    }
  },
  async devices() {
    const found = await Promise.all(['/dev', '/dev/dri'].map(namesIn));
    return found.flat().filter((path) => DEVICE.test(path.split('/').at(-1) ?? ''));
  },
  async mayUse(path) {
    try {
      await access(path, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      return false; // that is the answer
    }
  },
  clock: () => readClockTrust(),
  now: Date.now,
};

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).map((name) => join(dir, name));
  } catch {
    return []; // a machine without such devices
  }
}
