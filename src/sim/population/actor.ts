import { formsWhere, type SpeciesForm } from '../catalogue.js';
import type { Point } from '../geometry.js';
import { distanceAfter, durationOf, isUnderWay, type Leg } from '../itinerary.js';
import type { PlacedThing } from '../placed-thing.js';
import type { Poses } from '../poses.js';
import { between, mixSeed, pick, type Random, randomFrom } from '../random.js';
import type { Form } from '../species.js';
import { type Trail, trailThrough } from '../trail.js';
import { visitAt } from '../visits.js';

/** Somebody who comes to the scene again and again, each time by another way. */
export interface Actor {
  readonly id: string;
  readonly kind: string;
  /** What most of its visits look like; any colour of its kind unless told. */
  readonly usualColour?: string | undefined;
  readonly periodMs: number;
  readonly phaseMs: number;
  readonly legs: readonly Leg[];
  /** Flies between its seats where its kind can; else it walks. */
  readonly flies: boolean;
  /** Lies as it fell, wherever it came from. */
  readonly liesAnyhow: boolean;
  /** Body length of a form in field units. */
  readonly lengthOf: (form: Form, random: Random) => number;
  /** Way in, seats and way out in field units; one place more than legs. */
  readonly route: (random: Random) => readonly Point[];
}

interface Stay {
  readonly turn: number;
  readonly trail: Trail;
  readonly settled: SpeciesForm;
  /** While it walks or flies. */
  readonly underWay: SpeciesForm;
  readonly length: number;
  readonly individual: number;
  /** Radians; null where it looks along its way. */
  readonly lies: number | null;
}

/** A wing beat is far shorter than an exposure: any phase will do, but each frame another. */
const BEAT_MS = 370;
const FLIGHT_HEIGHT = 2.2;
/** How those who sit hold their legs; as many as there are builds of a kind, so that they make no more poses. */
const STANCES = 3;
/** Share of a colony's members that have its colour. */
const USUAL = 0.85;

/** Where the actor is at a time; nowhere between two visits. The newest visit is kept. */
export function inhabit(actor: Actor, seed: number, poses: Poses): (timeMs: number) => readonly PlacedThing[] {
  const stayMs = durationOf(actor.legs);
  let kept: Stay | undefined;
  return (timeMs) => {
    const visit = visitAt(timeMs, actor.periodMs, stayMs, actor.phaseMs);
    if (!visit) return [];
    if (kept?.turn !== visit.turn) kept = arrive(actor, visit.turn, mixSeed(seed, visit.turn));
    const stay = kept;
    const distance = distanceAfter(visit.elapsedMs, stay.trail.stations, actor.legs);
    const underWay = isUnderWay(visit.elapsedMs, actor.legs);
    const aloft = actor.flies && underWay;
    const { species, form } = underWay ? stay.underWay : stay.settled;
    const figure = poses.figureOf(form, {
      length: stay.length,
      headingRad: stay.lies === null || underWay ? stay.trail.headingAt(distance) : stay.lies,
      gait: gaitOf(actor, form, stay, timeMs, distance),
      individual: stay.individual,
    });
    const { target, kind } = species;
    const { colour, marking, stage, posture } = form;
    return [
      {
        id: `${actor.id}-${visit.turn}`,
        subject: { target, kind, colour, marking, stage, posture },
        prop: null,
        ...stay.trail.at(distance),
        thickness: form.thickness * stay.length * (aloft ? FLIGHT_HEIGHT : 1),
        figure,
      },
    ];
  };
}

/** Whoever flies keeps its legs still, in the air and where it sits, so that its pose comes back and is not drawn again. */
function gaitOf(actor: Actor, form: Form, stay: Stay, timeMs: number, distance: number): number {
  if (form.posture === 'flying') return timeMs / BEAT_MS;
  return actor.flies ? stay.individual / STANCES : distance / (stay.length * 0.5);
}

function arrive(actor: Actor, turn: number, seed: number): Stay {
  const random = randomFrom(seed);
  const settled = pick(random, looksOf(actor, random));
  const length = actor.lengthOf(settled.form, random);
  const lies = actor.liesAnyhow ? between(random, 0, 2 * Math.PI) : null;
  const individual = Math.floor(random() * 1000);
  const underWay = actor.flies ? onTheWing(settled) : onItsFeet(settled);
  return { turn, trail: trailThrough(actor.route(random)), settled, underWay, length, individual, lies };
}

/** Forms that it may come in: whoever flies is grown up, and has wings where its kind has forms with and without. */
function looksOf({ kind, flies, usualColour }: Actor, random: Random): readonly SpeciesForm[] {
  const grounded = formsWhere({ kind }).filter(({ form }) => form.posture !== 'flying');
  const grown = grounded.filter(({ form }) => form.stage === 'adult');
  const winged = grown.filter(({ form }) => form.marking === 'winged');
  const able = !flies ? grounded : winged.length > 0 ? winged : grown;
  const usual = able.filter(({ form }) => form.colour === usualColour);
  return usual.length > 0 && random() < USUAL ? usual : able;
}

function onTheWing(settled: SpeciesForm): SpeciesForm {
  const { colour, marking } = settled.form;
  const alike = formsWhere({ kind: settled.species.kind, colour, posture: 'flying' });
  return alike.find(({ form }) => form.marking === marking) ?? alike[0] ?? settled;
}

/** A curled caterpillar uncurls to walk. */
function onItsFeet(settled: SpeciesForm): SpeciesForm {
  if (settled.form.marking !== 'curled') return settled;
  const { species, form } = settled;
  const walking = formsWhere({ kind: species.kind, colour: form.colour, posture: 'walking' });
  return walking.findLast((candidate) => form.id.startsWith(candidate.form.id)) ?? settled;
}
