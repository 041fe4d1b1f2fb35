import { type ChildCommand, childOutput } from './child-stream.js';
import { ffmpegPictures } from './ffmpeg-pictures.js';
import type { FrameSource } from './frame-source.js';
import type { Clock } from './pace.js';
import { StreamSource } from './stream-source.js';
import { withoutLogin } from './without-login.js';

export interface RtspSettings {
  readonly camera: string;
  /** rtsp: or rtsps:, with or without a login. */
  readonly url: URL;
  readonly intervalMs: number;
}

/** What the address may lead to: never a local file, whatever a camera answers. */
const PROTOCOLS = 'pipe,rtsp,rtsps,rtp,tcp,udp,tls';

/** A network camera's RTSP stream through ffmpeg, over TCP. */
export function rtspSource({ camera, url, intervalMs }: RtspSettings, clock: Clock): FrameSource {
  const connect = (signal: AbortSignal) => childOutput(rtspCommand(url, intervalMs), signal);
  return new StreamSource({ camera, origin: withoutLogin(url.href), intervalMs, connect }, clock);
}

/** The address goes in through standard input, as a list with one entry: arguments are seen by every user of the machine. */
export function rtspCommand(url: URL, intervalMs: number): ChildCommand {
  // ffmpeg takes "tcp" out of the query again; as a part of the address it is understood since version 1.
  const address = `${url.href.replace(/#.*$/s, '')}${url.search === '' ? '?' : '&'}tcp`.replace('??', '?');
  return ffmpegPictures({
    input: ['-fflags', 'nobuffer', '-f', 'concat', '-safe', '0', '-protocol_whitelist', PROTOCOLS, '-i', 'pipe:0'],
    intervalMs,
    stdin: `ffconcat version 1.0\nfile '${address.replaceAll("'", "'\\''")}'\n`,
    secrets: [url.password, decodedOr(url.password)],
  });
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // decodeURIComponent throws where the text is not encoded: then it is the text itself
  }
}
