import { n } from '../figure.js';
import type { Point } from '../geometry.js';

export type XY = readonly [x: number, y: number];

/** Places from their numbers in turn: x, y, x, y. */
export function xy(numbers: readonly number[]): readonly XY[] {
  return Array.from(
    { length: numbers.length / 2 },
    (_, index): XY => [numbers[2 * index] as number, numbers[2 * index + 1] as number],
  );
}

/** An outline with its rim as places, for the truth's box. */
export interface Shape {
  /** SVG path, closed. */
  readonly path: string;
  readonly rim: readonly Point[];
}

/** A shape that is the same on both sides of its axis, which is y = 0. */
export interface Hull extends Shape {
  /** Half the width at a place of the axis; 0 beyond its ends. */
  halfAt(x: number): number;
}

/** An open curve that passes through every place (Catmull-Rom as Bézier pieces). */
export function openCurve(places: readonly XY[]): string {
  const at = (index: number) => places[Math.min(places.length - 1, Math.max(0, index))] as XY;
  return `M${pair(at(0))}${pieces(places.length - 1, at)}`;
}

/** The same, closed. */
export function closedCurve(places: readonly XY[]): string {
  const at = (index: number) => places[(index + places.length) % places.length] as XY;
  return `M${pair(at(0))}${pieces(places.length, at)}Z`;
}

export function blob(places: readonly XY[]): Shape {
  return { path: closedCurve(places), rim: places.map(([x, y]) => ({ x, y })) };
}

/** @param stations place on the axis and half width there, from nose to tail. */
export function hull(stations: readonly XY[]): Hull {
  const sides = [...stations, ...mirrored(stations).toReversed()];
  const places = sides.filter(([, y], index) => y !== 0 || index < stations.length);
  return {
    ...blob(places),
    halfAt: (x) => {
      for (let index = 1; index < stations.length; index += 1) {
        const from = stations[index - 1] as XY;
        const to = stations[index] as XY;
        if (x <= from[0] && x >= to[0]) return from[1] + ((to[1] - from[1]) * (from[0] - x)) / (from[0] - to[0] || 1);
      }
      return 0;
    },
  };
}

/** Whether a place lies in a shape, its rim taken as straight from place to place (even-odd rule). */
export function isWithin([x, y]: XY, { rim }: Shape): boolean {
  let within = false;
  let from = rim.at(-1) as Point;
  for (const to of rim) {
    if (from.y > y !== to.y > y && x < from.x + ((to.x - from.x) * (y - from.y)) / (to.y - from.y)) within = !within;
    from = to;
  }
  return within;
}

/** On the other side of the axis. */
export function mirrored(places: readonly XY[]): readonly XY[] {
  return places.map(([x, y]) => [x, -y]);
}

export const pair = ([x, y]: XY): string => `${n(x)} ${n(y)}`;

function pieces(count: number, at: (index: number) => XY): string {
  let path = '';
  for (let index = 0; index < count; index += 1) {
    const before = at(index - 1);
    const from = at(index);
    const to = at(index + 1);
    const after = at(index + 2);
    path +=
      `C${n(from[0] + (to[0] - before[0]) / 6)} ${n(from[1] + (to[1] - before[1]) / 6)}` +
      ` ${n(to[0] - (after[0] - from[0]) / 6)} ${n(to[1] - (after[1] - from[1]) / 6)} ${pair(to)}`;
  }
  return path;
}
