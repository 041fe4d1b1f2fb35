import { type ChildCommand, childOutput } from './child-stream.js';
import type { FrameSource } from './frame-source.js';
import type { Clock } from './pace.js';
import { plain, type SensorSettings } from './sensor-settings.js';
import { StreamSource } from './stream-source.js';

export interface ArgusSettings {
  readonly camera: string;
  /** 0 is the first CSI camera. */
  readonly sensorId: number;
  readonly intervalMs: number;
  readonly sensor: SensorSettings;
}

/** A CSI camera of a Jetson through NVIDIA's Argus; the pictures are scaled and encoded by the board's own hardware. */
export function argusSource(settings: ArgusSettings, clock: Clock): FrameSource {
  const { camera, sensorId, intervalMs } = settings;
  const connect = (signal: AbortSignal) => childOutput(argusCommand(settings), signal);
  return new StreamSource({ camera, origin: `argus:${sensorId}`, intervalMs, connect }, clock);
}

/**
 * gst-launch reads its arguments as a description of a pipeline, in which "!" begins another element: only numbers are put into it.
 * Frames are dropped before they are encoded.
 */
export function argusCommand({ sensorId, intervalMs, sensor }: ArgusSettings): ChildCommand {
  const { widthPx = 1920, heightPx = 1080, framesPerSecond = 30, exposureUs, gain } = sensor;
  const range = (name: string, value: number, factor: number, most: number) => {
    const text = plain(value * factor, 0, most);
    return `${name}=${text} ${text}`;
  };
  const size = `width=(int)${plain(widthPx, 16, 16_384)},height=(int)${plain(heightPx, 16, 16_384)}`;
  const sent = Math.max(1, Math.min(Math.round(framesPerSecond), Math.round(1000 / intervalMs)));
  return {
    command: 'gst-launch-1.0',
    args: [
      ...['-q', 'nvarguscamerasrc', `sensor-id=${plain(sensorId, 0, 15)}`],
      ...(exposureUs === undefined ? [] : [range('exposuretimerange', exposureUs, 1000, 1e12)]),
      ...(gain === undefined ? [] : [range('gainrange', gain, 1, 1000)]),
      '!',
      `video/x-raw(memory:NVMM),${size},framerate=(fraction)${plain(Math.round(framesPerSecond), 1, 240)}/1`,
      ...['!', 'videorate', 'drop-only=true', `max-rate=${sent}`],
      ...['!', 'nvvidconv', '!', 'video/x-raw(memory:NVMM),format=(string)I420'],
      ...['!', 'nvjpegenc', 'quality=90', '!', 'fdsink', 'fd=3'],
    ],
    // Its standard output carries what nvarguscamerasrc says about the sensor's modes.
    outputFd: 3,
  };
}
