import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorLine } from '../errors.js';
import { PICTURE_NAME, readRegularFile, unreadableReason } from '../regular-file.js';
import type { CapturedFrame } from '../types.js';
import type { FrameSource, SourceReport } from './frame-source.js';
import { type Clock, ticks } from './pace.js';

export interface FolderSettings {
  readonly camera: string;
  readonly dir: string;
  readonly intervalMs: number;
  /** Begin again after the last picture, and never wait for new ones. */
  readonly loop: boolean;
  /** `position` before a restart: pictures up to it were given on. */
  readonly since?: number | undefined;
}

interface Picture {
  /** Of the last look at it: another one is another picture. */
  state: string;
  ctimeMs: number;
  /** The state in which it was queued, and whether it has been given on. */
  queued: string | undefined;
  isDone: boolean;
}

const MAX_BYTES = 200_000_000;
const STATS_AT_A_TIME = 16;
/** Of the pictures that were given on, so many are looked at again each time, in turn: one may be written anew. */
const SECOND_LOOKS = 256;
/** Below what a change time in milliseconds can tell apart. */
const JUST_BEFORE_MS = 0.001;

/**
 * Pictures of a folder as a camera: those that are there by name, then new ones as they come, one an interval. A file that still
 * grows waits until two looks find it the same. Pictures are read only, never moved or deleted.
 */
export class FolderSource implements FrameSource {
  readonly keepsPictures = true;
  private readonly pictures = new Map<string, Picture>();
  private hasLooked = false;
  private turn = 0;
  private latestDoneMs: number;

  constructor(
    private readonly settings: FolderSettings,
    private readonly clock: Clock,
  ) {
    this.latestDoneMs = settings.since ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * A file's change time in ms: all pictures up to it were given on. The change time, since a copied file keeps its old time of
   * modification. Where one that changed earlier still waits it stays before that one: rather given twice than never.
   */
  get position(): number | undefined {
    if (this.settings.loop || !Number.isFinite(this.latestDoneMs)) return undefined;
    let position = this.latestDoneMs;
    for (const { isDone, ctimeMs } of this.pictures.values())
      if (!isDone) position = Math.min(position, ctimeMs - JUST_BEFORE_MS);
    return Math.max(position, this.settings.since ?? position);
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const { camera, dir, intervalMs } = this.settings;
    let waiting: Iterator<string> = [].values();
    for await (const now of ticks(intervalMs, this.clock, signal)) {
      let next = waiting.next();
      if (next.done) {
        waiting = (await this.newPictures(report)).values();
        next = waiting.next();
      }
      if (next.done) continue;
      const name = next.value;
      try {
        const bytes = await readRegularFile(join(dir, name), MAX_BYTES);
        yield { camera, origin: name, capturedAtMs: now, bytes };
      } catch (error) {
        report.dropped('unreadable', `${join(dir, name)} cannot be read: ${unreadableReason(error)}`);
      }
      // What was cut short by the stop is taken again at the next start.
      if (!signal.aborted) this.finish(name);
    }
  }

  private async newPictures(report: SourceReport): Promise<readonly string[]> {
    const { dir, loop } = this.settings;
    try {
      const names = (await readdir(dir)).filter((name) => PICTURE_NAME.test(name));
      report.state('online');
      if (loop) return names.sort();
      const there = new Set(names);
      for (const name of this.pictures.keys()) if (!there.has(name)) this.pictures.delete(name);
      const ready: string[] = [];
      const look = async (name: string) => {
        if (await this.isReady(name)) ready.push(name);
      };
      await inGroups(this.toLookAt(names), STATS_AT_A_TIME, look);
      this.hasLooked = true;
      for (const name of ready) this.queue(name);
      return ready.sort();
    } catch (error) {
      report.state('offline', `the folder ${dir} cannot be read: ${errorLine(error)}`);
      return [];
    }
  }

  private toLookAt(names: readonly string[]): readonly string[] {
    const isDone = (name: string) => this.pictures.get(name)?.isDone === true;
    const done = names.filter(isDone);
    const from = done.length > SECOND_LOOKS ? this.turn % done.length : 0;
    this.turn = from + SECOND_LOOKS;
    return [...names.filter((name) => !isDone(name)), ...done.slice(from, from + SECOND_LOOKS)];
  }

  private async isReady(name: string): Promise<boolean> {
    const { state, ctimeMs } = await lookAt(join(this.settings.dir, name));
    const known = this.pictures.get(name);
    if (!known) {
      const isDone = !this.hasLooked && ctimeMs <= this.latestDoneMs;
      this.pictures.set(name, { state, ctimeMs, queued: isDone ? state : undefined, isDone });
      return !this.hasLooked && !isDone;
    }
    const settled = known.state === state;
    known.state = state;
    known.ctimeMs = ctimeMs;
    known.isDone = known.queued === state;
    return settled && !known.isDone;
  }

  private queue(name: string): void {
    const picture = this.pictures.get(name);
    if (picture) picture.queued = picture.state;
  }

  private finish(name: string): void {
    const picture = this.pictures.get(name);
    if (!picture) return;
    picture.isDone = true;
    if (Number.isFinite(picture.ctimeMs)) this.latestDoneMs = Math.max(this.latestDoneMs, picture.ctimeMs);
  }
}

async function lookAt(path: string): Promise<{ readonly state: string; readonly ctimeMs: number }> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path);
    return { state: `${size} ${mtimeMs}`, ctimeMs };
  } catch (error) {
    // A link that leads nowhere must not hide its neighbours: reading it says what is wrong with it.
    return { state: unreadableReason(error), ctimeMs: Number.POSITIVE_INFINITY };
  }
}

async function inGroups<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += size)
    await Promise.all(items.slice(start, start + size).map(work));
}
