import type { FrameSource } from './frame-source.js';
import type { Clock } from './pace.js';
import { StreamSource } from './stream-source.js';

export interface MjpegUrlSettings {
  readonly camera: string;
  /** Without a login. */
  readonly origin: string;
  /** The camera's answer, its body unread. @throws where it does not answer well */
  readonly request: (signal: AbortSignal) => Promise<Response>;
  readonly intervalMs: number;
}

export const MJPEG_TYPE = /^multipart\/x-mixed-replace\b/i;

/** A network camera that sends one JPEG after the other in one HTTP answer (multipart/x-mixed-replace). */
export function mjpegUrlSource({ camera, origin, request, intervalMs }: MjpegUrlSettings, clock: Clock): FrameSource {
  const connect = async function* (signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { body } = await request(signal);
    for await (const chunk of body ?? []) yield chunk;
  };
  return new StreamSource({ camera, origin, intervalMs, connect }, clock);
}
