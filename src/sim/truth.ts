import type { Size } from '../types.js';
import { boundsOf, convexHull, isInside, type Point, type View, viewOf } from './geometry.js';
import type { PlacedThing, PropBox, Sight, TruthBox } from './placed-thing.js';
import { openScene } from './sim-source.js';

export const DEFAULT_INTERVAL_MS = 1000;

/** Less of an animal than this is no sight that anybody could name. */
const LEAST_VISIBLE = 0.02;
/** Places across an animal, a side, at which is asked whether something lies over it. */
const PROBES = 12;

/**
 * What one frame shows, for tests and evaluation: it never travels with the frame.
 * @param scene what follows `sim:`.
 * @param intervalMs the camera's: frame n is the scene after n intervals.
 * @throws FieldscoutError SOURCE_INVALID for an unknown scene or condition.
 */
export function truthAt(
  scene: string,
  seed: number,
  frameNumber: number,
  size: Size,
  intervalMs = DEFAULT_INTERVAL_MS,
): readonly TruthBox[] {
  const { population } = openScene(scene, seed);
  return truthOf(population.thingsAt(frameNumber * intervalMs), viewOf(size));
}

/** Boxes around the animals among these things, the lowest first; nothing of what is hidden under later things that are no animals. */
export function truthOf(things: readonly PlacedThing[], view: View): readonly TruthBox[] {
  return sightsOf(things, view).flatMap(({ thing, sight }) => (thing.subject ? [{ ...thing.subject, ...sight }] : []));
}

/** The same of all that is no animal: for whoever learns from the pictures what must not be found. */
export function propsIn(things: readonly PlacedThing[], view: View): readonly PropBox[] {
  return sightsOf(things, view).flatMap(({ thing, sight }) => (thing.prop ? [{ ...thing.prop, ...sight }] : []));
}

function sightsOf(things: readonly PlacedThing[], view: View): readonly { thing: PlacedThing; sight: Sight }[] {
  const covers = things.flatMap((thing, index) =>
    thing.subject
      ? []
      : (thing.figure.parts ?? [thing.figure.outline]).map((part) => ({
          index,
          hull: convexHull(placed(part, thing, view)),
        })),
  );
  return things.flatMap((thing, index) => {
    const { id } = thing;
    const rim = placed(thing.figure.outline, thing, view);
    const whole = boundsOf(rim);
    const inFrame = ({ x, y }: Point) => x >= 0 && y >= 0 && x <= view.frame.width && y <= view.frame.height;
    const over = covers.filter((cover) => cover.index > index);
    const free = (point: Point) => inFrame(point) && !over.some(({ hull }) => isInside(point, hull));
    const seen = rim.filter(free);
    if (seen.length === rim.length) return [{ thing, sight: { id, box: whole, visible: 1 } }];
    // Inside the hull, so that a thing whose rim is hidden still counts with the part that shows.
    const hull = convexHull(rim);
    const probes = probesIn(whole).filter((point) => isInside(point, hull));
    const shown = probes.filter(free);
    const visible = probes.length === 0 ? seen.length / rim.length : shown.length / probes.length;
    const box = seen.length + shown.length === 0 ? null : boundsOf([...seen, ...shown]);
    if (!box || visible < LEAST_VISIBLE || box.width <= 0 || box.height <= 0) return [];
    return [{ thing, sight: { id, box, visible } }];
  });
}

function placed(points: readonly Point[], { x, y }: PlacedThing, { scale, offsetX, offsetY }: View): readonly Point[] {
  return points.map((point) => ({ x: (point.x + x) * scale + offsetX, y: (point.y + y) * scale + offsetY }));
}

function probesIn(box: { x: number; y: number; width: number; height: number }): readonly Point[] {
  return Array.from({ length: PROBES * PROBES }, (_, index) => ({
    x: box.x + (((index % PROBES) + 0.5) / PROBES) * box.width,
    y: box.y + ((Math.floor(index / PROBES) + 0.5) / PROBES) * box.height,
  }));
}
