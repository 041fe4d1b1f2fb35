/** What a camera that hangs on the board itself can be told. Every value is a number or one of few words: none is free text. */
export interface SensorSettings {
  readonly widthPx?: number | undefined;
  readonly heightPx?: number | undefined;
  readonly framesPerSecond?: number | undefined;
  /** Fixed; otherwise the camera measures the light itself. */
  readonly exposureUs?: number | undefined;
  readonly gain?: number | undefined;
  readonly focus?: 'auto' | 'continuous' | undefined;
  /** Reciprocal metres to what is looked at: 10 is 10 cm, 0 is far away. */
  readonly focusDioptres?: number | undefined;
}

/** What a program may be told as a number. @throws RangeError for what the configuration's schema would have refused */
export function plain(value: number, least: number, most: number): string {
  if (!Number.isFinite(value) || value < least || value > most)
    throw new RangeError(`${value} is not within ${least} and ${most}`);
  return String(Math.round(value * 1000) / 1000);
}
