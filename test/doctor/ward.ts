import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { examine } from '../../src/doctor/examine.js';
import type { Finding } from '../../src/doctor/finding.js';
import type { Machine } from '../../src/doctor/machine.js';
import { bundledPrompts } from '../../src/paths.js';
import { drawnDir, tinyClipDir } from '../support/tiny-clip.js';

/** A node with which all is well, in a folder of its own; what a test plants replaces a part of it. */
export interface Ward {
  readonly dir: string;
  /** Merged over the healthy configuration, one level deep. */
  diagnose(config?: object, machine?: Partial<Machine>): Promise<readonly Finding[]>;
  /** The configuration file as it stands, not written anew. */
  diagnoseFile(machine?: Partial<Machine>): Promise<readonly Finding[]>;
  heat(zone: string, celsius: number): Promise<void>;
  remove(): Promise<void>;
}

export const healthyCamera = { id: 'leaf', source: `folder-loop:${drawnDir}`, intervalMs: 50 };

export async function openWard(): Promise<Ward> {
  const dir = await mkdtemp(join(tmpdir(), 'fieldscout-doctor-'));
  const file = join(dir, 'fieldscout.yaml');
  const thermalDir = join(dir, 'thermal');
  const healthy: Machine = {
    arch: 'arm64',
    thermalDir,
    readText: async (path) => (path === '/proc/device-tree/model' ? 'NVIDIA Jetson Orin Nano\0' : undefined),
    devices: async () => ['/dev/video0', '/dev/nvmap'],
    mayUse: async () => true,
    clock: async () => 'synchronised',
    now: Date.now,
  };
  const diagnoseFile = async (machine: Partial<Machine> = {}) => {
    const findings: Finding[] = [];
    const examination = examine({
      configFile: file,
      workingDir: dir,
      modelDirs: [],
      promptsDirs: [bundledPrompts],
      cameraWithinMs: 3_000,
      machine: { ...healthy, ...machine },
    });
    for await (const finding of examination) findings.push(finding);
    return findings;
  };
  return {
    dir,
    diagnoseFile,
    async diagnose(config = {}, machine = {}) {
      const whole = { model: tinyClipDir, storage: { minFreeBytes: 0 }, cameras: [healthyCamera], ...config };
      await writeFile(file, stringify(whole));
      return diagnoseFile(machine);
    },
    async heat(zone, celsius) {
      await mkdir(join(thermalDir, 'thermal_zone0'), { recursive: true });
      await writeFile(join(thermalDir, 'thermal_zone0', 'type'), `${zone}\n`);
      await writeFile(join(thermalDir, 'thermal_zone0', 'temp'), `${celsius * 1000}\n`);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Names of what is wrong, in the order of the examination. */
export const causes = (findings: readonly Finding[]) =>
  findings.flatMap(({ cause, verdict }) => (cause === null ? [] : [`${verdict} ${cause}`]));
