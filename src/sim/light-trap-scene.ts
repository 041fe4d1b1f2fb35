import { paintLitSheet } from './backdrop/lit-sheet-backdrop.js';
import { FIELD } from './geometry.js';
import { type Cast, lengthsByNature, populationOf } from './population/cast.js';
import { propsOf } from './population/props.js';
import { between } from './random.js';
import type { Scene } from './scene.js';

/** The sheet's visible part is 26 cm wide. */
const UNITS_PER_MM = 5;

/** A white sheet under a lamp at night, with what the light draws. */
export const lightTrapScene: Scene = {
  name: 'light-trap',
  title: 'A white sheet under a lamp at night, with moths and beetles',
  usualCondition: 'day',
  paintBackdrop: paintLitSheet,
  populate: (seed, empty) => populationOf(CAST, seed, empty),
};

const CAST: Cast = {
  seat: (random) => ({ x: between(random, 70, FIELD.width - 70), y: between(random, 60, FIELD.height - 60) }),
  lengthOf: lengthsByNature(UNITS_PER_MM, 22),
  roles: [
    { kinds: ['moth'], count: [10, 15], habit: 'flies' },
    { kinds: ['lacewing'], count: [3, 5], habit: 'flies' },
    { kinds: ['beetle', 'weevil', 'ladybird'], count: [4, 7], habit: 'walks' },
    { kinds: ['stink bug', 'planthopper', 'cricket'], count: [2, 5], habit: 'walks' },
    { kinds: ['spider'], count: [0, 1], habit: 'walks' },
  ],
  props: propsOf({
    lying: [{ kinds: ['dead leaf'], count: [0, 2], size: 0.4 }],
    over: [{ kinds: ['tag'], count: [0, 1], size: 0.8 }],
    hand: 1,
    seat: (random) => ({ x: between(random, 150, FIELD.width - 150), y: between(random, 120, FIELD.height - 100) }),
  }),
};
