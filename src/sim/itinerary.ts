import { smoothstep } from './geometry.js';

/** From one place to the next, then a rest there. Milliseconds of scene time. */
export interface Leg {
  readonly walkMs: number;
  readonly restMs: number;
}

/**
 * Distance walked after some time: each leg starts and ends gently, and the walker rests between.
 * @param stations distance of each place on the trail, one more than there are legs.
 */
export function distanceAfter(elapsedMs: number, stations: readonly number[], legs: readonly Leg[]): number {
  let leftMs = elapsedMs;
  for (const [index, leg] of legs.entries()) {
    const [from, to] = [stations[index] as number, stations[index + 1] as number];
    if (leftMs < leg.walkMs) return from + (to - from) * smoothstep(0, leg.walkMs, leftMs);
    leftMs -= leg.walkMs + leg.restMs;
    if (leftMs < 0) return to;
  }
  return stations[stations.length - 1] as number;
}

/** Whether the walker is between two places at that time. */
export function isUnderWay(elapsedMs: number, legs: readonly Leg[]): boolean {
  let leftMs = elapsedMs;
  for (const leg of legs) {
    if (leftMs < leg.walkMs) return true;
    leftMs -= leg.walkMs + leg.restMs;
    if (leftMs < 0) return false;
  }
  return false;
}

export function durationOf(legs: readonly Leg[]): number {
  return legs.reduce((total, leg) => total + leg.walkMs + leg.restMs, 0);
}
