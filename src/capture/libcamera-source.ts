import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type ChildCommand, childOutput } from './child-stream.js';
import type { FrameSource } from './frame-source.js';
import { type Clock, Trigger } from './pace.js';
import { plain, type SensorSettings } from './sensor-settings.js';
import { STALL_MS, StreamSource } from './stream-source.js';

export interface LibcameraSettings {
  readonly camera: string;
  /** 0 is the first camera. */
  readonly index: number;
  readonly intervalMs: number;
  readonly sensor: SensorSettings;
  /** Where programs are looked for, as in PATH. */
  readonly searchPath: string;
}

/** Up to this interval the camera runs on as a video; beyond, it is switched on for each still and sleeps in between. */
const LONGEST_VIDEO_INTERVAL_MS = 4_000;
/** The camera measures light and colour for so long before a still. */
const SETTLE_MS = 1_500;
/** For one still or the first picture of a video, its exposures apart. */
const PATIENCE_MS = 7_000;
/** The camera measures by some pictures before the one that counts. */
const EXPOSURES = 3;

/** A Raspberry Pi camera through the programs of libcamera: rpicam-* by their names since 2023, libcamera-* before. */
export function libcameraSource(settings: LibcameraSettings, clock: Clock): FrameSource {
  const { camera, index, intervalMs, searchPath } = settings;
  const isVideo = intervalMs <= LONGEST_VIDEO_INTERVAL_MS;
  const exposureMs = (settings.sensor.exposureUs ?? 0) / 1000;
  const patienceMs = PATIENCE_MS + EXPOSURES * exposureMs;
  const wanted = new Trigger();
  const connect = async function* (signal: AbortSignal) {
    const command = await findProgram(isVideo ? 'vid' : 'still', searchPath);
    if (isVideo) {
      yield* childOutput(videoArguments(command, settings), signal);
      return;
    }
    while (!signal.aborted) {
      const startedMs = clock.now();
      yield* within(patienceMs, signal, (limit) => childOutput(stillArguments(command, settings), limit));
      const rest = Math.max(0, Math.min(intervalMs, startedMs + intervalMs - clock.now()));
      await wanted.wait(rest, clock, signal);
    }
  };
  const patience = isVideo
    ? { firstPictureMs: patienceMs, stallMs: STALL_MS + EXPOSURES * exposureMs }
    : {
        firstPictureMs: 2 * patienceMs,
        stallMs: intervalMs + 2 * patienceMs,
        captureNow: () => wanted.fire(),
      };
  return new StreamSource({ camera, origin: `libcamera:${index}`, intervalMs, connect, ...patience }, clock);
}

export function videoArguments(command: string, settings: LibcameraSettings): ChildCommand {
  const { framesPerSecond = Math.max(1, Math.min(30, 1000 / settings.intervalMs)) } = settings.sensor;
  const rate = ['--framerate', plain(framesPerSecond, 0.1, 240)];
  return { command, args: ['--timeout', '0', '--codec', 'mjpeg', ...rate, '--flush', ...shared(settings)] };
}

export function stillArguments(command: string, settings: LibcameraSettings): ChildCommand {
  return {
    command,
    args: ['--timeout', String(SETTLE_MS), '--encoding', 'jpg', '--quality', '90', ...shared(settings)],
  };
}

function shared({ index, sensor }: LibcameraSettings): readonly string[] {
  const { widthPx, heightPx, exposureUs, gain, focus, focusDioptres } = sensor;
  const option = (name: string, value: number | undefined, least: number, most: number) =>
    value === undefined ? [] : [`--${name}`, plain(value, least, most)];
  return [
    ...['--nopreview', '--camera', plain(index, 0, 15), '--output', '-'],
    ...option('width', widthPx, 16, 16_384),
    ...option('height', heightPx, 16, 16_384),
    ...option('shutter', exposureUs, 1, 1e9),
    ...option('gain', gain, 0, 1000),
    ...(focus === undefined ? [] : ['--autofocus-mode', focus === 'auto' ? 'auto' : 'continuous']),
    ...(focusDioptres === undefined ? [] : ['--autofocus-mode', 'manual']),
    ...option('lens-position', focusDioptres, 0, 100),
  ];
}

/** A still that hangs is given up on by itself: the time until the next one may be hours. @throws Error that says so */
async function* within(
  ms: number,
  signal: AbortSignal,
  take: (limit: AbortSignal) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, ms);
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* take(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
  if (limit.signal.aborted && !signal.aborted) throw new Error(`no picture for ${Math.round(ms / 1000)} s`);
}

/** Asked at each start: the programs may be installed while the node runs. */
async function findProgram(kind: 'vid' | 'still', searchPath: string): Promise<string> {
  for (const name of [`rpicam-${kind}`, `libcamera-${kind}`]) {
    for (const folder of searchPath.split(delimiter)) {
      try {
        await access(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not there: the next place is asked, and what is nowhere is told below.
      }
    }
  }
  throw new Error(`neither rpicam-${kind} nor libcamera-${kind} is installed`);
}
