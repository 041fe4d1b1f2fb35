import { paintCropRow } from './backdrop/crop-row-backdrop.js';
import { cropRowSeat, planCropRow } from './backdrop/crop-row-plan.js';
import { FIELD, type Point } from './geometry.js';
import { type Cast, lengthsByNature, populationOf } from './population/cast.js';
import { propsOf } from './population/props.js';
import { between, type Random } from './random.js';
import type { Scene } from './scene.js';

/** A field unit is a fifth of a millimetre: the picture shows a quarter of a metre of the row. */
const UNITS_PER_MM = 5;

/** Two rows of young plants from above: walkers and colonies on the leaves, weeds and hoppers between. */
export const cropRowScene: Scene = {
  name: 'crop-row',
  title: 'Two rows of young plants on bare soil, from above',
  usualCondition: 'day',
  paintBackdrop: paintCropRow,
  populate: (seed, empty) => populationOf(castOf(seed), seed, empty),
};

function castOf(seed: number): Cast {
  const plan = planCropRow(seed);
  return {
    seat: (random) => cropRowSeat(plan, random),
    lengthOf: lengthsByNature(UNITS_PER_MM, 20),
    roles: [
      { kinds: ['aphid', 'mite', 'whitefly'], count: [5, 9], habit: 'colony' },
      { kinds: ['aphid', 'aphid', 'mealybug', 'scale insect'], count: [6, 10], habit: 'colony' },
      { kinds: ['beetle', 'weevil'], count: [2, 4], habit: 'walks' },
      { kinds: ['caterpillar'], count: [2, 3], habit: 'walks' },
      { kinds: ['ladybird', 'spider', 'stink bug', 'planthopper'], count: [1, 3], habit: 'walks' },
      { kinds: ['grasshopper', 'cricket', 'termite'], count: [1, 2], habit: 'walks' },
      { kinds: ['moth', 'hoverfly', 'lacewing'], count: [1, 2], habit: 'flies' },
    ],
    props: propsOf({
      lying: [
        { kinds: ['weed'], count: [2, 4], size: 0.5 },
        { kinds: ['soil crumbs', 'dead leaf'], count: [4, 8], size: 0.45 },
      ],
      over: [{ kinds: ['tag'], count: [0, 1], size: 0.8 }],
      hand: 0.9,
      seat: betweenTheRows,
    }),
  };
}

function betweenTheRows(random: Random): Point {
  return { x: between(random, 60, FIELD.width - 60), y: between(random, 320, 420) };
}
