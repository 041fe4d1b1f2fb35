import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { unreadableReason } from '../regular-file.js';
import { readYamlFile } from '../yaml-file.js';
import type { DeviceFacts } from './device-facts.js';
import { type DeviceProfile, deviceProfileSchema } from './device-profile.js';

export interface ChosenProfile {
  readonly profile: DeviceProfile;
  /** Why this one, for the log: what the machine told, and what of it could not be read. */
  readonly reason: string;
}

const CODES = { unreadable: 'CONFIG_UNREADABLE', invalid: 'CONFIG_INVALID' } as const;

/** @throws FieldscoutError that names the file, the line and the key of a fault. */
export async function loadProfiles(dir: string): Promise<readonly DeviceProfile[]> {
  const names = (await namesIn(dir)).filter((name) => name.endsWith('.yaml')).sort();
  const profiles: DeviceProfile[] = [];
  for (const name of names) profiles.push(await readYamlFile(join(dir, name), deviceProfileSchema, CODES));
  return profiles;
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    throw new FieldscoutError(
      'CONFIG_UNREADABLE',
      `The device profiles in ${dir} cannot be read (${unreadableReason(cause)}).`,
      'The folder comes with Fieldscout: check its permissions, or install Fieldscout anew.',
      { cause },
    );
  }
}

/**
 * @param wanted a profile's id, or `auto`: the one of which most is recognised.
 * @returns null where `auto` knows nothing of the architecture.
 * @throws FieldscoutError CONFIG_INVALID for an id that there is not.
 */
export function chooseProfile(
  profiles: readonly DeviceProfile[],
  wanted: string,
  facts: DeviceFacts,
): ChosenProfile | null {
  if (wanted !== 'auto') {
    const profile = profiles.find(({ id }) => id === wanted);
    if (profile) return { profile, reason: ['the configuration names it', ...facts.unreadable].join('; ') };
    throw new FieldscoutError(
      'CONFIG_INVALID',
      `There is no device profile "${wanted}"; there is ${profiles.map(({ id }) => id).join(', ')}.`,
      'Set device to one of them, or to "auto".',
    );
  }
  const matches = profiles.flatMap((profile) => {
    const told = signsOf(profile, facts);
    return told === null ? [] : [{ profile, told }];
  });
  matches.sort((a, b) => b.told.length - a.told.length);
  const [best] = matches;
  return best ? { profile: best.profile, reason: [best.told.join(', '), ...facts.unreadable].join('; ') } : null;
}

/** What of the machine the profile recognises; null where something does not fit. */
function signsOf({ recognise }: DeviceProfile, facts: DeviceFacts): readonly string[] | null {
  const { architecture, model, compatible, l4tMajor, minMemoryMiB, maxMemoryMiB, nvidiaGpu } = recognise;
  if (architecture !== facts.architecture) return null;
  const signs = [`the processor is ${architecture}`];
  if (model !== undefined) {
    if (facts.model === null || !new RegExp(model, 'i').test(facts.model)) return null;
    signs.push(`the device tree says "${facts.model}"`);
  }
  if (compatible !== undefined) {
    const entry = facts.compatible.find((name) => new RegExp(compatible).test(name));
    if (entry === undefined) return null;
    signs.push(`it is compatible with ${entry}`);
  }
  if (l4tMajor !== undefined) {
    if (facts.l4t?.major !== l4tMajor) return null;
    signs.push(`L4T is R${l4tMajor}.${facts.l4t.revision}`);
  }
  if (facts.memoryMiB < (minMemoryMiB ?? 0) || facts.memoryMiB > (maxMemoryMiB ?? Number.POSITIVE_INFINITY))
    return null;
  if (minMemoryMiB !== undefined || maxMemoryMiB !== undefined) signs.push(`it has ${facts.memoryMiB} MiB`);
  if (nvidiaGpu !== undefined) {
    if (nvidiaGpu !== facts.hasNvidiaGpu) return null;
    signs.push(nvidiaGpu ? "NVIDIA's driver is there" : 'there is no NVIDIA driver');
  }
  return signs;
}
