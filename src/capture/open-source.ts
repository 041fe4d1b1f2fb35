import { resolve } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { argusSource } from './argus-source.js';
import { FolderSource } from './folder-source.js';
import type { FrameSource } from './frame-source.js';
import { libcameraSource } from './libcamera-source.js';
import type { Clock } from './pace.js';
import { rtspSource } from './rtsp-source.js';
import type { SensorSettings } from './sensor-settings.js';
import { StillUrlSource } from './still-url-source.js';
import { V4L2_DEVICE, v4l2Source } from './v4l2-source.js';
import { videoSource } from './video-source.js';
import { withoutLogin } from './without-login.js';

export interface SourceSettings {
  readonly camera: string;
  /** As configured, e.g. "folder:pictures". */
  readonly source: string;
  readonly intervalMs: number;
  /** What relative paths are relative to. */
  readonly baseDir: string;
  /** The source's `position` before the restart. */
  readonly since?: number | undefined;
  /** For cameras at the board itself. */
  readonly sensor?: SensorSettings;
  /** Where programs are looked for, as in PATH. */
  readonly searchPath?: string;
}

/** Where Debian puts programs. */
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';
/** Of a camera at the board; nothing is the first one. */
const INDEX = /^(1[0-5]|\d)?$/;
const CONTROL = /\p{Cc}/u;

/** @throws FieldscoutError SOURCE_INVALID that names the camera and the kinds there are. */
export function openSource(settings: SourceSettings, clock: Clock): FrameSource {
  const { camera, source, intervalMs, baseDir, since, sensor = {}, searchPath = USUAL_PATH } = settings;
  const [, kind = '', rest = ''] = /^([a-z0-9-]+):(.*)$/s.exec(source) ?? [];
  switch (CONTROL.test(source) ? '' : kind) {
    case 'folder':
    case 'folder-loop':
      if (rest === '') break;
      return new FolderSource(
        { camera, dir: resolve(baseDir, rest), intervalMs, loop: kind === 'folder-loop', since },
        clock,
      );
    case 'http':
    case 'https':
      if (!rest.startsWith('//') || !URL.canParse(source)) break;
      return new StillUrlSource({ camera, url: new URL(source), intervalMs }, clock);
    case 'rtsp':
    case 'rtsps':
      if (!rest.startsWith('//') || !URL.canParse(source) || new URL(source).hostname === '') break;
      return rtspSource({ camera, url: new URL(source), intervalMs }, clock);
    case 'video':
    case 'video-loop':
      if (rest === '') break;
      return videoSource({ camera, path: resolve(baseDir, rest), intervalMs, loop: kind === 'video-loop' }, clock);
    case 'v4l2':
      if (!V4L2_DEVICE.test(rest)) break;
      return v4l2Source({ camera, device: rest, intervalMs, sensor }, clock);
    case 'argus':
      if (!INDEX.test(rest)) break;
      return argusSource({ camera, sensorId: Number(rest), intervalMs, sensor }, clock);
    case 'libcamera':
      if (!INDEX.test(rest)) break;
      return libcameraSource({ camera, index: Number(rest), intervalMs, sensor, searchPath }, clock);
  }
  throw new FieldscoutError(
    'SOURCE_INVALID',
    `Camera "${camera}": the source "${withoutLogin(source)}" is none that Fieldscout knows.`,
    'Use "sim:leaf", "folder:/path", "video:/file", "http://host/path", "rtsp://host/path", "v4l2:/dev/video0", "argus:0" or "libcamera:0".',
  );
}
