import { speciesNamed } from '../catalogue.js';
import type { Point } from '../geometry.js';
import type { PlacedThing } from '../placed-thing.js';
import { Poses } from '../poses.js';
import { between, mixSeed, pick, type Random, randomFrom } from '../random.js';
import type { Population } from '../scene.js';
import type { Form } from '../species.js';
import { type Actor, inhabit } from './actor.js';
import { borderNear, captive, colonySeat, flyer, type Newcomer, sitter, walker } from './habits.js';
import { Seats } from './seats.js';

/** A part in a scene: these kinds, so many of them, living so. */
export interface Role {
  /** Plain words of the catalogue; each actor is one of them, a colony is all of one. */
  readonly kinds: readonly string[];
  /** How many actors, least and most; of a colony: how many sit in it. */
  readonly count: readonly [number, number];
  readonly habit: 'colony' | 'walks' | 'flies' | 'stuck';
}

/** Who may live in a scene, and where. */
export interface Cast {
  readonly roles: readonly Role[];
  /** One place where somebody may sit, in field units. */
  readonly seat: (random: Random) => Point;
  /** Body length in field units. */
  readonly lengthOf: (form: Form, random: Random) => number;
  /** Things that are no animals: what lies there for good, and what comes between the camera and the rest. */
  readonly props: (seed: number, poses: Poses) => Props;
}

export interface Props {
  readonly fixtures: readonly PlacedThing[];
  /** Over everything else. */
  readonly coversAt: (timeMs: number) => readonly PlacedThing[];
}

/** Where a scene goes by nature's lengths. @param least field units below which nothing could be made out. */
export function lengthsByNature(unitsPerMm: number, least: number): Cast['lengthOf'] {
  return (form, random) => Math.max(least, between(random, form.lengthMm.min, form.lengthMm.max) * unitsPerMm);
}

/** Where a scene looks closely. */
export const closeLengths: Cast['lengthOf'] = (form, random) =>
  between(random, form.lengthRange.min, form.lengthRange.max);

/** The seed casts the parts; the same seed gives the same life. */
export function populationOf(cast: Cast, seed: number, empty: boolean): Population {
  const poses = new Poses();
  const { fixtures, coversAt } = cast.props(mixSeed(seed, 0x9409), poses);
  const inhabitants = empty
    ? []
    : actorsOf(cast, randomFrom(mixSeed(seed, 0xac7))).map((actor, index) =>
        inhabit(actor, mixSeed(seed, index + 1), poses),
      );
  return {
    fixtures,
    thingsAt: (timeMs) => [
      ...inhabitants
        .flatMap((inhabitant) => inhabitant(timeMs))
        // Whoever flies passes over those who sit.
        .toSorted((a, b) => Number(a.subject?.posture === 'flying') - Number(b.subject?.posture === 'flying')),
      ...coversAt(timeMs),
    ],
  };
}

function actorsOf(cast: Cast, random: Random): readonly Actor[] {
  const seats = new Seats(cast.seat);
  return cast.roles.flatMap((role, part): readonly Actor[] => {
    const count = Math.round(between(random, role.count[0], role.count[1]));
    const newcomer = (kind: string, index: number): Newcomer => ({
      id: `${kind.replaceAll(' ', '-')}-${part}-${index}`,
      kind,
      lengthOf: cast.lengthOf,
      random,
    });
    if (role.habit === 'colony') return colony(cast, pick(random, role.kinds), count, seats, random, newcomer);
    return Array.from({ length: count }, (_, index): Actor => {
      const who = newcomer(pick(random, role.kinds), index);
      const seat = seats.next(random);
      switch (role.habit) {
        case 'walks':
          return walker(who, stroll(seat, random), between(random, 14, 34));
        case 'flies':
          return flyer(who, [seat, seats.next(random)]);
        default:
          return captive(who, seat);
      }
    });
  });
}

function colony(
  cast: Cast,
  kind: string,
  count: number,
  seats: Seats,
  random: Random,
  newcomer: (kind: string, index: number) => Newcomer,
): readonly Actor[] {
  const centre = seats.next(random);
  const { forms } = speciesNamed(kind);
  const usualColour = pick(random, forms).colour;
  const spacing = 0.7 * Math.max(...forms.map((form) => cast.lengthOf(form, () => 0.5)));
  const door = borderNear(centre, random);
  return Array.from({ length: count }, (_, index) => {
    const seat = colonySeat(centre, index, spacing, random);
    seats.take(seat);
    return sitter({ ...newcomer(kind, index), usualColour }, seat, door);
  });
}

/** Three places a short walk apart. */
function stroll(from: Point, random: Random): readonly [Point, Point, Point] {
  const step = (place: Point): Point => {
    const angle = between(random, 0, 2 * Math.PI);
    const reach = between(random, 60, 130);
    return { x: place.x + Math.cos(angle) * reach, y: place.y + Math.sin(angle) * reach * 0.7 };
  };
  const second = step(from);
  return [from, second, step(second)];
}
