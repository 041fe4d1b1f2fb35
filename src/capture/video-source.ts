import { type ChildCommand, childOutput } from './child-stream.js';
import { ffmpegPictures } from './ffmpeg-pictures.js';
import type { FrameSource } from './frame-source.js';
import type { Clock } from './pace.js';
import { StreamSource } from './stream-source.js';

export interface VideoSettings {
  readonly camera: string;
  /** Absolute. */
  readonly path: string;
  readonly intervalMs: number;
  /** Begin again after the end. */
  readonly loop: boolean;
}

/** A video file as a camera, at the speed at which it was taken. */
export function videoSource(settings: VideoSettings, clock: Clock): FrameSource {
  const { camera, path, intervalMs, loop } = settings;
  const connect = (signal: AbortSignal) => childOutput(videoCommand(settings), signal);
  return new StreamSource({ camera, origin: path, intervalMs, connect, endsOnce: !loop, isLive: false }, clock);
}

/** "file:" keeps a name that begins with "-" or holds ":" a name. */
export function videoCommand({ path, loop, intervalMs }: VideoSettings): ChildCommand {
  const again = loop ? ['-stream_loop', '-1'] : [];
  return ffmpegPictures({
    input: ['-re', ...again, '-protocol_whitelist', 'file,pipe', '-i', `file:${path}`],
    intervalMs,
  });
}
