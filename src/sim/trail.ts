import { lerp, type Point } from './geometry.js';

/** A smooth way through a few places, measured by the distance walked along it. */
export interface Trail {
  readonly length: number;
  /** Distance at which each place given to `trailThrough` is reached. */
  readonly stations: readonly number[];
  /** Points beyond the ends lie on the straight lines that go on from them. */
  at(distance: number): Point;
  /** Direction of travel in radians, 0 to the right, clockwise as the picture's y points down. */
  headingAt(distance: number): number;
}

const STEPS_PER_LEG = 24;

/**
 * Catmull-Rom spline through the places, walked at even steps.
 * @throws RangeError for fewer than two places.
 */
export function trailThrough(places: readonly Point[]): Trail {
  if (places.length < 2) throw new RangeError('a trail needs two places');
  const points: Point[] = [];
  for (let leg = 0; leg + 1 < places.length; leg += 1)
    for (let step = 0; step < STEPS_PER_LEG; step += 1) points.push(splineAt(places, leg, step / STEPS_PER_LEG));
  points.push(places[places.length - 1] as Point);

  const walked = [0];
  for (let index = 1; index < points.length; index += 1) {
    const [from, to] = [points[index - 1] as Point, points[index] as Point];
    walked.push((walked[index - 1] as number) + Math.hypot(to.x - from.x, to.y - from.y));
  }
  const length = walked[walked.length - 1] as number;
  const stations = places.map((_, place) => walked[Math.min(place * STEPS_PER_LEG, points.length - 1)] as number);

  const at = (distance: number): Point => {
    let low = 0;
    let high = points.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((walked[middle] as number) <= distance) low = middle;
      else high = middle - 1;
    }
    const [from, to] = [points[low] as Point, points[low + 1] as Point];
    const leg = (walked[low + 1] as number) - (walked[low] as number);
    const share = leg === 0 ? 0 : (distance - (walked[low] as number)) / leg;
    return { x: lerp(from.x, to.x, share), y: lerp(from.y, to.y, share) };
  };
  return {
    length,
    stations,
    at,
    headingAt: (distance) => {
      const [behind, ahead] = [at(distance - 4), at(distance + 4)];
      return Math.atan2(ahead.y - behind.y, ahead.x - behind.x);
    },
  };
}

function splineAt(places: readonly Point[], leg: number, share: number): Point {
  const p1 = places[leg] as Point;
  const p2 = places[leg + 1] as Point;
  const p0 = places[leg - 1] ?? { x: 2 * p1.x - p2.x, y: 2 * p1.y - p2.y };
  const p3 = places[leg + 2] ?? { x: 2 * p2.x - p1.x, y: 2 * p2.y - p1.y };
  const axis = (a: number, b: number, c: number, d: number) =>
    0.5 * (2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * share ** 2 + (3 * b - a - 3 * c + d) * share ** 3);
  return { x: axis(p0.x, p1.x, p2.x, p3.x), y: axis(p0.y, p1.y, p2.y, p3.y) };
}
