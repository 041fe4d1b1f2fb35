import { errorLine } from '../errors.js';
import type { CameraLineParts } from './camera-line-parts.js';

type Parts = Pick<CameraLineParts, 'source' | 'outlet' | 'now' | 'elapsed' | 'log'>;

const TOLD_EVERY_MS = 60_000;

/**
 * Counts, records and logs the frames of one camera that nobody looked at. Each file of a folder is named; of other cameras each
 * reason is told once a minute, with how many more there were.
 */
export class DroppedFrames {
  private readonly numbers: Record<string, number> = {};
  private readonly told = new Map<string, { readonly atMs: number; untold: number }>();

  constructor(private readonly parts: Parts) {}

  /** By reason, since the start. */
  get counts(): Readonly<Record<string, number>> {
    return { ...this.numbers };
  }

  /** @param isKnown its reason is told elsewhere */
  add(reason: string, line: string, isKnown = false): void {
    const { outlet, now, log } = this.parts;
    this.numbers[reason] = (this.numbers[reason] ?? 0) + 1;
    outlet.dropped(reason, line, now());
    const untold = isKnown ? undefined : this.toTell(reason);
    const text = `frame dropped: ${errorLine(line)}`;
    if (untold === undefined) log.debug({ reason }, text);
    else log.warn(untold > 0 ? { reason, more: untold } : { reason }, text);
  }

  /** @returns how many were left untold before this one; undefined where it is left untold as well */
  private toTell(reason: string): number | undefined {
    if (this.parts.source.keepsPictures) return 0;
    const atMs = this.parts.elapsed();
    const last = this.told.get(reason);
    if (last && atMs - last.atMs < TOLD_EVERY_MS) {
      last.untold += 1;
      return undefined;
    }
    this.told.set(reason, { atMs, untold: 0 });
    return last?.untold ?? 0;
  }
}
