import type { ChildCommand } from './child-stream.js';

/** How ffmpeg is to turn any video into JPEG pictures on its standard output. */
export interface FfmpegInput {
  /** Options that stand before the input, and the input. */
  readonly input: readonly string[];
  readonly intervalMs: number;
  readonly stdin?: string;
  readonly secrets?: readonly string[];
}

/** Most pictures a second are as many as can be looked at; at least one a second, so that a stalled stream shows. */
const MOST_BETWEEN_MS = 1_000;

/** `select` instead of `fps`: after a jump in the stream's clock that one would repeat a picture thousands of times. */
export function ffmpegPictures({ input, intervalMs, stdin = '', secrets = [] }: FfmpegInput): ChildCommand {
  const seconds = (Math.min(intervalMs, MOST_BETWEEN_MS) / 1000) * 0.9;
  const due = `isnan(prev_selected_t)+gte(t-prev_selected_t,${seconds})+lt(t,prev_selected_t)`;
  return {
    command: 'ffmpeg',
    args: [
      ...['-hide_banner', '-loglevel', 'error', '-threads', '1'],
      ...input,
      ...['-an', '-sn', '-dn', '-vf', `select='${due}'`, '-vsync', 'passthrough'],
      ...['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', '-flush_packets', '1', 'pipe:1'],
    ],
    input: stdin,
    secrets,
  };
}
