import type { Config } from '../config/schema.js';
import { inferenceOf, type RecognisedDevice, recogniseDevice } from '../daemon/node-device.js';
import type { DeviceProfile } from '../devices/device-profile.js';
import { failure } from './failure.js';
import { type Finding, fine } from './finding.js';

export interface ExaminedProfile {
  readonly finding: Finding;
  /** Where the configuration names one that there is not: as if it said "auto"; where profiles cannot be read: as without any. */
  readonly device: RecognisedDevice;
}

/** Which profile is used and why, and what it tells people. */
export async function checkProfile(config: Config, recognise = recogniseDevice): Promise<ExaminedProfile> {
  try {
    const device = await recognise(config);
    const told = device.profile ? [device.line, ...toldBy(device.profile)] : [device.line];
    return { finding: fine('profile', told.join('; ')), device };
  } catch (error) {
    return withoutProfile(config, error, recognise);
  }
}

async function withoutProfile(
  config: Config,
  error: unknown,
  recognise: typeof recogniseDevice,
): Promise<ExaminedProfile> {
  try {
    const device = await recognise({ ...config, device: 'auto' });
    return { finding: failure('profile', 'profile-unknown', error), device };
  } catch (fault) {
    const finding = failure('profile', 'profile-invalid', fault);
    return {
      finding,
      device: { profile: undefined, inference: inferenceOf(config, undefined), line: finding.message },
    };
  }
}

/** What no code obeys, in the order in which it matters. */
export function toldBy({ memory, camera, powerModes, measured, notes }: DeviceProfile): readonly string[] {
  return [
    measured === 'not measured'
      ? 'nothing of it was measured on such a board'
      : `measured: ${measured.map(({ what, value, by, date }) => `${what} ${value} (${by}, ${date})`).join(', ')}`,
    `the whole node should stay within ${memory.budgetMiB} MiB`,
    `cameras that suit it: ${camera.kinds.join(', ')}`,
    ...(powerModes.length > 0 ? [`power modes: ${powerModes.map(({ name }) => name).join(', ')}`] : []),
    ...notes.map((note) => note.replace(/\.$/, '')),
  ];
}
