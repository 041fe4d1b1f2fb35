export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Time before the next attempt: doubled with each failure in a row, and a random half of it taken off, so that the nodes
 * of a farm do not all come back in the same moment.
 * @param failures attempts that failed in a row, from 1
 * @param random from 0 to below 1
 */
export function reconnectDelayMs(failures: number, { firstMs, mostMs }: Backoff, random: number): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole * (0.5 + random / 2));
}
