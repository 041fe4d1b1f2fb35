import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorLine } from '../errors.js';
import { readRegularFile, unreadableReason } from '../regular-file.js';
import type { CapturedFrame } from '../types.js';
import type { FrameSource, SourceReport } from './frame-source.js';
import { type Clock, ticks } from './pace.js';

export interface FolderSettings {
  readonly camera: string;
  readonly dir: string;
  readonly intervalMs: number;
  /** Begin again after the last picture, and never wait for new ones. */
  readonly loop: boolean;
}

const PICTURE = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;
const MAX_BYTES = 200_000_000;

/**
 * Pictures of a folder as a camera: those that are there by name, then new ones as they come, one an interval. A file that still
 * grows waits until two looks find it the same. Pictures are read only, never moved or deleted.
 */
export class FolderSource implements FrameSource {
  /** Name -> the state in which a picture was given on. */
  private readonly given = new Map<string, string>();
  private readonly seen = new Map<string, string>();
  private hasLooked = false;

  constructor(
    private readonly settings: FolderSettings,
    private readonly clock: Clock,
  ) {}

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const { camera, dir, intervalMs } = this.settings;
    let waiting: string[] = [];
    for await (const now of ticks(intervalMs, this.clock, signal)) {
      if (waiting.length === 0) waiting = await this.newPictures(report);
      const name = waiting.shift();
      if (name === undefined) continue;
      try {
        const bytes = await readRegularFile(join(dir, name), MAX_BYTES);
        yield { camera, origin: name, capturedAtMs: now, bytes };
      } catch (error) {
        report.dropped('unreadable', `${join(dir, name)} cannot be read: ${unreadableReason(error)}`);
      }
    }
  }

  private async newPictures(report: SourceReport): Promise<string[]> {
    const { dir, loop } = this.settings;
    try {
      const names = (await readdir(dir)).filter((name) => PICTURE.test(name)).sort();
      report.state('online');
      const ready: string[] = [];
      for (const name of names) {
        const state = await stateOf(join(dir, name));
        const settled = this.seen.get(name) === state || loop || !this.hasLooked;
        this.seen.set(name, state);
        if (!settled || (!loop && this.given.get(name) === state)) continue;
        ready.push(name);
      }
      this.hasLooked = true;
      for (const name of ready) this.given.set(name, this.seen.get(name) as string);
      for (const name of this.seen.keys()) if (!names.includes(name)) this.forget(name);
      return ready;
    } catch (error) {
      report.state('offline', `the folder ${dir} cannot be read: ${errorLine(error)}`);
      return [];
    }
  }

  private forget(name: string): void {
    this.given.delete(name);
    this.seen.delete(name);
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    // A link that leads nowhere must not hide its neighbours: reading it says what is wrong with it.
    return unreadableReason(error);
  }
}
