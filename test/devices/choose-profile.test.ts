import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { inferenceOf } from '../../src/daemon/node-device.js';
import { chooseProfile, loadProfiles } from '../../src/devices/choose-profile.js';
import { parseTegraRelease, readDeviceFacts } from '../../src/devices/device-facts.js';
import { bundledDevices } from '../../src/paths.js';
import { boards, sampleBoard } from './sample-board.js';

const profiles = await loadProfiles(bundledDevices);

async function choose(files: Record<string, string>, architecture: string, memoryMiB: number, wanted = 'auto') {
  return chooseProfile(profiles, wanted, await readDeviceFacts(await sampleBoard(files), { architecture, memoryMiB }));
}

describe('device: auto', () => {
  it.each(boards)('recognises %s and says why', async (id, architecture, memoryMiB, model, release) => {
    const files = { 'proc/device-tree/model': `${model}\0`, ...(release ? { 'etc/nv_tegra_release': release } : {}) };
    const chosen = await choose(files, architecture, memoryMiB);
    expect(chosen?.profile.id).toBe(id);
    expect(chosen?.reason).toContain(`the device tree says "${model}"`);
  });

  it('tells a PC with an NVIDIA GPU from one without', async () => {
    const driver = { 'proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54\n' };
    expect((await choose(driver, 'x64', 32_000))?.profile.id).toBe('x86-64-nvidia');
    expect((await choose({}, 'x64', 32_000))?.profile.id).toBe('x86-64-cpu');
  });

  it('takes none for a board that no profile knows', async () => {
    expect(await choose({ 'proc/device-tree/model': 'Radxa ROCK 5B\0' }, 'arm64', 8000)).toBeNull();
  });

  it('takes no TensorRT profile where the release is another than its own', async () => {
    const files = {
      'proc/device-tree/model': 'NVIDIA Jetson Orin Nano Developer Kit\0',
      'etc/nv_tegra_release': '# R35 (release), REVISION: 5.0, GCID: 1\n',
    };
    expect(await choose(files, 'arm64', 7620)).toBeNull();
  });

  it('yields to a profile that is named, and refuses one that there is not', async () => {
    expect((await choose({}, 'x64', 8000, 'raspberry-pi-5'))?.profile.id).toBe('raspberry-pi-5');
    await expect(choose({}, 'x64', 8000, 'pi')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('what a profile gives', () => {
  it('stands only where the configuration does not say', () => {
    const nano = profiles.find(({ id }) => id === 'jetson-orin-nano-8gb');
    expect(inferenceOf(configSchema.parse({}), nano)).toEqual({
      providers: ['tensorrt', 'cuda', 'cpu'],
      precision: 'auto',
      batchSize: 8,
    });
    const set = configSchema.parse({ providers: ['cpu'], precision: 'fp32', batchSize: 3 });
    expect(inferenceOf(set, nano)).toEqual({ providers: ['cpu'], precision: 'fp32', batchSize: 3 });
    expect(inferenceOf(configSchema.parse({}), undefined)).toEqual({
      providers: ['cpu'],
      precision: 'auto',
      batchSize: 16,
    });
  });
});

describe('profiles', () => {
  it('are one a file, named by it', async () => {
    expect(profiles.map(({ id }) => `${id}.yaml`)).toEqual((await readdir(bundledDevices)).sort());
  });

  it.each(profiles)('say of $id that nobody measured what nobody measured', ({ measured, memory, thermal, camera }) => {
    if (measured !== 'not measured') return;
    expect([memory.basis, thermal.basis]).toEqual([
      expect.stringMatching(/Not measured\.$/),
      expect.stringMatching(/Not measured\.$/),
    ]);
    expect(camera.basis).toMatch(/not tried/);
  });

  it('are refused with the place of the fault', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'profiles-'));
    await writeFile(join(dir, 'odd.yaml'), 'id: odd\nprovider: [cpu]\n');
    await expect(loadProfiles(dir)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('odd.yaml:2:1'),
    });
  });

  it.each(['model', 'compatible'])('are refused where %s is no regular expression', async (key) => {
    const dir = await mkdtemp(join(tmpdir(), 'profiles-'));
    const text = await readFile(join(bundledDevices, 'x86-64-cpu.yaml'), 'utf8');
    await writeFile(join(dir, 'odd.yaml'), text.replace('recognise:\n', `recognise:\n  ${key}: "("\n`));
    await expect(loadProfiles(dir)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(`odd\\.yaml:\\d+:\\d+: recognise\\.${key}: it is no regular expression`),
    });
  });

  it('are said to be missing where their folder is', async () => {
    await expect(loadProfiles('/nowhere/devices')).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: 'The device profiles in /nowhere/devices cannot be read (there is no such file or folder).',
    });
  });
});

it('a release file that is none gives nothing', () => {
  expect(parseTegraRelease('hello')).toBeNull();
  expect(parseTegraRelease('# R36 (release), REVISION: 4.3, GCID: 1')).toEqual({ major: 36, revision: '4.3' });
});
