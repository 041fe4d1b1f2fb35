import { thingsWhere } from '../catalogue.js';
import { FIELD, lerp, type Point, smoothstep } from '../geometry.js';
import type { PlacedThing, Prop } from '../placed-thing.js';
import type { Poses } from '../poses.js';
import { between, mixSeed, pick, type Random, randomFrom } from '../random.js';
import type { Thing } from '../species.js';
import { visitAt } from '../visits.js';
import type { Props } from './cast.js';

/** So many things of these kinds of the catalogue; each is one of them. */
export interface PropRole {
  readonly kinds: readonly string[];
  readonly count: readonly [number, number];
  /** Length in the scene as a share of a close look's; 1 unless told. */
  readonly size?: number;
}

export interface PropPlan {
  /** Lies there for good, under everybody. */
  readonly lying: readonly PropRole[];
  /** Hangs or sticks before everybody, for good. */
  readonly over: readonly PropRole[];
  /** A hand reaches in now and then. Its length as a share of a close look's; null for none. */
  readonly hand: number | null;
  readonly seat: (random: Random) => Point;
}

const HAND = { stayMs: 9_000, reachMs: 1_800 } as const;

/** Places what is no animal. Only its seed decides, so that an empty scene and a full one look the same without their animals. */
export function propsOf(plan: PropPlan): (seed: number, poses: Poses) => Props {
  return (seed, poses) => {
    const random = randomFrom(seed);
    const fixtures = place('lying', plan.lying, plan.seat, random, poses);
    const over = place('over', plan.over, plan.seat, random, poses);
    const hand = plan.hand === null ? () => [] : reachingHand(plan.hand, seed, poses, plan.seat);
    return { fixtures, coversAt: (timeMs) => [...over, ...hand(timeMs)] };
  };
}

function place(
  name: string,
  roles: readonly PropRole[],
  seat: PropPlan['seat'],
  random: Random,
  poses: Poses,
): readonly PlacedThing[] {
  return roles.flatMap(({ kinds, count, size = 1 }, part) =>
    Array.from({ length: Math.round(between(random, count[0], count[1])) }, (_, index) => {
      const thing = pick(random, thingsWhere({ kind: pick(random, kinds) }));
      const length = lengthOf(thing, size, random);
      // Words are read upright, more or less.
      const headingRad = thing.words ? between(random, -0.25, 0.25) : between(random, 0, 2 * Math.PI);
      const individual = Math.floor(random() * 1000);
      return {
        id: `${name}-${part}-${index}`,
        subject: null,
        prop: propOf(thing),
        ...seat(random),
        thickness: thing.thickness * length,
        figure: poses.figureOf(thing, { length, headingRad, gait: 0, individual }),
      };
    }),
  );
}

/** Comes in from the lower or the right border, stays for some seconds, and leaves; never twice by the same way. */
function reachingHand(size: number, seed: number, poses: Poses, seat: PropPlan['seat']) {
  const periodMs = between(randomFrom(mixSeed(seed, 0x4a2d)), 70_000, 130_000);
  return (timeMs: number): readonly PlacedThing[] => {
    const visit = visitAt(timeMs, periodMs, HAND.stayMs, 0.55 * periodMs);
    if (!visit) return [];
    const random = randomFrom(mixSeed(seed, visit.turn, 0x4a2d));
    const thing = pick(random, thingsWhere({ kind: 'hand' }));
    const length = lengthOf(thing, size, random);
    const goal = seat(random);
    const fromRight = random() < 0.5;
    const door = fromRight
      ? { x: FIELD.width + length * 0.7, y: goal.y + between(random, -60, 160) }
      : { x: goal.x + between(random, -60, 160), y: FIELD.height + length * 0.7 };
    const share =
      smoothstep(0, HAND.reachMs, visit.elapsedMs) -
      smoothstep(HAND.stayMs - HAND.reachMs, HAND.stayMs, visit.elapsedMs);
    const headingRad = Math.atan2(goal.y - door.y, goal.x - door.x);
    // The fingertips touch the goal, and the hand's own place is its middle.
    const rest = { x: goal.x - (Math.cos(headingRad) * length) / 2, y: goal.y - (Math.sin(headingRad) * length) / 2 };
    return [
      {
        id: `hand-${visit.turn}`,
        subject: null,
        prop: propOf(thing),
        x: lerp(door.x, rest.x, share),
        y: lerp(door.y, rest.y, share),
        thickness: thing.thickness * length,
        figure: poses.figureOf(thing, { length, headingRad, gait: 0, individual: visit.turn }),
      },
    ];
  };
}

function lengthOf(thing: Thing, size: number, random: Random): number {
  return between(random, thing.lengthRange.min, thing.lengthRange.max) * size;
}

function propOf({ kind, colour, target }: Thing): Prop {
  return { kind, colour, target };
}
