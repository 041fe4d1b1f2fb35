import { resolve } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { FolderSource } from './folder-source.js';
import type { FrameSource } from './frame-source.js';
import type { Clock } from './pace.js';
import { StillUrlSource } from './still-url-source.js';

export interface SourceSettings {
  readonly camera: string;
  /** As configured, e.g. "folder:pictures". */
  readonly source: string;
  readonly intervalMs: number;
  /** What relative paths are relative to. */
  readonly baseDir: string;
  /** The source's `position` before the restart. */
  readonly since?: number | undefined;
}

/** @throws FieldscoutError SOURCE_INVALID that names the camera and the kinds there are. */
export function openSource(settings: SourceSettings, clock: Clock): FrameSource {
  const { camera, source, intervalMs, baseDir, since } = settings;
  const [, kind = '', rest = ''] = /^([a-z-]+):(.*)$/s.exec(source) ?? [];
  switch (kind) {
    case 'folder':
    case 'folder-loop':
      if (rest === '') break;
      return new FolderSource(
        { camera, dir: resolve(baseDir, rest), intervalMs, loop: kind === 'folder-loop', since },
        clock,
      );
    case 'http':
    case 'https':
      if (!URL.canParse(source)) break;
      return new StillUrlSource({ camera, url: new URL(source), intervalMs }, clock);
  }
  throw new FieldscoutError(
    'SOURCE_INVALID',
    `Camera "${camera}": the source "${withoutLogin(source)}" is none that Fieldscout knows.`,
    'Use "sim:leaf", "folder:/path", "folder-loop:/path" or "http://host/still.jpg".',
  );
}

/** A source for people and logs: a URL's user, password and query left out (many cameras take the login in the query). */
export function withoutLogin(source: string): string {
  const [, scheme, rest] = /^([a-z-]+:\/\/)(.*)$/s.exec(source) ?? [];
  if (scheme === undefined || rest === undefined) return source;
  const [, bare = rest] = /^[^/?#]*@(.*)$/s.exec(rest) ?? [];
  const address = bare.replace(/[?#].*$/s, '');
  // What is left must begin with a host; otherwise it is no URL, and may be a part of a password.
  return /^[\w.-]+(:\d+)?(\/|$)|^\[[\da-f:]+\](:\d+)?(\/|$)/i.test(address) ? `${scheme}${address}` : `${scheme}...`;
}
