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
    const controls = v4l2Controls(settings);
    if (controls) for await (const _ of childOutput(controls, signal));
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

/** The names are those of the kernel's UVC driver since 5.18; exposure counts in 100 us. */
export function v4l2Controls({ device, sensor }: V4l2Settings): ChildCommand | undefined {
  const { exposureUs, gain, focus, focusDioptres } = sensor;
  const controls = [
    ...(exposureUs === undefined
      ? []
      : [
          'auto_exposure=1',
          `exposure_time_absolute=${Math.max(1, Math.round(Number(plain(exposureUs, 1, 1e9)) / 100))}`,
        ]),
    ...(gain === undefined ? [] : [`gain=${Math.round(Number(plain(gain, 0, 1000)))}`]),
    ...(focus === undefined ? [] : ['focus_automatic_continuous=1']),
    ...(focusDioptres === undefined
      ? []
      : ['focus_automatic_continuous=0', `focus_absolute=${Math.round(Number(plain(focusDioptres, 0, 100)) * 10)}`]),
  ];
  if (controls.length === 0) return undefined;
  return { command: 'v4l2-ctl', args: ['-d', device, `--set-ctrl=${controls.join(',')}`] };
}
