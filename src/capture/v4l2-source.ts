import { type ChildCommand, childOutput } from './child-stream.js';
import { ffmpegPictures } from './ffmpeg-pictures.js';
import type { FrameSource } from './frame-source.js';
import type { Clock } from './pace.js';
import { plain, type SensorSettings } from './sensor-settings.js';
import { StreamSource } from './stream-source.js';

export interface V4l2Settings {
  readonly camera: string;
  /** As `V4L2_DEVICE` allows. */
  readonly device: string;
  readonly intervalMs: number;
  readonly sensor: SensorSettings;
}

export const V4L2_DEVICE = /^\/dev\/(video\d{1,3}|v4l\/by-(id|path)\/[A-Za-z0-9_][A-Za-z0-9_.:+-]{0,200})$/;

/** A USB camera through ffmpeg. Exposure, gain and focus are set with v4l2-ctl before each start: a camera forgets them when unplugged. */
export function v4l2Source(settings: V4l2Settings, clock: Clock): FrameSource {
  const { camera, device, intervalMs } = settings;
  const connect = async function* (signal: AbortSignal) {
    if (isTold(settings.sensor)) {
      const controls = v4l2Controls(settings, await controlsOf(device, signal));
      if (controls) for await (const _ of childOutput(controls, signal));
    }
    yield* childOutput(v4l2Command(settings), signal);
  };
  return new StreamSource({ camera, origin: device, intervalMs, connect }, clock);
}

export function v4l2Command({ device, intervalMs, sensor }: V4l2Settings): ChildCommand {
  const { widthPx, heightPx, framesPerSecond } = sensor;
  const size =
    widthPx && heightPx ? ['-video_size', `${plain(widthPx, 16, 16_384)}x${plain(heightPx, 16, 16_384)}`] : [];
  const rate = framesPerSecond ? ['-framerate', plain(framesPerSecond, 0.1, 240)] : [];
  return ffmpegPictures({ input: ['-f', 'v4l2', ...size, ...rate, '-i', device], intervalMs });
}

function isTold({ exposureUs, gain, focus, focusDioptres }: SensorSettings): boolean {
  return [exposureUs, gain, focus, focusDioptres].some((value) => value !== undefined);
}

/** The names of what the camera lets itself be told. @throws Error of v4l2-ctl */
async function controlsOf(device: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of childOutput({ command: 'v4l2-ctl', args: ['-d', device, '--list-ctrls'] }, signal))
    chunks.push(chunk);
  const lines = Buffer.concat(chunks)
    .toString()
    .matchAll(/^\s*([a-z0-9_]+) 0x[0-9a-f]+ \(/gm);
  return new Set([...lines].map(([, name = '']) => name));
}

/**
 * Exposure counts in 100 us. The kernel has other names for the same controls since 5.18; a Jetson's kernel is older.
 * @param known the names that this camera has
 */
export function v4l2Controls({ device, sensor }: V4l2Settings, known: ReadonlySet<string>): ChildCommand | undefined {
  const { exposureUs, gain, focus, focusDioptres } = sensor;
  const named = (name: string, before: string) => (known.has(before) && !known.has(name) ? before : name);
  const auto = named('auto_exposure', 'exposure_auto');
  const exposure = named('exposure_time_absolute', 'exposure_absolute');
  const continuous = named('focus_automatic_continuous', 'focus_auto');
  const controls = [
    ...(exposureUs === undefined
      ? []
      : [`${auto}=1`, `${exposure}=${Math.max(1, Math.round(Number(plain(exposureUs, 1, 1e9)) / 100))}`]),
    ...(gain === undefined ? [] : [`gain=${Math.round(Number(plain(gain, 0, 1000)))}`]),
    ...(focus === undefined ? [] : [`${continuous}=1`]),
    ...(focusDioptres === undefined
      ? []
      : [`${continuous}=0`, `focus_absolute=${Math.round(Number(plain(focusDioptres, 0, 100)) * 10)}`]),
  ];
  if (controls.length === 0) return undefined;
  return { command: 'v4l2-ctl', args: ['-d', device, `--set-ctrl=${controls.join(',')}`] };
}
