import { paintLeaf } from './backdrop/leaf-backdrop.js';
import type { Point } from './geometry.js';
import { type AphidColours, BLACK_APHID, drawAphid, GREEN_APHID, YELLOW_APHID } from './insects/aphid.js';
import { DUSKY_BEETLE, drawBeetle, METALLIC_BEETLE } from './insects/beetle.js';
import { BROWN_CATERPILLAR, drawCaterpillar, GREY_CATERPILLAR } from './insects/caterpillar.js';
import { distanceAfter, durationOf, type Leg } from './itinerary.js';
import type { PlacedThing } from './placed-thing.js';
import { between, mixSeed, pick, type Random, randomFrom } from './random.js';
import type { Scene } from './scene.js';
import { type Trail, trailThrough } from './trail.js';
import { visitAt } from './visits.js';

const MINUTE_MS = 60_000;

/** Melon aphids of one colony differ so: most of them yellow. */
const MORPHS = [
  YELLOW_APHID,
  YELLOW_APHID,
  YELLOW_APHID,
  GREEN_APHID,
  YELLOW_APHID,
  YELLOW_APHID,
  BLACK_APHID,
  YELLOW_APHID,
];

/** Somebody who comes to the leaf again and again, each time by another way. */
interface Actor {
  readonly id: string;
  readonly periodMs: number;
  readonly phaseMs: number;
  readonly legs: readonly Leg[];
  /** Way in, seats and way out in field units; one place more than legs. */
  readonly route: (random: Random) => readonly Point[];
  /** What it looks like after a distance. */
  readonly place: (visit: {
    readonly id: string;
    readonly random: Random;
    readonly trail: Trail;
    readonly distance: number;
  }) => PlacedThing;
}

/** A broad leaf close by: an aphid colony that grows and shrinks, beetles and caterpillars that cross it. */
export const leafScene: Scene = {
  name: 'leaf',
  title: 'One broad leaf close by, with aphids, beetles and caterpillars',
  paintBackdrop: paintLeaf,
  populate: (seed) => {
    const inhabitants = actors(seed).map((actor, index) => inhabit(actor, mixSeed(seed, index + 1)));
    return { thingsAt: (timeMs) => inhabitants.flatMap((inhabitant) => inhabitant(timeMs)) };
  },
};

/** Where the actor is at a time; nowhere between two visits. The way of the newest visit is kept. */
function inhabit(actor: Actor, seed: number): (timeMs: number) => readonly PlacedThing[] {
  const stayMs = durationOf(actor.legs);
  let kept: { readonly turn: number; readonly trail: Trail } | undefined;
  return (timeMs) => {
    const visit = visitAt(timeMs, actor.periodMs, stayMs, actor.phaseMs);
    if (!visit) return [];
    const { turn } = visit;
    if (kept?.turn !== turn) kept = { turn, trail: trailThrough(actor.route(randomFrom(mixSeed(seed, turn, 1)))) };
    const { trail } = kept;
    const distance = distanceAfter(visit.elapsedMs, trail.stations, actor.legs);
    return [actor.place({ id: `${actor.id}-${turn}`, random: randomFrom(mixSeed(seed, turn, 2)), trail, distance })];
  };
}

function actors(seed: number): readonly Actor[] {
  const random = randomFrom(mixSeed(seed, 0xac7));
  const colonies = [
    { centre: { x: 235, y: 200 }, door: { x: 150, y: -60 }, aphids: 13 },
    { centre: { x: 330, y: 600 }, door: { x: 250, y: 780 }, aphids: 11 },
  ];
  return [
    ...colonies.flatMap((colony, group) =>
      Array.from({ length: colony.aphids }, (_, index) =>
        aphid(
          `aphid-${group}-${index}`,
          seatIn(colony.centre, index, random),
          colony.door,
          MORPHS[index % MORPHS.length] as AphidColours,
          random,
        ),
      ),
    ),
    caterpillar('caterpillar-0', 0.3, 0),
    caterpillar('caterpillar-1', 0.75, 1),
    beetle('beetle-0', 0.3, 0),
    beetle('beetle-1', 0.62, 1),
  ];
}

/** Seats lie on a sunflower's spiral, so that a colony is crowded and nobody sits on another. */
function seatIn(centre: Point, index: number, random: Random): Point {
  const angle = index * 2.399963 + between(random, -0.25, 0.25);
  const radius = 28 * Math.sqrt(index + 0.15);
  return { x: centre.x + Math.cos(angle) * radius * 1.15, y: centre.y + Math.sin(angle) * radius };
}

function aphid(id: string, seat: Point, door: Point, colours: AphidColours, random: Random): Actor {
  const restMs = between(random, 2.5, 5) * MINUTE_MS;
  const length = between(random, 32, 52);
  const turn = between(random, 0, 2 * Math.PI);
  const legs = [
    { walkMs: 14_000, restMs: 500 },
    { walkMs: 3_000, restMs },
    { walkMs: 2_500, restMs: restMs / 2 },
    { walkMs: 16_000, restMs: 0 },
  ];
  const stayMs = durationOf(legs);
  return {
    id,
    legs,
    periodMs: stayMs + between(random, 0.3, 1.2) * MINUTE_MS,
    phaseMs: between(random, 0.06, 0.7) * stayMs,
    route: (way) => [
      { x: door.x + between(way, -60, 60), y: door.y },
      { x: seat.x - 22 * Math.cos(turn), y: seat.y - 22 * Math.sin(turn) },
      seat,
      { x: seat.x + 8 * Math.cos(turn), y: seat.y + 8 * Math.sin(turn) },
      { x: door.x + between(way, -60, 60), y: door.y },
    ],
    place: ({ id: track, trail, distance }) => {
      const at = trail.at(distance);
      const heading = inSteps(trail.headingAt(distance), 36);
      return {
        id: track,
        target: 'aphid',
        ...at,
        thickness: length * 0.13,
        figure: drawAphid(length, heading, inSteps(distance / (length * 0.5), 8), colours),
      };
    },
  };
}

function beetle(id: string, phase: number, lane: number): Actor {
  const legs = [
    { walkMs: 16_000, restMs: 14_000 },
    { walkMs: 12_000, restMs: 20_000 },
    { walkMs: 12_000, restMs: 10_000 },
    { walkMs: 18_000, restMs: 0 },
  ];
  const periodMs = durationOf(legs) + 25_000;
  return {
    id,
    legs,
    periodMs,
    phaseMs: phase * periodMs,
    route: (way) =>
      lane === 0
        ? [
            { x: between(way, 560, 700), y: -110 },
            { x: between(way, 520, 640), y: between(way, 150, 220) },
            { x: between(way, 640, 720), y: between(way, 200, 270) },
            { x: between(way, 560, 660), y: between(way, 110, 180) },
            { x: between(way, 380, 520), y: -120 },
          ]
        : [
            { x: between(way, 600, 680), y: 840 },
            { x: between(way, 640, 720), y: between(way, 560, 620) },
            { x: between(way, 820, 900), y: between(way, 480, 540) },
            { x: between(way, 700, 780), y: between(way, 530, 600) },
            { x: between(way, 560, 680), y: 850 },
          ],
    place: ({ id: track, random, trail, distance }) => {
      const length = between(random, 100, 122);
      const colours = pick(random, [DUSKY_BEETLE, METALLIC_BEETLE]);
      return {
        id: track,
        target: 'beetle',
        ...trail.at(distance),
        thickness: length * 0.1,
        figure: drawBeetle(
          length,
          inSteps(trail.headingAt(distance), 36),
          inSteps(distance / (length * 0.45), 8),
          colours,
        ),
      };
    },
  };
}

function caterpillar(id: string, phase: number, lane: number): Actor {
  const legs = [
    { walkMs: 42_000, restMs: 18_000 },
    { walkMs: 16_000, restMs: 30_000 },
    { walkMs: 44_000, restMs: 0 },
  ];
  const periodMs = durationOf(legs) + 30_000;
  return {
    id,
    legs,
    periodMs,
    phaseMs: phase * periodMs,
    route: (way) =>
      lane === 0
        ? [
            { x: -230, y: between(way, 380, 420) },
            { x: between(way, 330, 420), y: between(way, 360, 420) },
            { x: between(way, 480, 560), y: between(way, 390, 430) },
            { x: between(way, 560, 620), y: 960 },
          ]
        : [
            { x: between(way, 400, 450), y: -260 },
            { x: between(way, 920, 960), y: between(way, 210, 240) },
            { x: between(way, 990, 1030), y: between(way, 330, 360) },
            { x: between(way, 560, 600), y: 960 },
          ],
    place: ({ id: track, random, trail, distance }) => {
      const length = between(random, 165, 210);
      const waist = length * 0.19;
      const colours = pick(random, [BROWN_CATERPILLAR, GREY_CATERPILLAR]);
      const middle = trail.at(distance);
      const spine = Array.from({ length: 41 }, (_, index) => {
        const point = trail.at(distance + length * (0.5 - index / 40));
        return { x: point.x - middle.x, y: point.y - middle.y };
      });
      return {
        id: track,
        target: 'caterpillar',
        ...middle,
        thickness: waist * 0.32,
        figure: drawCaterpillar(spine, waist, inSteps(distance / (length * 0.4), 8), colours),
      };
    },
  };
}

/** Rounded to `steps` steps a unit, so that poses come back and their pixels can be kept. */
function inSteps(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
