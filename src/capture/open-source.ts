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
}

/** @throws FieldscoutError SOURCE_INVALID that names the camera and the kinds there are. */
export function openSource({ camera, source, intervalMs, baseDir }: SourceSettings, clock: Clock): FrameSource {
  const [, kind = '', rest = ''] = /^([a-z-]+):(.*)$/s.exec(source) ?? [];
  switch (kind) {
    case 'folder':
    case 'folder-loop':
      if (rest === '') break;
      return new FolderSource({ camera, dir: resolve(baseDir, rest), intervalMs, loop: kind === 'folder-loop' }, clock);
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

/** A source for people and logs: a URL's user and password left out. */
export function withoutLogin(source: string): string {
  const bare = source.replace(/^([a-z-]+:\/\/)[^/]*@/, '$1');
  // What is no URL may have a password with a "/" in it.
  return URL.canParse(bare) ? bare : bare.replace(/^([a-z-]+:\/\/).*@/s, '$1');
}
