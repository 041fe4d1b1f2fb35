import type { FrameSource } from '../capture/frame-source.js';
import { openSource } from '../capture/open-source.js';
import { systemClock } from '../capture/pace.js';
import { ScheduledSource } from '../capture/scheduled-source.js';
import type { CameraConfig } from '../config/camera-schema.js';
import type { Config } from '../config/schema.js';
import { FieldscoutError } from '../errors.js';
import { SimCamera } from '../sim/sim-camera.js';
import { parseSimSource } from '../sim/sim-source.js';

/** Every start shows the same life: what one person sees, another can look at too. */
export const SIM_SEED = 7;
const SIM = 'sim:';

/** A camera's source, where it is to go on. @throws FieldscoutError SOURCE_INVALID */
export function sourceOf(camera: CameraConfig, baseDir: string, since?: number): FrameSource {
  const { id, source, intervalMs, sensor } = camera;
  if (!source.startsWith(SIM))
    return openSource({ camera: id, source, intervalMs, baseDir, since, sensor }, systemClock);
  const scene = source.slice(SIM.length);
  return new SimCamera({ camera: id, scene, seed: SIM_SEED, intervalMs, clock: systemClock });
}

/** The source with its hours, where it has any. */
export function scheduledSourceOf(
  camera: CameraConfig,
  site: Config['site'],
  baseDir: string,
  since?: number,
): FrameSource {
  const source = sourceOf(camera, baseDir, since);
  const { schedule } = camera;
  if (!schedule) return source;
  const { sunAboveDegrees: aboveDegrees, cron, burst } = schedule;
  const { latitude, longitude, timeZone } = site;
  const isPlaced = aboveDegrees !== undefined && latitude !== undefined && longitude !== undefined;
  const hours = {
    sun: isPlaced ? { aboveDegrees, latitude, longitude } : undefined,
    moments: cron === undefined ? undefined : { cron, timeZone, burst },
  };
  return new ScheduledSource(source, hours, systemClock);
}

/**
 * Whether a camera's source can be opened at all, without opening it.
 * @param file the configuration, for people
 * @throws FieldscoutError SOURCE_INVALID that names the file and the camera
 */
export function checkSource(camera: CameraConfig, file: string, baseDir: string): void {
  try {
    if (camera.source.startsWith(SIM)) parseSimSource(camera.source.slice(SIM.length));
    else sourceOf(camera, baseDir);
  } catch (error) {
    if (!(error instanceof FieldscoutError)) throw error;
    const message = `${file}: camera "${camera.id}": ${error.message.replace(`Camera "${camera.id}": `, '')}`;
    throw new FieldscoutError(error.code, message, error.remedy, { cause: error });
  }
}
