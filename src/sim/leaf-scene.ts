import { paintLeaf } from './backdrop/leaf-backdrop.js';
import { FIELD } from './geometry.js';
import { type Cast, closeLengths, populationOf } from './population/cast.js';
import { propsOf } from './population/props.js';
import { between } from './random.js';
import type { Scene } from './scene.js';

/** A broad leaf close by: colonies that grow and shrink, beetles and caterpillars that cross it, guests. */
export const leafScene: Scene = {
  name: 'leaf',
  title: 'One broad leaf close by, with colonies, beetles, caterpillars and guests',
  usualCondition: 'day',
  paintBackdrop: paintLeaf,
  populate: (seed, empty) => populationOf(CAST, seed, empty),
};

const CAST: Cast = {
  seat: (random) => ({ x: between(random, 110, 960), y: between(random, 100, FIELD.height - 100) }),
  lengthOf: closeLengths,
  roles: [
    { kinds: ['aphid'], count: [11, 15], habit: 'colony' },
    { kinds: ['aphid', 'aphid', 'whitefly', 'mealybug', 'scale insect', 'mite'], count: [6, 11], habit: 'colony' },
    { kinds: ['beetle'], count: [2, 2], habit: 'walks' },
    { kinds: ['caterpillar'], count: [1, 2], habit: 'walks' },
    { kinds: ['weevil', 'stink bug', 'ladybird', 'spider', 'planthopper', 'thrips'], count: [0, 2], habit: 'walks' },
    { kinds: ['moth', 'lacewing', 'hoverfly'], count: [0, 1], habit: 'flies' },
  ],
  props: propsOf({
    lying: [
      { kinds: ['water drop'], count: [2, 5] },
      { kinds: ['leaf rust', 'leaf spot', 'powdery mildew', 'leaf mine'], count: [2, 5] },
    ],
    over: [{ kinds: ['tag'], count: [0, 1] }],
    seat: (random) => ({ x: between(random, 60, 1000), y: between(random, 60, FIELD.height - 60) }),
    hand: 1,
  }),
};
