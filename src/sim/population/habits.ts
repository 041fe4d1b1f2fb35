import { FIELD, type Point } from '../geometry.js';
import { durationOf, type Leg } from '../itinerary.js';
import { between, type Random } from '../random.js';
import type { Form } from '../species.js';
import type { Actor } from './actor.js';

const MINUTE_MS = 60_000;

/** What every actor needs, whatever its habit. */
export interface Newcomer {
  readonly id: string;
  readonly kind: string;
  readonly usualColour?: string | undefined;
  readonly lengthOf: (form: Form, random: Random) => number;
  readonly random: Random;
}

/** Sits for minutes at its place in a colony, and shifts a little. */
export function sitter(newcomer: Newcomer, seat: Point, door: Point): Actor {
  const { random } = newcomer;
  const restMs = between(random, 2.5, 5) * MINUTE_MS;
  const turn = between(random, 0, 2 * Math.PI);
  const legs = [
    { walkMs: 14_000, restMs: 500 },
    { walkMs: 3_000, restMs },
    { walkMs: 2_500, restMs: restMs / 2 },
    { walkMs: 16_000, restMs: 0 },
  ];
  const stayMs = durationOf(legs);
  return {
    ...base(newcomer, legs),
    periodMs: stayMs + between(random, 0.3, 1.2) * MINUTE_MS,
    phaseMs: between(random, 0.06, 0.7) * stayMs,
    route: (way) => [
      near(door, 60, way),
      { x: seat.x - 22 * Math.cos(turn), y: seat.y - 22 * Math.sin(turn) },
      seat,
      { x: seat.x + 8 * Math.cos(turn), y: seat.y + 8 * Math.sin(turn) },
      near(door, 60, way),
    ],
  };
}

/** Walks in, halts at three places and walks out. */
export function walker(newcomer: Newcomer, seats: readonly [Point, Point, Point], speed: number): Actor {
  const { random } = newcomer;
  const [door, exit] = [borderNear(seats[0], random), borderNear(seats[2], random)];
  const places = [door, ...seats, exit];
  const legs = places.slice(1).map((place, index): Leg => {
    const from = places[index] as Point;
    const walkMs = 1500 + (Math.hypot(place.x - from.x, place.y - from.y) / speed) * 1000;
    return { walkMs, restMs: index < seats.length ? between(random, 12_000, 40_000) : 0 };
  });
  const periodMs = durationOf(legs) + between(random, 8_000, 26_000);
  return {
    ...base(newcomer, legs),
    periodMs,
    phaseMs: between(random, 0.2, 0.7) * periodMs,
    route: (way) => places.map((place) => near(place, 26, way)),
  };
}

/** Flies in, sits here and there, and flies off. */
export function flyer(newcomer: Newcomer, seats: readonly Point[]): Actor {
  const { random } = newcomer;
  const legs = [...seats, null].map(
    (seat): Leg => ({
      walkMs: between(random, 1_000, 2_200),
      restMs: seat ? between(random, 7_000, 22_000) : 0,
    }),
  );
  const periodMs = durationOf(legs) + between(random, 4_000, 18_000);
  return {
    ...base(newcomer, legs),
    flies: true,
    periodMs,
    phaseMs: between(random, 0.05, 0.8) * periodMs,
    route: (way) => {
      const first = seats[0] as Point;
      const last = seats.at(-1) as Point;
      return [borderNear(first, way), ...seats.map((seat) => near(seat, 12, way)), borderNear(last, way)];
    },
  };
}

/** Flies into the glue and lies there until somebody cleans the card, hours later. */
export function captive(newcomer: Newcomer, seat: Point): Actor {
  const { random } = newcomer;
  const legs = [{ walkMs: between(random, 1_500, 4_000), restMs: between(random, 60, 180) * MINUTE_MS }];
  const stayMs = durationOf(legs);
  const periodMs = stayMs * between(random, 1.05, 1.4);
  return {
    ...base(newcomer, legs),
    flies: true,
    liesAnyhow: true,
    periodMs,
    phaseMs: between(random, 0, 1) * periodMs,
    route: (way) => [borderNear(seat, way), seat],
  };
}

/** Seats lie on a sunflower's spiral, so that a colony is crowded and nobody sits on another. */
export function colonySeat(centre: Point, index: number, spacing: number, random: Random): Point {
  const angle = index * 2.399963 + between(random, -0.25, 0.25);
  const radius = spacing * Math.sqrt(index + 0.15);
  return { x: centre.x + Math.cos(angle) * radius * 1.15, y: centre.y + Math.sin(angle) * radius };
}

/** A place outside the field, beyond the border that lies nearest. */
export function borderNear({ x, y }: Point, random: Random): Point {
  const outside = 230;
  const drift = between(random, -120, 120);
  const ways = [
    { far: x, at: { x: -outside, y: y + drift } },
    { far: FIELD.width - x, at: { x: FIELD.width + outside, y: y + drift } },
    { far: y, at: { x: x + drift, y: -outside } },
    { far: FIELD.height - y, at: { x: x + drift, y: FIELD.height + outside } },
  ];
  return ways.reduce((best, way) => (way.far < best.far ? way : best)).at;
}

function near({ x, y }: Point, by: number, random: Random): Point {
  return { x: x + between(random, -by, by), y: y + between(random, -by, by) };
}

function base({ id, kind, usualColour, lengthOf }: Newcomer, legs: readonly Leg[]) {
  return { id, kind, usualColour, lengthOf, legs, flies: false, liesAnyhow: false };
}
