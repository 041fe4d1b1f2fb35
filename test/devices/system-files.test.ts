import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readAcceleratorFacts } from '../../src/devices/accelerator-facts.js';
import { readBoard } from '../../src/devices/board-readings.js';
import { chooseProfile, loadProfiles } from '../../src/devices/choose-profile.js';
import { readDeviceFacts } from '../../src/devices/device-facts.js';
import { bundledDevices } from '../../src/paths.js';
import { sampleBoard } from './sample-board.js';

let root: string | undefined;
afterEach(() => root && rmSync(root, { recursive: true }));

/** Folders in the place of files: reading one fails for every user, root too. */
async function boardWithFolders(...paths: readonly string[]): Promise<string> {
  root = await sampleBoard({ 'sys/class/thermal/cooling_device0/type': 'cpufreq-cpu0\n' });
  for (const path of paths) mkdirSync(join(root, path), { recursive: true });
  return root;
}

it('takes what is there and cannot be read for lacking, and says so with the profile that is chosen', async () => {
  const facts = await readDeviceFacts(await boardWithFolders('proc/device-tree/model'), {
    architecture: 'x64',
    memoryMiB: 8000,
  });
  expect(facts).toMatchObject({
    model: null,
    compatible: [],
    unreadable: [`${root}/proc/device-tree/model cannot be read (it is a folder)`],
  });
  const profiles = await loadProfiles(bundledDevices);
  for (const wanted of ['auto', 'raspberry-pi-5'])
    expect(chooseProfile(profiles, wanted, facts)?.reason).toContain(
      `; ${root}/proc/device-tree/model cannot be read (it is a folder)`,
    );
});

it('tells which sensors and libraries cannot be read, and nothing of those that are not there', async () => {
  const board = await boardWithFolders(
    'sys/class/thermal/cooling_device0/cur_state',
    'proc/driver/nvidia/gpus/0000:01:00.0/information',
  );
  const lines: string[] = [];
  const unreadable = (line: string) => lines.push(line);
  expect(await readBoard(board, unreadable)).toEqual({ gpuLoad: null, powerMw: {}, throttling: [] });
  const facts = await readDeviceFacts(board);
  expect(facts.unreadable).toEqual([]);
  expect(await readAcceleratorFacts(facts, board, unreadable)).toEqual({ tensorrt: null, gpu: null });
  expect(lines).toEqual([
    `${board}/sys/class/thermal/cooling_device0/cur_state cannot be read (it is a folder)`,
    `${board}/proc/driver/nvidia/gpus/0000:01:00.0/information cannot be read (it is a folder)`,
  ]);
});
