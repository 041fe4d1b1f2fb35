import type { Logger } from 'pino';
import type { Heat } from '../capture/heat-gate.js';
import { systemClock } from '../capture/pace.js';
import type { Config } from '../config/schema.js';
import { chooseProfile, loadProfiles } from '../devices/choose-profile.js';
import { readDeviceFacts } from '../devices/device-facts.js';
import type { DeviceProfile } from '../devices/device-profile.js';
import { LOOK_EVERY_MS, ThermalGuard } from '../devices/thermal-guard.js';
import { errorLine, FieldscoutError } from '../errors.js';
import { bundledDevices } from '../paths.js';
import { temperatures } from '../telemetry/vitals.js';
import type { Precision, Provider } from '../types.js';

export interface Inference {
  readonly providers: readonly Provider[];
  readonly precision: Precision | 'auto';
  readonly batchSize: number;
}

export interface NodeDevice {
  readonly inference: Inference;
  /** Where a profile says what is too hot. */
  readonly heat: Heat | undefined;
  /** Slows a camera down after a frame while the board is hot. */
  readonly rest: (tookMs: number, signal: AbortSignal) => Promise<void>;
  stop(): void;
}

export interface DeviceSurroundings {
  /** What there is to say of the board's heat now. */
  readonly tell: (lines: readonly string[]) => void;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Where neither the configuration nor a profile says. */
const FALLBACK: Inference = { providers: ['cpu'], precision: 'auto', batchSize: 16 };

/** What is set wins; what is not set comes from the profile. */
export function inferenceOf(config: Config, profile: DeviceProfile | undefined): Inference {
  return {
    providers: config.providers ?? profile?.providers ?? FALLBACK.providers,
    precision: config.precision ?? profile?.precision ?? FALLBACK.precision,
    batchSize: config.batchSize ?? profile?.batchSize ?? FALLBACK.batchSize,
  };
}

export interface RecognisedDevice {
  readonly profile: DeviceProfile | undefined;
  readonly inference: Inference;
  /** Which profile and why, or what no profile knows. */
  readonly line: string;
}

/** @throws FieldscoutError CONFIG_INVALID where the configuration names a profile that there is not. */
export async function recogniseDevice(config: Config): Promise<RecognisedDevice> {
  const facts = await readDeviceFacts();
  const chosen = chooseProfile(await loadProfiles(bundledDevices), config.device, facts);
  const profile = chosen?.profile;
  const line = chosen
    ? `${chosen.profile.name}, because ${chosen.reason}`
    : `no profile knows this board (${facts.architecture}, ${facts.model ?? 'no device tree'})`;
  return { profile, inference: inferenceOf(config, profile), line };
}

/**
 * Whether there is the profile that a configuration names.
 * @param file the configuration, for people
 * @throws FieldscoutError CONFIG_INVALID that names the file and the key
 */
export async function checkDevice(config: Config, file: string): Promise<void> {
  try {
    await recogniseDevice(config);
  } catch (error) {
    if (!(error instanceof FieldscoutError)) throw error;
    throw new FieldscoutError(error.code, `${file}: device: ${error.message}`, error.remedy, { cause: error });
  }
}

/**
 * Chooses the board's profile, says why in one line, and watches the board's temperatures from then on.
 * @throws FieldscoutError CONFIG_INVALID where the configuration names a profile that there is not.
 */
export async function openDevice(config: Config, { tell, log }: DeviceSurroundings): Promise<NodeDevice> {
  const { profile, inference, line } = await recogniseDevice(config);
  log.info({ device: profile?.id ?? null, ...inference }, `device: ${line}`);
  if (!profile) return { inference, heat: undefined, rest: async () => undefined, stop: () => undefined };
  const guard = new ThermalGuard({
    limits: profile.thermal,
    temperatures: () => temperatures('/sys/class/thermal'),
    tell,
  });
  const look = () => guard.look().catch((error: unknown) => log.error(`the heat is not known: ${errorLine(error)}`));
  await look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    inference,
    heat: guard,
    rest: (tookMs, signal) => guard.rest(tookMs, systemClock.wait, signal),
    stop: () => clearInterval(timer),
  };
}
